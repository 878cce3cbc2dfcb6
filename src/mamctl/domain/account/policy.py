"""The policy of renewals, as the configuration states it."""

from __future__ import annotations

from typing import Annotated

from mamctl.dataclass import dataclass
from mamctl.domain.bounds import Range


@dataclass(frozen=True, kw_only=True)
class VipPolicy:
    """The `[vip]` section: when mamctl may renew. Points are whole seedbonus points, times are days."""

    auto_renew: bool = False
    renew_within_days: Annotated[int, Range(low=1, high=83)] = 30
    min_points: Annotated[int, Range(low=0, high=99_999)] = 500
    renew_without_shortage: bool = False
    warn_within_days: Annotated[int, Range(low=0, high=90)] = 7
    accept_shorter: bool = False
