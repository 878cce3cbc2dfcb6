"""What Audiobookshelf's "store metadata with item" costs: a library read with and without the files that it writes.

    python -m bench.abs_echo [--set FILE]

Beside every book lies a metadata.json with what Audiobookshelf reads by its own rules from the folders. Read as a
source it would stand above the folders; mamctl takes it for their echo. FILE holds cases like `*names*.json` of
`bench.reading`; without it 600 books of our own are named in six ways.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.accuracy_books import make_world
from bench.accuracy_twins import Book
from bench.reading import FIELDS, NOW, TOGETHER, Score, is_right, values_of
from mamctl.adapters.library.reader import LocalBookReader
from mamctl.domain.library.audiobookshelf import observe_abs, read_folder
from mamctl.domain.library.files import BookFiles, FoundFile
from mamctl.domain.metadata.observation import Observation, Origin, Source

BOOKS, SEED = 600, 1
SILENCE = bytes.fromhex("fffb90c4") + bytes(413)  # one MP3 frame


def name_book(book: Book, dice: random.Random) -> str:
    """A path for it, in one of the ways in which people name books."""
    people = " & ".join((book.author, *book.coauthors))
    if book.series and book.series.position:
        series, place = book.series.name, book.series.position
        return dice.choice((
            f"{people}/{series}/{place} - {book.title}",
            f"{people}/{series}/{series} - Book {place} - {book.title} (Unabridged)",
            f"{people} - {series} {int(float(place)):02} - {book.title}",
        ))  # fmt: skip
    return dice.choice((
        f"{people}/{book.title}",
        f"{people} - {book.title}",
        f"{people}/{book.year} - {book.title} (read by {book.narrator})",
    ))  # fmt: skip


def own_cases() -> Iterator[dict[str, Any]]:
    """Made-up books with the values that their paths name."""
    dice = random.Random(SEED)
    for book in make_world(BOOKS, SEED).books[:BOOKS]:
        place = book.series.position if book.series else None
        series = [[book.series.name, place]] if book.series and place else None
        gold = {"title": book.title, "authors": [book.author, *book.coauthors], "series": series}
        if place is not None or "/" not in book.title:
            yield {"input": name_book(book, dice), "gold": gold}


def written_by_abs(path: str) -> str:
    """metadata.json as Audiobookshelf writes it after its first scan of an untagged book."""
    read = read_folder(path.split("/"))
    empty = {key: [] for key in ("tags", "chapters", "authors", "narrators", "series", "genres")}
    rest = dict.fromkeys(("subtitle", "publishedYear", "publishedDate", "publisher", "description", "isbn", "asin"))
    return json.dumps({**empty, **rest, **read, "language": None, "explicit": False, "abridged": False})


def read_books(root: Path, cases: list[dict[str, Any]]) -> Iterator[tuple[dict[str, Any], ...]]:
    """A book's values: by its names alone; with the file read as a source; with it known for an echo."""
    reader = LocalBookReader()
    for case in cases:
        folder = root / case["input"]
        folder.mkdir(parents=True, exist_ok=True)
        audio, sidecar = folder / "01.mp3", folder / "metadata.json"
        audio.write_bytes(SILENCE)
        sidecar.write_text(written_by_abs(case["input"]), encoding="utf-8")
        alone = reader.read(_files(root, folder, audio), NOW).observations
        echoed = reader.read(_files(root, folder, audio, sidecar), NOW).observations
        origin = Origin(Source.ABS_JSON, str(sidecar), NOW)
        said: tuple[Observation, ...] = tuple(observe_abs(json.loads(sidecar.read_text(encoding="utf-8")), origin))
        yield values_of(alone), values_of((*alone, *said)), values_of(echoed)


def _files(root: Path, folder: Path, audio: Path, *sidecars: Path) -> BookFiles:
    found = [FoundFile(str(path), path.stat().st_size, 0, 0, 0, 1) for path in (audio, *sidecars)]
    return BookFiles(str(root), str(folder), tuple(found[:1]), tuple(found[1:]))


def run(cases: list[dict[str, Any]] | None = None) -> None:
    """Print the figures: right values of all books, each of the three ways."""
    cases = list(own_cases()) if cases is None else cases
    scores = {"names alone": Score(), "the file as a source": Score(), "the file as an echo": Score()}
    with tempfile.TemporaryDirectory() as folder:
        for case, values in zip(cases, read_books(Path(folder), cases), strict=True):
            for score, read in zip(scores.values(), values, strict=True):
                fields = [field for field in FIELDS if field in case["gold"]]
                right = {field: is_right(field, read.get(field), case["gold"][field]) for field in fields}
                for field in TOGETHER:
                    score.add(field, right=right[field])
                score.add("all of them", right=all(right[field] for field in TOGETHER))
    for way, score in scores.items():
        print(f"\n{way}")
        for line in score.lines():
            print(f"  {line.rpartition(' of ')[0].rpartition(' of ')[0] or line}")


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--set", type=Path, help="cases of paths, instead of our own")
    file = parser.parse_args().set
    run(json.loads(file.read_text(encoding="utf-8")) if file else None)


if __name__ == "__main__":
    main()
