"""When the ratio will be back at the recovery: a range from totals, rates, and the bytes still to be downloaded."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import field

from mamctl.dataclass import dataclass
from mamctl.domain.text.quantities import show_size, show_span

# Further away than this, a number would only pretend to know.
HORIZON_HOURS = 365 * 24.0
_HOUR = 3600.0


@dataclass(frozen=True, slots=True)
class Rates:
    """Bytes a second over one stretch of time; `window` is its length in seconds, 0 for this very moment."""

    window: float
    up: float
    down: float


@dataclass(frozen=True, slots=True)
class ForecastFacts:
    """Totals in bytes, rates over several windows, and what is still to be downloaded, in bytes.

    `flowing_left` belongs to downloads that run now, `frozen_left` to those that wait for the end of the emergency.
    Freeleech downloads count in a client's own totals (`free_counts`), and do not in the tracker's.
    """

    uploaded: int
    downloaded: int
    target: float
    rates: tuple[Rates, ...]
    flowing_left: int = 0
    frozen_left: int = 0
    free_counts: bool = False


@dataclass(frozen=True, slots=True)
class Forecast:
    """Hours until the ratio is at the target, as a range; None is "not at these rates".

    `missing_bytes` is the upload that is still needed at this moment, before any further download.
    """

    hours_low: float | None
    hours: float | None
    hours_high: float | None
    reachable: bool
    assumptions: tuple[str, ...]
    missing_bytes: int | None = None
    flowing_left: int | None = None
    frozen_left: int | None = None
    flowing_left_bytes: int | None = field(init=False)  # the same under names with the unit
    frozen_left_bytes: int | None = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "flowing_left_bytes", self.flowing_left)
        object.__setattr__(self, "frozen_left_bytes", self.frozen_left)

    @property
    def words(self) -> str:
        """The forecast in plain words."""
        if self.missing_bytes is None:
            return "unknown"
        if self.hours is None:
            return "not at these rates"
        if self.hours == 0:
            return "reached"
        middle, low = (
            show_span(self.hours * _HOUR),
            "?" if self.hours_low is None else show_span(self.hours_low * _HOUR),
        )
        high = "not at the slowest rate" if self.hours_high is None else show_span(self.hours_high * _HOUR)
        return middle if low == middle == high else f"{middle} ({low} to {high})"


UNKNOWN = Forecast(None, None, None, False, ("the totals are unknown",))


def forecast_recovery(facts: ForecastFacts) -> Forecast:
    """The range: the quickest rate with what flows now; the middle one likewise; the slowest, paying in advance for
    everything that is still to be downloaded, what is frozen included.
    """
    missing = max(0, -int(-(facts.target * facts.downloaded - facts.uploaded) // 1))
    if not facts.rates:
        hours = 0.0 if missing == 0 else None
        words = ("no rate is known yet",)
        return Forecast(hours, hours, None, hours is not None, words, missing, facts.flowing_left, facts.frozen_left)
    from statistics import median

    ups = [rate.up for rate in facts.rates]
    downs = [rate.down for rate in facts.rates]
    low = hours_to_target(facts, max(ups), min(downs), facts.flowing_left)
    middle = hours_to_target(facts, median(ups), median(downs), facts.flowing_left)
    high = hours_when_all_is_paid(facts, min(ups))
    return Forecast(
        hours_low=low,
        hours=middle,
        hours_high=_not_below(high, middle),
        reachable=middle is not None,
        assumptions=tuple(_assumptions(facts)),
        missing_bytes=missing,
        flowing_left=facts.flowing_left,
        frozen_left=facts.frozen_left,
    )


def hours_to_target(facts: ForecastFacts, up: float, down: float, to_come: int) -> float | None:
    """Hours until (uploaded + up·t) / (downloaded + min(down·t, to_come)) reaches the target; None for never."""
    gap = facts.target * facts.downloaded - facts.uploaded
    if gap <= 0:
        return 0.0
    gain = up - facts.target * down  # what each second brings while downloads flow
    flows_for = to_come / down if down > 0 else 0.0
    if flows_for > 0 and gain > 0 and gap / gain <= flows_for:
        return _within_horizon(gap / gain)
    owed = gap + facts.target * (to_come if down > 0 else 0)
    return _within_horizon(owed / up) if up > 0 else None


def hours_when_all_is_paid(facts: ForecastFacts, up: float) -> float | None:
    """Hours until the upload covers the target for everything downloaded and still to be downloaded."""
    owed = facts.target * (facts.downloaded + facts.flowing_left + facts.frozen_left) - facts.uploaded
    if owed <= 0:
        return 0.0
    return _within_horizon(owed / up) if up > 0 else None


def _within_horizon(seconds: float) -> float | None:
    hours = seconds / _HOUR
    return hours if hours <= HORIZON_HOURS else None


def _not_below(high: float | None, middle: float | None) -> float | None:
    """The range stays a range where rates and debts pull in different directions."""
    return None if high is None or middle is None else max(high, middle)


def _assumptions(facts: ForecastFacts) -> Iterable[str]:
    spans = ", ".join("now" if rate.window == 0 else _span(rate.window) for rate in facts.rates)
    yield f"rates stay as they were ({spans}): the middle of them for the estimate, the extremes for its range"
    yield "frozen downloads do not flow until the emergency ends"
    if facts.flowing_left:
        yield f"{show_size(facts.flowing_left)} of running downloads are still to come and count"
    if facts.frozen_left:
        yield f"the upper end pays for the {show_size(facts.frozen_left)} of frozen downloads as well"
    yield (
        "the clients' totals count freeleech downloads like any other"
        if facts.free_counts
        else "freeleech downloads do not count"
    )
    yield "more than a year counts as never"


def _span(seconds: float) -> str:
    return f"{seconds / _HOUR:g} h" if seconds >= _HOUR else f"{seconds / 60:g} min"
