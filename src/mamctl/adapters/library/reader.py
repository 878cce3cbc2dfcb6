"""Reads what a book's own files say: tags, sidecars, names."""

from __future__ import annotations

import json
import os
from collections import Counter
from dataclasses import replace
from functools import partial
from pathlib import PurePath
from typing import TYPE_CHECKING

from mamctl.adapters.library.sidecar_json import ABS_NAMES
from mamctl.adapters.library.sidecars import read_sidecar
from mamctl.adapters.library.tags import FileTags, read_tags
from mamctl.dataclass import dataclass
from mamctl.domain.library.audiobookshelf import explain, flatten
from mamctl.domain.library.book import BookReading
from mamctl.domain.library.export import OwnExport
from mamctl.domain.library.files import SHOWS_SOMETHING_ELSE, cover_rank
from mamctl.domain.library.multi_book import FileSigns, read_place, read_signs
from mamctl.domain.library.other_book import find_other_book
from mamctl.domain.library.paths.observe import know, name_writers, observe_file_name, observe_loose_file, observe_path
from mamctl.domain.library.paths.reading import Known
from mamctl.domain.library.tags import TRACK_TAGS, Tag, observe_tags, without_cut_texts
from mamctl.domain.metadata.observation import Field, Observation, Origin, Source
from mamctl.domain.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import datetime

    from mamctl.domain.library.audiobookshelf import Document
    from mamctl.domain.library.book import BookRecord
    from mamctl.domain.library.files import BookFiles
    from mamctl.domain.library.parts import TrackTag
    from mamctl.domain.library.tags import Tags, Writers

_PICTURES = frozenset({".jpg", ".jpeg", ".png", ".webp"})
AS_WRITTEN = 20  # files whose tags are kept as written: Audiobookshelf reads those of the first one only
MOST_LOOKED_AT = 64  # files whose tags are kept for a moment: books whose sound is being decoded
MOST_VALUES = 40  # values of one field from one file; an NFO with every label twice has four
_Fields = tuple[tuple[Tag, tuple[str, ...]], ...]


class LocalBookReader:
    """Reads the files of one book. `exported` gives what mamctl itself wrote to a path, which is not a source."""

    def __init__(self, exported: Callable[[str], OwnExport] = lambda path: OwnExport()) -> None:
        self._exported = exported
        self._looked_at: dict[str, FileTags | Problem] = {}

    def read(self, book: BookFiles, seen_at: datetime) -> BookReading:
        """Everything the book's own files say, and the files that could not be read. Never raises."""
        relative = _relative(book)
        looked_at = {file.path: found for file in book.audio if (found := self._looked_at.pop(file.path, None))}
        writers = partial(name_writers, relative, book.neighbours)
        tags = _read_tags(book, seen_at, writers, looked_at)
        sidecars = self._read_sidecars(book, tags, relative, seen_at)
        stated = [*tags.observations, *(one for reading in sidecars for one in reading.observations)]
        observations = [
            *stated,
            *_names(book, relative, seen_at, know(stated)),
            *_picture_beside(book, seen_at),
        ]
        problems = [*tags.problems, *(problem for reading in sidecars for problem in reading.problems)]
        kept, beyond = _bounded(dict.fromkeys(observations))
        return BookReading(kept, (*problems, *beyond), tags.tracks)

    def _read_sidecars(self, book: BookFiles, tags: _TagReading, folder: str, seen_at: datetime) -> list[BookReading]:
        """Audiobookshelf's file last: what the tags, the folder and the other files explain in it is an echo."""
        own = [file.path for file in book.sidecars if PurePath(file.path).name.lower() in ABS_NAMES]
        read = []
        for path in (file.path for file in book.sidecars if file.path not in own):
            found = read_sidecar(path, seen_at, self._exported(path).digests)
            read.append(_unless_of_another_book(found, path, tags, folder))
        observations = [one for reading in read for one in reading.observations]
        for path in own:
            export = self._exported(path)
            known = (*explain(os.path.dirname(path), tags.written, observations), *_as_exported(export))  # noqa: PTH120
            found = read_sidecar(path, seen_at, export.digests, known)
            read.append(_unless_of_another_book(found, path, tags, folder))
        return read

    def signs(self, path: str) -> FileSigns:
        """What one audio file says of the book it holds; its name alone when its tags cannot be read."""
        if len(self._looked_at) >= MOST_LOOKED_AT:
            self._looked_at.clear()
        found = self._looked_at[path] = read_tags(path)  # asked for again as soon as the book is read
        return read_signs(path, {} if isinstance(found, Problem) else found.fields)


def _unless_of_another_book(reading: BookReading, path: str, tags: _TagReading, folder: str) -> BookReading:
    """The reading of a sidecar; only a problem where the sidecar is another book's."""
    problem = find_other_book(tags.observations, reading.observations, path, folder)
    return reading if problem is None else BookReading((), (*reading.problems, problem))


def read_by_abs(book: BookRecord, export: OwnExport) -> tuple[Document, ...]:
    """All that Audiobookshelf may have read by itself of a recorded book, mamctl's own export included."""
    loose = book.path in {file.found.path for file in book.files}
    folder = os.path.dirname(book.path) if loose else book.path  # noqa: PTH120
    name = ({"title": PurePath(book.path).stem},) if loose else ()  # of a loose file it takes the name as it stands
    found = (read_tags(file.found.path) for file in book.files[:AS_WRITTEN])
    tags = [one.fields for one in found if not isinstance(one, Problem)]
    return (*name, *explain(folder, tags, book.observations), *_as_exported(export))


def _as_exported(export: OwnExport) -> tuple[Document, ...]:
    return (*((flatten(json.loads(export.text)),) if export.text else ()), export.sent)


def _bounded(observations: Iterable[Observation]) -> tuple[tuple[Observation, ...], list[Problem]]:
    """At most `MOST_VALUES` values of a field from one file: comparing them grows with their square."""
    counts: Counter[tuple[str, Field]] = Counter()
    kept: list[Observation] = []
    for one in observations:
        key = (one.place.partition("#")[0], one.field)
        counts[key] += 1
        if counts[key] <= MOST_VALUES:
            kept.append(one)
    return tuple(kept), [
        Problem(
            "too_many_values",
            f"{path}: {count} values of {field.value}; the first {MOST_VALUES} were read",
            path,
            "check whether this file belongs to the book; repair it or move it away",
        )
        for (path, field), count in counts.items()
        if count > MOST_VALUES
    ]


@dataclass(frozen=True, slots=True)
class _TagReading:
    """The tags of a book's files; `written` has the fields of the first few as they stand there."""

    observations: list[Observation]
    problems: list[Problem]
    tracks: dict[str, TrackTag]
    written: list[Tags]


def _read_tags(
    book: BookFiles, seen_at: datetime, writers: Writers, known: Mapping[str, FileTags | Problem]
) -> _TagReading:
    """Tags of all files, and their track numbers; what most of them say weighs more, and is said once."""
    alone = len(book.audio) == 1
    files: dict[_Fields, list[str]] = {}
    pictured: list[str] = []
    tracks: dict[str, TrackTag] = {}
    problems: list[Problem] = []
    written: list[Tags] = []
    for file in book.audio:
        if not file.size:  # that it is empty the decoder says
            continue
        found = known.get(file.path) or read_tags(file.path, file.size)
        if isinstance(found, Problem):
            problems.append(found)
            continue
        pictured += [file.path] if found.has_cover else []
        written += [found.fields] if len(written) < AS_WRITTEN else []
        whole = without_cut_texts(found.fields, found.cut_at, file.path)
        if (place := read_place(whole)) is not None:
            tracks[file.path] = place
        # What speaks of the book is the same in all its files, and read once.
        one = alone or Tag.ALBUM not in whole
        kept = {tag: texts for tag, texts in whole.items() if one or tag not in TRACK_TAGS}
        files.setdefault(tuple(kept.items()), []).append(file.path)
    counted: list[tuple[Observation, int]] = []
    for fields, paths in files.items():
        origin = Origin(Source.TAGS, paths[0], seen_at)
        counted += [(one, len(paths)) for one in observe_tags(dict(fields), origin, alone=alone, writers=writers)]
    return _TagReading([*_weigh(counted), *_picture_inside(book, pictured, seen_at)], problems, tracks, written)


def _weigh(counted: Iterable[tuple[Observation, int]]) -> list[Observation]:
    """Each value once, less believed the fewer files say it among those that speak of the field."""
    counted = list(counted)
    totals: Counter[tuple[Field, str]] = Counter()
    votes: Counter[tuple[Field, str, object]] = Counter()
    best: dict[tuple[Field, str, object], Observation] = {}
    for one, count in counted:
        tag = one.place.rpartition("#")[2]
        key = (one.field, tag, one.value)
        totals[one.field, tag] += count
        votes[key] += count
        best.setdefault(key, one)
    return [
        one
        if votes[key] == (total := totals[key[:2]])
        else replace(one, confidence=round(one.confidence * (0.4 + 0.6 * votes[key] / total), 4))
        for key, one in best.items()
    ]


def _names(book: BookFiles, relative: str, seen_at: datetime, known: Known) -> list[Observation]:
    if book.path == book.audio[0].path:
        return list(observe_loose_file(relative, seen_at, place=book.path, neighbours=book.neighbours, known=known))
    observations = list(observe_path(relative, seen_at, place=book.path, neighbours=book.neighbours, known=known))
    if len(book.audio) == 1:
        observations += [
            replace(one, place=book.audio[0].path)
            for one in observe_file_name(relative, PurePath(book.audio[0].path).name, seen_at, known=known)
        ]
    return observations


def _relative(book: BookFiles) -> str:
    """The book's path below its library; the library's folder itself has only its name."""
    below = (book.read_as or book.path).removeprefix(book.root.rstrip("/")).strip("/")
    return below or PurePath(book.path).name


def _picture_beside(book: BookFiles, seen_at: datetime) -> tuple[Observation, ...]:
    """The likeliest cover among the pictures beside the audio; an empty file shows nothing."""
    pictures = [file.path for file in book.sidecars if file.size and PurePath(file.path).suffix.lower() in _PICTURES]
    if not pictures:
        return ()
    stems = {PurePath(path).stem for path in (book.path + "/", *(file.path for file in book.audio))}
    rank, chosen = min(((cover_rank(path, stems), path) for path in pictures), key=lambda pair: pair[0])
    confidence = 0.9 if rank == 0 else 0.6 if rank < SHOWS_SOMETHING_ELSE else 0.3
    return Origin(Source.SIDECAR, chosen, seen_at).observe(Field.COVER, _in_folder(book, chosen), confidence)


def _picture_inside(book: BookFiles, pictured: list[str], seen_at: datetime) -> tuple[Observation, ...]:
    """The picture embedded in the audio: the cover is then the first audio file that has one."""
    if not pictured:
        return ()
    return Origin(Source.TAGS, pictured[0], seen_at).observe(
        Field.COVER, _in_folder(book, pictured[0]), 0.5, at="picture"
    )


def _in_folder(book: BookFiles, path: str) -> str:
    """The path of one of the book's files below its folder."""
    folder = os.path.dirname(book.path) if book.path == book.audio[0].path else book.path  # noqa: PTH120
    return path.removeprefix(folder.rstrip("/")).lstrip("/")
