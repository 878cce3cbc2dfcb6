"""`mamctl doctor`: what works, what does not, and what to do about it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator

import typer

from mamctl.cli.command import command, disk_failure
from mamctl.cli.commands.doctor import checks, checks_cron, checks_queue, checks_shelf
from mamctl.cli.commands.doctor.checks import Check, Grade
from mamctl.cli.runtime import Runtime
from mamctl.dataclass import dataclass
from mamctl.domain.outcome import Result
from mamctl.domain.problem import Problem
from mamctl.errors import MamctlError, StoreError
from mamctl.output.screen import Screen, Tone

app = typer.Typer()

_TONES = {Grade.OK: Tone.GOOD, Grade.WARN: Tone.WARN, Grade.FAIL: Tone.BAD, Grade.SKIPPED: Tone.DIM}
_MARKS = {Grade.OK: "✓", Grade.WARN: "!", Grade.FAIL: "✗", Grade.SKIPPED: "·"}


@dataclass(frozen=True, slots=True)
class DoctorData:
    """Every check with its grade and, where there is something to do, its remedy."""

    checks: tuple[Check, ...]


def render_doctor(screen: Screen, data: DoctorData) -> None:
    """A line a check."""
    for check in data.checks:
        screen.line(f"{_MARKS[check.grade]} {check.name}: {check.detail}", _TONES[check.grade])
        if check.remedy and check.grade is not Grade.OK:
            screen.line(f"    → {check.remedy}", Tone.DIM)


_CHECKS: dict[str, Callable[[Runtime], Check]] = {
    "secrets": checks.secrets,
    "store": checks.store,
    "session": checks.session,
    "tracker": checks.tracker,
    "seedbox address": checks.address,
    "clock": checks.clock,
    "budget": checks.budget,
    "renewal": checks.renewal,
    "clients": checks.clients,
    "ratio": checks.ratio,
    "guard": checks.guard,
    "seeding": checks_queue.seeding,
    "reachable": checks_queue.reachable,
    "queue": checks_queue.queue,
    "notifications": checks.notifications,
    "audiobookshelf": checks_shelf.audiobookshelf,
    "speech": checks.speech,
    "heartbeat": checks_cron.heartbeat,
    "cron": checks_cron.cron,
}


@command(app, "doctor", schema="mamctl.doctor/1", render=render_doctor, shows_problems=True)
def doctor(runtime: Runtime) -> Result:
    """Check connections and permissions; how to fix each."""
    found = tuple(_examine(runtime))
    # What a check found is in the data; it becomes a problem so that scripts and --quiet see it too, in text once.
    troubled = [check for check in found if check.grade in (Grade.WARN, Grade.FAIL)]
    problems = tuple(
        Problem(f"doctor_{check.name.replace(' ', '_')}", check.detail, check.name, check.remedy) for check in troubled
    )
    return Result.of(DoctorData(found), problems)


def _examine(runtime: Runtime) -> Iterator[Check]:
    configured = guarded("configuration", lambda: checks.configuration(runtime))
    yield configured
    if configured.grade is Grade.FAIL:
        return
    store_failed, failed_by = False, dict[str, str]()
    for name, examine in _CHECKS.items():
        try:
            check = guarded(name, lambda examine=examine: examine(runtime))  # type: ignore[misc]
        except (StoreError, sqlite3.Error) as error:
            failure = runtime.store_failure(error) if isinstance(error, sqlite3.Error) else error
            check = Check(name, Grade.FAIL, failure.message, failure.remedy)
            if store_failed:  # it is named once
                check = Check(name, Grade.SKIPPED, "needs the store, which cannot be used")
        store_failed |= name == "store" and check.grade is Grade.FAIL
        if check.grade is Grade.FAIL and failed_by.setdefault(check.detail, name) != name:
            check = Check(name, Grade.SKIPPED, f"not checked: first mend what {failed_by[check.detail]} shows")
        yield check


def guarded(name: str, examine: Callable[[], Check]) -> Check:
    """The check's outcome; an error is a failed check, and the others go on. Raises what the store raises."""
    try:
        return examine()
    except StoreError:
        raise
    except MamctlError as error:
        return Check(name, Grade.FAIL, error.message, error.remedy)
    except OSError as error:
        failure = disk_failure(error)
        return Check(name, Grade.FAIL, failure.message, failure.remedy)
