"""One row of the search answer, whose numbers may be strings and whose lists are JSON inside strings."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from datetime import datetime

from mamctl.adapters.tracker.json_text import read_json
from mamctl.adapters.tracker.media_info import read_media_info
from mamctl.domain.json_values import JsonObject
from mamctl.domain.site.search import SeriesEntry, TorrentRow
from mamctl.domain.text.quantities import (
    parse_flag,
    parse_integer,
    parse_moment,
    parse_number,
    parse_or_none,
    parse_size,
)
from mamctl.regex import regex

_MOST_WRAPPINGS = 3  # JSON inside a string inside a string has been seen
_ESCAPED = regex(r"\\(?:u((?!d[89a-f])[0-9a-f]{4})|u[0-9a-f]{4})?", re.IGNORECASE)
_NAME_LABEL_NUMBER = regex(r'"?(.{1,1000})" ?, ?"([^"]{0,200})" ?, ?"?(-?[\d.]{1,20})')
_LONGEST_BROKEN = 20_000  # characters of a list of names that is salvaged


def read_row(raw: JsonObject) -> TorrentRow:
    """The row; ValueError when it has no id or title, or when a flag that costs ratio cannot be read.

    A title may be a number (1984), `name` in place of `title` is the documentation's spelling.
    """
    title = _plain(raw.get("title", raw.get("name")))
    if not title:
        raise ValueError("a row without a title")
    description = raw.get("description")
    return TorrentRow(
        id=parse_integer(raw.get("id")),
        title=title,
        category_id=parse_or_none(parse_integer, raw.get("category")),
        main_category_id=parse_or_none(parse_integer, raw.get("main_cat")),
        category_name=_plain(raw.get("catname")),
        authors=_names(raw.get("author_info")),
        narrators=_names(raw.get("narrator_info")),
        series=_series(raw.get("series_info")),
        size_bytes=parse_or_none(parse_size, raw.get("size")),
        file_count=parse_or_none(parse_integer, raw.get("numfiles")),
        file_types=tuple(_plain(raw.get("filetype", raw.get("filetypes"))).lower().split()),
        seeders=parse_or_none(parse_integer, raw.get("seeders")),
        leechers=parse_or_none(parse_integer, raw.get("leechers")),
        times_completed=parse_or_none(parse_integer, raw.get("times_completed")),
        free=parse_flag(raw.get("free")),
        vip=parse_flag(raw.get("vip")),
        vip_expires_at=_vip_end(raw),
        personal_freeleech=parse_flag(raw.get("personal_freeleech")),
        my_snatched=parse_flag(raw.get("my_snatched")),
        language=_plain(raw.get("lang_code")) or None,
        added_at=parse_or_none(parse_moment, raw.get("added")),
        tags=_plain(raw.get("tags")),
        isbn=_plain(raw.get("isbn")) or None,
        description=description if isinstance(description, str) else None,
        media=read_media_info(raw.get("mediainfo")),
        browse_flags=parse_or_none(parse_integer, raw.get("browseflags")) or 0,
        owner=_owner(raw),
        bookmarked=raw.get("bookmarked") not in (None, "", 0, "0", False),
    )


def inner_json(value: object) -> object:
    """JSON that came inside a string, or twice so; "" and what is not JSON are None, what was not wrapped is itself."""
    for _ in range(_MOST_WRAPPINGS):
        if not isinstance(value, str):
            break
        try:
            value = read_json(value) if value.strip() else None
        except (ValueError, RecursionError):
            return None
    return value


def _names(value: object) -> tuple[str, ...]:
    """The names of `{"7": "Mara Vell"}` in a string. Where quotes inside a name break the JSON, they are salvaged."""
    found = inner_json(value)
    if isinstance(found, dict | list):
        names: Iterable[object] = found.values() if isinstance(found, dict) else found
    else:
        names = _salvaged(value)
    return tuple(name for name in map(_plain, names) if name)


def _series(value: object) -> tuple[SeriesEntry, ...]:
    found = inner_json(value)
    if isinstance(found, dict | list):
        entries: Iterable[object] = found.values() if isinstance(found, dict) else found
    else:
        entries = (_broken_list(entry) for entry in _salvaged(value, opening=r"\["))
    return tuple(entry for entry in map(_series_entry, entries) if entry is not None)


def _salvaged(value: object, opening: str = '"') -> list[str]:
    """The values of an object with number keys that is not JSON, by what stands between them: `", "8": "`."""
    text = value if isinstance(value, str) else ""
    text = text.strip()[:_LONGEST_BROKEN]
    if '\\"' in text:  # encoded twice, and broken inside
        text = text.strip('"').replace('\\"', '"')
    head, *values = re.split(rf'"\d{{1,12}}"\s{{0,9}}:\s{{0,9}}{opening}', text)
    if head.strip() != "{":
        return []
    return [_unescaped(one.rstrip(" ,}").removesuffix('"')) for one in values]


def _unescaped(text: str) -> str:
    """Text without JSON's escapes, as far as broken JSON has them."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)) if found[1] else "", text)


def _broken_list(text: str) -> list[str]:
    """Name, label and number of `The "Salt" Saga", "1", 1.0]`, whose first quote is gone."""
    found = _NAME_LABEL_NUMBER.match(text)
    return list(found.groups()) if found else [text.strip(' "]')]


def _series_entry(raw: object) -> SeriesEntry | None:
    name, label, number = (*raw, None, None, None)[:3] if isinstance(raw, list) else (raw, None, None)
    if not _plain(name):
        return None
    place = parse_or_none(parse_number, number)
    return SeriesEntry(_plain(name), _plain(label), None if place is None or place < 0 else place)


def _owner(raw: JsonObject) -> str | None:
    """The uploader's name: a field, or the second of `ownership`; hidden ones have none."""
    pair = inner_json(raw.get("ownership"))
    return (
        _plain(raw.get("owner_name")) or (_plain(pair[1]) if isinstance(pair, list) and len(pair) > 1 else "") or None
    )


def _vip_end(raw: JsonObject) -> datetime | None:
    return parse_or_none(parse_moment, raw.get("vip_expire"))


def _plain(value: object) -> str:
    """Text without HTML escapes and surplus blanks; numbers as they are written; "" for anything else."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return " ".join(html.unescape(str(value)).split())
