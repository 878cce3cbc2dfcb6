"""`python -m tests.golden [FOLDER]`: records the golden files, by default over those of the repository."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.golden.record import FORMS, HERE, record, write_form

if __name__ == "__main__":
    words = sys.argv[1:]
    if words[:1] == ["--form"]:
        write_form(FORMS[words[1]], Path(words[2]))
    else:
        record(Path(words[0]) if words else HERE)
