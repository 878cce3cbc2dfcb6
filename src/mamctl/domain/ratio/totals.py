"""What a client moved in all: counted on across a reset of its statistics, unknown while that is fresh."""

from __future__ import annotations

from datetime import datetime, timedelta

from mamctl.dataclass import dataclass
from mamctl.domain.text.quantities import show_size

# So long after a fall the totals stay unknown: another qBittorrent behind the same port is mostly noticed by then.
DOUBT = timedelta(hours=1)
# Above this, no figure of a client can be true, and SQLite could not hold the sums.
MOST = 2**60


@dataclass(frozen=True, slots=True)
class Totals:
    """Bytes uploaded and downloaded since ever."""

    up: int
    down: int

    def __add__(self, other: Totals) -> Totals:
        """Both sums."""
        return Totals(self.up + other.up, self.down + other.down)

    @property
    def text(self) -> str:
        """Both in binary units."""
        return f"{show_size(self.up)} up and {show_size(self.down)} down"


NOTHING = Totals(0, 0)


@dataclass(frozen=True, slots=True)
class Baseline:
    """A client's statistics fell: `lost` is added to what it says since, `before` is the most that it had said."""

    fell_at: datetime
    before: Totals
    lost: Totals


@dataclass(frozen=True, slots=True)
class TotalsReading:
    """Bytes moved by one client: as it says now and as it last said, both with what a reset lost; None is unknown.

    `doubt` is why it is unknown although the client was read.
    """

    now: Totals | None
    last: Totals | None = None
    doubt: str = ""


@dataclass(frozen=True, slots=True)
class TotalsFound:
    """The reading, the baseline from now on, and what it fell from in this very pass, if it fell."""

    reading: TotalsReading
    baseline: Baseline | None
    fell_from: Totals | None = None


def sure_totals(uploaded: int | None, downloaded: int | None) -> Totals | None:
    """The totals as a client said them; None for what cannot be: negative or absurd figures, or 0 and 0, which it says
    for a moment after its start and which is as good as nothing.
    """
    if not uploaded and not downloaded:
        return None
    up, down = uploaded or 0, downloaded or 0
    return Totals(up, down) if 0 <= up <= MOST and 0 <= down <= MOST else None


def read_totals(
    name: str, totals: Totals | None, last: Totals | None, baseline: Baseline | None, now: datetime
) -> TotalsFound:
    """All-time totals only grow. Lower ones are a reset, a lost file or another client: unknown for `DOUBT`, and then
    counted on from what was on record. Totals that are suddenly back end it.
    """
    known = last + _lost(baseline) if last else None
    if totals is None:
        return TotalsFound(TotalsReading(None, known), baseline)
    fell_from = None
    if last and (totals.up < last.up or totals.down < last.down):
        fell_from, baseline = last, _fallen(totals, last, baseline, now)
    elif baseline and _is_back(totals, last, baseline):
        baseline = None
    if baseline and timedelta() <= now - baseline.fell_at < DOUBT:
        return TotalsFound(TotalsReading(None, known, f"{name}'s all-time totals fell"), baseline, fell_from)
    return TotalsFound(TotalsReading(totals + _lost(baseline), known), baseline, fell_from)


def _lost(baseline: Baseline | None) -> Totals:
    return baseline.lost if baseline else NOTHING


def _fallen(totals: Totals, last: Totals, baseline: Baseline | None, now: datetime) -> Baseline:
    before = baseline.before if baseline else NOTHING
    return Baseline(
        fell_at=now,
        before=Totals(max(before.up, last.up), max(before.down, last.down)),
        lost=_lost(baseline) + Totals(max(0, last.up - totals.up), max(0, last.down - totals.down)),
    )


def _is_back(totals: Totals, last: Totals | None, baseline: Baseline) -> bool:
    """Whether the old statistics are there again: at least what they were, by a jump that no transfer makes."""
    if last is None or totals.up < baseline.before.up or totals.down < baseline.before.down:
        return False
    return 2 * (totals.up - last.up + totals.down - last.down) >= baseline.lost.up + baseline.lost.down
