"""Records one book that was read: its files and verdicts, what each source says, the agreed values, the problems."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mamctl.domain.library.book import total_duration
from mamctl.domain.library.problems import judge_book, without_implied
from mamctl.domain.metadata.merge import agree
from mamctl.domain.metadata.observation import Field, Origin, Source
from mamctl.store.library.agreed import (
    add_agreed,
    add_observations,
    load_agreed,
    load_observations,
    replace_observations,
    save_agreed,
)
from mamctl.store.library.books import save_book
from mamctl.store.library.problems import add_problems, replace_problems

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from mamctl.domain.library.book import AudioFile
    from mamctl.domain.metadata.observation import Observation
    from mamctl.jobs.library.find_books import ReadBook
    from mamctl.jobs.run import Run

# What the scan itself observes; the words of catalogues, tracker and speech are not its to replace.
LOCAL_SOURCES = (
    Source.ABS_JSON, Source.OPF, Source.LIBATION, Source.SIDECAR, Source.TAGS, Source.NFO, Source.TEXT_FILE,
    Source.FOLDER, Source.FILE_NAME, Source.DECODER,
)  # fmt: skip


def record_book(run: Run, book: ReadBook, is_there: Callable[[str], bool]) -> tuple[int, int]:
    """Its id, and how many problems it has; inside the caller's transaction."""
    db, now, seen, files = run.db, run.clock(), book.seen, book.seen.files
    book_id, is_new = save_book(db, run.id, files, seen.fingerprint, book.mark, book.judged, now, is_there)
    observations = (*book.reading.observations, *_measured_length(book.judged, files.path, now))
    if is_new:
        values = agree(observations)
        add_observations(db, book_id, run.id, observations)
        add_agreed(db, book_id, run.id, values, now)
        agreed = {value.field: value for value in values}
    else:
        replace_observations(db, book_id, run.id, observations, LOCAL_SOURCES)
        save_agreed(db, book_id, run.id, agree((*observations, *load_observations(db, book_id, LOCAL_SOURCES))), now)
        agreed = load_agreed(db, book_id)
    problems = (
        *without_implied(book.reading.problems, book.judged),
        *judge_book(book_id, files, book.judged, agreed, observations, book.reading.tracks),
    )
    keep = add_problems if is_new else replace_problems
    keep(db, problems, now, book_id=book_id, root=files.root)
    return book_id, len(problems)


def _measured_length(files: tuple[AudioFile, ...], path: str, now: datetime) -> tuple[Observation, ...]:
    """The length of the book, as the decoder found it."""
    decoder = Origin(Source.DECODER, path, now)
    return decoder.observe(Field.DURATION, total_duration(files), 0.95)
