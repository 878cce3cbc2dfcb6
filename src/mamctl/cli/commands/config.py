"""`mamctl config`: is the configuration sound, what holds, and which keys there are."""

from __future__ import annotations

from dataclasses import dataclass

import typer

from mamctl.cli.command import command
from mamctl.cli.runtime import Runtime
from mamctl.config.describe import Entry, Key, describe_keys, effective
from mamctl.domain.outcome import Result
from mamctl.errors import ConfigInvalidError
from mamctl.output.screen import Screen, Tone

app = typer.Typer(no_args_is_help=True, help="The configuration: check it, show it, list its keys.")


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault, as `config check` lists it."""

    path: str
    found: str | None
    expected: str
    nearest: str | None


@dataclass(frozen=True, slots=True)
class CheckData:
    """The outcome of `config check`."""

    path: str
    exists: bool
    faults: tuple[Fault, ...]


def render_check(screen: Screen, data: CheckData) -> None:
    """One line when all is well; the faults are told as problems otherwise."""
    if not data.faults:
        note = "sound" if data.exists else "there is no such file; every default holds"
        screen.line(f"{data.path}: {note}", Tone.GOOD)


@command(app, "check", schema="mamctl.config.check/1", render=render_check)
def check(runtime: Runtime) -> Result:
    """Check the configuration; every fault is told at once."""
    try:
        loaded = runtime.loaded
    except ConfigInvalidError as error:
        found = tuple(Fault(f.path, f.found, f.expected, f.nearest) for f in getattr(error, "faults", ()))
        return Result(CheckData(error.subject or "", True, found), error=error)
    return Result(CheckData(str(loaded.path), loaded.exists, ()))


@dataclass(frozen=True, slots=True)
class ShowData:
    """The effective configuration: key, value and origin; secrets are masked."""

    path: str
    exists: bool
    entries: tuple[Entry, ...]


def render_show(screen: Screen, data: ShowData) -> None:
    """Key, value, origin."""
    screen.heading(data.path if data.exists else f"{data.path} (not there; defaults)")
    screen.table(("key", "value", "from"), [(e.key, e.value, e.origin) for e in data.entries])


@command(app, "show", schema="mamctl.config.show/1", render=render_show)
def show(runtime: Runtime) -> Result:
    """Show what holds, each value with where it comes from; secrets are masked."""
    loaded = runtime.loaded
    return Result(ShowData(str(loaded.path), loaded.exists, tuple(effective(loaded))))


@dataclass(frozen=True, slots=True)
class SchemaData:
    """Every key there is."""

    keys: tuple[Key, ...]


def render_schema(screen: Screen, data: SchemaData) -> None:
    """Key, what it may be, default."""
    screen.table(("key", "may be", "default"), [(k.key, k.may_be, k.default) for k in data.keys])


@command(app, "schema", schema="mamctl.config.schema/1", render=render_schema)
def schema(runtime: Runtime) -> Result:
    """List every key with what it may be and its default."""
    return Result(SchemaData(tuple(describe_keys())))
