"""The versions of qBittorrent, and the words that changed between them."""

from __future__ import annotations

import re
from dataclasses import dataclass

_VERSION = re.compile(r"v?(\d{1,3})\.(\d{1,3})")
OLDEST = (4, 4)  # the oldest whose main data is known to list every tracker of every torrent


@dataclass(frozen=True, slots=True, order=True)
class Version:
    """`text` is as the client says it: "v5.1.0", "v5.2.0rc1"."""

    major: int
    minor: int
    text: str

    @property
    def pause(self) -> str:
        """The call that pauses; 5.0 renamed pause and resume and forgot the old names."""
        return "torrents/stop" if self.major >= 5 else "torrents/pause"

    @property
    def resume(self) -> str:
        """The call that resumes."""
        return "torrents/start" if self.major >= 5 else "torrents/resume"

    @property
    def supported(self) -> bool:
        return (self.major, self.minor) >= OLDEST


def parse_version(text: str) -> Version | None:
    """None when it is no version."""
    match = _VERSION.match(text.strip())
    return Version(int(match[1]), int(match[2]), text.strip()[:40]) if match else None
