"""`mamctl init`: the first configuration, with every key explained."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import Annotated

import typer

from mamctl import paths
from mamctl.cli.command import command
from mamctl.cli.conversation import Answers, ask, client_address, is_conversation
from mamctl.cli.questions import ask_yes_no, say
from mamctl.cli.runtime import Runtime
from mamctl.cli.wiring.notify import examine_secrets
from mamctl.config import load, parse
from mamctl.config.describe import effective
from mamctl.config.toml_text import toml_lines
from mamctl.dataclass import dataclass
from mamctl.domain.outcome import Result
from mamctl.domain.queue.policy import QualityPolicy
from mamctl.errors import ConfigInvalidError, UsageError
from mamctl.output.screen import Screen, Tone

app = typer.Typer()

_PASSWORD = "qbittorrent-password"  # noqa: S105 - the name of a file
_LOW_BITRATE = 60  # kbit/s: what is sold as 64 has a little less


@dataclass(frozen=True, slots=True)
class InitData:
    """Where the configuration was written, where the session's value belongs, and what downloads may be.

    `min_bitrate` is in kbit/s. `cron_installed` is whether mamctl's lines were put into the crontab at the end.
    """

    path: str
    written: bool
    session_file: str
    codecs: tuple[str, ...]
    min_bitrate: int
    session_known: bool = False
    client: str | None = None
    library: str | None = None
    cron_installed: bool = False


def render_init(screen: Screen, data: InitData) -> None:
    """What to do next."""
    screen.line(f"{'Wrote' if data.written else 'Would write'} {data.path}", Tone.GOOD)
    for number, step in enumerate(_next_steps(data), 1):
        if number == 1:
            screen.line("Next:")
        screen.line(f"  {number}. {step}")
    codecs = ", ".join(data.codecs)
    screen.line(
        f"Downloads of the queue: {codecs}, at least {data.min_bitrate} kbit/s ([quality] in the configuration)."
    )


def _next_steps(data: InitData) -> Iterator[str]:
    if not data.session_known:
        yield "On the site: Preferences → Security → Create session, for this machine's address."
        yield f"Put its value into {data.session_file} (only you can read it)."
    if not data.client or not data.library:
        missing = [name for name, known in (("[[qbittorrent]]", data.client), ("[library]", data.library)) if not known]
        yield f"Set in the configuration where things are: {' and '.join(missing)}."
    yield "mamctl doctor"
    yield "mamctl vip check --dry-run"
    yield "mamctl ratio watch --dry-run"
    if not data.cron_installed:
        yield "mamctl cron install"


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
            help="Whether 64 kbit/s is enough; asked on a terminal, else 128.",
        ),
    ] = None,
    library: Annotated[
        Path | None, typer.Option("--library", metavar="DIR", help="The folder of your audiobooks.", show_default=False)
    ] = None,
    qbittorrent: Annotated[
        str | None, typer.Option("--qbittorrent", metavar="URL", help="The Web UI of your client.", show_default=False)
    ] = None,
) -> Result:
    """Write a first configuration; overwrites nothing.

    On a terminal it asks for what was not given, tests it, shows what it would write, and ends with what works; nothing
    is sent anywhere but to the site and the client that you name.
    """
    path = runtime.options.config or paths.default_config()
    session = path.with_name("mam_id")
    if path.exists():
        refuse_exposed(path)
        raise UsageError(f"{path}: exists already", subject=str(path), remedy="edit it, or name another: --config")
    answers = Answers(
        client_url=client_address(qbittorrent) if qbittorrent else "",
        library=str(library.absolute()) if library else "",
    )
    talks = is_conversation() and not (runtime.options.json or runtime.options.quiet)
    if talks:
        runtime.loaded = parse(sample().encode(), path)  # until there is a file
        answers = ask(runtime, answers)
    quality = QualityPolicy()
    if _wants(talks, mp3, "May downloads be MP3? Many audiobooks on the site are."):
        quality = replace(quality, codecs=(*quality.codecs, "mp3"))
    bitrates = "May downloads have as little as 64 kbit/s? Much of Audible's AAC does; otherwise the minimum is 128."
    if _wants(talks, low_bitrate, bitrates):
        quality = replace(quality, min_bitrate=_LOW_BITRATE)
    text = _with_answers(_filled(sample(), session, quality), path.parent, answers)
    if talks:
        _show(path, text)
    written = not runtime.options.dry_run
    if written:
        if talks and not ask_yes_no("Write this?", default=True):
            raise UsageError("not confirmed; nothing was written")
        _write(path, text)
        if not session.exists():
            _write(session, answers.session)
        if answers.client_password:
            _write(path.with_name(_PASSWORD), answers.client_password)
    known = bool(answers.session) or (session.exists() and session.stat().st_size > 0)
    installed = _finish(path, offer_cron=known) if talks and written else False
    return Result(
        InitData(
            str(path),
            written,
            str(session),
            quality.codecs,
            quality.min_bitrate,
            known,
            answers.client_url or None,
            answers.library or None,
            installed,
        )
    )


def _show(path: Path, text: str) -> None:
    """On the terminal: what would be written, without the sample's explanations."""
    say(f"{path} would have every key with its explanation, and these set:")
    for line in toml_lines([entry for entry in effective(parse(text.encode(), path)) if entry.origin == "file"]):
        say(f"  {line}".rstrip())


def _finish(path: Path, *, offer_cron: bool) -> bool:
    """Show what works, and let `mamctl cron install` ask whether mamctl shall run by itself; whether it does."""
    program = [sys.executable, "-m", "mamctl"]
    subprocess.run([*program, "doctor", "--config", str(path)], check=False)
    if not offer_cron or shutil.which("crontab") is None:
        return False
    return subprocess.run([*program, "cron", "install", "--config", str(path)], check=False).returncode == 0


def _wants(talks: bool, given: bool | None, question: str) -> bool:
    """What you said, or say now in a conversation; else no."""
    return ask_yes_no(question, default=False) if talks and given is None else bool(given)


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


def _with_answers(text: str, folder: Path, answers: Answers) -> str:
    """The sample with the library and the client, each in its section."""
    if answers.library:
        text = re.sub(r"^# folders = .*$", f"folders = [{json.dumps(answers.library)}]", text, flags=re.MULTILINE)
    if answers.client_url:
        lines = [
            "[[qbittorrent]]",
            'name = "home"',
            f"url = {json.dumps(answers.client_url)}",
            *([f"username = {json.dumps(answers.client_user)}"] if answers.client_user else []),
            *([f'password_file = "{folder / _PASSWORD}"'] if answers.client_password else []),
        ]
        text = text.replace("\n[vip]\n", "\n" + "\n".join(lines) + "\n\n[vip]\n", 1)
    return text


def _set(text: str, key: str, value: str) -> str:
    """The sample with a key of it written out; its comment stays."""
    changed, count = re.subn(rf"^# ({key} = )\S.*?(?=\s+#)", lambda found: found[1] + value, text, flags=re.MULTILINE)
    if count != 1:
        raise AssertionError(f"{key} appears {count} times in the sample")
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
