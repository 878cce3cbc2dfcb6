"""What the shell offers for the values of arguments and options: from the store alone, and nothing on any error."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable
from pathlib import Path

import typer

from mamctl.errors import MamctlError

Offer = list[tuple[str, str]]
Completer = Callable[[typer.Context, str], Offer]


def _from_store(kind: str, *more: str) -> Completer:
    def complete(ctx: typer.Context, incomplete: str) -> Offer:
        from mamctl.config import load
        from mamctl.store.choices import offered_words

        given = ctx.params.get("config")
        offer = _beginning(incomplete, more)
        with contextlib.suppress(MamctlError, OSError):
            return offer + offered_words(
                load(Path(given).expanduser() if given else None).config.store.path, kind, incomplete
            )
        return offer

    return complete


def _either(*completers: Completer) -> Completer:
    return lambda ctx, incomplete: [word for complete in completers for word in complete(ctx, incomplete)]


def _beginning(incomplete: str, words: Iterable[str]) -> Offer:
    return [(word, "") for word in words if word.startswith(incomplete)]


def _fields(_ctx: typer.Context, incomplete: str) -> Offer:
    from mamctl.domain.metadata.observation import Field

    return _beginning(incomplete, (field.value for field in Field))


def _clauses(_ctx: typer.Context, incomplete: str) -> Offer:
    from mamctl.domain.spec.clauses import load_clauses

    return _beginning(incomplete.upper(), (clause.id for clause in load_clauses()))


def _problem_kinds(_ctx: typer.Context, incomplete: str) -> Offer:
    from mamctl.domain.library.problem_kinds import KINDS

    return _beginning(incomplete, KINDS)


def _drift_states(_ctx: typer.Context, incomplete: str) -> Offer:
    return _beginning(incomplete, ("made", "proposed", "undone"))


def _keys(_ctx: typer.Context, incomplete: str) -> Offer:
    from mamctl.config.describe import describe_keys

    return [(one.key, one.may_be) for one in describe_keys() if one.key.startswith(incomplete)]


def _values(ctx: typer.Context, incomplete: str) -> Offer:
    """The values of a key that may have only a few."""
    from mamctl.config.describe import describe_keys

    may_be = next((one.may_be for one in describe_keys() if one.key == ctx.params.get("key")), "")
    few = may_be.split(" or " if may_be == "true or false" else " | ")
    return _beginning(incomplete, few) if len(few) > 1 else []


_BY_METAVAR: dict[str, Completer] = {
    "BOOK": _either(_from_store("book"), _from_store("title")),
    "CATEGORY": _either(_from_store("category"), _from_store("category_name")),
    "CHANGE": _from_store("change"),
    "CLAUSE": _clauses,
    "EVENT": _from_store("event"),
    "FIELD": _fields,
    "ITEM": _from_store("item"),
    "KEY": _keys,
    "KIND": _problem_kinds,
    "PENDING": _from_store("pending"),
    "POINT": _from_store("point", "last"),
    "RUN|BOOK": _either(_from_store("push"), _from_store("book"), _from_store("title")),
    "RUN|CHANGE": _either(_from_store("drift"), _from_store("correction")),
    "STATE": _drift_states,
    "VALUE": _values,
}
_NAMES: dict[str, Completer] = {name: _from_store(name) for name in ("author", "narrator", "series")}


def completer(metavar: str | None, name: str) -> Completer | None:
    """What completes a value of this metavar, or a parameter that takes a name of the library.

    None where the shell's own files are the best offer.
    """
    plain = (metavar or "NAME").strip("[].")
    return _NAMES.get(name) if plain == "NAME" else _BY_METAVAR.get(plain)
