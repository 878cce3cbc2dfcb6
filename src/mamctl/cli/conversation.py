"""What `mamctl init` asks on a terminal: session, torrent client, library; an empty answer leaves one out."""

from __future__ import annotations

import http.client
import sys
from pathlib import Path
from urllib.parse import urlsplit

import typer

from mamctl.dataclass import dataclass
from mamctl.errors import UsageError
from mamctl.output.screen import Screen

USUAL_CLIENT = "http://127.0.0.1:8080"
_PATIENCE = 2.0  # seconds, for a server on this machine


@dataclass(frozen=True, slots=True)
class Answers:
    """What is known before the configuration is written; what was left out is empty."""

    session: str = ""
    client_url: str = ""
    client_user: str = ""
    client_password: str = ""
    library: str = ""


def is_conversation() -> bool:
    """Whether somebody sits at a terminal and can be asked."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def ask(given: Answers) -> Answers:
    """Ask for what was not given. Questions go to stderr; what is secret is not shown while it is typed."""
    session = given.session or _session()
    url, user, password = given.client_url, given.client_user, ""
    if not url and answers_as_qbittorrent(USUAL_CLIENT):
        use = typer.confirm(f"qBittorrent answers at {USUAL_CLIENT}. Use it?", default=True, err=True)
        url = USUAL_CLIENT if use else ""
    if not url:
        url = _client()
    if url:
        user = user or typer.prompt("Its user name", default="admin", err=True)
        password = _secret("Its password")
    library = given.library or _folder()
    return Answers(session, url, user, password, library)


def client_address(text: str) -> str:
    """The address of a Web UI as the configuration takes it, http where no scheme is given. Raises UsageError."""
    from mamctl.config.values import ValueFault, convert
    from mamctl.domain.bounds import ClientUrl

    try:
        return str(convert(text if "://" in text else f"http://{text}", ClientUrl))
    except ValueFault:
        remedy = f"write it as {USUAL_CLIENT}, with the host and port of your client"
        raise UsageError(f"“{text}” is not the address of a Web UI", subject="qbittorrent", remedy=remedy) from None


def _session() -> str:
    where = "On the site: Preferences → Security → Create session, for this machine's address."
    Screen(sys.stderr).line(where)
    sys.stderr.flush()
    return _secret("Paste its value")


def _client() -> str:
    """An address that the configuration takes, or nothing."""
    while text := _text(f"The address of qBittorrent's Web UI, such as {USUAL_CLIENT}"):
        try:
            return client_address(text)
        except UsageError as error:
            typer.echo(f"  {error.message}: {error.remedy}", err=True)
    return ""


def _folder() -> str:
    """A folder that exists, as an absolute path."""
    while text := _text("The folder of your audiobooks"):
        folder = Path(text).expanduser()
        if folder.is_dir():
            return str(folder.absolute())
        typer.echo(f"  {folder}: there is no such folder", err=True)
    return ""


def _text(question: str) -> str:
    return str(typer.prompt(f"{question} (Enter: none)", default="", show_default=False, err=True)).strip()


def _secret(question: str) -> str:
    said = typer.prompt(
        f"{question} (not shown; Enter: later)", default="", show_default=False, hide_input=True, err=True
    )
    return str(said).strip()


def answers_as_qbittorrent(url: str) -> bool:
    """Whether a Web API is there: it tells its version, or asks for a login in its own words."""
    where = urlsplit(url)
    connection = http.client.HTTPConnection(where.hostname or "", where.port, timeout=_PATIENCE)
    try:
        connection.request("GET", "/api/v2/app/version")
        answer = connection.getresponse()
        text = answer.read(64)
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
    return (answer.status == 200 and text.startswith(b"v")) or (answer.status == 403 and text == b"Forbidden")
