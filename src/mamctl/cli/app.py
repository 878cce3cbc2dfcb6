"""The `mamctl` program: the command tree, and the last word about wrong usage."""

from __future__ import annotations

import signal
import sys
from typing import Annotated

import typer
from typer.exceptions import TyperException

from mamctl import __version__
from mamctl.cli.lazy import LazyGroup
from mamctl.domain.outcome import Result
from mamctl.errors import ExitCode, UsageError
from mamctl.output.report import Report, silence

app = typer.Typer(
    cls=LazyGroup,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    no_args_is_help=True,
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
    """The console script: the exit code of a command, or 2 with an envelope when the usage was wrong."""
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        code = _run()
        sys.stdout.flush()
    except BrokenPipeError:  # of stdout or stderr: whatever is left to say has no reader
        silence(sys.stdout)
        silence(sys.stderr)
        code = ExitCode.PIPE_CLOSED
    except OSError as error:
        silence(sys.stdout)
        sys.stderr.write(f"mamctl: the output cannot be written: {error.strerror}\n")
        code = ExitCode.FAILED
    sys.exit(int(code or 0))


def _run() -> int:
    try:
        return int(app(standalone_mode=False) or 0)
    except TyperException as error:
        if "--json" in sys.argv:
            failure = UsageError(error.format_message(), remedy="mamctl --help lists the commands")
            sys.stdout.write(Report.of("mamctl.usage/1", Result(error=failure), dry_run=False).to_json() + "\n")
        sys.stderr.write(_usage_text(error.format_message()))
        return ExitCode.USAGE
    except (typer.Abort, KeyboardInterrupt):
        return ExitCode.INTERRUPTED
    except SystemExit as end:
        if isinstance(end.__context__, BrokenPipeError):  # Typer's way to end in the middle of a help text
            raise end.__context__ from None
        raise


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def _usage_text(message: str) -> str:
    if message.startswith("Usage:"):  # a command group without a command: its help is the answer
        return message + "\n"
    return f"mamctl: {message}\n  → mamctl --help lists the commands\n"
