"""`mamctl meta parse-path`, `parse-nfo`: what the parsers alone make of one path or one NFO."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import field, fields
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from mamctl.cli.command import command
from mamctl.cli.field_values import spell_value
from mamctl.cli.runtime import Runtime
from mamctl.cli.wiring.library_files import LARGEST_SIDECAR, decode_nfo, is_text, observe_nfo
from mamctl.dataclass import dataclass
from mamctl.domain.library.paths.left_over import left_over
from mamctl.domain.library.paths.listing import read_listing
from mamctl.domain.library.paths.observe import observe_readings
from mamctl.domain.library.paths.reading import PathReading, ReadPath
from mamctl.domain.metadata.merge import agree
from mamctl.domain.metadata.observation import Field, Observation, Value
from mamctl.domain.outcome import FLAT, Result
from mamctl.errors import UsageError
from mamctl.output.book_json import BookValues
from mamctl.output.report import write_json_line
from mamctl.output.screen import Screen, Tone

app = typer.Typer()


@dataclass(frozen=True, slots=True)
class ObservedData:
    """What was read for one field, and where."""

    field: Field
    value: Value
    place: str
    confidence: float


@dataclass(frozen=True, slots=True)
class ParsedNfo:
    """The likeliest value of each field under the names that `meta scan --jsonl` uses, and all the evidence.

    `remainder` are the lines that nothing was read from.
    """

    path: str
    values: BookValues = field(metadata=FLAT)
    duration: float | None
    remainder: tuple[str, ...]
    evidence: tuple[ObservedData, ...]


@dataclass(frozen=True, slots=True)
class ReadingsData:
    """Every reading of a path, the likeliest first; whether the first two are near; what stands in no field.

    None where they were not asked for.
    """

    readings: tuple[PathReading, ...] | None
    doubtful: bool | None
    dropped: tuple[str, ...] | None

    @classmethod
    def of(cls, read: ReadPath | None) -> ReadingsData:
        """What a path was read as; nothing where it names nothing."""
        return cls(read.readings, read.is_doubtful, left_over(read)) if read else cls((), doubtful=False, dropped=())


NOT_ASKED = ReadingsData(None, None, None)


@dataclass(frozen=True, slots=True)
class ParsedPath:
    """The likeliest value of each field of one path, with all its readings and all the evidence."""

    path: str
    values: BookValues = field(metadata=FLAT)
    duration: float | None
    read: ReadingsData = field(metadata=FLAT)
    evidence: tuple[ObservedData, ...]


@dataclass(frozen=True, slots=True)
class ParsedPaths:
    """Several paths, read as one listing."""

    paths: tuple[ParsedPath, ...]


def _likeliest(observations: Iterable[Observation]) -> tuple[BookValues, float | None, tuple[ObservedData, ...]]:
    """The likeliest value of each field, the duration, and the evidence."""
    observations = tuple(observations)
    agreed = {value.field: value for value in agree(observations)}
    length = agreed[Field.DURATION].value if Field.DURATION in agreed else None
    evidence = tuple(ObservedData(one.field, one.value, one.place, one.confidence) for one in observations)
    return BookValues.of(agreed), length if isinstance(length, float) else None, evidence


def render_nfo(screen: Screen, data: ParsedNfo) -> None:
    """Field and value; then lines that nothing was read from."""
    _render_values(screen, data.values, data.duration)
    for line in data.remainder:
        screen.line(f"  not understood: {line}", Tone.DIM)


def _render_values(screen: Screen, values: BookValues, duration: float | None) -> None:
    found = {entry.name: getattr(values, entry.name) for entry in fields(values)} | {"duration": duration}
    known = [(name, spell_value(value, name)) for name, value in found.items() if value not in (None, ())]
    if known:
        screen.pairs(known)
    else:
        screen.line("Nothing was read from it.")


def render_paths(screen: Screen, data: ParsedPath | ParsedPaths | None) -> None:
    """Of one path its fields, then its readings and why one won; of several a line each."""
    if isinstance(data, ParsedPaths):
        rows = [
            (
                one.values.title or "",
                ", ".join(one.values.authors),
                spell_value(one.values.series, "series") if one.values.series else "",
                "doubtful" if one.read.doubtful else "",
                one.path,
            )
            for one in data.paths
        ]
        screen.table(("title", "authors", "series", "", "path"), rows)
    elif data is not None:
        _render_values(screen, data.values, data.duration)
        render_readings(screen, data.read)


def render_readings(screen: Screen, data: ReadingsData) -> None:
    """A line for each reading of a path, with what speaks for it; and whether the first two are near each other."""
    for number, one in enumerate(data.readings or (), start=1):
        series = "; ".join(f"{entry.name} #{entry.position}" if entry.position else entry.name for entry in one.series)
        parts = " | ".join(filter(None, (one.title, ", ".join(one.authors), series)))
        screen.line(f"  {number}. {one.likelihood:.0%} {parts}: {'; '.join(one.reasons)}", Tone.DIM)
    if data.dropped:
        screen.line(f"  in no field: {', '.join(data.dropped)}", Tone.DIM)
    if data.doubtful:
        screen.line("The first two readings are near each other: tags, a sidecar or you must say which is right.")


@command(app, "parse-path", schema="mamctl.meta.parse_path/1", render=render_paths)
def parse_path(
    runtime: Runtime,
    paths: Annotated[
        list[str], typer.Argument(metavar="PATH...", help="As below the library's folder: Author/Series/Title.")
    ],
    jsonl: Annotated[bool, typer.Option("--jsonl", help="Print one line of JSON per path.")] = False,
) -> Result:
    """Show what names of folders and files alone say.

    The paths need not exist. Several are read as one listing, since names in one folder help to read each other.
    """
    below = [below_library(runtime, path) for path in paths]
    data = tuple(_path_data(path, read, runtime.now()) for path, read in zip(paths, read_listing(below), strict=True))
    if jsonl:
        for one in data:
            write_json_line(one)
        return Result(None)
    return Result(data[0] if len(data) == 1 else ParsedPaths(data))


def _path_data(path: str, read: ReadPath | None, now: datetime) -> ParsedPath:
    values, length, evidence = _likeliest(observe_readings(read, now, place=path) if read else ())
    return ParsedPath(path, values, length, ReadingsData.of(read), evidence)


def below_library(runtime: Runtime, path: str) -> str:
    """The path below the library's folder when it lies in one; else as it is, of which the last folders count."""
    for folder in runtime.config.library.folders:
        below = path.removeprefix(str(folder).rstrip("/") + "/")
        if below != path:
            return below
    return path


@command(app, "parse-nfo", schema="mamctl.meta.parse_nfo/1", render=render_nfo)
def parse_nfo(
    runtime: Runtime, file: Annotated[Path, typer.Argument(metavar="FILE", help="An NFO in any layout and encoding.")]
) -> Result:
    """Show what an NFO file alone says.

    With the lines that were not understood.
    """
    try:
        with file.open("rb") as stream:
            data = stream.read(LARGEST_SIDECAR)
    except OSError as error:
        reason = (error.strerror or "it cannot be read").lower()
        raise UsageError(f"{file}: {reason}", subject=str(file), remedy="name an NFO file that you may read") from error
    if not is_text(decode_nfo(data)):
        raise UsageError(f"{file}: not a text file", subject=str(file), remedy="name an NFO file")
    observations, remainder = observe_nfo(data, str(file), runtime.now())
    values, length, evidence = _likeliest(observations)
    return Result(ParsedNfo(str(file), values, length, tuple(remainder), evidence))
