"""Finishing a whole download: its content against the torrent, its sound and quality measured, then filed (QUE-5)."""

from __future__ import annotations

import posixpath
from collections.abc import Callable
from datetime import timedelta

from mamctl.domain.library.audio_integrity import AudioIntegrity, clock, is_as_expected
from mamctl.domain.library.book import AudioFile, total_duration
from mamctl.domain.library.export import write_abs_json
from mamctl.domain.library.torrent_contents import ListedFile, TorrentListing, compare_files, judge_files
from mamctl.domain.permits import FileBook
from mamctl.domain.problem import Notice, Problem
from mamctl.domain.queue.candidates import judge_length
from mamctl.domain.queue.filing import FiledFile, plan_filing
from mamctl.domain.queue.naming import NamedBook, NamesNotAgreed, name_book, observe_row, observe_your_names
from mamctl.domain.queue.quality import (
    RuleAnswer,
    claimed_facts,
    claimed_length,
    judge_quality,
    measured_facts,
    refusals,
)
from mamctl.domain.queue.states import State
from mamctl.domain.site.search import TorrentRow
from mamctl.domain.text.quantities import count_of
from mamctl.errors import LockedError, MamctlError
from mamctl.jobs.permits import permit, why_held
from mamctl.jobs.queue.add import row_from_text
from mamctl.jobs.queue.context import ItemNote, QueueContext, QueuePass
from mamctl.jobs.queue.filed import broken_words, hash_item
from mamctl.jobs.queue.ports import ContentBook
from mamctl.jobs.queue.replace import give_up
from mamctl.store.queue.items import QueueItem, list_items
from mamctl.store.queue.records import conclude_pending_item, record_files, record_verdict

_TRY_AGAIN = timedelta(hours=1)
# A client that says it is done may still be taking ".!qB" off the names of its files.
_UNFINISHED = ".!qB"
_NAMES_LAST = timedelta(minutes=5)


def finish(context: QueueContext, done: QueuePass) -> None:
    """Verify what is complete, then file what is verified; one that fails does not hold up the others.

    While a change fails its self-tests (CHG-2) what is verified waits as it is.
    """
    steps: list[tuple[Callable[[QueueContext, QueuePass, QueueItem], None], State]] = [(_verify, State.COMPLETE)]
    if why_held(context.run.db) is None:
        steps.append((_file, State.VERIFIED))
    for step, state in steps:
        for item in list_items(context.run.db, state):
            try:
                step(context, done, item)
            except LockedError:
                continue
            except MamctlError as error:
                _hold(context, item, error.slug, error.message, again=True)


def _verify(context: QueueContext, done: QueuePass, item: QueueItem) -> None:
    """META-4 and QUAL-3 on a whole download."""
    path = context.local_path(item)
    if path is None or not context.content.is_there(path):
        why = "this machine cannot see its files" if path is None else f"{path} does not exist"
        _hold(context, item, "content_not_reachable", why, again=True)
        return
    if item.contents is not None:
        differs = _files_fault(item.contents, context.content.list_files(path), path)
        if differs and context.now - item.since > _NAMES_LAST:
            _hold(context, item, *differs, again=True)
        if differs:
            return
    if context.queue.hash_pieces and (report := hash_item(context, item)).broken:
        _hold(context, item, "pieces_differ", broken_words(report))
        return
    audio, _ = context.content.decode(path)
    row = row_from_text(item.site_row)
    if fault := _audio_fault(audio, row) or _quality_fault(context, item, audio, row):
        item = give_up(context, done, item, State.REFUSED, fault)
        context.run.add_problem(
            Problem(
                "download_refused",
                f"“{item.title}”: {fault}",
                f"queue {item.id}",
                "it keeps seeding for its 72 hours, and is not filed",
            )
        )
        return
    length = total_duration(audio)
    count = count_of(len(audio), "audio file plays", "audio files play")
    context.move(item, State.VERIFIED, f"{count} {clock(length)}" if length else "verified")


def _files_fault(contents: TorrentListing, found: tuple[ListedFile, ...], path: str) -> tuple[str, str] | None:
    """How the files differ from what the torrent lists: a stable word, and the words for it."""
    compared = compare_files(contents.files, found)
    if fault := next(judge_files(contents, compared, path), None):
        return fault.code, fault.message
    if unfinished := [name for _, name in compared.renamed if name.endswith(_UNFINISHED)]:
        return (
            "files_missing",
            f"{path}: {count_of(len(unfinished), 'file is', 'files are')} named as unfinished, such as {unfinished[0]}",
        )
    return None


def _audio_fault(audio: tuple[AudioFile, ...], row: TorrentRow | None) -> str | None:
    """What is wrong with the sound: nothing to hear, damage, another length than was claimed."""
    if not audio:
        return "there is no audio in it"
    bad = [file for file in audio if file.sound in (AudioIntegrity.DAMAGED, AudioIntegrity.UNREADABLE)]
    if bad:
        return f"{posixpath.basename(bad[0].found.path)} is {bad[0].sound.value}: {bad[0].detail}"
    return _length_fault(audio, row) if row else None


def _length_fault(audio: tuple[AudioFile, ...], row: TorrentRow) -> str | None:
    """META-4: the site's MediaInfo is of the whole recording, or of one of its files."""
    claimed = row.media.duration if row.media else None
    length = total_duration(audio)
    if not claimed or not length or is_as_expected(length, claimed):
        return None
    if len(audio) == 1 or claimed_length(row) is not None:
        return f"it plays {clock(length)} where the site says {clock(claimed)}"
    if any(is_as_expected(file.duration, claimed) for file in audio if file.duration):
        return None
    return f"none of its {len(audio)} files plays {clock(claimed)}, the length on the site; all play {clock(length)}"


def _quality_fault(
    context: QueueContext, item: QueueItem, audio: tuple[AudioFile, ...], row: TorrentRow | None
) -> str | None:
    """The rules on measured facts; their answers are kept beside those on what was claimed."""
    if row is None:
        return None
    measured = measured_facts(audio, claimed_facts(row))
    if measured is None:
        return "no audio in it could be decoded"
    answers = (*judge_quality(measured, context.quality), *_measured_length(context, item, audio))
    record_verdict(context.run.db, item.id, row.id, "measured", answers, context.now)
    failed = refusals(answers)
    return "; ".join(f"{rule.name} measured: {rule.detail}" for rule in failed) or None


def _measured_length(context: QueueContext, item: QueueItem, audio: tuple[AudioFile, ...]) -> tuple[RuleAnswer, ...]:
    """QUAL-2 on what was decoded, where the wanted edition's length is known and the download is one book."""
    edition, _ = context.edition_of(item.wanted)
    path = context.local_path(item)
    if edition.duration_s is None or path is None or len(tuple(context.content.books(path, context.now))) != 1:
        return ()
    return (judge_length(edition, total_duration(audio)),)


def _file(context: QueueContext, done: QueuePass, item: QueueItem) -> None:
    """Every book of the download to its place; the seeded files are never opened for writing."""
    if context.library is None:
        _hold(context, item, "no_library", "no folder to file into is set", again=True)
        return
    path = context.local_path(item)
    if path is None or not context.content.is_there(path):
        _hold(context, item, "content_not_reachable", "its files do not exist", again=True)
        return
    books = tuple(context.content.books(path, context.now))
    if not books:
        _hold(context, item, "no_book", "no book was recognised in it")
        return
    filed: list[FiledFile] = []
    folders: list[str] = []
    sounds: list[list[str]] = []
    for book in books:
        named = _named(context, item, book, alone=len(books) == 1)
        if isinstance(named, NamesNotAgreed):
            _hold(context, item, "name_not_agreed", named.detail)
            return
        root = posixpath.dirname(path)
        plan = plan_filing(named.book, root, [posixpath.relpath(file, root) for file in book.files],
                           template=context.template)  # fmt: skip
        leave = permit(context.run, FileBook(title=item.title, checked=item.state is State.VERIFIED))
        made = context.library.file_book(plan, write_abs_json(named.values), leave)
        filed += made
        sounds.append([file.path for file in made if file.method != "written"])
        folders.append(plan.folder)
    record_files(context.run.db, item.id, filed, context.now)
    methods = ", ".join(sorted({file.method for file in filed} - {"written"}))
    item = context.move(item, State.FILED, f"filed by {methods}", folder="\n".join(folders))
    done.filed.append(ItemNote.of(item))
    for sound in sounds:
        context.run.add_problem(context.announce(sound))
    context.run.notices.append(
        Notice("book_filed", f"in the library: “{item.title}” – {item.author}", f"queue {item.id}")
    )
    if item.pending_id is not None:
        conclude_pending_item(context.run.db, item.pending_id, "downloaded", f"filed: {folders[0]}", context.now)


def _named(context: QueueContext, item: QueueItem, book: ContentBook, *, alone: bool) -> NamedBook | NamesNotAgreed:
    """The agreed names of one book; the site's row speaks for a torrent of one book only."""
    evidence = list(book.observations)
    row = row_from_text(item.site_row)
    if row is not None and alone:
        evidence += observe_row(row, context.now)
    if alone:
        evidence += context.edition_of(item.wanted)[1]
        evidence += observe_your_names(item.named_title, item.named_author, context.now)
    return name_book(evidence)


def _hold(context: QueueContext, item: QueueItem, code: str, reason: str, *, again: bool = False) -> None:
    """Hold it where it is; what may pass is tried again after an hour."""
    context.move(item, State.HELD, reason, hold_code=code, not_before=context.now + _TRY_AGAIN if again else None)
