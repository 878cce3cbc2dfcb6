"""The bracket around every job: one at a time, a run row, a heartbeat, and a sound end whatever happens."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from dataclasses import field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

from mamctl.dataclass import dataclass
from mamctl.domain.outcome import Result, Status
from mamctl.domain.problem import Notice, Problem
from mamctl.domain.reporting import ReminderPolicy
from mamctl.errors import ExitCode, MamctlError, UsageError
from mamctl.jobs.notify import notify_due
from mamctl.jobs.ports import NoNotifier, Notifier
from mamctl.store.runs import Trigger, begin_run, drop_run, end_run, job_lock, last_start, note_problem

Clock = Callable[[], datetime]
_FREQUENT = frozenset({"ratio", "vip"})
_GAP = timedelta(days=2)


class Heartbeat(Protocol):
    """A dead man's switch outside; it never raises, and returns within seconds."""

    def ping(self, job: str, signal: str, text: str = "") -> Problem | None:
        """`signal` is start, success or fail, `text` a short word on it; a problem when the ping did not arrive."""
        ...


class Alerts(Protocol):
    """Judges the figures at the end of a run."""

    def due(self, run: Run, *, succeeded: bool) -> Iterable[Notice]:
        """The messages that are due: alerts raised, reminded of, well again. Never raises."""
        ...


class SilentHeartbeat:
    """No heartbeat is configured."""

    def ping(self, job: str, signal: str, text: str = "") -> Problem | None:
        """No ping is sent."""
        return None


@dataclass(slots=True)
class Run:
    """The run under way. A job adds what it could not do to `problems`; its command ends it with `finish`."""

    id: int
    job: str
    db: sqlite3.Connection
    clock: Clock
    dry_run: bool
    started_at: datetime
    notifier: Notifier = field(default_factory=NoNotifier)
    alerts: Alerts | None = None
    reminders: ReminderPolicy = field(default_factory=ReminderPolicy)
    problems: list[Problem] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    sent: set[str] = field(default_factory=set)
    """Codes of problems and notices that the job itself has sent a message about."""
    judged: bool = True
    """Whether the job looked again at what earlier runs found."""
    status: Status = Status.OK
    exit_code: int = 0
    _settled: bool = False

    def add_problem(self, problem: Problem | None) -> None:
        """Note a problem, if there is one."""
        if problem is not None:
            self.problems.append(problem)

    def finish(
        self,
        data: Any = None,
        problems: Iterable[Problem] = (),
        status: Status | None = None,
        error: MamctlError | None = None,
    ) -> Result:
        """The one way to end a run: its row and the command's result say the same.

        `problems` are added to those noted on the way. Without `status` it is the one the job set, or attention when
        something went wrong; what was noted on the way is never ok.
        `error` is the failure that made the whole run meaningless.
        """
        noted = bool(self.problems)
        self.problems.extend(problems)
        if error is not None and not isinstance(error, UsageError):
            self._note_failure(Problem.of(error))
        if status is None and self.problems:
            noted = True
        self.status = Status.FAILED if error is not None else status or self.status
        if noted and self.status is Status.OK:
            self.status = Status.ATTENTION
        if self.alerts is not None and not self.dry_run and not isinstance(error, UsageError):
            succeeded = self.status in (Status.OK, Status.ATTENTION)
            self.notices.extend(self.alerts.due(self, succeeded=succeeded))
        undelivered = None if isinstance(error, UsageError) else self.send_due()
        if undelivered and self.status is Status.OK:
            self.status = Status.ATTENTION
        result = Result(data, tuple(self.problems), self.status, error, tuple(self.notices), self.judged)
        self.exit_code = int(result.exit_code)
        return result

    def _note_failure(self, failure: Problem) -> None:
        """The failure counts as a problem of the run; a job may have noted it already, with what it concerns."""
        if all((known.code, known.message) != (failure.code, failure.message) for known in self.problems):
            self.problems.insert(0, failure)

    def send_due(self) -> Problem | None:
        """Send what is due to `notify.urls`, once; the problem noted when a message was not delivered."""
        if self.dry_run or self._settled:
            return None
        self._settled = True
        failed = notify_due(
            self.db,
            self.notifier,
            self.job,
            tuple(self.problems),
            self.notices,
            self.started_at,
            self.reminders,
            judged=self.judged and self.status is not Status.FAILED,
            sent=frozenset(self.sent),
        )
        self.add_problem(failed)
        return failed


@contextlib.contextmanager
def job_run(
    job: str,
    db: sqlite3.Connection,
    store_path: Path,
    clock: Clock,
    *,
    dry_run: bool = False,
    heartbeat: Heartbeat | None = None,
    notifier: Notifier | None = None,
    alerts: Alerts | None = None,
    reminders: ReminderPolicy | None = None,
    trigger: Trigger = Trigger.BY_HAND,
) -> Iterator[Run]:
    """Everything that a job does happens inside. Raises LockedError when another run of `job` is under way.

    A dry run takes the lock too, so that what it shows is true, but sends no heartbeat. A run that ends in wrong usage
    leaves no row.
    """
    pulse = SilentHeartbeat() if dry_run or heartbeat is None else heartbeat
    with job_lock(store_path, job):
        now = clock()
        gap = _gap(db, job, now)
        number = begin_run(db, job, now, trigger)
        run = Run(number, job, db, clock, dry_run, now, notifier or NoNotifier(), alerts, reminders or ReminderPolicy())
        run.notices.extend(gap)
        try:
            run.add_problem(pulse.ping(job, "start"))
            yield run
        except MamctlError as error:
            run.status, run.exit_code = Status.FAILED, int(error.exit_code)
            run.add_problem(Problem.of(error))
            raise
        except KeyboardInterrupt:
            run.status, run.exit_code = Status.FAILED, int(ExitCode.INTERRUPTED)
            raise
        except BrokenPipeError:
            run.status, run.exit_code = Status.FAILED, int(ExitCode.PIPE_CLOSED)
            raise
        except (sqlite3.Error, OSError) as error:
            run.status, run.exit_code = Status.FAILED, int(ExitCode.FAILED)
            run.add_problem(
                Problem("store", f"the database or its disk failed ({type(error).__name__})", str(store_path))
            )
            raise
        except BaseException as error:
            run.status, run.exit_code = Status.FAILED, int(ExitCode.BUG)
            run.add_problem(Problem("bug", f"a bug in mamctl: {type(error).__name__}", job, "please report the trace"))
            raise
        finally:
            _end(run, pulse)


def _end(run: Run, pulse: Heartbeat) -> None:
    """Close the run's row, then say so outside: what could not be kept is not reported as a success."""
    if run.exit_code != ExitCode.USAGE:
        run.send_due()
    code = run.exit_code or int(run.status.exit_code)
    signal = "fail" if run.status in (Status.PARTIAL, Status.FAILED) else "success"
    kept = run.exit_code != ExitCode.USAGE or not drop_run(run.db, run.id)
    try:
        if kept:
            end_run(run.db, run.id, run.clock(), run.status.value, code, run.problems)
    except BaseException:
        pulse.ping(run.job, "fail", f"{run.job}: the run could not be recorded")
        raise
    lost = pulse.ping(run.job, signal, _summary(run, code))
    if lost is not None:
        run.add_problem(lost)
        if kept:
            with contextlib.suppress(sqlite3.Error):
                note_problem(run.db, run.id, lost, run.clock())


def _summary(run: Run, code: int) -> str:
    """How the run ended, in codes: a message may hold names and paths that are not for an outside service."""
    kinds = ", ".join(dict.fromkeys(problem.code for problem in run.problems))
    return f"{run.job}: {run.status.value}, exit {code}" + (f" ({kinds})" if kinds else "")


def _gap(db: sqlite3.Connection, job: str, now: datetime) -> list[Notice]:
    """A word when a job that runs daily or more often has not run for days, and neither has any other."""
    before = last_start(db)
    if job not in _FREQUENT or before is None or last_start(db, job) is None or now - before < _GAP:
        return []
    days = round((now - before) / timedelta(days=1))
    text = f"no run for {days} days, the last at {before:%Y-%m-%d %H:%M} UTC: was the machine or cron off?"
    return [Notice("gap", text, job)]
