"""Checks only whether audio files are complete: decodes and judges them, and records nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mamctl.domain.library.audio_facts import DecodeRequest
from mamctl.domain.library.book import AudioFile, judge_file
from mamctl.domain.library.parts import natural_key
from mamctl.domain.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mamctl.domain.library.files import FoundFile
    from mamctl.jobs.library.ports import AudioDecoder, LibraryFolders, ScanProgress


def check_audio(
    folders: LibraryFolders,
    decoder: AudioDecoder,
    progress: ScanProgress,
    start: str,
    *,
    full_decode: bool,
    add_problem: Callable[[Problem], None],
) -> Iterator[AudioFile]:
    """Each audio file at `start` (a folder or one file) and below, judged; in the order in which they are ready."""

    def requests() -> Iterator[DecodeRequest]:
        for found in _audio(folders, start, add_problem):
            yield DecodeRequest(found, found.path, found.size, full_decode)

    for request, facts in decoder.measure_each(requests()):
        found: FoundFile = request.key  # type: ignore[assignment]
        progress.advance(1, found.size)
        yield judge_file(found, facts, whole=full_decode)


def _audio(folders: LibraryFolders, start: str, add_problem: Callable[[Problem], None]) -> Iterator[FoundFile]:
    for listing in folders.walk(start, start):
        if isinstance(listing, Problem):
            add_problem(listing)
        else:
            yield from sorted(listing.audio, key=lambda file: natural_key(file.path))
