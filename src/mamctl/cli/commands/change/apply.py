"""`mamctl change apply`: another configuration, tested before it counts; or a failing change taken as it is."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mamctl.cli.command import command
from mamctl.cli.runtime import Runtime
from mamctl.cli.wiring.apply import accept_changes, change_config, render_apply
from mamctl.cli.wiring.own_files import read_config
from mamctl.domain.outcome import Result
from mamctl.errors import UsageError

app = typer.Typer()


@command(app, "apply", schema="mamctl.change.apply/1", render=render_apply, dry_run=True)
def apply(
    runtime: Runtime,
    file: Annotated[
        Path | None, typer.Argument(metavar="[FILE.toml]", help="The new configuration, as a whole.")
    ] = None,
    accept: Annotated[bool, typer.Option("--accept", help="Keep the changes that fail their self-tests.")] = False,
) -> Result:
    """Replace the configuration.

    A rollback point is made, the file is replaced, and the self-tests run; if one fails that passed before, the old
    file is restored.
    """
    if accept and file is None:
        return accept_changes(runtime)
    if file is None or accept:
        raise UsageError("name a file, or --accept", remedy="mamctl change apply FILE.toml, or --accept alone")
    content = read_config(file)
    if content is None:
        raise UsageError(f"{file}: there is no such file", subject=str(file), remedy="name the new configuration")
    return change_config(runtime, content)
