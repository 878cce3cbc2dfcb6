"""`mamctl meta`: what is known of the library. Its commands live in one file an idea; here they come together."""

from __future__ import annotations

import typer

from mamctl.cli.commands.meta import catalogues as meta_catalogues
from mamctl.cli.commands.meta import check as meta_check
from mamctl.cli.commands.meta import enrich as meta_enrich
from mamctl.cli.commands.meta import export as meta_export
from mamctl.cli.commands.meta import match as meta_match
from mamctl.cli.commands.meta import parse as meta_parse
from mamctl.cli.commands.meta import problems as meta_problems
from mamctl.cli.commands.meta import scan as meta_scan
from mamctl.cli.commands.meta import series as meta_series
from mamctl.cli.commands.meta import set as meta_set
from mamctl.cli.commands.meta import show as meta_show

app = typer.Typer(no_args_is_help=True, help="The library: scan it, see what is known, correct it.")
# A part without a name gives its commands to the group.
app.add_typer(meta_scan.app)
app.add_typer(meta_show.app)
app.add_typer(meta_set.app)
app.add_typer(meta_check.app)
app.add_typer(meta_export.app)
app.add_typer(meta_problems.app)
app.add_typer(meta_parse.app)
app.add_typer(meta_enrich.app)
app.add_typer(meta_match.app)
app.add_typer(meta_catalogues.app)
app.add_typer(meta_series.app)
