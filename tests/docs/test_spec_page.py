"""docs/spec.md: every line of the plan's lists has a proof that exists."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "docs"))
import spec_page  # noqa: E402

KNOWN = spec_page.named_proofs()


@pytest.mark.parametrize("name", spec_page.NAMED_TESTS)
def test_each_test_that_the_plan_names_is_there_once(name: str) -> None:
    assert len(KNOWN.get(name, ())) == 1


def test_the_plan_names_twenty_nine_tests() -> None:
    assert len(set(spec_page.NAMED_TESTS)) == 29


@pytest.mark.parametrize("line", [*spec_page.MANUAL, *spec_page.DEPLOYMENT], ids=lambda line: line[0])
def test_each_line_of_a_checklist_is_proved(line: tuple[str, tuple[str, ...]]) -> None:
    commands = (ROOT / "docs/cli.md").read_text()
    assert line[1]
    for proof in line[1]:
        assert proof in KNOWN or f"## {proof}\n" in commands or (ROOT / proof).is_file(), proof
