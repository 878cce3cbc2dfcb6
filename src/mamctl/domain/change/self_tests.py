"""Self-tests: how each ended, and whether a change may stay. A pure judgement; the tests are run elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum

from mamctl.dataclass import dataclass
from mamctl.errors import (
    ConfigInvalidError,
    LockedError,
    MamctlError,
    SessionRefusedError,
    ShapeChangedError,
    StoreError,
    UnreachableError,
)

CLAUSE = "clause "  # how the name of a promise's test begins


class TestOutcome(StrEnum):
    """How one self-test ended. `refused`: another side answered, and refused what this configuration says of us."""

    __test__ = False  # no test of pytest

    PASSED = "passed"
    FAILED = "failed"
    REFUSED = "refused"
    NOT_TESTED = "not_tested"


def spell_outcome(outcome: TestOutcome) -> str:
    """As people read it: a refusal by another side is a failed test too."""
    return "failed" if outcome is TestOutcome.REFUSED else outcome.value.replace("_", " ")


@dataclass(frozen=True, slots=True)
class SelfTest:
    """One self-test with its outcome. `keys` are the beginnings of the configuration keys that it depends on."""

    name: str
    outcome: TestOutcome
    detail: str = ""
    remedy: str | None = None
    keys: tuple[str, ...] = ()


def outcome_of(error: MamctlError) -> TestOutcome:
    """What an error means for a self-test: a cause that is elsewhere is `not_tested`."""
    if isinstance(error, (ConfigInvalidError, StoreError)):
        return TestOutcome.FAILED
    if isinstance(error, SessionRefusedError):
        return TestOutcome.REFUSED
    if isinstance(error, (UnreachableError, ShapeChangedError, LockedError)):
        return TestOutcome.NOT_TESTED
    return TestOutcome.FAILED


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the self-tests say of a change.

    `against` are the tests that count against it, `open` those that could not be made and are tried again, `other`
    those that fail and failed before too, or whose cause is elsewhere.
    """

    against: tuple[SelfTest, ...]
    open: tuple[SelfTest, ...]
    other: tuple[SelfTest, ...]

    @property
    def reason(self) -> str:
        """The tests that count against the change, in one line; empty when there are none."""
        return "; ".join(f"{test.name}: {test.detail}" for test in self.against)


def judge_change(
    before: Mapping[str, TestOutcome], after: Iterable[SelfTest], changed_keys: Iterable[str] = ()
) -> Judgement:
    """Whether a change may stay: a test counts against it only when it passed before and its cause is here.

    A refusal by another side has its cause here only where the change touched what the test depends on. `before` has
    each test's last outcome by its name; a test without one counts for nothing.
    """
    keys = tuple(changed_keys)
    against: list[SelfTest] = []
    open_: list[SelfTest] = []
    other: list[SelfTest] = []
    for test in after:
        if test.outcome is TestOutcome.NOT_TESTED:
            open_.append(test)
        elif test.outcome is not TestOutcome.PASSED:
            here = test.outcome is TestOutcome.FAILED or _touches(keys, test.keys)
            passed = before.get(test.name) is TestOutcome.PASSED
            (against if here and passed else other).append(test)
    return Judgement(tuple(against), tuple(open_), tuple(other))


def _touches(changed: tuple[str, ...], keys: tuple[str, ...]) -> bool:
    return any(key.startswith(keys) for key in changed) if keys else False
