"""The `mamctl` program: the command tree, and the last word about wrong usage.

`mamctl --help` imports nothing else of the program: what only an ending needs is imported where it ends so.
"""

from __future__ import annotations

import os
import signal
import sys
from typing import Annotated, TextIO

import typer
from typer.exceptions import TyperException

from mamctl import __version__
from mamctl.cli.command_line import arrange, explain_misuse
from mamctl.cli.garbage import spare_the_end
from mamctl.cli.lazy import LazyGroup
from mamctl.errors import ExitCode, UsageError

app = typer.Typer(
    cls=LazyGroup,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Keeps a MyAnonamouse member's account, torrents and audiobook library in order.",
)


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"mamctl {__version__}")
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Nothing happens without a command."""


def main() -> None:
    """The program: ends with the exit code of a command, or 2 with an envelope when the usage was wrong."""
    signal.signal(signal.SIGTERM, _interrupt)
    _open_streams()
    try:
        code = _run()
        sys.stdout.flush()
    except BrokenPipeError:  # of stdout or stderr: whatever is left to say has no reader
        _silence(sys.stdout, sys.stderr)
        code = ExitCode.PIPE_CLOSED
    except OSError as error:
        _silence(sys.stdout)
        sys.stderr.write(f"mamctl: the output cannot be written: {error.strerror}\n")
        code = ExitCode.FAILED
    spare_the_end()
    sys.exit(int(code or 0))


def _open_streams() -> None:
    """Stand in for a stream that the caller closed: what is written there is lost, and no file gets its number."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(os.open(os.devnull, os.O_RDWR), mode))


def _run() -> int:
    try:
        return int(app(arrange(sys.argv[1:]), prog_name="mamctl", standalone_mode=False) or 0)
    except TyperException as error:
        return _misuse(error)
    except (typer.Abort, KeyboardInterrupt):
        # Where the interrupt came while text ran as code (a class was being made), `python -m` would end by SIGINT, and
        # not with this code: Python forgets that when text runs as code once more.
        exec("")  # noqa: S102  nothing is run
        return ExitCode.INTERRUPTED
    except SystemExit as end:
        if isinstance(end.__context__, BrokenPipeError):  # Typer's way to end in the middle of a help text
            raise end.__context__ from None
        raise


def _misuse(error: TyperException) -> int:
    """What is wrong, the usage of the command, and where its help is; a noun alone shows its help."""
    message = error.format_message()
    if message.startswith("Usage:"):
        sys.stderr.write(message + "\n")
        return ExitCode.USAGE
    misuse = explain_misuse(message, getattr(error, "ctx", None))
    if "--json" in sys.argv:
        from mamctl.domain.outcome import Result
        from mamctl.output.report import Report

        failure = UsageError(misuse.message, remedy=misuse.remedy)
        sys.stdout.write(Report.of("mamctl.usage/1", Result(error=failure), dry_run=False).to_json() + "\n")
    from mamctl.output.screen import Screen

    screen = Screen(sys.stderr)
    for line in (f"mamctl: {misuse.message}", f"  {misuse.usage}" if misuse.usage else "", f"  → {misuse.remedy}"):
        if line:
            screen.line(line)
    return ExitCode.USAGE


def _silence(*streams: TextIO) -> None:
    from mamctl.output.report import silence

    for stream in streams:
        silence(stream)


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt
