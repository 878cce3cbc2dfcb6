"""Commands run again on a terminal of each width: conversations, and what stands on stderr beside lines of JSON.

`conclude` prints only the result of a command; what is said before it is seen by running the command. The store is put
back after each time, so that all widths, and the rest of the tour, see one state.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from tempfile import TemporaryFile

from mamctl.cli.app import main
from tests.golden.terminal import on_terminal

WIDE = 1_000
"""Columns of a terminal on which nothing is wrapped or cut."""
# From hiding the cursor to wiping the line, or one line that is written over: how far it was is a matter of moments.
_PROGRESS = re.compile(r"\x1b\[\?25l.*?\x1b\[\?25h[\r\n]*\x1b\[1A\x1b\[2K|(\r[^\r\n\x1b]*)*\r\x1b\[K", re.DOTALL)


def run_on_terminal(
    words: Sequence[str], columns: int, store: Path, *, answers: Sequence[tuple[str, str]] = (), lines: bool = False
) -> tuple[int, str]:
    """The exit code, and what the terminal shows; with `lines` stdout is no terminal, and only stderr is shown.

    Each of `answers` is a prompt with what is typed when it is shown.
    """
    codes: list[int] = []

    def call() -> None:
        with TemporaryFile("w+", encoding="utf-8") if lines else nullcontext(sys.stdout) as sys.stdout:
            codes.append(_call(words))
            sys.stdout.flush()

    with _put_back(store):
        text = on_terminal(columns, call, answers)
    return codes[0], _PROGRESS.sub("", text)


def _call(words: Sequence[str]) -> int:
    before, sys.argv = sys.argv, ["mamctl", *words]
    try:
        main()
    except SystemExit as end:
        return int(end.code or 0)
    finally:
        sys.argv = before
    return 0


@contextmanager
def _put_back(store: Path) -> Iterator[None]:
    """The database as it was, once every connection to it is closed."""
    before = store.read_bytes()
    yield
    store.write_bytes(before)
    for more in ("-wal", "-shm"):
        Path(f"{store}{more}").unlink(missing_ok=True)
