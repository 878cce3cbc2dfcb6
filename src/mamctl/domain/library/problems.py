"""Finds what in a book needs your attention: broken files, gaps, several books in one folder, uncertain names."""

from __future__ import annotations

from collections import defaultdict
from pathlib import PurePath
from typing import TYPE_CHECKING

from mamctl.domain.library.audio_integrity import AudioIntegrity, judge_length
from mamctl.domain.library.book import total_duration
from mamctl.domain.library.grouping import is_disc
from mamctl.domain.library.parts import are_ordered_by, find_gaps, names_count
from mamctl.domain.library.problem_kinds import DOUBTFUL_BELOW
from mamctl.domain.library.tags import Tag
from mamctl.domain.metadata.observation import Field, Source
from mamctl.domain.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from mamctl.domain.library.book import AudioFile
    from mamctl.domain.library.files import BookFiles
    from mamctl.domain.library.parts import TrackTag
    from mamctl.domain.metadata.agreed_value import AgreedValue
    from mamctl.domain.metadata.observation import Observation

SHOWN_GAPS = 10
SAME_LENGTH = 0.01  # encoders pad; two formats of one recording differ by less
SHOWN_NAMES = 4


def judge_book(
    book_id: int,
    book: BookFiles,
    files: Sequence[AudioFile],
    agreed: Mapping[Field, AgreedValue],
    observations: Sequence[Observation],
    tracks: Mapping[str, TrackTag],
) -> tuple[Problem, ...]:
    """Every problem of the book; files first, names last. A command that is proposed names the book by its id."""
    return (
        *(problem for file in files for problem in problems_of_audio(file)),
        *_length(book, files, observations),
        *_gaps(book),
        *_nested(book),
        *_several_books(book, files, observations, tracks),
        *_doubts(book_id, book, agreed, observations),
    )


def problems_of_audio(file: AudioFile) -> Iterator[Problem]:
    """The problem of a file that cannot be listened to from beginning to end."""
    path = file.found.path
    if file.sound is AudioIntegrity.DAMAGED:
        yield Problem("damaged_file", f"{path}: {file.detail}", path, "get this file again; recheck it in the client")
    elif file.sound is AudioIntegrity.UNREADABLE:
        yield Problem("unreadable_file", f"{path}: {file.detail}", path, "get this file again, or move it away")


def _length(book: BookFiles, files: Sequence[AudioFile], observations: Iterable[Observation]) -> tuple[Problem, ...]:
    """A book that plays longer or shorter than its records say; damaged files are reported already, as the reason."""
    if any(file.sound is not AudioIntegrity.GOOD for file in files):
        return ()
    return judge_length(book.path, total_duration(tuple(files)), observations)


def without_implied(read: Iterable[Problem], files: Sequence[AudioFile]) -> tuple[Problem, ...]:
    """The problems of reading the book, without those that follow from others: a file that is not audio has no tags."""
    unreadable = {file.found.path for file in files if file.sound is AudioIntegrity.UNREADABLE}
    implied = {"unreadable_tags", "unreadable_file"}
    return tuple(one for one in read if one.code not in implied or one.subject not in unreadable)


def _gaps(book: BookFiles) -> Iterator[Problem]:
    for folder, what, missing in find_gaps(file.path for file in book.audio):
        shown = ", ".join(map(str, missing[:SHOWN_GAPS]))
        rest = f" and {len(missing) - SHOWN_GAPS} more" if len(missing) > SHOWN_GAPS else ""
        yield Problem("missing_parts", f"{folder}: no {what} {shown}{rest}", folder, "check whether files were lost")


def _nested(book: BookFiles) -> Iterator[Problem]:
    if any(not is_disc(PurePath(path).name) for path in book.nested):
        yield Problem(
            "nested_folders",
            f"{book.path}: audio lies in the folder and in {len(book.nested)} below it; all of it counts as one book",
            book.path,
            "move the loose files into a separate folder, if they are other books",
        )


def _several_books(
    book: BookFiles,
    files: Sequence[AudioFile],
    observations: Iterable[Observation],
    tracks: Mapping[str, TrackTag],
) -> Iterator[Problem]:
    """Files of one folder whose albums are different books, that are one book twice, or that nothing puts in order."""
    paths = [file.path for file in book.audio]
    albums = {
        str(one.value).casefold(): str(one.value)
        for one in observations
        if one.field is Field.TITLE and one.source is Source.TAGS and one.place.endswith(f"#{Tag.ALBUM}")
    }
    if len(paths) > 1 and len(albums) > 1:
        yield _perhaps_several(book, f"the files name {_listed(albums.values())}")
    elif formats := _formats(files):
        message = f"{book.path}: the same audio is there as {' and '.join(formats)}, and all of it counts"
        yield Problem("several_formats", message, book.path, "move one of the formats out of the library")
    elif len(paths) > 1 and not names_count(paths) and not are_ordered_by(tracks, paths):
        names = _listed(PurePath(path).stem for path in paths)
        yield _perhaps_several(book, f"the order of {names} is not known")


def _perhaps_several(book: BookFiles, found: str) -> Problem:
    return Problem("several_books", f"{book.path}: {found}", book.path, "give each book a separate folder")


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"“{name}”" for name in sorted(names)[:SHOWN_NAMES])


def _formats(files: Sequence[AudioFile]) -> tuple[str, ...]:
    """The formats in which all of the book is there, by equal names or equal length; none when there is but one."""
    if len({file.found.path.rpartition(".")[2] for file in files}) < 2:
        return ()
    stems: dict[str, set[str]] = defaultdict(set)
    lengths: dict[str, list[float | None]] = defaultdict(list)
    for file in files:
        stem, _, suffix = file.found.path.rpartition("/")[2].rpartition(".")
        stems[suffix.lower()].add(stem)
        lengths[suffix.lower()].append(file.duration)
    if len(stems) < 2:
        return ()
    totals = [sum(length or 0.0 for length in kind) for kind in lengths.values() if None not in kind]
    same_length = len(totals) == len(lengths) and max(totals) - min(totals) <= SAME_LENGTH * max(totals)
    same_names = len({frozenset(names) for names in stems.values()}) == 1
    return tuple(sorted(stems)) if same_names or same_length else ()


def _doubts(
    book_id: int, book: BookFiles, agreed: Mapping[Field, AgreedValue], observations: Sequence[Observation]
) -> Iterator[Problem]:
    for field in (Field.TITLE, Field.AUTHORS):
        value = agreed.get(field)
        if value is None or (value.confidence < DOUBTFUL_BELOW and not value.verified):
            found = "nothing states" if value is None else f"only {value.confidence:.0%} sure of"
            readings = _titles_of_name(value, observations) if field is Field.TITLE else ""
            yield Problem(
                f"doubtful_{field.value}",
                f"{book.path}: {found} the {field.value}{readings}",
                book.path,
                f"mamctl meta set {book_id} {field.value} VALUE",
            )


def _titles_of_name(value: AgreedValue | None, observations: Sequence[Observation]) -> str:
    """The likeliest titles of a name that may be read in several ways, when the title comes from it."""
    if value is None or value.source not in {Source.FOLDER, Source.FILE_NAME}:
        return ""
    same_source = [one for one in observations if one.field is Field.TITLE and one.source is value.source]
    titles = dict.fromkeys(str(one.value) for one in sorted(same_source, key=lambda one: -one.confidence))
    return f": {' or '.join(f'“{title}”' for title in list(titles)[:2])}" if len(titles) > 1 else ""
