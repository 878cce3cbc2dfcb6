"""`[queue]`, `[events]` and `[quality]`: what bounds the downloads, with safe defaults."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import field
from typing import Annotated

from mamctl.dataclass import dataclass
from mamctl.domain.bounds import ByteSize, Matches, Range, Seconds

GIB = 1024**3
_Count = Annotated[int, Range(low=0, high=1000)]
_Percent = Annotated[int, Range(low=-100, high=1000)]
_Name = Annotated[str, Matches(r"[^,\\/\x00-\x1f]{0,100}", "a name without commas and slashes")]


@dataclass(frozen=True, kw_only=True)
class WedgePolicy:
    """`[queue.wedge]`: when a freeleech wedge may be spent. It never is where the download is free already."""

    enabled: bool = False
    min_size: ByteSize = 10 * GIB
    reserve: Annotated[int, Range(low=0, high=100_000)] = 5


@dataclass(frozen=True, kw_only=True)
class QueuePolicy:
    """`[queue]`: how many downloads at once, how far the site's and your own limits are kept, and when one is given up.

    `min_ratio` is what the ratio must still be after a paid download. Durations are seconds.
    """

    free_slots: Annotated[int, Range(low=1, high=1000)] = 3
    paid_slots: _Count = 2
    unsat_reserve: _Count = 5
    min_ratio: Annotated[float, Range(low=1, high=1000)] = 2.0
    per_run: _Count = 3
    per_day: _Count = 10
    stop_after_failures: Annotated[int, Range(low=1, high=1000)] = 3
    disk_reserve: ByteSize = 10 * GIB
    stalled_after: Seconds = 86_400.0
    attempts: Annotated[int, Range(low=1, high=20)] = 3
    seed_hold: Annotated[Seconds, Range(low=72 * 3600)] = 75 * 3600.0
    account_max_age: Seconds = 1800.0
    client: str = ""
    category: _Name = "mamctl"
    tag: _Name = "mamctl-queue"
    save_path: str = ""
    hash_pieces: bool = False
    wedge: WedgePolicy = field(default_factory=WedgePolicy)


@dataclass(frozen=True, kw_only=True)
class EventPolicy:
    """`[events]`: percentages of slots while something is under way; `low_upload` is bytes a second, 0 is off."""

    freeleech_percent: _Percent = 50
    bonus_percent: _Percent = 30
    low_upload_percent: _Percent = -20
    low_upload: ByteSize = 0


@dataclass(frozen=True, kw_only=True)
class QualityPolicy:
    """`[quality]`: what a release must be. `min_bitrate` is kbit/s; an empty list and a size of 0 allow everything.

    `tolerance` is the share by which a bit rate that is only claimed may be lower.
    """

    codecs: tuple[str, ...] = ("aac", "flac")
    min_bitrate: Annotated[int, Range(low=0, high=10_000)] = 128
    tolerance: Annotated[float, Range(low=0, high=0.5)] = 0.05
    max_channels: Annotated[int, Range(low=1, high=64)] = 2
    min_rating: Annotated[float, Range(low=0, high=5)] = 4.0
    formats: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    abridged: bool = False
    max_size: ByteSize = 0

    def faults(self) -> Iterable[tuple[str, str]]:
        """What no release could meet."""
        if not self.codecs:
            yield "codecs", "at least one codec, such as aac"
