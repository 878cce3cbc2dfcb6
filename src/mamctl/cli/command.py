"""What every command has in common: its options, its one report, its exit code, and its silence under cron."""

from __future__ import annotations

import functools
import inspect
import sqlite3
import sys
import traceback
from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer
from typer.models import ParameterInfo

from mamctl.cli.completion import completer
from mamctl.cli.context import Options
from mamctl.cli.help import PlainCommand
from mamctl.cli.questions import ask_yes_no
from mamctl.cli.runtime import Runtime
from mamctl.dataclass import dataclass
from mamctl.domain.outcome import Result, Status
from mamctl.domain.problem import KNOWN_PROBLEMS, Problem
from mamctl.domain.secret import mask_secrets
from mamctl.errors import ExitCode, MamctlError, StoreError, UsageError
from mamctl.output.report import Report, silence
from mamctl.output.screen import Screen, Tone

if TYPE_CHECKING:
    from mamctl.domain.change.self_tests import SelfTest

T = TypeVar("T")
Render = Callable[[Screen, Any], None]
Work = Callable[[Runtime], Result | None]

_CONFIG = Annotated[
    Path | None, typer.Option("--config", metavar="FILE", help="The configuration file.", show_default=False)
]
_JSON = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
_QUIET = Annotated[bool, typer.Option("--quiet", "-q", help="Print only what needs your attention.")]
_VERBOSE = Annotated[bool, typer.Option("--verbose", "-v", help="Show everything; log progress on stderr.")]
_DRY_RUN = Annotated[bool, typer.Option("--dry-run", "-n", help="Show what would be done.")]
_YES = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]


@dataclass(frozen=True, slots=True)
class Shape:
    """The fixed traits of one command. `render_line` is for a command that goes on and reports a line each time.

    With `paste` stdout has only what `render` writes, to be piped or pasted, and problems go to stderr. With
    `shows_problems` `render` shows each of them at its place; `--quiet` then shows the problems alone.
    """

    schema: str
    render: Render
    dry_run: bool = False
    yes: bool = False
    render_line: Render | None = None
    paste: bool = False
    shows_problems: bool = False


SHAPES: dict[str, Shape] = {}
"""Every command whose module was imported, by its schema."""


def command(
    app: typer.Typer,
    name: str,
    *,
    schema: str,
    render: Render,
    dry_run: bool = False,
    yes: bool = False,
    render_line: Render | None = None,
    paste: bool = False,
    shows_problems: bool = False,
) -> Callable[[Callable[..., Result | None]], Callable[..., None]]:
    """Register `function(runtime, …own parameters) -> Result` as a command with the common options.

    `schema` is e.g. "mamctl.vip.check/1"; `render(screen, data)` writes the data as text. A function that has
    reported everything by `runtime.report` returns None.
    """
    shape = SHAPES[schema] = Shape(schema, render, dry_run, yes, render_line, paste, shows_problems)

    def register(function: Callable[..., Result | None]) -> Callable[..., None]:
        @functools.wraps(function)
        def run(**given: Any) -> None:
            options = Options(
                config=given.pop("config"),
                json=given.pop("json"),
                quiet=given.pop("quiet"),
                verbose=given.pop("verbose"),
                dry_run=given.pop("dry_run", False),
                yes=given.pop("yes", False),
            )
            raise typer.Exit(execute(shape, options, lambda runtime: function(runtime, **_one_form(options, given))))

        signature = _signature(function, shape)
        run.__signature__ = signature  # type: ignore[attr-defined]
        run.__annotations__ = {entry.name: entry.annotation for entry in signature.parameters.values()}
        app.command(name, cls=PlainCommand)(run)
        return run

    return register


def _one_form(options: Options, given: dict[str, Any]) -> dict[str, Any]:
    """The parameters as they are. Raises UsageError when the result is wanted in two forms at once."""
    for name in ("jsonl", "csv"):
        if options.json and (given.get(name) or given.get(f"as_{name}")):
            raise UsageError(f"--json and --{name} cannot be combined", remedy="choose one of them")
    return given


def _signature(function: Callable[..., Result | None], shape: Shape) -> inspect.Signature:
    own = list(inspect.signature(function, eval_str=True).parameters.values())[1:]
    common: list[tuple[str, Any, Any]] = [
        ("config", _CONFIG, None),
        ("json", _JSON, False),
        ("quiet", _QUIET, False),
        ("verbose", _VERBOSE, False),
    ]
    if shape.dry_run:
        common.append(("dry_run", _DRY_RUN, False))
    if shape.yes:
        common.append(("yes", _YES, False))
    extra = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=hint)
        for name, hint, default in common
    ]
    for entry in own:
        for traits in getattr(entry.annotation, "__metadata__", ()):
            if isinstance(traits, ParameterInfo) and traits.autocompletion is None:
                traits.autocompletion = completer(traits.metavar, entry.name)
    return inspect.Signature([p.replace(kind=inspect.Parameter.KEYWORD_ONLY) for p in own] + extra)


def execute(shape: Shape, options: Options, work: Work) -> int:
    """Run one command to its exit code; whatever happens ends in a report.

    When the reader of the output has gone, the command ends quietly, as every program in a pipe does.
    """
    try:
        return _execute(shape, options, work)
    except BrokenPipeError:
        silence(sys.stdout)
        return int(ExitCode.PIPE_CLOSED)


def _execute(shape: Shape, options: Options, work: Work) -> int:
    with Runtime(options, shape.schema.split("/")[0].removeprefix("mamctl."), _run_self_tests) as runtime:
        line = replace(shape, render=shape.render_line or shape.render)
        runtime.report = lambda piece: _report(line, runtime, _result(runtime, piece), indent=None)
        result = _result(runtime, work)
        return int(ExitCode.OK) if result is None else _report(shape, runtime, result, indent=2)


def _run_self_tests(options: Options, only: frozenset[str] | None = None) -> tuple[SelfTest, ...]:
    from mamctl.cli.wiring.self_tests import run_self_tests

    return run_self_tests(options, only)


def _report(shape: Shape, runtime: Runtime, result: Result | None, *, indent: int | None) -> int:
    report = Report.of(shape.schema, result or Result(), dry_run=runtime.options.dry_run)
    shown = _worth_showing(runtime, report)
    if shown is None:
        return int(report.exit_code)
    printed = _result(runtime, lambda _: Result(conclude(shape, runtime.options, shown, indent=indent)))
    if printed is not None and printed.error:  # rows may be read while they are printed
        print_failure(Problem.of(printed.error))
        return int(printed.exit_code)
    whole = printed is not None and printed.data
    return int(report.exit_code if whole or report.status is Status.FAILED else ExitCode.FAILED)


def _result(runtime: Runtime, work: Work) -> Result | None:
    runtime.started_at = runtime.now()
    try:
        return work(runtime)
    except MamctlError as error:
        return Result(error=error)
    except sqlite3.Error as error:
        return Result(error=runtime.store_failure(error))
    except BrokenPipeError:
        raise
    except OSError as error:
        return Result(error=disk_failure(error))
    except KeyboardInterrupt:
        return Result(error=InterruptedRunError("interrupted", remedy="run it again; it continues where it stopped"))
    except Exception as error:  # noqa: BLE001 - the last resort: a bug is reported as one, with its trace
        sys.stderr.write(mask_secrets(traceback.format_exc()))
        return Result(error=BugError(f"a bug in mamctl: {type(error).__name__}", remedy="please report the trace"))


def disk_failure(error: OSError) -> StoreError:
    """What a file that could not be used is reported as."""
    return StoreError(
        f"{error.filename or 'the disk'}: {error.strerror}",
        subject=error.filename,
        remedy="let mamctl's user write there; the disk may be full or read-only",
    )


class InterruptedRunError(MamctlError):
    """You or the system asked the run to stop."""

    code = "interrupted"
    exit_code = ExitCode.INTERRUPTED


class BugError(MamctlError):
    """Something that must not happen."""

    code = "bug"
    exit_code = ExitCode.BUG


def _worth_showing(runtime: Runtime, report: Report) -> Report | None:
    """The report as `--quiet` leaves it: nothing when there is no news and every problem was reported before."""
    if not runtime.options.quiet:
        return report
    problems = () if report.status is Status.OK else report.problems
    due = runtime.due_reports(problems, report.notices, judged=report.judged)
    unexplained = report.status is not Status.OK and not report.problems
    return replace(report, problems=due.problems, notices=due.notices) if due or unexplained else None


def conclude(shape: Shape, options: Options, report: Report, *, indent: int | None = 2) -> bool:
    """The one place that prints a result: stdout has the report, stderr a line that says why it failed.

    Whether it could be printed. Raises BrokenPipeError when the reader has gone, unless the command failed: then that
    is what its exit code says.
    """
    try:
        if options.json:
            # A pipe is UTF-8 whatever the locale says, so that cron's output is the same as a terminal's.
            sys.stdout.flush()
            last = b""  # a document of one piece is one write, whose reader may go after a line
            for piece in report.json_pieces(indent=indent, quiet=options.quiet):
                sys.stdout.buffer.write(last)
                last = piece
            sys.stdout.buffer.write(last + b"\n")
        else:
            _print(shape, report, options)
        sys.stdout.flush()
    except BrokenPipeError:
        if report.status is not Status.FAILED:
            raise
        silence(sys.stdout)
    except OSError as error:
        silence(sys.stdout)
        print_failure(
            Problem("output", f"the result cannot be written: {error.strerror}", None, "check where stdout goes")
        )
        return False
    return True


def _print(shape: Shape, report: Report, options: Options) -> None:
    quiet = options.quiet
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")
    screen = Screen(sys.stdout, verbose=options.verbose, dry_run=report.dry_run)
    known = any(notice.code == KNOWN_PROBLEMS for notice in report.notices)
    # A mail of good news, or of what is new among known problems, has no need of the tables.
    rendered = report.data is not None and not (quiet and (known or shape.shows_problems or not report.problems))
    if rendered:
        if report.dry_run and not shape.paste:
            screen.line("Dry run: nothing is changed. This is what would happen:", Tone.DIM)
        shape.render(screen, report.data)
    if quiet:
        for notice in report.notices:
            screen.line(notice.message)
    problems = () if rendered and shape.shows_problems else report.problems
    if report.status is Status.FAILED and problems:
        first, *rest = problems
        print_failure(first)
        problems = tuple(rest)
    (Screen(sys.stderr) if shape.paste else screen).problems(problems)


def print_failure(problem: Problem) -> None:
    """The one-line error on stderr, and what to do about it."""
    screen = Screen(sys.stderr)
    for number, line in enumerate(problem.message.split("\n")):
        screen.line(f"mamctl: {line}" if number == 0 else line)
    if problem.remedy:
        screen.line(f"  → {problem.remedy}")


def view(kind: type[T], source: object, /, **more: object) -> T:
    """A dataclass `kind` for a report, with the fields of the same name from `source`; `more` has the others."""
    names = [entry.name for entry in fields(kind) if entry.init and entry.name not in more]  # type: ignore[arg-type]
    return kind(**{name: getattr(source, name) for name in names}, **more)


def require_yes(runtime: Runtime, question: str, show: Callable[[Screen], None] = lambda screen: None) -> None:
    """Ask on a terminal, after `show` has printed the details; elsewhere `--yes` is needed. Raises UsageError."""
    if runtime.options.yes or runtime.options.dry_run:
        return
    if not sys.stdin.isatty():
        raise UsageError(f"{question} Not confirmed.", remedy="add --yes")
    show(Screen(sys.stderr))
    sys.stderr.flush()
    if not ask_yes_no(question, default=False):
        raise UsageError("not confirmed; nothing was changed")
