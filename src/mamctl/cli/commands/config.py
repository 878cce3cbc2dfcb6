"""`mamctl config`: whether the configuration is valid, what holds, and which keys there are."""

from __future__ import annotations

import re
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated

import typer

from mamctl.cli.command import command, view
from mamctl.cli.runtime import Runtime
from mamctl.cli.wiring.notify import examine_secrets
from mamctl.config import ConfigFaultsError, Fault
from mamctl.config.describe import Entry, Key, describe_keys, effective
from mamctl.config.sample import find_sample
from mamctl.config.secrets import SecretFinding
from mamctl.config.toml_text import toml_lines, toml_value
from mamctl.dataclass import dataclass
from mamctl.domain.outcome import Result
from mamctl.errors import ConfigInvalidError, UsageError
from mamctl.output.screen import Screen, Tone, clean

app = typer.Typer()
_LONGEST = 1000


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
        screen.line(f"! {one.old}: it is called {one.new} now; the old name still works", Tone.WARN)
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
    """The configuration as TOML, with its place as a comment."""
    screen.raw(f"# {data.path}{'' if data.exists else ' (no such file; these are the defaults)'}")
    for line in toml_lines(data.entries):
        screen.raw(clean(line, _LONGEST))
    if not data.entries:
        screen.raw("# nothing differs from the defaults")


@command(app, "show", schema="mamctl.config.show/1", render=render_show)
def show(
    runtime: Runtime,
    *,
    changed: Annotated[bool, typer.Option("--changed", help="Only what differs from the defaults.")] = False,
) -> Result:
    """Show the values in effect, as TOML; secrets are masked."""
    loaded = runtime.loaded
    entries = tuple(entry for entry in effective(loaded) if not changed or entry.origin != "default")
    return Result(ShowData(str(loaded.path), loaded.exists, entries))


@dataclass(frozen=True, slots=True)
class ExplainData:
    """One key: what it does, what it may be, and what holds now."""

    key: str
    meaning: str
    about: str
    may_be: str
    default: object
    example: str | None
    value: object
    origin: str | None


def render_explain(screen: Screen, data: ExplainData) -> None:
    """The meaning first, then the rest as pairs."""
    screen.heading(data.key)
    for text in dict.fromkeys(filter(None, (data.meaning, data.about))):
        screen.line(f"  {text}")
    screen.pairs(
        [
            ("may be", data.may_be),
            ("default", "–" if data.default is None else toml_value(data.default, data.may_be)),
            *([("now", f"{toml_value(data.value, data.may_be)} ({data.origin})")] if data.origin else []),
            *([("example", f"{data.key.rpartition('.')[2]} = {data.example}")] if data.example else []),
        ]
    )


@command(app, "explain", schema="mamctl.config.explain/1", render=render_explain)
def explain(
    runtime: Runtime, key: Annotated[str, typer.Argument(metavar="KEY", help="Such as ratio.floor, or floor.")]
) -> Result:
    """Explain a key, and show its value now."""
    wanted = _find_key(key)
    sample = find_sample(wanted.key)
    now = next((entry for entry in effective(runtime.loaded) if entry.key == wanted.key), None)
    return Result(
        ExplainData(
            wanted.key,
            sample.meaning if sample else "",
            sample.about if sample else "",
            wanted.may_be,
            wanted.default,
            sample.example if sample else None,
            now.value if now else None,
            now.origin if now else None,
        )
    )


def _find_key(name: str) -> Key:
    """The key of this path, or the only one with this last part. Raises UsageError, which names those that are near."""
    known = {key.key: key for key in describe_keys()}
    listed = re.sub(r"\[\d+\]", "[]", name)
    if key := known.get(listed) or known.get(listed.replace("qbittorrent.", "qbittorrent[].")):
        return key
    ending = [path for path in known if path.rpartition(".")[2] == name]
    if len(ending) == 1:
        return known[ending[0]]
    near = ending or get_close_matches(name, known, 3, 0.6)
    remedy = f"did you mean {' or '.join(near[:5])}?" if near else "mamctl config schema lists every key"
    raise UsageError(f"there is no key {name}" if not ending else f"{name} is in several sections",
                     subject=name, remedy=remedy)  # fmt: skip


@dataclass(frozen=True, slots=True)
class SchemaData:
    """Every key there is."""

    keys: tuple[Key, ...]


def render_schema(screen: Screen, data: SchemaData) -> None:
    """Key, what it may be, default."""
    rows = [(one.key, one.may_be, _default(one)) for one in data.keys]
    screen.table(("key", "may be", "default"), rows, elastic=(2,), optional=(1,), wrapped=(1,))


def _default(key: Key) -> str:
    return "–" if key.default is None else toml_value(key.default, key.may_be)


@command(app, "schema", schema="mamctl.config.schema/1", render=render_schema)
def schema(runtime: Runtime) -> Result:
    """List every key, its allowed values and default."""
    return Result(SchemaData(tuple(describe_keys())))
