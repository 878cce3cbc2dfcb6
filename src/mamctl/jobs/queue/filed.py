"""What was filed or downloaded, on your word: taken out of the library again, or its pieces hashed (QUE-5)."""

from __future__ import annotations

from mamctl.dataclass import dataclass
from mamctl.domain.library.torrent_contents import compare_files, judge_files
from mamctl.domain.permits import UnfileBook
from mamctl.domain.queue.pieces import PieceReport, fits
from mamctl.domain.queue.states import State
from mamctl.errors import MamctlError, UsageError
from mamctl.jobs.permits import permit
from mamctl.jobs.queue.context import QueueContext
from mamctl.store.queue.items import QueueItem
from mamctl.store.queue.records import filed_files, forget_files

UNFILED = "unfiled_by_you"


@dataclass(frozen=True, slots=True)
class Unfiled:
    """The item after it, the paths that were removed, and those left because they have changed since."""

    item: QueueItem
    removed: tuple[str, ...]
    kept: tuple[str, ...]


def unfile(context: QueueContext, item: QueueItem) -> Unfiled:
    """Take what was filed for an item out of the library; it waits for your `queue retry`, and goes on seeding.

    Raises UsageError when it is not filed, ClauseRefusedError when the download is no longer whole: then what was filed
    may be the last copy, and stays.
    """
    if item.state not in (State.FILED, State.SETTLED):
        raise UsageError(
            f"{item.id} is {item.state.value.replace('_', ' ')}: none of it is filed", subject=str(item.id)
        )
    if context.library is None:
        raise UsageError("no folder to file into is set", remedy="set library.file_into")
    leave = permit(context.run, UnfileBook(title=item.title, filed=True, lacking=_lacking(context, item)))
    files = filed_files(context.run.db, item.id)
    if context.run.dry_run:
        return Unfiled(item, tuple(file.path for file in files), ())
    removed = context.library.take_out(files, leave)
    after = context.move(item, State.HELD, "taken out of the library by you", held_state=State.VERIFIED.value,
                         hold_code=UNFILED, folder=None)  # fmt: skip
    forget_files(context.run.db, item.id)
    return Unfiled(after, removed, tuple(file.path for file in files if file.path not in set(removed)))


def _lacking(context: QueueContext, item: QueueItem) -> str | None:
    """What the download of an item lacks; None when it is whole where the client has it."""
    path = context.local_path(item)
    if path is None:
        return "the download cannot be seen from here"
    if not context.content.is_there(path):
        return f"{path} does not exist"
    if item.contents is None:
        return "the list of its torrent is not on record"
    compared = compare_files(item.contents.files, context.content.list_files(path))
    return next((problem.message for problem in judge_files(item.contents, compared, path)), None)


def hash_item(context: QueueContext, item: QueueItem) -> PieceReport:
    """Hash every piece of an item's download as it lies on this machine.

    Raises UsageError when it was not handed to a client, MamctlError when client, hashes or content are out of reach.
    """
    if item.info_hash is None or item.contents is None or item.handed_over_at is None:
        raise UsageError(
            f"{item.id} is {item.state.value.replace('_', ' ')}: none of it is downloaded", subject=str(item.id)
        )
    client = next((one for one in context.clients if one.name == item.client), None)
    if client is None:
        raise UsageError(f"{item.client}: no such client is configured any more", subject=f"queue {item.id}")
    path = context.local_path(item)
    if path is None or not context.content.is_there(path):
        raise MamctlError(
            f"“{item.title}”: its files cannot be seen from here: {path or 'path_map has no place for them'}",
            subject=f"queue {item.id}", remedy="set path_map of the client: its path = this machine's",
            code="content_not_reachable",
        )  # fmt: skip
    pieces = client.downloads.piece_hashes(item.info_hash)
    if pieces is None or not fits(item.contents, pieces):
        raise MamctlError(
            f"“{item.title}”: {client.name} gives no hashes of pieces that fit its files",
            subject=f"queue {item.id}", remedy="recheck it in the client; stop it first", code="no_piece_hashes",
        )  # fmt: skip
    return context.content.hash_pieces(path, item.contents, pieces)


def broken_words(report: PieceReport) -> str:
    """What of a download is not as its torrent says, in a line."""
    first = report.broken[0]
    state = "not as the torrent says" if first.there else "not there"
    return f"{report.bad} of {report.pieces} pieces differ: {first.path} is {state}"
