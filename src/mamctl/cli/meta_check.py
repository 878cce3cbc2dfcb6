"""`mamctl meta check`: only the sound of the files, of any folder; nothing is recorded."""

from __future__ import annotations

import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mamctl.cli.command import command
from mamctl.cli.library_parts import library_paths, open_decoder, open_progress
from mamctl.cli.runtime import Runtime
from mamctl.domain.book_problems import judge_sound_of
from mamctl.output.report import Result, Status, dump_json
from mamctl.output.screen import Screen

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mamctl.domain.book_record import AudioFile
    from mamctl.domain.problem import Problem

app = typer.Typer()


@dataclass(frozen=True, slots=True)
class CheckData:
    """Every file that was looked at, with its verdict, and how many have which."""

    paths: tuple[str, ...]
    sound: dict[str, int]
    files: tuple[dict[str, Any], ...]


def render_check(screen: Screen, data: CheckData) -> None:
    """The figures; the files that are not good follow as problems."""
    screen.pairs([("checked", len(data.files)), *data.sound.items()])


@command(app, "check", schema="mamctl.meta.check/1", render=render_check)
def check(
    runtime: Runtime,
    paths: Annotated[list[Path] | None, typer.Argument(metavar="[PATH]...", show_default=False)] = None,
    full_decode: Annotated[bool, typer.Option("--full-decode", help="Decode every file from end to end.")] = False,
    jsonl: Annotated[bool, typer.Option("--jsonl", help="Print one line of JSON a file.")] = False,
) -> Result:
    """Decode the files and tell which are damaged: their first and last ten seconds, or all. Nothing is recorded."""
    from mamctl.output.book_json import file_to_json

    starts = library_paths(runtime, paths or ())
    problems: list[Problem] = []
    counts: Counter[str] = Counter()
    files = []
    for file in _checked(runtime, starts, problems, full_decode=full_decode):
        counts[file.sound.value] += 1
        problems += judge_sound_of(file)
        if jsonl:
            sys.stdout.buffer.write(dump_json(file_to_json(file)).encode("utf-8") + b"\n")
        else:
            files.append(file_to_json(file))
    status = Status.ATTENTION if problems else Status.OK
    if jsonl:
        sys.stdout.buffer.flush()
        return Result(None, (), status)
    files.sort(key=lambda file: str(file["path"]))
    problems.sort(key=lambda problem: problem.subject or "")
    return Result(CheckData(starts, dict(sorted(counts.items())), tuple(files)), tuple(problems), status)


def _checked(
    runtime: Runtime, starts: Sequence[str], problems: list[Problem], *, full_decode: bool
) -> Iterator[AudioFile]:
    from mamctl.adapters.library_walk import DiskLibrary
    from mamctl.jobs.meta_check import check_sound

    with open_progress(runtime, starts) as progress, open_decoder(runtime) as decoder:
        for start in starts:
            yield from check_sound(
                DiskLibrary(), decoder, progress, start, full_decode=full_decode, trouble=problems.append
            )
