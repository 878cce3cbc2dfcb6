"""Rows that a job finds on its way and its report needs at the end: kept in a file, so that memory does not grow."""

from __future__ import annotations

import pickle
import tempfile
import weakref
from collections.abc import Iterator
from typing import IO, Generic, TypeVar

from mamctl.domain.outcome import Rows

T = TypeVar("T")

_HELD = 200  # rows in memory; with descriptions some 400 kB


class Kept(Generic[T]):
    """Rows in the order in which they were added, the last of them in memory, the others in a file without a name.

    The file goes with the object, and nobody else can open it. When the disk is full they stay in memory.
    """

    def __init__(self) -> None:
        self._held: list[T] = []
        self._packed: list[bytes | tuple[int, int]] = []  # in memory, or place and length in the file
        self._file: IO[bytes] | None = None
        self._count = 0

    def __len__(self) -> int:
        """How many were added."""
        return self._count

    def __iter__(self) -> Iterator[T]:
        """The rows from the first; no more than one piece of them is in memory."""
        for packed in self._packed:
            yield from pickle.loads(self._read(packed))  # noqa: S301 - written above, to a file that only we have
        yield from self._held

    def add(self, row: T) -> None:
        """Keep the row. It must not change afterwards."""
        self._held.append(row)
        self._count += 1
        if len(self._held) >= _HELD:
            self._packed.append(self._write(pickle.dumps(self._held, pickle.HIGHEST_PROTOCOL)))
            self._held = []

    def rows(self) -> Rows[T]:
        """The rows as a report has them, read while they are printed."""
        return Rows(lambda: iter(self))

    def _write(self, packed: bytes) -> bytes | tuple[int, int]:
        try:
            if self._file is None:
                self._file = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115 - open as long as the rows are kept
                weakref.finalize(self, self._file.close)
            place = self._file.seek(0, 2)
            return (place, len(packed)) if self._file.write(packed) == len(packed) else packed
        except OSError:
            return packed

    def _read(self, packed: bytes | tuple[int, int]) -> bytes:
        if isinstance(packed, bytes):
            return packed
        assert self._file is not None
        place, length = packed
        self._file.seek(place)
        return self._file.read(length)
