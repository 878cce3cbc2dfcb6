"""A small library that anyone can have: several good books, one broken, one doubtful, made in a second.

With PyAV the recordings are FLAC and M4B; without it they are WAV, from the standard library alone.
"""

from __future__ import annotations

import math
import struct
import wave
from array import array
from functools import cache
from importlib.util import find_spec
from itertools import cycle
from operator import mul
from typing import TYPE_CHECKING, Any

from mamctl.dataclass import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

RATE = 8_000
SECONDS = 30
_SLICE = 1_024


@dataclass(frozen=True, slots=True)
class PracticeBook:
    """One book: the files below its folder, its tags by the words of Vorbis comments, its NFO."""

    folder: str
    files: tuple[str, ...]
    tags: dict[str, str]
    nfo: str = ""


BOOKS = (
    PracticeBook(
        "Arthur Conan Doyle/Sherlock Holmes/1 - A Study in Scarlet",
        ("A Study in Scarlet.m4b",),
        {"album": "A Study in Scarlet", "artist": "Arthur Conan Doyle", "composer": "Ines Quill", "date": "1887"},
    ),
    PracticeBook(
        "H. G. Wells/The Time Machine {Tom Asher}",
        ("CD1/01.flac", "CD1/02.flac", "CD2/01.flac"),
        {"album": "The Time Machine", "artist": "H. G. Wells", "composer": "Tom Asher", "date": "1895"},
    ),
    PracticeBook(
        "Edgar Rice Burroughs/Barsoom/Book 1 - A Princess of Mars",
        ("A Princess of Mars.flac",),
        {"album": "A Princess of Mars (Unabridged)", "artist": "Edgar Rice Burroughs"},
        "Title: A Princess of Mars\nAuthor: Burroughs, Edgar Rice\nRead by: Una Fell\nSeries: Barsoom, Book 1\n",
    ),
    PracticeBook(
        "Jules Verne/Around the World in Eighty Days",
        ("01 - Part One.flac", "02 - Part Two.flac"),
        {"album": "Around the World in Eighty Days", "artist": "Jules Verne", "composer": "Ines Quill"},
    ),
    PracticeBook("New Folder (2)", ("track01.flac",), {}),
)
BROKEN = "Jules Verne/Around the World in Eighty Days/02 - Part Two"
DOUBTFUL = "New Folder (2)"


def make_library(root: Path) -> Path:
    """The library below `root`, which must not exist yet; one file is cut in the middle, as by a lost download."""
    for number, book in enumerate(BOOKS):
        add_book(root, book, pitch=180 + 60 * number)
    broken = root / BROKEN
    _cut(next(path for path in broken.parent.iterdir() if path.stem == broken.name))
    return root


def add_book(root: Path, book: PracticeBook, pitch: int, seconds: int = SECONDS) -> None:
    """Make the book's files below `root`, each a tone of `seconds`, a little higher than the one before."""
    for place, name in enumerate(book.files):
        path = root / book.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        _write_tags(make_recording(path, pitch + 20 * place, seconds), book.tags)
    if book.nfo:
        (root / book.folder / "book.nfo").write_text(book.nfo, encoding="utf-8")


def make_recording(path: Path, pitch: int, seconds: int = SECONDS) -> Path:
    """A tone of `seconds` at `path`; where PyAV is missing, a .wav beside it instead. The file made."""
    if find_spec("av") is None:
        path = path.with_suffix(".wav")
        _write_wave(path, pitch, seconds)
    else:
        _encode(path, pitch, seconds)
    return path


def _samples(pitch: int, seconds: int) -> Iterator[array[int]]:
    """Sixteen-bit slices of a soft tone that rises and falls."""
    period = RATE // math.gcd(pitch, RATE)
    table = [9_000 * math.sin(math.tau * pitch * n / RATE) for n in range(period)]
    tone = array("h", map(int, map(mul, cycle(table), _loudness(seconds))))
    for start in range(0, len(tone), _SLICE):
        yield tone[start : start + _SLICE]


@cache
def _loudness(seconds: int) -> tuple[float, ...]:
    """How loud each sample is, from 0.2 to 1: one list for all recordings, since a sine is dear."""
    return tuple(0.6 + 0.4 * math.sin(n / RATE) for n in range(RATE * seconds))


def _write_wave(path: Path, pitch: int, seconds: int) -> None:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        for part in _samples(pitch, seconds):
            file.writeframes(struct.pack(f"<{len(part)}h", *part))


def _encode(path: Path, pitch: int, seconds: int) -> None:
    import av

    codec, form, sample = ("flac", "flac", "s16") if path.suffix == ".flac" else ("aac", "mp4", "fltp")
    with av.open(str(path), "w", format=form) as container:
        # Level 0 of FLAC reckons in integers alone: the same bytes on every processor.
        options = {"compression_level": "0"} if codec == "flac" else {}
        stream: Any = container.add_stream(codec, rate=RATE, options=options)
        stream.layout = "mono"
        stream.codec_context.format = sample
        for frame in _frames(pitch, seconds):
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


def _frames(pitch: int, seconds: int) -> Iterator[Any]:
    import av

    at = 0
    for part in _samples(pitch, seconds):
        frame = av.AudioFrame(format="s16", layout="mono", samples=len(part))
        frame.planes[0].update(part.tobytes().ljust(frame.planes[0].buffer_size, b"\0"))
        frame.sample_rate, frame.pts = RATE, at
        at += len(part)
        yield frame


# The same words as the atoms of an M4B.
_MP4_ATOMS = {"album": "©alb", "artist": "©ART", "composer": "©wrt", "date": "©day"}


def _write_tags(path: Path, tags: dict[str, str]) -> None:
    import mutagen

    file: Any = mutagen.File(str(path)) if tags and path.suffix != ".wav" else None
    if file is None:
        return
    for name, value in tags.items():
        file[_MP4_ATOMS[name] if path.suffix == ".m4b" else name] = value
    file.save()


def _cut(path: Path) -> None:
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
