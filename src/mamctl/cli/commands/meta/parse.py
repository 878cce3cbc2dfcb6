"""`mamctl meta parse-path`, `parse-nfo`: what the parsers alone make of one path or one NFO."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from mamctl.adapters.library.sidecars import LARGEST_SIDECAR, observe_nfo
from mamctl.adapters.library.text_encoding import decode_nfo, is_text
from mamctl.cli.command import command
from mamctl.cli.field_values import spell_value
from mamctl.cli.runtime import Runtime
from mamctl.domain.library.paths.left_over import left_over
from mamctl.domain.library.paths.listing import read_listing
from mamctl.domain.library.paths.observe import observe_readings
from mamctl.domain.library.paths.reading import ReadPath
from mamctl.domain.metadata.merge import agree
from mamctl.domain.metadata.observation import Field, Observation, value_to_json
from mamctl.domain.outcome import Result
from mamctl.domain.text.series import SeriesEntry
from mamctl.errors import UsageError
from mamctl.output.book_json import values_to_json
from mamctl.output.report import write_json_line
from mamctl.output.screen import Screen, Tone

app = typer.Typer()


def parsed(path: str, observations: Iterable[Observation], **more: Any) -> dict[str, Any]:
    """The likeliest value of each field under the names that `meta scan --jsonl` uses, and all the evidence."""
    said = tuple(observations)
    values = {value.field: value for value in agree(said)}
    evidence = [
        {"field": o.field.value, "value": _plain(o), "place": o.place, "confidence": o.confidence} for o in said
    ]
    length = values[Field.DURATION].value if Field.DURATION in values else None
    return {"path": path, **values_to_json(values), "duration": length, **more, "evidence": evidence}


def _plain(said: Observation) -> Any:
    return value_to_json(said.value)


def render_parsed(screen: Screen, data: dict[str, Any]) -> None:
    """Field and value; then the other readings, and lines that nothing was read from."""
    known = [
        (key, spell_value(value, key)) for key, value in data.items() if key not in _EXTRA and value not in (None, [])
    ]
    if known:
        screen.pairs(known)
    else:
        screen.line("Nothing was read from it.")
    for line in data.get("remainder") or []:
        screen.line(f"  not understood: {line}", Tone.DIM)


_EXTRA = frozenset({"path", "evidence", "remainder", "readings", "doubtful", "dropped"})


@dataclass(frozen=True, slots=True)
class ReadingData:
    """One way to read a path; `likelihood` is its share among all, `reasons` what speaks for it."""

    title: str | None
    subtitle: str | None
    authors: tuple[str, ...]
    narrators: tuple[str, ...]
    series: tuple[SeriesEntry, ...]
    year: int | None
    confidence: float
    likelihood: float
    reasons: tuple[str, ...]


def readings_data(read: ReadPath) -> tuple[ReadingData, ...]:
    """Every reading of a path, the likeliest first."""
    names = [entry.name for entry in fields(ReadingData)]
    return tuple(ReadingData(**{name: getattr(one, name) for name in names}) for one in read.readings)


def render_paths(screen: Screen, data: dict[str, Any] | None) -> None:
    """Of one path its fields, then its readings and why one won; of several a line each."""
    if data is None:
        return
    if data.get("paths") is not None:
        rows = [
            (
                one["title"] or "",
                ", ".join(one["authors"]),
                spell_value(one["series"], "series") if one["series"] else "",
                "doubtful" if one["doubtful"] else "",
                one["path"],
            )
            for one in data["paths"]
        ]
        screen.table(("title", "authors", "series", "", "path"), rows)
        return
    render_parsed(screen, data)
    render_readings(screen, data)


def render_readings(screen: Screen, data: dict[str, Any]) -> None:
    """A line for each reading of a path, with what speaks for it; and whether the first two are near each other."""
    for number, one in enumerate(data["readings"], start=1):
        series = "; ".join(f"{entry.name} #{entry.position}" if entry.position else entry.name for entry in one.series)
        parts = " | ".join(filter(None, (one.title, ", ".join(one.authors), series)))
        screen.line(f"  {number}. {one.likelihood:.0%} {parts}: {'; '.join(one.reasons)}", Tone.DIM)
    if data["dropped"]:
        screen.line(f"  in no field: {', '.join(data['dropped'])}", Tone.DIM)
    if data["doubtful"]:
        screen.line("The first two readings are near each other: tags, a sidecar or you must say which is right.")


@command(app, "parse-path", schema="mamctl.meta.parse_path/1", render=render_paths)
def parse_path(
    runtime: Runtime,
    paths: Annotated[
        list[str], typer.Argument(metavar="PATH...", help="As below the library's folder: Author/Series/Title.")
    ],
    jsonl: Annotated[bool, typer.Option("--jsonl", help="Print one line of JSON a path.")] = False,
) -> Result:
    """Show what names of folders and files alone say.

    The paths need not exist. Several are read as one listing: names in one folder tell something of each other.
    """
    if not all(path.strip() for path in paths):  # a variable of a shell that was never set
        raise UsageError("PATH is empty", subject="PATH", remedy="name a path, such as Author/Series/Title")
    below = [below_library(runtime, path) for path in paths]
    data = [_path_data(path, read, runtime.now()) for path, read in zip(paths, read_listing(below), strict=True)]
    if jsonl:
        for one in data:
            write_json_line(one)
        return Result(None)
    return Result(data[0] if len(data) == 1 else {"paths": data})


def _path_data(path: str, read: ReadPath | None, now: datetime) -> dict[str, Any]:
    said = observe_readings(read, now, place=path) if read else ()
    readings = readings_data(read) if read else ()
    dropped = list(left_over(read)) if read else []
    return parsed(path, said, readings=readings, doubtful=bool(read and read.is_doubtful), dropped=dropped)


def below_library(runtime: Runtime, path: str) -> str:
    """The path below the library's folder when it lies in one; else as it is, of which the last folders count."""
    for folder in runtime.config.library.folders:
        below = path.removeprefix(str(folder).rstrip("/") + "/")
        if below != path:
            return below
    return path


@command(app, "parse-nfo", schema="mamctl.meta.parse_nfo/1", render=render_parsed)
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
        raise UsageError(f"{file}: {error.strerror}", subject=str(file)) from error
    if not is_text(decode_nfo(data)):
        raise UsageError(f"{file}: not a text file", subject=str(file))
    observations, remainder = observe_nfo(data, str(file), runtime.now())
    return Result(parsed(str(file), observations, remainder=list(remainder)))
