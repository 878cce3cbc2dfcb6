"""Where a test run spent its time: `python -m tests.ci_time FILE`, after `make test ARGS=--junitxml=FILE`.

Prints a table of the parts of docs/architecture.md: seconds are those of the tests' own process, waiting included,
summed over both workers.
"""

from __future__ import annotations

import sys
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

PARTS = (
    "tests/unit", "tests/story/cli", "tests/story/test_every_failure", "tests/story/jobs", "tests/story/adapters",
    "tests/story/practice", "tests/docs", "tests/golden", "tests/integration",
)  # fmt: skip
REST = "the rest"


def table(cases: Iterable[tuple[str, float]]) -> str:
    """The table for (name of the test's module with dots, seconds)."""
    tests: Counter[str] = Counter()
    seconds: Counter[str] = Counter()
    for module, taken in cases:
        path = module.replace(".", "/")
        part = next((part for part in PARTS if path == part or path.startswith(f"{part}/")), REST)
        tests[part] += 1
        seconds[part] += taken
    lines = ["| part | tests | seconds |", "|---|---|---|"]
    lines += [f"| `{part}` | {tests[part]:,} | {seconds[part]:.0f} |" for part in (*PARTS, REST) if tests[part]]
    return "\n".join([*lines, f"| all | {tests.total():,} | {sum(seconds.values()):.0f} |"])


def main(report: Path) -> None:
    """Print the table of one report."""
    root = ET.parse(report).getroot()
    cases = ((case.get("classname", ""), float(case.get("time", 0))) for case in root.iter("testcase"))
    sys.stdout.write(f"{table(cases)}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
