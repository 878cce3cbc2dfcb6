"""The `mamctl` program: the command tree."""

import typer

app = typer.Typer(rich_markup_mode=None, pretty_exceptions_enable=False, no_args_is_help=True)


@app.callback()
def root() -> None:
    """Keeps a MyAnonamouse member's account, torrents and audiobook library in order."""


def main() -> None:
    """The console script."""
    app()
