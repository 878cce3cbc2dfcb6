"""`python -m tests.golden`: renews the golden files; with a folder, records everything there whole."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.golden.record import record, record_tour, renew_golden_files

if __name__ == "__main__":
    words = sys.argv[1:]
    if words[:1] == ["--tour"]:
        record_tour(words[1], Path(words[2]))
    elif words:
        record(Path(words[0]))
    else:
        renew_golden_files()
