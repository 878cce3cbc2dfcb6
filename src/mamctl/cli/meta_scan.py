"""`mamctl meta scan`, `check`, `problems`: what the files of the library say, and whether they are sound."""

from __future__ import annotations

import typer

app = typer.Typer()
