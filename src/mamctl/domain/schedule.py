"""Cron's schedules: when one is due next, and how often at the longest."""

from __future__ import annotations

from datetime import date, datetime, timedelta, tzinfo
from itertools import pairwise

from mamctl.dataclass import dataclass

_NAMED = {
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
    "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@hourly": "0 * * * *",
}
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_DAYS = "sun mon tue wed thu fri sat".split()
_RANGES = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))
_FURTHEST = 366 * 8  # days; 29 February comes at least so often


@dataclass(frozen=True, slots=True)
class Schedule:
    """The five fields of a cron line. Where both kinds of days are restricted, either one is enough, as in cron."""

    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]
    either_day: bool

    def holds_on(self, day: date) -> bool:
        """Whether the schedule has a time on that day."""
        if day.month not in self.months:
            return False
        of_month, of_week = day.day in self.days, day.isoweekday() % 7 in self.weekdays
        return of_month or of_week if self.either_day else of_month and of_week


def parse_schedule(text: str) -> Schedule | None:
    """The schedule that cron reads in `text`, such as "*/4 * * * *", "20 4 * * sun" or "@daily"; None for anything
    else, also for "@reboot", which has no time.
    """
    parts = _NAMED.get(text.strip().lower(), text).split()
    if len(parts) != len(_RANGES):
        return None
    try:
        fields = [_field(part, low, high) for part, (low, high) in zip(parts, _RANGES, strict=True)]
    except ValueError:
        return None
    minutes, hours, days, months, weekdays = fields
    either = not parts[2].startswith("*") and not parts[4].startswith("*")
    return Schedule(
        tuple(sorted(minutes)), tuple(sorted(hours)), days, months, frozenset(day % 7 for day in weekdays), either
    )


def _field(text: str, low: int, high: int) -> frozenset[int]:
    """Raises ValueError for what is not a field of cron."""
    found: set[int] = set()
    for part in text.split(","):
        span, slash, step_text = part.partition("/")
        step = int(step_text) if slash else 1
        first, dash, last = span.partition("-")
        if span == "*":
            start, end = low, high
        else:
            start = _number(first, low, high)
            end = _number(last, low, high) if dash else (high if slash else start)
        if step < 1 or end < start:
            raise ValueError(part)
        found.update(range(start, end + 1, step))
    return frozenset(found)


def _number(text: str, low: int, high: int) -> int:
    names = _DAYS if high == 7 else _MONTHS if high == 12 else []
    word = text.lower()[:3]
    number = names.index(word) + low if text.isalpha() and word in names else int(text)
    if not low <= number <= high:
        raise ValueError(text)
    return number


def next_time(schedule: Schedule, after: datetime, zone: tzinfo | None = None) -> datetime | None:
    """The first time after `after` (aware), by the clock of `zone` (this machine's without one), in the zone of
    `after`; None for a schedule such as 30 February. A time that a change of the clock leaves out is moved with it.
    """
    local = after.astimezone(zone)
    for ahead in range(_FURTHEST):
        day = local.date() + timedelta(days=ahead)
        if not schedule.holds_on(day):
            continue
        for hour in schedule.hours:
            if ahead == 0 and hour < local.hour - 1:
                continue
            for minute in schedule.minutes:
                naive = datetime(day.year, day.month, day.day, hour, minute)  # noqa: DTZ001 - a time of the wall clock
                at = naive.astimezone() if zone is None else naive.replace(tzinfo=zone)
                if at > after:
                    return at.astimezone(after.tzinfo)
    return None


def longest_gap(schedule: Schedule, from_: datetime, zone: tzinfo | None = None) -> timedelta | None:
    """The longest time between two of the next runs: how often a job is due at least. None when there are none."""
    times: list[datetime] = []
    at: datetime | None = from_
    while len(times) < 60 and at is not None and (at := next_time(schedule, at, zone)) is not None:
        times.append(at)
        if len(times) > 3 and at - times[0] > timedelta(days=32):
            break
    return max((later - earlier for earlier, later in pairwise(times)), default=None)
