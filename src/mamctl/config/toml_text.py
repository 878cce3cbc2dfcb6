"""Values of the configuration as TOML has them: durations and sizes as text with their unit."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from functools import cache

from mamctl.config.describe import Entry, describe_keys
from mamctl.domain.bounds import DurationText, SizeText
from mamctl.domain.text.quantities import show_size

_WITH_UNIT = (("seconds", DurationText), ("bytes", SizeText))


def toml_value(value: object, may_be: str = "") -> str:
    """One value as TOML text, e.g. "5m" in quotes for 300.0 where `may_be` says that it is a span of time."""
    if isinstance(value, list):
        item = may_be.removeprefix("list of ")
        return f"[{', '.join(toml_value(one, item) for one in value)}]"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float | int):
        return _number(value, may_be)
    return json.dumps(str(value), ensure_ascii=False)


def _number(value: float, may_be: str) -> str:
    spell = next((kind.spell for begin, kind in _WITH_UNIT if may_be.startswith(begin)), None)
    if spell and value > 0 and not (text := spell(value)).isdecimal():
        return f'"{text}"'
    return f"{value:g}" if isinstance(value, float) and value != int(value) else str(value)


def spell_value(key: str, value: object) -> str:
    """A key's value for a reader, without quotes: "5m", "1.46 GiB", "true", "/srv/books, /mnt/more"."""
    if isinstance(value, (list, tuple)):
        return ", ".join(map(str, value))
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return str(value).lower() if isinstance(value, bool) else str(value)
    kind = _kinds().get(_listed(key), "")
    text = _number(value, kind).strip('"')
    return show_size(int(value)) if kind.startswith("bytes") and value and text.isdecimal() else text


@cache
def _kinds() -> dict[str, str]:
    return {key.key: key.may_be for key in describe_keys()}


def toml_lines(entries: Iterable[Entry]) -> Iterator[str]:
    """The entries as a TOML document; a key without a value is a comment."""
    sections: dict[str, list[Entry]] = {}
    for entry in entries:
        sections.setdefault(entry.key.rpartition(".")[0], []).append(entry)
    for section, group in sections.items():
        if not section:
            yield from (f"# no [[{entry.key}]]" for entry in group)
            yield ""
            continue
        yield f"[[{section.partition('[')[0]}]]" if "[" in section else f"[{section}]"
        for entry in group:
            name = entry.key.rpartition(".")[2]
            if entry.value is None:
                yield f"# {name} ="
                continue
            origin = "" if entry.origin in ("default", "file") else f"  # from {entry.origin}"
            yield f"{name} = {toml_value(entry.value, _kinds().get(_listed(entry.key), ''))}{origin}"
        yield ""


def _listed(key: str) -> str:
    return re.sub(r"\[\d+\]", "[]", key)
