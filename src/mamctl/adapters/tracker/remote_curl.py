"""Sending a request from where the torrent client runs: by a command there that begins curl, such as ssh or docker.

The address, the headers and with them the cookie go to curl's standard input (`--config -`), never into the words of
the command, which other users of either machine could list.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from mamctl.adapters.tracker.exchange import Ask, NoAnswerError
from mamctl.dataclass import dataclass
from mamctl.domain.redaction import excerpt
from mamctl.domain.secret import mask_secrets
from mamctl.errors import ShapeChangedError
from mamctl.regex import regex

if TYPE_CHECKING:
    import httpx

    from mamctl.adapters.http.exchange import Reply
    from mamctl.adapters.http.policy import Bounds
    from mamctl.adapters.http.proxies import Route

_LARGEST = 1_000_000  # bytes; the answers of the two address endpoints have some hundred
_HEAD = regex(rb"HTTP/[\d.]+ (\d{3})[^\r\n]*\r?\n(.*?)\r?\n\r?\n", re.DOTALL)
# curl's exits at which no request has left: wrong usage, names that lead nowhere, no connection, TLS.
_NOTHING_SENT = frozenset({1, 2, 3, 4, 5, 6, 7, 26, 35, 58, 59, 60, 66, 77, 83, 90, 91})
_NOT_FOUND = frozenset({126, 127})


@dataclass(frozen=True, slots=True)
class RemoteCurl:
    """A carrier for TrackerClient; `command` ends where curl reads its configuration from standard input."""

    command: tuple[str, ...]

    def __call__(
        self,
        ask: Ask,
        url: str,
        headers: Mapping[str, str],
        bounds: Bounds,
        _: Route,
        on_head: Callable[[int, httpx.Headers], None],
    ) -> Reply:
        """Exchange one request for a reply, as `send` does. Raises NoAnswerError and ShapeChangedError."""
        import httpx

        from mamctl.adapters.http.exchange import Reply

        done = self._run(ask, curl_config(ask, url, headers, bounds.total), bounds.total + 15)
        status, head, body = self._split(ask, done)
        found = httpx.Headers([(name.strip(), value.strip()) for name, _, value in _lines(head)])
        on_head(status, found)
        return Reply(status, found, body)

    def _run(self, ask: Ask, config: str, patience: float) -> subprocess.CompletedProcess[bytes]:
        try:
            done = subprocess.run(
                self.command, input=config.encode(), capture_output=True, timeout=patience, check=False
            )
        except subprocess.TimeoutExpired:
            raise self._failed(ask, f"it did not end within {patience:.0f} s", maybe_sent=True) from None
        except OSError as error:
            raise self._failed(ask, f"{self.command[0]}: {error.strerror}", maybe_sent=False) from None
        if done.returncode != 0:
            words = excerpt(mask_secrets(done.stderr.decode(errors="replace"))) or "it says nothing"
            maybe = done.returncode not in _NOTHING_SENT | _NOT_FOUND
            raise self._failed(ask, f"exit {done.returncode}, {words}", maybe_sent=maybe)
        return done

    def _split(self, ask: Ask, done: subprocess.CompletedProcess[bytes]) -> tuple[int, bytes, bytes]:
        """Status, headers and body of the last answer in curl's output: interim ones (1xx) stand before it."""
        rest = done.stdout[:_LARGEST]
        while match := _HEAD.match(rest):
            rest = rest[match.end() :]
            if not 100 <= int(match[1]) < 200:
                return int(match[1]), match[2], rest
        raise ShapeChangedError(
            f"tracker.seedbox_command printed no answer to {ask.path}",
            subject="tracker.seedbox_command",
            remedy="it must end in curl reading its configuration from standard input: curl --config -",
        )

    def _failed(self, ask: Ask, words: str, *, maybe_sent: bool) -> NoAnswerError:
        return NoAnswerError(
            f"tracker.seedbox_command got no answer to {ask.path}: {words}",
            subject="tracker.seedbox_command",
            remedy=f"try it by hand: {self.command[0]} … curl --version; it must not ask for a password",
            code="seedbox_command_failed",
            maybe_sent=maybe_sent,
        )


def curl_config(ask: Ask, url: str, headers: Mapping[str, str], total: float) -> str:
    """The request in the form of curl's configuration files; `total` is in seconds."""
    lines = [
        f"url = {_quoted(url)}",
        f"request = {ask.method}",
        *(f"header = {_quoted(f'{name}: {value}')}" for name, value in headers.items()),
        "include",
        "silent",
        "show-error",
        "suppress-connect-headers",
        f"max-filesize = {_LARGEST}",
        f"max-time = {total:.0f}",
    ]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _lines(head: bytes) -> list[tuple[str, str, str]]:
    return [line.partition(":") for line in head.decode("latin-1").splitlines() if ":" in line]
