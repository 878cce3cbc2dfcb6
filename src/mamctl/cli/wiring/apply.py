"""A change of the configuration as `change apply`, `config set` and `config edit` make it."""

from __future__ import annotations

from mamctl.cli.runtime import Runtime
from mamctl.cli.wiring.change import change_context, config_file
from mamctl.config import Loaded, parse
from mamctl.config.toml_text import spell_value
from mamctl.dataclass import dataclass
from mamctl.domain.change.differences import Difference
from mamctl.domain.change.self_tests import SelfTest, TestOutcome, spell_outcome
from mamctl.domain.outcome import Result, Status
from mamctl.errors import UsageError
from mamctl.jobs.change.apply import Applied, apply_config
from mamctl.jobs.change.notice import held_problems, notice_changes
from mamctl.output.screen import Screen, Tone
from mamctl.store.change.log import ChangeOutcome, failing_changes


@dataclass(frozen=True, slots=True)
class ApplyData:
    """What became of a change: `outcome` is null in a dry run, and where nothing was to be changed.

    `accepted` are the changes that were taken as they are, by `change apply --accept`.
    """

    path: str
    change: str | None
    outcome: ChangeOutcome | None
    reason: str | None
    differences: tuple[Difference, ...]
    tests: tuple[SelfTest, ...]
    point: str | None
    accepted: tuple[str, ...] = ()


def render_apply(screen: Screen, data: ApplyData) -> None:
    """The differences, the tests that did not pass, and the outcome."""
    for difference in data.differences:
        screen.line(difference.spell(spell_value))
    for test in data.tests:
        if test.outcome is not TestOutcome.PASSED:
            tone = Tone.DIM if test.outcome is TestOutcome.NOT_TESTED else Tone.WARN
            screen.line(f"! {test.name}: {spell_outcome(test.outcome)}: {test.detail}", tone)
    for number in data.accepted:
        screen.line(f"Change {number} {screen.choose('is', 'would be')} accepted as it is", Tone.GOOD)
    if data.outcome is ChangeOutcome.ACTIVE:
        screen.line(f"{data.path}: changed; {len(data.tests)} self-tests run", Tone.GOOD)
        screen.line(f"To undo it: mamctl change rollback {data.point}", Tone.DIM)
    elif data.outcome is not None:
        done = (
            "its self-tests failed, so the change was undone"
            if data.outcome is ChangeOutcome.FAILED_ROLLED_BACK
            else "failed"
        )
        screen.line(f"{data.path}: {done}", Tone.BAD)
    elif screen.dry_run and data.differences:
        screen.line(f"{data.path}: would be changed, and tested", Tone.DIM)
    elif not data.differences and not data.accepted:
        screen.line("Nothing to change.", Tone.DIM)


def change_config(runtime: Runtime, new: bytes) -> Result:
    """Put `new` in the place of the configuration: log, point, change, self-tests, active or taken back.

    Raises ConfigInvalidError with every fault of `new`, and nothing is changed then.
    """
    file = config_file(runtime)
    _same_store(runtime, parse(new, file.path))
    with runtime.run("change") as run:
        context = change_context(runtime)
        noticed = () if run.dry_run else notice_changes(context, run.id)
        done = apply_config(context, new, run_id=run.id, dry_run=run.dry_run)
        if done.outcome is ChangeOutcome.ACTIVE:
            noticed = held_problems(run.db)  # what failed before may be mended by this
        data = _shown(str(file.path), done)
        return run.finish(data, (*noticed, *done.problems), _status(done))


def _status(done: Applied) -> Status | None:
    if done.outcome is ChangeOutcome.ROLLBACK_INCOMPLETE:
        return Status.PARTIAL
    return Status.FAILED if done.outcome is ChangeOutcome.FAILED_ROLLED_BACK else None


def _same_store(runtime: Runtime, new: Loaded) -> None:
    """Another database would not know what was bought. Raises UsageError."""
    now = runtime.config.store.path
    if new.config.store.path != now:
        raise UsageError(
            f"store.path: {new.config.store.path} instead of {now}: another database does not know what was bought",
            subject="store.path",
            remedy="move the database and its folder of points there yourself while nothing runs, then edit the file",
        )


def _shown(path: str, done: Applied) -> ApplyData:
    point = done.point.id if done.point else None
    number = str(done.change) if done.change is not None else None
    return ApplyData(path, number, done.outcome, done.reason, done.differences, done.tests, point)


def accept_changes(runtime: Runtime) -> Result:
    """Keep the changes that fail their self-tests."""
    from mamctl.store.change.log import accept_failing

    with runtime.run("change") as run:
        path = str(config_file(runtime).path)
        taken = failing_changes(run.db) if run.dry_run else accept_failing(run.db, run.clock())
        return run.finish(ApplyData(path, None, None, None, (), (), None, tuple(str(one.id) for one in taken)))
