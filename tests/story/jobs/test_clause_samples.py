"""Which code reads the samples of the clauses: all of it is in the mark by which a reading is kept."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import mamctl
from mamctl.jobs.spec.samples import READING

_MODULES = """
import sys
from datetime import UTC, datetime
before = set(sys.modules)
from mamctl.domain.spec.samples import read_samples
read_samples(datetime(2026, 3, 1, tzinfo=UTC))
for name in {*sys.modules} - before:
    print(name, getattr(sys.modules[name], "__file__", None), sep="\\t")
"""


def test_all_code_that_reads_the_samples_is_in_the_mark():
    done = subprocess.run([sys.executable, "-c", _MODULES], check=True, capture_output=True, text=True)
    listed = dict(line.split("\t") for line in done.stdout.splitlines())
    assert {name.split(".")[0] for name in listed} - sys.stdlib_module_names == {"mamctl"}
    own = [Path(file) for name, file in listed.items() if name.startswith("mamctl.") and not _is_empty(Path(file))]
    root = Path(mamctl.__file__).parent
    marked = {root / place for place in READING}
    assert [file for file in own if not marked & {file, *file.parents}] == []
    assert len(own) > 20


def _is_empty(file: Path) -> bool:
    """Whether it has nothing but a docstring."""
    return file.name == "__init__.py" and len(file.read_text().splitlines()) <= 1
