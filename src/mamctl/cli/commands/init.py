"""`mamctl init`: the first configuration, with every key explained."""

from __future__ import annotations

import os
import re
import sys
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path
from typing import Annotated

import typer

from mamctl import paths
from mamctl.cli.command import command
from mamctl.cli.runtime import Runtime
from mamctl.cli.wiring.notify import examine_secrets
from mamctl.config import load
from mamctl.domain.outcome import Result
from mamctl.domain.queue.policy import QualityPolicy
from mamctl.errors import ConfigInvalidError, UsageError
from mamctl.output.screen import Screen, Tone

app = typer.Typer()

_LOW_BITRATE = 60  # kbit/s: what is sold as 64 has a little less


@dataclass(frozen=True, slots=True)
class InitData:
    """Where the configuration was written, where the session's value belongs, and what downloads may be.

    `min_bitrate` is in kbit/s.
    """

    path: str
    written: bool
    session_file: str
    codecs: tuple[str, ...]
    min_bitrate: int


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
    codecs = ", ".join(data.codecs)
    screen.line(
        f"Downloads of the queue: {codecs}, at least {data.min_bitrate} kbit/s ([quality] in the configuration)."
    )


@command(app, "init", schema="mamctl.init/1", render=render_init, dry_run=True)
def init(
    runtime: Runtime,
    mp3: Annotated[
        bool | None, typer.Option("--mp3/--no-mp3", help="Whether downloads may be MP3; asked on a terminal, else no.")
    ] = None,
    low_bitrate: Annotated[
        bool | None,
        typer.Option(
            "--low-bitrate/--no-low-bitrate",
            help="Whether downloads may have 64 kbit/s; asked on a terminal, else 128.",
        ),
    ] = None,
) -> Result:
    """Write a first configuration; overwrites nothing."""
    path = runtime.options.config or paths.default_config()
    session = path.with_name("mam_id")
    if path.exists():
        refuse_exposed(path)
        raise UsageError(f"{path}: exists already", subject=str(path), remedy="edit it, or name another: --config")
    quality = QualityPolicy()
    if _wants(runtime, mp3, "May downloads be MP3? Many audiobooks on the site are."):
        quality = replace(quality, codecs=(*quality.codecs, "mp3"))
    if _wants(runtime, low_bitrate, "May downloads have 64 kbit/s? Much of Audible's AAC has; otherwise it is 128."):
        quality = replace(quality, min_bitrate=_LOW_BITRATE)
    if not runtime.options.dry_run:
        _write(path, _filled(sample(), session, quality))
        if not session.exists():
            _write(session, "")
    written = not runtime.options.dry_run
    return Result(InitData(str(path), written, str(session), quality.codecs, quality.min_bitrate))


def _wants(runtime: Runtime, given: bool | None, question: str) -> bool:
    """What you said, or say now on a terminal; else no."""
    if given is not None or runtime.options.json or runtime.options.quiet or not sys.stdin.isatty():
        return bool(given)
    return typer.confirm(question, default=False, err=True)


def _filled(text: str, session: Path, quality: QualityPolicy) -> str:
    """The sample with where the session's value is, and with what you chose."""
    text = text.replace('# mam_id_file = "~/.config/mamctl/mam_id"', f'mam_id_file = "{session}"')
    usual = QualityPolicy()
    if quality.codecs != usual.codecs:
        listed = ", ".join(f'"{codec}"' for codec in quality.codecs)
        text = _set(text, "codecs", f"[{listed}]")
    if quality.min_bitrate != usual.min_bitrate:
        text = _set(text, "min_bitrate", str(quality.min_bitrate))
    return text


def _set(text: str, key: str, value: str) -> str:
    """The sample with a key of it written out; its comment stays."""
    changed, count = re.subn(rf"^# ({key} = )\S.*?(?=\s+#)", lambda found: found[1] + value, text, flags=re.MULTILINE)
    if count != 1:
        raise AssertionError(f"{key} stands {count} times in the sample")
    return changed


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
