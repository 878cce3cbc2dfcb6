"""loadSearchJSONbasic.php: a question as the JSON body the tracker documents, and its answer as a page of rows."""

from __future__ import annotations

import json
import re

from mamctl.adapters.tracker.answers import Answer, object_of, shape_changed
from mamctl.adapters.tracker.rows import read_row
from mamctl.domain.json_values import Json
from mamctl.domain.redaction import excerpt
from mamctl.domain.site.search import SearchPage, SearchQuery, TorrentRow
from mamctl.domain.text.quantities import parse_integer
from mamctl.regex import regex

_NO_HIT = regex(r"nothing returned, out of (\d{1,12})", re.IGNORECASE | re.ASCII)
_PER_PAGE = (5, 1000)  # documented bounds


def search_body(query: SearchQuery) -> bytes:
    """The JSON bytes. What a download link would need (`dlLink`, a credential) is never asked for."""
    tor: dict[str, Json] = {
        "text": query.text,
        "srchIn": [field.value for field in query.fields],
        "searchType": query.search_type.value,
        "searchIn": "torrents",
        "cat": [str(number) for number in query.categories] or ["0"],
        "sortType": query.sort,
        "startNumber": str(query.start),
    }
    tor |= _narrowed(query)
    wanted = {"mediaInfo": query.media_info, "isbn": query.isbn, "description": query.description}
    flags = {name: "true" for name, asked in wanted.items() if asked}
    per_page = min(max(query.per_page, _PER_PAGE[0]), _PER_PAGE[1])
    return json.dumps({"tor": tor, "perpage": per_page, **flags}).encode()


def read_search_page(answer: Answer, query: SearchQuery) -> SearchPage:
    """The page. "Nothing returned" is an empty page; a row that cannot be read is counted and left out."""
    data = object_of(answer)
    if "error" in data:
        return _empty_page(answer, data["error"], query)
    raw = data.get("data")
    if not isinstance(raw, list):
        raise shape_changed(answer, "a search result without its list of rows")
    rows = tuple(row for row in map(_row, raw) if row is not None)
    if raw and not rows:
        raise shape_changed(answer, f"{len(raw)} rows, and none can be read")
    return SearchPage(rows, _found(data, query.start + len(raw)), query.start, len(raw) - len(rows))


def _narrowed(query: SearchQuery) -> dict[str, Json]:
    """Members that must be left out when unused: an empty language list, for one, finds nothing at all."""
    members: dict[str, Json] = {}
    if query.main_categories:
        members["main_cat"] = [str(number) for number in query.main_categories]
    if query.languages:
        members["browse_lang"] = [str(number) for number in query.languages]
    if query.torrent_id is not None:
        members["id"] = str(query.torrent_id)
    if query.info_hash is not None:
        members["hash"] = query.info_hash
    return members


def _empty_page(answer: Answer, error: object, query: SearchQuery) -> SearchPage:
    match = _NO_HIT.search(error) if isinstance(error, str) else None
    if match is None:
        words = excerpt(error) if isinstance(error, str) else f"a {type(error).__name__}"
        raise shape_changed(answer, f"an unknown error: {words}")
    return SearchPage((), int(match[1]), query.start)


def _row(raw: object) -> TorrentRow | None:
    try:
        return read_row(raw) if isinstance(raw, dict) else None
    except ValueError:
        return None


def _found(data: dict[str, Json], at_least: int) -> int:
    for key in ("found", "total_found", "total"):
        try:
            return max(parse_integer(data[key]), at_least)
        except (KeyError, ValueError):
            continue
    return at_least
