"""Builds what a pass of the queue works with: the clients and their paths, content on this machine, the library."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterator
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from mamctl.cli.clock import current_clock
from mamctl.cli.wiring.library import open_decoder
from mamctl.dataclass import dataclass
from mamctl.domain.account.pending import Wanted
from mamctl.domain.catalogues.observe import observe_record
from mamctl.domain.library.files import Listing
from mamctl.domain.library.torrent_contents import ListedFile, TorrentListing
from mamctl.domain.matching.records import BookQuery, Medium
from mamctl.domain.metadata.observation import Observation
from mamctl.domain.problem import Problem
from mamctl.domain.queue.candidates import Edition
from mamctl.errors import MamctlError
from mamctl.jobs.library.check_audio import check_audio
from mamctl.jobs.library.find_books import part_download
from mamctl.jobs.queue.context import QueueClient, QueueContext
from mamctl.output.progress import SilentProgress

if TYPE_CHECKING:
    from mamctl.cli.runtime import Runtime
    from mamctl.config.sections import QbittorrentSection
    from mamctl.domain.library.book import AudioFile
    from mamctl.domain.queue.pieces import PieceHashes, PieceReport
    from mamctl.domain.queue.policy import QueuePolicy
    from mamctl.jobs.catalogues.ask import CatalogueResult
    from mamctl.jobs.queue.ports import Downloads, Library
    from mamctl.jobs.ratio.ports import TorrentClient
    from mamctl.jobs.run import Run

_AT_ROOT = ("", "/")


def queue_context(runtime: Runtime, run: Run) -> QueueContext:
    """What a pass, or a search, works with; the site is connected to when it is first needed."""
    config = runtime.config
    return QueueContext(
        run=run,
        queue=_queue_policy(config.queue, config.qbittorrent),
        events=config.events,
        quality=config.quality,
        site=lambda: runtime.tracker,
        clients=queue_clients(runtime),
        memory=runtime.session_cache,
        content=LocalContent(runtime),
        library=_library(runtime),
        template=config.library.template,
        describe=_Describe(runtime),
        frozen_tag=config.ratio.tag,
        renew_within_days=config.vip.renew_within_days,
        search=config.rules.search,
        wait=current_clock().sleep,
        announce=_announce(runtime),
    )


def _announce(runtime: Runtime) -> Callable[[Collection[str]], Problem | None]:
    """Telling Audiobookshelf, where one is configured, of a book that was filed; the book is filed whatever it says."""

    def announce(files: Collection[str]) -> Problem | None:
        if runtime.config.audiobookshelf.url is None:
            return None
        from mamctl.cli.wiring.shelf import open_shelf, shelf_place
        from mamctl.jobs.audiobookshelf.scan import announce_book

        try:
            shelf = open_shelf(runtime)
            return announce_book(shelf, shelf_place(runtime, shelf), [os.path.realpath(file) for file in files])
        except MamctlError as error:
            return Problem.of(error)

    return announce


def queue_clients(runtime: Runtime) -> tuple[QueueClient, ...]:
    """Every configured client that can be asked; one without a usable login fails when it is."""
    sections = {section.name: section for section in runtime.config.qbittorrent}
    return tuple(
        QueueClient(watched, _downloads(watched.client), sections[watched.client.name].paths)
        for watched in runtime.clients
    )


def _downloads(client: TorrentClient) -> Downloads:
    """The calls that the queue needs; every client that is connected here has them."""
    found: Downloads = client.downloads  # type: ignore[attr-defined]
    return found


def _queue_policy(policy: QueuePolicy, sections: tuple[QbittorrentSection, ...]) -> QueuePolicy:
    """A category within the client's scope, so that the ratio guard protects what the queue adds."""
    section = next((one for one in sections if not policy.client or one.name == policy.client), None)
    if section is None or not section.scope_category:
        return policy
    scope = section.scope_category
    inside = policy.category == scope or policy.category.startswith(f"{scope}/")
    return policy if inside else replace(policy, category=scope)


def _library(runtime: Runtime) -> Library | None:
    from mamctl.adapters.library.filing import LibraryFiler

    folder = runtime.config.library.filing_folder
    return None if folder is None else LibraryFiler(folder)


@dataclass(frozen=True, slots=True)
class DownloadedBook:
    """One book of a download, with what its files say."""

    path: str
    files: tuple[str, ...]
    observations: tuple[Observation, ...]


class LocalContent:
    """Downloaded files on this machine."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    @staticmethod
    def is_there(path: str) -> bool:
        """Whether the path exists."""
        return os.path.exists(path)  # noqa: PTH110 - names may not be UTF-8

    @staticmethod
    def free_space(path: str) -> int | None:
        """Free bytes where the path is. Its last folder may be missing: a client makes a category's."""
        for place in (path, os.path.dirname(path.rstrip("/"))):  # noqa: PTH120
            if place not in _AT_ROOT and os.path.isdir(place):  # noqa: PTH112
                found = os.statvfs(place)
                return found.f_bavail * found.f_frsize
        return None

    @staticmethod
    def list_files(path: str) -> tuple[ListedFile, ...]:
        """The one file, or every file below the folder."""
        from mamctl.adapters.library.walk import list_files

        if os.path.isfile(path):  # noqa: PTH113
            return (ListedFile(os.path.basename(path), os.stat(path).st_size),)  # noqa: PTH116, PTH119
        return tuple(ListedFile(name, size) for name, size in list_files(path))

    @staticmethod
    def hash_pieces(path: str, listing: TorrentListing, pieces: PieceHashes) -> PieceReport:
        """Every piece hashed; the files are only read."""
        from mamctl.adapters.library.pieces import hash_pieces

        try:
            return hash_pieces(path, listing, pieces)
        except OSError as error:
            message = f"{path}: not readable: {error.strerror or error}"
            raise MamctlError(message, subject=path, remedy="let mamctl's user read it", code="unreadable") from None

    def decode(self, path: str) -> tuple[tuple[AudioFile, ...], tuple[Problem, ...]]:
        """The audio files, decoded at both ends."""
        from mamctl.adapters.library.walk import DiskLibrary

        problems: list[Problem] = []
        with open_decoder(self._runtime) as decoder:
            judged = check_audio(
                DiskLibrary(), decoder, SilentProgress(), path, full_decode=False, add_problem=problems.append
            )
            files = tuple(sorted(judged, key=lambda file: file.found.path))
        return files, tuple(problems)

    def books(self, path: str, now: datetime) -> Iterator[DownloadedBook]:
        """The books in it. All files of a download of one book belong to it, e-books too."""
        from mamctl.adapters.library.reader import LocalBookReader
        from mamctl.adapters.library.walk import DiskLibrary

        reader = LocalBookReader()
        root = os.path.dirname(path)  # noqa: PTH120
        listings = (found for found in DiskLibrary().walk(root, path) if isinstance(found, Listing))
        found = tuple(part_download(reader, listings))
        for book in found:
            stated = reader.read(book, now).observations
            files = tuple(file.path for file in (*book.audio, *book.sidecars))
            yield DownloadedBook(book.path, self._all_files(path) if len(found) == 1 else files, stated)

    def _all_files(self, path: str) -> tuple[str, ...]:
        if os.path.isfile(path):  # noqa: PTH113
            return (path,)
        return tuple(os.path.join(path, file.path) for file in self.list_files(path))  # noqa: PTH118


class _Describe:
    """What the catalogues say of a wanted book; each is asked once a run."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._known: dict[Wanted, tuple[Edition, tuple[Observation, ...]]] = {}

    def __call__(self, wanted: Wanted) -> tuple[Edition, tuple[Observation, ...]]:
        """The edition, where the catalogues know exactly one, and what its records state. Never raises."""
        asked = Wanted(wanted.title, wanted.author)
        if asked not in self._known:
            self._known[asked] = self._ask(asked)
        return self._known[asked]

    def _ask(self, wanted: Wanted) -> tuple[Edition, tuple[Observation, ...]]:
        from mamctl.cli.wiring.catalogues import open_catalogues
        from mamctl.jobs.catalogues.ask import LookupPolicy
        from mamctl.jobs.catalogues.lookup import query_catalogues

        if not self._runtime.config.catalogues.order:
            return Edition(), ()
        query = BookQuery(title=wanted.title, author=wanted.author or None)
        with open_catalogues(self._runtime) as connected:
            result = query_catalogues(query, connected.catalogues, LookupPolicy(min_sources=1))
        now = self._runtime.now()
        stated = tuple(
            observation
            for one in result.matched
            if one.record
            for observation in observe_record(one.record, one.source, one.certainty, one.catalogue, now)
        )
        audio = next((one.record for one in result.matched if one.record and one.record.format is Medium.AUDIO), None)
        if audio is None:
            return Edition(rating=_rating(result.matched)), stated
        edition = Edition(audio.narrators, audio.duration_s, audio.language, audio.abridged, audio.rating)
        return edition, stated


def _rating(matched: tuple[CatalogueResult, ...]) -> float | None:
    return next((one.record.rating for one in matched if one.record and one.record.rating), None)
