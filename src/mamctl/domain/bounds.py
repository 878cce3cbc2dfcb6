"""Bounds of configuration values as annotations, so that a policy states its own limits in words; and how long a text
may be that you type.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Annotated
from urllib.parse import SplitResult, urlsplit, urlunsplit

from mamctl.dataclass import dataclass
from mamctl.regex import regex

YEAR_S = 365 * 86_400  # a year in seconds; no key asks for more than ten
SPANS = ((86_400, "d"), (3_600, "h"), (60, "m"), (1, "s"))
"""The units of a span of time, in seconds, as it is read and written."""
_SIZES = ((1 << 50, " PiB"), (1 << 40, " TiB"), (1 << 30, " GiB"), (1 << 20, " MiB"), (1 << 10, " KiB"), (1, ""))


def spell_number(number: float) -> str:
    """As TOML has it, without a fraction of nothing."""
    return f"{number:.10g}"


def _in_largest(units: tuple[tuple[int, str], ...], amount: float) -> str:
    """In the largest unit of which it is a whole number, else in the smallest."""
    fitting = ((size, unit) for size, unit in units if amount % size == 0)
    size, unit = next(fitting, units[-1])
    return f"{spell_number(amount / size)}{unit}" if amount else "0"


@dataclass(frozen=True, slots=True)
class Range:
    """A finite number within `low` … `high`, both included; `None` leaves that side open."""

    low: float | None = None
    high: float | None = None

    def fault(self, value: float, spell: Callable[[float], str] = spell_number) -> str | None:
        """What is expected, when `value` is outside or no number at all."""
        if isinstance(value, float) and not math.isfinite(value):
            return "a finite number"
        if self.low is not None and value < self.low:
            return f"at least {spell(self.low)}"
        if self.high is not None and value > self.high:
            return f"at most {spell(self.high)}"
        return None

    def expected(self, spell: Callable[[float], str] = spell_number) -> str:
        """What lies within, in words; nothing where both sides are open."""
        if self.low is not None and self.high is not None:
            return f"{spell(self.low)} to {spell(self.high)}"
        if self.low is not None:
            return f"at least {spell(self.low)}"
        return f"at most {spell(self.high)}" if self.high is not None else ""


@dataclass(frozen=True, slots=True)
class Matches:
    """Text of a form; `expected` says it in words."""

    pattern: str
    expected: str

    def fault(self, value: str) -> str | None:
        """What is expected, when `value` has another form."""
        return None if re.fullmatch(self.pattern, value) else self.expected


@dataclass(frozen=True, slots=True)
class Length:
    """Text of at most `most` characters."""

    most: int

    def fault(self, value: str) -> str | None:
        """What is expected and what was found, when `value` is longer."""
        return None if len(value) <= self.most else f"at most {self.most:,} characters, not {len(value):,}"


@dataclass(frozen=True, slots=True)
class DurationText:
    """Seconds as a number, or text such as "90s", "5m", "24h", "30d"."""

    @staticmethod
    def spell(seconds: float) -> str:
        """As text with its unit: "5m"."""
        return _in_largest(SPANS, seconds)


@dataclass(frozen=True, slots=True)
class SizeText:
    """Bytes as a whole number, or text such as "500 MiB", "1 GiB"."""

    @staticmethod
    def spell(size: float) -> str:
        """As text with its unit: "1 GiB"."""
        return _in_largest(_SIZES, size)


@dataclass(frozen=True, slots=True)
class WebAddress:
    """An address of one of `schemes`, with a host and a port that can be; without a user name in it.

    `plain_here_only` allows plain http for this machine alone. `paste_tail` is a pattern of what is cut off the end:
    what a browser's address line has behind the address.
    """

    expected: str
    schemes: tuple[str, ...] = ("https", "http")
    plain_here_only: bool = False
    query: bool = True
    paste_tail: str = ""

    def clean(self, value: str) -> str:
        """The address in its usual form: scheme and host in small letters, without blanks around or a pasted tail."""
        value = value.strip()
        scheme, mark, rest = value.partition("://")
        host = re.match(r"[^/?#@]*(?=[/?#]|$)", rest)  # not where a user name stands before it
        if mark and host:
            value = f"{scheme.lower()}://{host[0].lower()}{rest[host.end() :]}"
        return re.sub(self.paste_tail, "", value) if self.paste_tail else value

    def fault(self, value: str) -> str | None:
        """What is expected, when `value` is no such address."""
        parts = _split(value)
        sound = (
            parts is not None
            and parts.scheme in self.schemes
            and "@" not in parts.netloc
            and _HOST.fullmatch(parts.hostname or "") is not None
            and (self.query or not (parts.query or parts.fragment))
            and not (self.plain_here_only and parts.scheme == "http" and not _HERE.fullmatch(parts.hostname or ""))
        )
        return None if sound else self.expected


# Braces stand in an address for what is filled in later, as {tld} in Audible's.
_LABEL = r"[A-Za-z0-9_{}]([A-Za-z0-9_{}-]{0,61}[A-Za-z0-9_{}])?"
_HOST = regex(rf"(?=.{{1,253}}$){_LABEL}(\.{_LABEL})*\.?|[0-9a-f:.]*:[0-9a-f:.]*(%[\w.-]+)?", re.ASCII)
_HERE = regex(r"127(\.\d{1,3}){3}|localhost|::1", re.ASCII)
_BLANK = regex(r"[\s\x00-\x20\x7f]")


def _split(value: str) -> SplitResult | None:
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError:
        return None
    return None if _BLANK.search(value) or port == 0 else parts


def without_login(address: str) -> str:
    """Scheme, host and port of an address: what a message may show. "" when it is none."""
    parts = _split(address)
    if parts is None or not parts.hostname:
        return ""
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return urlunsplit((parts.scheme, host + (f":{parts.port}" if parts.port else ""), "", "", ""))


# Far above what a book has: a whole list of chapters, or a page pasted by mistake, is not a title.
TITLE = Length(500)
NAME = Length(200)  # of one person, publisher, genre or series
NOTE = Length(1_000)
ADDRESS = Length(2_000)
DESCRIPTION = Length(20_000)  # as much as is read from a catalogue
MOST_NAMES = 200  # in one field; a full cast has fewer than a hundred

Seconds = Annotated[float, DurationText(), Range(low=0, high=10 * YEAR_S)]
ByteSize = Annotated[int, SizeText(), Range(low=0, high=2**60)]
HttpUrl = Annotated[
    str,
    WebAddress("an https address (plain http only for this machine), without a user name in it", plain_here_only=True),
]
# A torrent client is mostly on the same machine or network, where certificates are rare. A name and password belong
# into keys of their own, never into the address. A browser shows qBittorrent's page as "…/#/" in some skins.
ClientUrl = Annotated[
    str,
    WebAddress(
        "an http or https address, without a user name in it",
        query=False,
        paste_tail=r"/*(?:#.*|/index\.html|/api/v2/?)$",
    ),
]
# Names of environment variables, not their values: a value pasted here is mostly no such name.
VariableName = Annotated[
    str, Matches(r"([A-Za-z_][A-Za-z0-9_]{0,63})?", "the name of an environment variable, not its value")
]
