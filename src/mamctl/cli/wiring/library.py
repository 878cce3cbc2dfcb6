"""Builds what the commands on the library need: folders, decoders, progress."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from mamctl.adapters.audio.pool import DecodePool
from mamctl.adapters.library.walk import is_audio, walk_library
from mamctl.domain.problem import Problem
from mamctl.errors import UsageError
from mamctl.output.progress import BarProgress, SilentProgress, file_progress

if TYPE_CHECKING:
    from mamctl.cli.runtime import Runtime


def library_paths(runtime: Runtime, paths: Sequence[Path]) -> tuple[str, ...]:
    """The paths given, else the library's folders, each as it really lies. Raises UsageError."""
    wanted = [os.path.realpath(path) for path in paths or runtime.config.library.folders]
    if not wanted:
        raise UsageError("there is no library to look at", remedy="name a folder, or set library.folders")
    for path in wanted:
        if not os.path.exists(path):  # noqa: PTH110  a name may hold bytes that are no UTF-8
            raise UsageError(f"{path}: no such file or folder", subject=path, remedy="is the disk mounted?")
        if not os.path.isdir(path) and not (os.path.isfile(path) and is_audio(path)):  # noqa: PTH112, PTH113
            raise UsageError(f"{path}: no audio file", subject=path, remedy="name a folder or an audio file")
    return tuple(wanted)


def open_decoder(runtime: Runtime) -> DecodePool:
    """The decoders; use it as a context manager."""
    return DecodePool(runtime.config.audio.parallel, ffmpeg=runtime.config.audio.ffmpeg_path)


@contextmanager
def open_progress(runtime: Runtime, paths: Sequence[str]) -> Iterator[BarProgress | SilentProgress]:
    """A bar on a terminal, unless `--quiet`."""
    with file_progress(lambda: count_audio(paths), wanted=not runtime.options.quiet) as progress:
        yield progress


def count_audio(paths: Sequence[str]) -> tuple[int, int]:
    """How many audio files there are, and their bytes together."""
    files = size = 0
    for path in paths:
        for listing in walk_library(path):
            if not isinstance(listing, Problem):
                files += len(listing.audio)
                size += sum(file.size for file in listing.audio)
    return files, size
