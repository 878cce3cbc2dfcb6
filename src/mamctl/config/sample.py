"""What the commented sample says about each key: its example, and its meaning in words."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

from mamctl.dataclass import dataclass
from mamctl.regex import regex

_SECTION = regex(r"\[([a-z_.]+)\]$")
_TABLE = regex(r"#\s+\[\[?([a-z_.]+)\]\]?(?:\s+\(.*\))?$")
_KEY = regex(r"#\s+([a-z_]+) = ((?:\"[^\"]*\"|\[[^\]]*\]|[^#])*?)(?:\s+#\s?(.*))?$")
_REST = regex(r"#\s{6,}# ?(.*)$")
_ENDINGS = {
    "_env": "the name of the environment variable that holds it",
    "_file": "a file that only you can read, which holds it alone",
    "proxy_username": "the name for the proxy",
    ".urls": "addresses as Apprise understands them; each gets every message",
    ".heartbeat_url": "is sent start, success and failure of each run; {job} stands for the job's name",
    "tracker.proxy": "http, https, socks5 or socks5h; every request to the site goes through it",
    "catalogues.order": "which catalogues are asked, in this order; those without their key are left out",
}


@dataclass(frozen=True, slots=True)
class SampleKey:
    """A key of the sample. `note` is what stands behind it, `about` the paragraph above it; both may be empty."""

    key: str
    example: str
    note: str
    about: str

    @property
    def meaning(self) -> str:
        """The note; else what every key with such an ending means; else the paragraph above it."""
        return self.note or next((text for end, text in _ENDINGS.items() if self.key.endswith(end)), self.about)


@cache
def sample_keys() -> dict[str, SampleKey]:
    """Every key of the sample by its path; `qbittorrent[].name` belongs to each table of a list."""
    text = files("mamctl").joinpath("mamctl.toml").read_text("utf-8")
    found: dict[str, SampleKey] = {}
    section, table, last = "", "", ""
    paragraph: list[str] = []
    for line in text.splitlines():
        if opened := _SECTION.match(line):
            section, table, paragraph = opened[1], "", []
        elif opened := _TABLE.match(line):
            table = f"{opened[1]}[]" if "[[" in line else opened[1]
        elif not line.strip():
            table, last, paragraph = "", "", []
        elif (rest := _REST.match(line)) and last:
            known = found[last]
            found[last] = SampleKey(last, known.example, f"{known.note} {rest[1]}".strip(), known.about)
        elif entry := _KEY.match(line):
            last = _place(f"{table if table and line.startswith('#   ') else section}.{entry[1]}")
            found.setdefault(last, SampleKey(last, entry[2].strip(), (entry[3] or "").strip(), " ".join(paragraph)))
        elif line.startswith("#"):
            paragraph = [*([] if last else paragraph), line.removeprefix("#").strip()]
            last = ""
    return found


def _place(key: str) -> str:
    """The keys of one catalogue's table stand for those of each catalogue, and an address of one job for each job's."""
    key = re.sub(r"^notify\.heartbeat_urls\..*", "notify.heartbeat_urls.*", key)
    return re.sub(r"^catalogues\.audible\.", "catalogues.*.", key)


def find_sample(key: str) -> SampleKey | None:
    """What the sample says about a key, in whichever table of a list or catalogue; None when it has no comment."""
    known = sample_keys()
    listed = re.sub(r"\[\d*\]", "[]", key)
    shared = re.sub(r"^catalogues\.[a-z_]+\.(?=[a-z_]+$)", "catalogues.*.", _place(listed))
    return known.get(listed) or known.get(shared)
