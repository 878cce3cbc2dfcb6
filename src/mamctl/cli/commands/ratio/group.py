"""`mamctl ratio`: the guard that keeps the ratio from falling through its floor. Its commands come together here."""

from __future__ import annotations

import typer

from mamctl.cli.commands.ratio import history as ratio_history
from mamctl.cli.commands.ratio import points as ratio_points
from mamctl.cli.commands.ratio import status as ratio_status
from mamctl.cli.commands.ratio import watch as ratio_watch

app = typer.Typer(no_args_is_help=True, help="The ratio guard: watch, freeze and thaw, figures, forecast, points.")
# A part without a name gives its commands to the group.
app.add_typer(ratio_watch.app)
app.add_typer(ratio_status.app)
app.add_typer(ratio_history.app)
app.add_typer(ratio_points.app)
