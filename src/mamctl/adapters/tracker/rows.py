"""One row of the search answer, whose numbers may be strings and whose lists are JSON inside strings."""

from __future__ import annotations

import html
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from mamctl.adapters.tracker.media_info import read_media_info
from mamctl.domain.site.search import SeriesEntry, TorrentRow
from mamctl.domain.text.quantities import (
    parse_flag,
    parse_integer,
    parse_moment,
    parse_number,
    parse_or_none,
    parse_size,
)


def read_row(raw: Mapping[str, Any]) -> TorrentRow:
    """The row; ValueError when it has no id or title, or when a flag that costs ratio cannot be read.

    A title may be a number (1984), `name` in place of `title` is the documentation's spelling.
    """
    title = _plain(raw.get("title", raw.get("name")))
    if not title:
        raise ValueError("a row without a title")
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
        description=raw["description"] if isinstance(raw.get("description"), str) else None,
        media=read_media_info(raw.get("mediainfo")),
    )


def inner_json(value: object) -> object:
    """JSON that came inside a string; "" and what is not JSON are None, a value that was not wrapped is itself."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value) if value.strip() else None
    except (ValueError, RecursionError):
        return None


def _names(value: object) -> tuple[str, ...]:
    found = inner_json(value)
    names = found.values() if isinstance(found, dict) else found if isinstance(found, list) else ()
    return tuple(name for name in map(_plain, names) if name)


def _series(value: object) -> tuple[SeriesEntry, ...]:
    found = inner_json(value)
    entries = found.values() if isinstance(found, dict) else found if isinstance(found, list) else ()
    return tuple(entry for entry in map(_series_entry, entries) if entry is not None)


def _series_entry(raw: object) -> SeriesEntry | None:
    name, label, number = (*raw, None, None, None)[:3] if isinstance(raw, list) else (raw, None, None)
    if not _plain(name):
        return None
    place = parse_or_none(parse_number, number)
    return SeriesEntry(_plain(name), _plain(label), None if place is None or place < 0 else place)


def _vip_end(raw: Mapping[str, Any]) -> datetime | None:
    return parse_or_none(parse_moment, raw.get("vip_expire"))


def _plain(value: object) -> str:
    """Text without HTML escapes and surplus blanks; numbers as they are written; "" for anything else."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return " ".join(html.unescape(str(value)).split())
