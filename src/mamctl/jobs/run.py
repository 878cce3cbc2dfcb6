"""The bracket around every job: one at a time, a run row, a heartbeat, and a sound end whatever happens."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from mamctl.domain.outcome import Result, Status
from mamctl.domain.problem import Problem
from mamctl.errors import ExitCode, MamctlError
from mamctl.store.runs import begin_run, end_run, job_lock

Clock = Callable[[], datetime]


class Heartbeat(Protocol):
    """A dead man's switch outside; it never raises."""

    def ping(self, job: str, signal: str) -> Problem | None:
        """`signal` is start, success or fail; a problem when the ping did not arrive."""
        ...


class SilentHeartbeat:
    """No heartbeat is configured."""

    def ping(self, job: str, signal: str) -> Problem | None:
        """Nobody is told."""
        return None


@dataclass(slots=True)
class Run:
    """The run under way. A job adds what it could not do to `problems`; its command ends it with `finish`."""

    id: int
    job: str
    db: sqlite3.Connection
    clock: Clock
    dry_run: bool
    problems: list[Problem] = field(default_factory=list)
    status: Status = Status.OK
    exit_code: int = 0

    def trouble(self, problem: Problem | None) -> None:
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
        something went wrong; `error` is the failure that made the whole run meaningless.
        """
        self.problems.extend(problems)
        if error is not None:
            self.status = Status.FAILED
        elif status is not None:
            self.status = status
        elif self.status is Status.OK and self.problems:
            self.status = Status.ATTENTION
        result = Result(data, tuple(self.problems), self.status, error)
        self.exit_code = int(result.exit_code)
        return result


@contextlib.contextmanager
def run_bracket(
    job: str,
    db: sqlite3.Connection,
    store_path: Path,
    clock: Clock,
    *,
    dry_run: bool = False,
    heartbeat: Heartbeat | None = None,
) -> Iterator[Run]:
    """Everything that a job does happens inside. Raises LockedError when another run of `job` is under way.

    A dry run takes the lock too, so that what it shows is true, but tells no heartbeat.
    """
    pulse = SilentHeartbeat() if dry_run or heartbeat is None else heartbeat
    with job_lock(store_path, job):
        run = Run(begin_run(db, job, clock()), job, db, clock, dry_run)
        run.trouble(pulse.ping(job, "start"))
        try:
            yield run
        except MamctlError as error:
            run.status, run.exit_code = Status.FAILED, int(error.exit_code)
            run.trouble(Problem.of(error))
            raise
        except KeyboardInterrupt:
            run.status, run.exit_code = Status.FAILED, int(ExitCode.INTERRUPTED)
            raise
        except BaseException:
            run.status, run.exit_code = Status.FAILED, int(ExitCode.BUG)
            raise
        finally:
            run.trouble(pulse.ping(job, "fail" if run.status is Status.FAILED else "success"))
            code = run.exit_code or int(run.status.exit_code)
            end_run(db, run.id, clock(), run.status.value, code, run.problems)
