"""`mamctl init`: the first configuration, with every key explained."""

from __future__ import annotations

import os
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import typer

from mamctl import paths
from mamctl.cli.command import command
from mamctl.cli.runtime import Runtime
from mamctl.cli.wiring.notify import examine_secrets
from mamctl.config import load
from mamctl.domain.outcome import Result
from mamctl.errors import ConfigInvalidError, UsageError
from mamctl.output.screen import Screen, Tone

app = typer.Typer()


@dataclass(frozen=True, slots=True)
class InitData:
    """Where the configuration was written, and where the session's value belongs."""

    path: str
    written: bool
    session_file: str


def render_init(screen: Screen, data: InitData) -> None:
    """What to do next."""
    screen.line(f"{'Wrote' if data.written else 'Would write'} {data.path}", Tone.GOOD)
    screen.line("Next:")
    screen.line("  1. On the site: Preferences → Security → Create session, for this machine's address.")
    screen.line(f"  2. Put its value into {data.session_file} (it exists, and only you can read it).")
    screen.line("  3. mamctl doctor")
    screen.line("  4. mamctl vip check --dry-run")
    screen.line("  5. Torrent clients and library folders: [[qbittorrent]] and [library] in the configuration.")
    screen.line("  6. mamctl ratio watch --dry-run")
    screen.line("  7. mamctl cron install")


@command(app, "init", schema="mamctl.init/1", render=render_init, dry_run=True)
def init(runtime: Runtime) -> Result:
    """Write a first configuration; overwrites nothing."""
    path = runtime.options.config or paths.default_config()
    session = path.with_name("mam_id")
    if path.exists():
        refuse_exposed(path)
        raise UsageError(f"{path}: exists already", subject=str(path), remedy="edit it, or name another: --config")
    if not runtime.options.dry_run:
        _write(path, sample().replace('# mam_id_file = "~/.config/mamctl/mam_id"', f'mam_id_file = "{session}"'))
        if not session.exists():
            _write(session, "")
    return Result(InitData(str(path), not runtime.options.dry_run, str(session)))


def refuse_exposed(path: Path) -> None:
    """Raises ConfigInvalidError when the configuration that is there holds passwords and others can read it."""
    try:
        loaded = load(path)
    except ConfigInvalidError:  # `config check` names that
        return
    for found in examine_secrets(loaded):
        if found.code == "notify_exposed":
            raise ConfigInvalidError(found.text, subject=str(path), remedy=found.remedy, code=found.code)


def sample() -> str:
    """The commented sample with every key."""
    return files("mamctl").joinpath("mamctl.toml").read_text(encoding="utf-8")


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
