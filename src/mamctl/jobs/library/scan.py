"""The library scan: observe the folders, read and decode what has changed, agree on values, record book by book.

It may be stopped at any time: what is recorded stays, and the next scan finds those books unchanged.
"""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, cast

from mamctl.dataclass import dataclass
from mamctl.domain.library.audio_facts import AudioFacts, DecodeRequest
from mamctl.domain.library.audio_integrity import AudioIntegrity
from mamctl.domain.library.book import ENDS, NOT_DECODED, WHOLE, AudioFile, judge_file, relocate
from mamctl.domain.library.parts import are_ordered_by
from mamctl.domain.problem import Problem
from mamctl.jobs.library.find_books import ReadBook, find_books
from mamctl.sqlite import transaction
from mamctl.store.library import books as store
from mamctl.store.library.audio_files import known_files
from mamctl.store.library.problems import replace_problems
from mamctl.store.values import path_to_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mamctl.domain.library.files import FoundFile, Listing
    from mamctl.jobs.library.find_books import FoundBook
    from mamctl.jobs.library.ports import AudioDecoder, BookReader, LibraryFolders, ScanProgress
    from mamctl.jobs.run import Run
    from mamctl.store.library.books import KnownBook

BATCH_FILES = 1000
BATCH_DECODED = 200  # of them; what took long to find out is recorded soon
BATCH_SECONDS = 5.0
BATCH_UNCHANGED = 1000
NOTHING = AudioFacts(whole=True)  # what decoding an empty file would measure


@dataclass(slots=True)
class ScanFigures:
    """What a scan did."""

    books: int = 0
    files: int = 0
    bytes: int = 0
    unchanged: int = 0
    gone: int = 0
    problems: int = 0
    sound: dict[AudioIntegrity, int] = field(default_factory=dict)

    def add(self, more: ScanFigures) -> None:
        """Count another scan in."""
        self.books += more.books
        self.files += more.files
        self.bytes += more.bytes
        self.unchanged += more.unchanged
        self.gone += more.gone
        self.problems += more.problems
        for sound, count in more.sound.items():
            self.sound[sound] = self.sound.get(sound, 0) + count

    def count(self, files: tuple[AudioFile, ...], problems: int) -> None:
        """Count one book that was read."""
        self.books += 1
        self.files += len(files)
        self.bytes += sum(file.found.size for file in files)
        self.problems += problems
        for file in files:
            self.sound[file.sound] = self.sound.get(file.sound, 0) + 1


@dataclass(frozen=True, slots=True)
class ScanRequest:
    """What to scan: `start` (a folder) below the library folder `root`."""

    root: str
    start: str
    full_decode: bool = False
    changed_only: bool = False


@dataclass(frozen=True, slots=True)
class ScanParts:
    """The outside, as the scan needs it. `on_recorded` gets the id of each book once it is recorded."""

    folders: LibraryFolders
    reader: BookReader
    decoder: AudioDecoder
    progress: ScanProgress
    on_recorded: Callable[[int], None]


def scan_library(run: Run, request: ScanRequest, parts: ScanParts) -> ScanFigures:
    """Scan to the end, or until interrupted; then what is complete has been recorded."""
    scan = _Scan(run, request, parts)
    store.begin_root(run.db, request.root, run.clock())
    try:
        for asked, facts in parts.decoder.measure_each(scan.requests()):
            book, place = cast("tuple[_Book, int]", asked.key)
            scan.judge(book, place, facts, whole=asked.whole)
    finally:
        scan.record()
    scan.close()
    return scan.figures


@dataclass(slots=True)
class _Book:
    """A changed book on its way: its files are judged one by one, each from end to end where `whole` says so."""

    seen: FoundBook
    judged: list[AudioFile | None]
    whole: list[bool]
    open: int = field(init=False)

    def __post_init__(self) -> None:
        self.open = self.judged.count(None)

    def put(self, place: int, file: AudioFile) -> None:
        """The verdict on one file."""
        self.judged[place] = file
        self.open -= 1

    def complete(self) -> tuple[AudioFile, ...] | None:
        """All files, once every one is judged."""
        return None if self.open else cast("tuple[AudioFile, ...]", tuple(self.judged))


class _Scan:
    """One scan under way."""

    def __init__(self, run: Run, request: ScanRequest, parts: ScanParts) -> None:
        self.figures = ScanFigures()
        self._run, self._request, self._parts = run, request, parts
        self._batch: list[ReadBook] = []
        self._unchanged: list[int] = []
        self._marks: list[tuple[int, bytes]] = []
        self._of_other_roots: list[int] = []
        self._files = self._decoded = 0  # in the batch, and since it was begun
        self._recorded_at = self._began_at = run.clock()
        self._problems: list[Problem] = []
        self._unreadable: list[str] = []
        self._seen_books = False
        self._enough = (WHOLE,) if request.full_decode else (WHOLE, ENDS)
        self._knows_files = store.holds_files(run.db, request.root)
        self._stored_root = path_to_text(request.root)

    def requests(self) -> Iterator[DecodeRequest]:
        """Observe: files that must be decoded, as the walk comes to them."""
        for seen in find_books(self._run.db, self._parts.reader, self._listings(), self._enough):
            self._seen_books = True
            book = self._changed(seen)
            if book is None:
                continue
            if (whole_files := book.complete()) is not None:
                self._finish(book, whole_files)
            for place, found in enumerate(seen.files.audio):
                if book.judged[place] is None and not found.size:
                    self.judge(book, place, NOTHING, whole=True)
                elif book.judged[place] is None:
                    yield DecodeRequest((book, place), found.path, found.size, book.whole[place])

    def _listings(self) -> Iterator[Listing]:
        for found in self._parts.folders.walk(self._request.root, self._request.start):
            if isinstance(found, Problem):
                self._problems.append(found)
                if found.code == "unreadable_folder" and found.subject:
                    self._unreadable.append(found.subject)
            else:
                yield found

    def _changed(self, seen: FoundBook) -> _Book | None:
        """The book when it must be read again, with the verdicts that still hold; None when nothing has changed."""
        known, files = seen.known, seen.files
        if known and known.decoded in self._enough and seen.is_recorded:
            if seen.recorded_reading is None:
                self._pass_over(known, seen, seen.mark)
                return None
            reading = self._parts.reader.read(files, self._run.clock())
            if reading.digest() == seen.recorded_reading:
                self._pass_over(known, seen, seen.mark_of(reading, self._began_at))
                return None
        # A first scan has nothing to look up; later a file may have belonged to another book.
        before = known_files(self._run.db, (found.path for found in files.audio)) if self._knows_files else {}
        former = [before.get(found.path) for found in files.audio]
        kept = [None if seen.is_of_older_readers and _is_bad(file) else file for file in former]
        judged = [self._still_judged(file, found) for file, found in zip(kept, files.audio, strict=True)]
        # What was decoded from end to end once is not judged by its ends the next time.
        whole = [self._request.full_decode or (file is not None and file.decoded == WHOLE) for file in former]
        return _Book(seen, judged, whole)

    def _still_judged(self, before: AudioFile | None, found: FoundFile) -> AudioFile | None:
        if before is None or not before.is_same(found) or before.decoded == NOT_DECODED:
            return None
        return relocate(before, found) if before.decoded == WHOLE or not self._request.full_decode else None

    def _pass_over(self, known: KnownBook, seen: FoundBook, mark: bytes) -> None:
        audio = seen.files.audio
        self.figures.unchanged += 1
        self._parts.progress.advance(len(audio), sum([file.size for file in audio]))
        self._unchanged.append(known.id)
        if known.mark != mark:
            self._marks.append((known.id, mark))
        if known.root != self._stored_root:
            self._of_other_roots.append(known.id)
        if len(self._unchanged) >= BATCH_UNCHANGED:
            self.record()

    def judge(self, book: _Book, place: int, facts: AudioFacts, *, whole: bool) -> None:
        """Decide on one file; with the last one the book is complete."""
        found = book.seen.files.audio[place]
        file = judge_file(found, facts, whole=whole)
        book.put(place, file)
        self._parts.progress.advance(1, found.size)
        self._decoded += found.size > 0 and file.decoded != NOT_DECODED
        if (judged := book.complete()) is not None:
            self._finish(book, judged)

    def _finish(self, book: _Book, judged: tuple[AudioFile, ...]) -> None:
        reading = self._parts.reader.read(book.seen.files, self._run.clock())
        if are_ordered_by(reading.tracks, [file.found.path for file in judged]):
            judged = tuple(sorted(judged, key=lambda file: reading.tracks[file.found.path]))
        self._batch.append(ReadBook(book.seen, judged, reading, book.seen.mark_of(reading, self._began_at)))
        waited = (self._run.clock() - self._recorded_at).total_seconds() >= BATCH_SECONDS
        self._files += len(judged)
        if waited or self._decoded >= BATCH_DECODED or self._files >= BATCH_FILES:
            self.record()

    def record(self) -> None:
        """Record what is complete, in one transaction; then report it."""
        batch, self._batch = self._batch, []
        unchanged, self._unchanged = self._unchanged, []
        marks, self._marks = self._marks, []
        of_other_roots, self._of_other_roots = self._of_other_roots, []
        self._files = self._decoded = 0
        if not batch and not unchanged:
            return
        with transaction(self._run.db):
            changed = [self._record(book) for book in batch]
            store.mark_seen(self._run.db, [*changed, *unchanged])
            store.save_marks(self._run.db, marks)
            store.save_root(self._run.db, self._request.root, of_other_roots)
        self._recorded_at = self._run.clock()
        for book_id in changed if self._request.changed_only else [*unchanged, *changed]:
            self._parts.on_recorded(book_id)

    def _record(self, book: ReadBook) -> int:
        from mamctl.jobs.library.record_book import record_book  # where nothing has changed nothing is judged

        book_id, problems = record_book(self._run, book, self._parts.folders.is_there)
        self.figures.count(book.judged, problems)
        return book_id

    def close(self) -> None:
        """The walk came to its end: books that were not seen are missing, unless none at all was seen."""
        db, root, now = self._run.db, self._request.root, self._run.clock()
        with transaction(db):
            if not self._seen_books and self._request.start == root and store.holds_books(db, root):
                self._problems.append(_empty(root))
                self._unreadable.append(root)
            replace_problems(db, self._problems, now, root=root, start=self._request.start)
            self.figures.gone = store.end_root(db, root, self._unreadable, now, self._request.start)
        self.figures.problems += len(self._problems)


def _is_bad(file: AudioFile | None) -> bool:
    return file is not None and file.sound in {AudioIntegrity.DAMAGED, AudioIntegrity.UNREADABLE}


def _empty(root: str) -> Problem:
    return Problem(
        "empty_library",
        f"{root} contains no audio, but it did before: its books are not counted as missing",
        root,
        "mount the disk; if the books were removed on purpose, remove the folder from library.folders",
    )
