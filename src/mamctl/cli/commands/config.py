"""`mamctl config`: whether the configuration is valid, what holds, and which keys there are."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import typer

from mamctl.cli.command import command, view
from mamctl.cli.runtime import Runtime
from mamctl.cli.wiring.notify import examine_secrets
from mamctl.config import ConfigFaultsError, Fault
from mamctl.config.describe import Entry, Key, describe_keys, effective
from mamctl.config.secrets import SecretFinding
from mamctl.domain.outcome import Result
from mamctl.errors import ConfigInvalidError
from mamctl.output.screen import Screen, Tone

app = typer.Typer()


@dataclass(frozen=True, slots=True)
class Renamed:
    """A key under its old name."""

    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Warning_:  # noqa: N801 - Warning is a name of Python
    """What is no fault and wants your attention."""

    key: str
    text: str
    remedy: str


@dataclass(frozen=True, slots=True)
class CheckData:
    """The outcome of `config check`."""

    path: str
    exists: bool
    faults: tuple[Fault, ...]
    renamed: tuple[Renamed, ...] = ()
    warnings: tuple[Warning_, ...] = ()


def render_check(screen: Screen, data: CheckData) -> None:
    """One line when all is well, and what to look at; the faults are shown as problems otherwise."""
    if not data.faults:
        note = "OK" if data.exists else "no such file; defaults are used"
        screen.line(f"{data.path}: {note}", Tone.GOOD)
    for one in data.renamed:
        screen.line(f"! {one.old}: its name is {one.new} now; the old one still counts", Tone.WARN)
    for warning in data.warnings:
        screen.line(f"! {warning.key}: {warning.text}", Tone.WARN)
        screen.line(f"    → {warning.remedy}", Tone.DIM)


@command(app, "check", schema="mamctl.config.check/1", render=render_check)
def check(runtime: Runtime) -> Result:
    """Check the configuration; all faults at once."""
    try:
        loaded = runtime.loaded
    except ConfigInvalidError as error:
        listed = getattr(error, "faults", ()) or (Fault(error.subject or "", None, error.message, None),)
        path = Path(error.subject or "")
        return Result(CheckData(str(path), path.exists(), tuple(listed)), error=error)
    findings = tuple(examine_secrets(loaded))
    faults = tuple(Fault(one.key, None, one.text) for one in findings if one.fault)
    warnings = tuple(view(Warning_, one) for one in findings if not one.fault)
    renamed = tuple(Renamed(*names) for names in loaded.renamed)
    data = CheckData(str(loaded.path), loaded.exists, faults, renamed, warnings)
    return Result(data, error=_refusal(loaded.path, findings))


def _refusal(path: Path, findings: tuple[SecretFinding, ...]) -> ConfigFaultsError | None:
    """The error of a configuration that is valid and whose secrets are not."""
    faults = [one for one in findings if one.fault]
    if not faults:
        return None
    remedy = "; ".join(dict.fromkeys(one.remedy for one in faults))
    return ConfigFaultsError(path, [Fault(one.key, None, one.text) for one in faults], remedy)


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
    """Show what holds and where it comes from.

    Secrets are masked.
    """
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
    """List every key, its allowed values and default."""
    return Result(SchemaData(tuple(describe_keys())))
