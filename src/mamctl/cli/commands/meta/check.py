"""`mamctl meta check`: whether audio files are intact, in any folder; nothing is recorded."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Annotated

import typer

from mamctl.cli.command import command
from mamctl.cli.commands.meta.check_download import Download, DownloadData, judge_download, render_download
from mamctl.cli.runtime import Runtime
from mamctl.cli.wiring.library import library_paths, open_decoder, open_progress
from mamctl.cli.wiring.library_files import DiskLibrary
from mamctl.dataclass import dataclass
from mamctl.domain.library.book import AudioFile
from mamctl.domain.library.problems import problems_of_audio
from mamctl.domain.outcome import Result, Status
from mamctl.domain.problem import Problem
from mamctl.jobs.library.check_audio import check_audio
from mamctl.output.book_json import FileData
from mamctl.output.report import write_json_line
from mamctl.output.screen import Screen

app = typer.Typer()


@dataclass(frozen=True, slots=True)
class CheckData:
    """Every file that was checked, with its verdict, and how many have which."""

    paths: tuple[str, ...]
    sound: dict[str, int]
    files: tuple[FileData, ...]
    download: DownloadData | None = None


def render_check(screen: Screen, data: CheckData) -> None:
    """The figures; the files that are not good follow as problems."""
    screen.pairs([("checked", len(data.files)), *data.sound.items()])
    if data.download:
        render_download(screen, data.download)


@command(app, "check", schema="mamctl.meta.check/1", render=render_check)
def check(
    runtime: Runtime,
    paths: Annotated[list[Path] | None, typer.Argument(metavar="[PATH]...", show_default=False)] = None,
    full_decode: Annotated[bool, typer.Option("--full-decode", help="Decode every file from end to end.")] = False,
    jsonl: Annotated[bool, typer.Option("--jsonl", help="Print one line of JSON per file.")] = False,
    torrent: Annotated[
        Path | None,
        typer.Option("--torrent", metavar="FILE", help="Compare with what this torrent lists.", show_default=False),
    ] = None,
) -> Result:
    """Decode audio files and report damaged ones.

    The first and last ten seconds, or everything with --full-decode. Nothing is recorded. With --torrent, PATH is
    its download: files that are missing or of another size are reported, and books that do not play as long as their
    sidecars or catalogues say.
    """
    starts = library_paths(runtime, paths or ())
    download = Download.find(torrent, paths or ()) if torrent else None
    troubles: list[Problem] = []
    files = _checked(runtime, download.starts if download else starts, troubles, full_decode=full_decode)
    if jsonl:
        return _tell_each(runtime, files, troubles, download)
    checked = sorted(files, key=lambda file: file.found.path)
    data, more = judge_download(runtime, download, checked) if download else (None, ())
    problems = (*troubles, *more, *chain.from_iterable(map(problems_of_audio, checked)))
    counts = Counter(file.sound.value for file in checked)
    shown = CheckData(starts, dict(sorted(counts.items())), tuple(map(FileData.of, checked)), data)
    return Result(shown, tuple(sorted(problems, key=lambda p: p.subject or "")), _status(problems))


def _tell_each(
    runtime: Runtime, files: Iterator[AudioFile], troubles: list[Problem], download: Download | None
) -> Result:
    """One line a file as it is judged; stdout has nothing else, so what concerns no file stands on stderr."""
    kept: list[AudioFile] = []
    unsound: list[Problem] = []
    for file in files:
        write_json_line(FileData.of(file))
        unsound += problems_of_audio(file)
        if download:
            kept.append(file)
    more = judge_download(runtime, download, kept)[1] if download else ()
    Screen(sys.stderr).problems((*troubles, *more))
    return Result(None, (), _status((*unsound, *troubles, *more)))


def _status(problems: Sequence[Problem]) -> Status:
    return Status.ATTENTION if problems else Status.OK


def _checked(
    runtime: Runtime, starts: Sequence[str], problems: list[Problem], *, full_decode: bool
) -> Iterator[AudioFile]:
    with open_progress(runtime, starts) as progress, open_decoder(runtime) as decoder:
        for start in starts:
            yield from check_audio(
                DiskLibrary(), decoder, progress, start, full_decode=full_decode, add_problem=problems.append
            )
