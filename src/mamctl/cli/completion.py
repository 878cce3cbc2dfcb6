"""What the shell offers for the values of arguments and options: from the store alone, and nothing on any error."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path

import typer

from mamctl.errors import MamctlError

Completer = Callable[[typer.Context, str], list[tuple[str, str]]]


def _from_store(kind: str) -> Completer:
    def complete(ctx: typer.Context, incomplete: str) -> list[tuple[str, str]]:
        from mamctl.config import load
        from mamctl.store.choices import offered_words

        given = ctx.params.get("config")
        with contextlib.suppress(MamctlError, OSError):
            return offered_words(load(Path(given) if given else None).config.store.path, kind, incomplete)
        return []

    return complete


def _fields(_ctx: typer.Context, incomplete: str) -> list[tuple[str, str]]:
    from mamctl.domain.metadata.observation import Field

    return [(field.value, "") for field in Field if field.value.startswith(incomplete)]


_BY_METAVAR: dict[str, Completer] = {
    "BOOK": _from_store("book"),
    "CATEGORY": _from_store("category"),
    "FIELD": _fields,
    "RUN|CHANGE": _from_store("drift"),
    "PENDING": _from_store("pending"),
}


def completer(metavar: str | None) -> Completer | None:
    """What completes a value of this name; None where the shell's own files are the best offer."""
    return _BY_METAVAR.get((metavar or "").strip("[]."))
