"""The `[change]` section: how many rollback points are kept, and how long the self-tests may take."""

from __future__ import annotations

from dataclasses import field
from typing import Annotated

from mamctl.dataclass import dataclass
from mamctl.domain.bounds import Range, Seconds, SizeText


@dataclass(frozen=True, kw_only=True)
class KeepPolicy:
    """`[change.keep]`: which points stay. `size` is bytes for all of them together."""

    newest: Annotated[int, Range(low=1, high=1000)] = 10
    weeks: Annotated[int, Range(low=0, high=520)] = 8
    months: Annotated[int, Range(low=0, high=240)] = 12
    size: Annotated[int, SizeText(), Range(low=1, high=1024**5)] = 2 * 1024**3


@dataclass(frozen=True, kw_only=True)
class ChangePolicy:
    """The `[change]` section. `test_within` is seconds for all self-tests of one change; what is left is not tested."""

    keep: KeepPolicy = field(default_factory=KeepPolicy)
    test_within: Annotated[Seconds, Range(low=1, high=600)] = 60.0
