"""What `PATCH /api/items/:id/media` makes of a payload: the real server's ways, its traps included."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from mamctl.practice.audiobookshelf.state import TEXTS, Item
from mamctl.regex import regex

_BARE = regex(r"&(?!#?\w+;)")


def edit_item(item: Item, payload: Mapping[str, Any]) -> bool:
    """Change the item; whether anything did. What is not understood is passed over without a word."""
    before = json.dumps([item.metadata, item.tags], sort_keys=True)
    metadata = payload.get("metadata")
    if isinstance(metadata, Mapping):
        _edit(item.metadata, metadata)
    if isinstance(payload.get("tags"), list):
        item.tags = [str(tag) for tag in payload["tags"]]
    # A description that holds a bare "&" is stored as HTML, and called changed each time.
    always = isinstance(metadata, Mapping) and bool(_BARE.search(str(metadata.get("description") or "")))
    return always or json.dumps([item.metadata, item.tags], sort_keys=True) != before


def _edit(found: dict[str, Any], given: Mapping[str, Any]) -> None:
    for key in TEXTS:
        if key in given:
            value = given[key]
            found[key] = None if value in ("", None) else str(value)
    if found["description"]:
        found["description"] = _BARE.sub("&amp;", found["description"])
    for key in ("explicit", "abridged"):
        if key in given:
            found[key] = bool(given[key])  # "false" is true
    if isinstance(given.get("narrators"), list) and None not in given["narrators"]:
        found["narrators"] = list(given["narrators"])  # as they come: blanks, doubles and all
    if isinstance(given.get("genres"), list) and None not in given["genres"]:
        found["genres"] = list(given["genres"])
    if isinstance(given.get("authors"), list):
        found["authors"] = _authors(found["authors"], given["authors"])
    if isinstance(given.get("series"), list):
        found["series"] = _series(found["series"], given["series"])


def _authors(now: list[dict[str, Any]], given: list[Any]) -> list[dict[str, Any]]:
    """Names are compared without case, the order there stays, new ones go to the end; texts instead of objects
    remove everyone.
    """
    names = {
        str(one["name"]).casefold(): str(one["name"]) for one in given if isinstance(one, Mapping) and one.get("name")
    }
    kept = [one for one in now if one["name"].casefold() in names]
    known = {one["name"].casefold() for one in kept}
    return kept + [{"id": f"au-{name}", "name": name} for folded, name in names.items() if folded not in known]


def _series(now: list[dict[str, Any]], given: list[Any]) -> list[dict[str, Any]]:
    """Texts are passed over; a place that is a number becomes null; the order there stays."""
    objects = [one for one in given if isinstance(one, Mapping) and one.get("name")]
    if given and not objects:
        return now
    wanted = {str(one["name"]).casefold(): one for one in objects}
    order = [*(one["name"].casefold() for one in now if one["name"].casefold() in wanted)]
    order += [name for name in wanted if name not in order]
    return [
        {"id": f"se-{name}", "name": str(wanted[name]["name"]), "sequence": _place(wanted[name].get("sequence"))}
        for name in order
    ]


def _place(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None
