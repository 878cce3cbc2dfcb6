"""Secrets of every shape in every key that takes one, and every command through every failure: none is ever seen.

The commands come from the command tree, so a new one is in here without being named.
"""

from __future__ import annotations

import base64
import json
import sqlite3
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
import tomli_w
import typer

from mamctl.cli.clock import Clock, use_clock
from mamctl.config.secrets import _places
from mamctl.config.sections import Config
from tests.kit.commands import ADDED
from tests.kit.loopback import QuietHandler, QuietServer

# The demo lives in a world of its own, and reads no configuration.
_WITHOUT_CONFIGURATION = {("demo",)}
# What a command needs beyond its required arguments to reach for the outside.
_MORE = {
    ("meta", "match"): ["the time machine"],
    ("ratio", "thaw"): ["--yes"],
    ("init",): ["--dry-run"],
    **ADDED,
}

SHAPES = {
    "plain": "{}",
    "line break": "{}\nsecond{}",
    "carriage return": "{}\r\nsecond{}",
    "not ascii": "{}Grüße“",
    "percent": "{}%41%zz%s%(x)s",
    "blanks": "{} and {} {}",
    "quotes": "\"{}'\\{}`",
    "control": "{}\x1b[31m\x00",
}


def _commands(command: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], list[str]]]:
    """Every command of the tree, with something for each argument and option that it must have."""
    context = command.make_context("mamctl", [], resilient_parsing=True)
    if hasattr(command, "list_commands"):
        for name in command.list_commands(context):
            yield from _commands(command.get_command(context, name), (*path, name))
    if not hasattr(command, "list_commands") or getattr(command, "own_command", False):
        if path in _WITHOUT_CONFIGURATION:
            return
        words = []
        for parameter in command.params:
            if getattr(parameter, "required", False):
                words += [parameter.opts[0]] if parameter.opts[0].startswith("--") else []
                words += [] if getattr(parameter, "is_flag", False) else ["1"]
        yield path, words + _MORE.get(path, [])


COMMANDS = dict(_commands(typer.main.get_command(__import__("mamctl.cli.app").cli.app.app)))


@dataclass
class Hostile:
    """Answers every request by what it was sent, in the form `mood`."""

    mood: str = "echo text"
    asked: list[str] = field(default_factory=list)


MOODS = ("echo text", "echo json", "echo 403", "echo page", "echo 500", "reset", "redirect", "empty", "dead", "429")


@pytest.fixture
def hostile() -> Iterator[tuple[Hostile, str]]:
    here = Hostile()

    class Handler(QuietHandler):
        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode("utf-8", "replace")
            here.asked.append(self.path)
            heard = f"{self.command} {self.path} {unquote(self.path)} {dict(self.headers)} {body} {unquote(body)}"
            if here.mood == "reset":
                self.close_connection = True
                return
            status, text, more = self._form(heard)
            self.send_response(status)
            for name, value in more.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(text.encode())))
            self.end_headers()
            self.wfile.write(text.encode())

        def _form(self, heard: str) -> tuple[int, str, dict[str, str]]:
            line = "".join(sign for sign in heard if sign.isprintable() and sign.isascii())
            forms: dict[str, tuple[int, str, dict[str, str]]] = {
                "echo text": (200, heard, {}),
                "echo json": (200, json.dumps({"error": heard, "message": heard, "name": heard}), {}),
                "echo 403": (403, f"Invalid session {heard}", {}),
                "echo page": (200, f"<html><title>{heard}</title><p>{heard}</p></html>", {}),
                "echo 500": (500, heard, {"X-Heard": line}),
                "redirect": (302, heard, {"Location": f"javascript:{line}"}),
                "empty": (200, "", {}),
                "dead": (200, "Error, you are not signed in", {}),
                "429": (429, heard, {"Retry-After": "1"}),
            }
            return forms[here.mood]

    server = QuietServer(Handler).begin()
    yield here, f"http://127.0.0.1:{server.port}"
    server.end()


@dataclass
class Planted:
    """A configuration whose every secret has a mark that stands nowhere else."""

    home: Path
    url: str
    shape: str
    by_file: bool
    marks: dict[str, str] = field(default_factory=dict)
    variables: dict[str, str] = field(default_factory=dict)

    def secret(self, name: str, frame: str = "{}") -> str:
        mark = f"Zq9{name.title().replace('_', '')}Hush"
        self.marks[name] = mark
        return frame.format(self.shape.replace("{}", mark))

    def place(self, stem: str, frame: str = "{}") -> dict[str, str]:
        """The keys …_file or …_env of a secret, and the secret itself there."""
        name = f"{stem}{len(self.marks)}"
        text = self.secret(name, frame)
        if self.by_file or "\x00" in text:
            path = self.home / "secrets" / name
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(text.encode())
            path.chmod(0o600)
            return {f"{stem}_file": str(path)}
        variable = f"PLANTED_{name.upper()}"
        self.variables[variable] = text
        return {f"{stem}_env": variable}

    def config(self, login: str) -> Path:
        sources = (
            "audible",
            "audnexus",
            "goodreads",
            "hardcover",
            "open_library",
            "google_books",
            "itunes",
            "librivox",
        )
        self.variables["MAM_USERNAME"] = "mouse@example.org"
        proxy = {"proxy": self.url, "proxy_username": "mouse", **self.place("proxy_password")} if self.by_file else {}
        one_line = self.shape.isprintable()  # what the file itself holds is refused otherwise
        host = self.url.partition("//")[2]
        document: dict[str, Any] = {
            "tracker": {
                "base_url": self.url,
                "tracker_url": self.url,
                "login": login,
                "min_interval": 0,
                "timeout": 30,
                "attempts": 1,
                **self.place("mam_id"),
                **self.place("password"),
                **proxy,
            },
            "qbittorrent": [
                {"name": "one", "url": self.url, "timeout": 30, **self.place("password")},
                {"name": "two", "url": self.url, "timeout": 30, **self.place("api_key")},
            ],
            "rules": {"read_pages": True, **self.place("browser_session", "mam_id={}; uid=1")},
            "vip": {"auto_renew": True, "renew_without_shortage": True},
            "library": {"folders": [str(self.home / "books")]},
            "catalogues": {
                "order": [*sources, "mine"],
                "timeout": 30,
                **self.place("goodreads_key"),
                **self.place("google_books_key"),
                **self.place("hardcover_token"),
                **{name: {"base_url": self.url, "interval": 0} for name in sources},
                "custom": [{"name": "mine", "base_url": self.url, "interval": 0, **self.place("key")}],
            },
            "notify": {
                "urls": [f"json://user:{self.secret('notify')}@{host}/"] if one_line else [],
                "heartbeat_url": self.url
                + (f"/{self.secret('heartbeat')}" if one_line and " " not in self.shape else ""),
                **self.place("urls", f"json://user:{{}}@{host}/"),
            },
            "store": {"path": str(self.home / "state" / "mamctl.db")},
        }
        path = self.home / "mamctl.toml"
        path.write_text(tomli_w.dumps(document))
        path.chmod(0o600)
        return path

    def seen_in(self, text: str) -> list[str]:
        coded = {name: base64.b64encode(mark.encode()).decode().rstrip("=")[:-2] for name, mark in self.marks.items()}
        return [name for name, mark in self.marks.items() if mark in text or coded[name] in text]

    def seen_on_disk(self) -> list[str]:
        """Everything below the home but what was planted there, and the sessions, which are 0600 and hold them."""
        found = []
        for path in self.home.rglob("*"):
            planted = path.name == "mamctl.toml" or path.parent.name == "secrets"
            if planted or not path.is_file() or path.name.endswith(("session.json", ".session")):
                continue
            found += [f"{path.name}: {name}" for name in self.seen_in(_readable(path))]
        return found


def _readable(path: Path) -> str:
    """The bytes of a file as text; a database's packed values unpacked."""
    text = path.read_bytes().decode("latin-1")
    if path.suffix != ".db":
        return text
    with sqlite3.connect(path) as db:
        for (table,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            for row in db.execute(f'SELECT * FROM "{table}"').fetchall():
                for value in row:
                    text += str(value)
                    if isinstance(value, bytes):
                        try:
                            text += zlib.decompress(value, 47).decode("latin-1")
                        except zlib.error:
                            text += value.decode("latin-1")
    db.close()
    return text


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("by_file", [True, False], ids=["files", "variables"])
def test_no_secret_is_ever_seen(mamctl, tmp_path, monkeypatch, hostile, shape, by_file):
    here, url = hostile
    planted = Planted(tmp_path, url, SHAPES[shape], by_file)
    (tmp_path / "books" / "H. G. Wells" / "The Time Machine").mkdir(parents=True)
    (tmp_path / "books" / "H. G. Wells" / "The Time Machine" / "one.mp3").write_bytes(b"ID3 no audio")
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))  # no crontab is read or written
    config = str(planted.config("password" if len(shape) % 2 else "session"))
    for name, value in planted.variables.items():
        monkeypatch.setenv(name, value)
    leaks = []
    turn = list(SHAPES).index(shape) + (len(SHAPES) if by_file else 0)
    with use_clock(Clock(now=lambda: datetime.now(UTC), sleep=lambda seconds: None)):
        for number, (path, words) in enumerate(COMMANDS.items()):
            here.mood = MOODS[(turn + number) % len(MOODS)]
            more = ["--json"] if (turn + number) % 3 == 0 else ["--verbose"] if (turn + number) % 3 == 1 else []
            done = mamctl(*path, *words, "--config", config, *more)
            for where, text in (("stdout", done.out), ("stderr", done.err)):
                leaks += [f"{' '.join(path)} ({here.mood}) {where}: {name}" for name in planted.seen_in(text)]
            if done.code == 1 or "Traceback" in done.err:
                leaks.append(f"{' '.join(path)} ({here.mood}) ended in a trace:\n{done.err[-1500:]}")
    assert leaks + planted.seen_on_disk() == []
    assert len(here.asked) > 5  # the failures were real ones


def test_the_configurations_every_secret_is_planted(tmp_path):
    """A new key …_file or …_env with a secret must be planted above and checked by `config check`."""
    document = Planted(tmp_path, "http://127.0.0.1:9", "{}", True).config("session").read_text()
    for place in _places(Config()):
        key = place.source.key.rpartition(".")[2]
        assert f"{key}_file" in document, key
    assert len(list((tmp_path / "secrets").iterdir())) > 8
