"""`mamctl meta`: what is known of the library. Its commands live in one file an idea; here they come together."""

from __future__ import annotations

import typer

from mamctl.cli import (
    meta_catalogues,
    meta_check,
    meta_enrich,
    meta_export,
    meta_match,
    meta_parse,
    meta_problems,
    meta_scan,
    meta_series,
    meta_set,
    meta_show,
)

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
