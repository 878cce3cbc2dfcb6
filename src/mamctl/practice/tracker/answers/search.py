"""`/tor/js/loadSearchJSONbasic.php`: finding torrents."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from mamctl.domain.json_values import Json
from mamctl.practice.tracker.answers.rows import info_hash, row_of
from mamctl.practice.tracker.state import Torrent
from mamctl.practice.web import Answer, BodyUnreadableError, html_answer, json_answer, listed, named

if TYPE_CHECKING:
    from mamctl.practice.tracker.state import Visit

DEFAULT_PAGE = 25
SMALLEST_PAGE, LARGEST_PAGE = 5, 1000
DEFAULT_FIELDS = ("title", "author", "narrator", "series")


def answer_search(visit: Visit) -> Answer:
    """A page of rows; the error object when there are none; nothing at all when the body is misencoded."""
    try:
        fields = visit.fields
    except BodyUnreadableError:
        return html_answer("")
    tor = fields.get("tor")
    wanted: dict[str, Json] = tor if isinstance(tor, dict) else {}
    found = _sorted(list(_candidates(visit, wanted, fields)), wanted)
    start, size = _number(wanted.get("startNumber"), 0), _page_size(fields)
    page = found[start : start + size]
    if not page:
        return json_answer({"error": f"Nothing returned, out of {len(found)}"})
    rows = [row_of(torrent, visit, fields) for torrent in page]
    total = start + len(page)
    return json_answer({"perpage": size, "start": start, "data": rows, "total": total, "found": len(found)})


def _candidates(visit: Visit, wanted: dict[str, Json], fields: dict[str, Json]) -> Iterable[Torrent]:
    if wanted.get("hash"):
        sought = str(wanted["hash"]).lower()
        return [torrent for torrent in visit.world.torrents.values() if info_hash(torrent) == sought]
    tests = [*_tests(visit, wanted)]
    if "my_snatched" in fields:
        tests.append(lambda torrent: torrent.id in visit.account.grabs)
    return [torrent for torrent in visit.world.torrents.values() if all(test(torrent) for test in tests)]


Test = Callable[[Torrent], bool]


def _tests(visit: Visit, wanted: dict[str, Json]) -> Iterable[Test]:
    if wanted.get("id"):
        yield lambda torrent: str(torrent.id) == str(wanted["id"])
    if words := _words(str(wanted.get("text", ""))):
        places = named(wanted.get("srchIn")) or list(DEFAULT_FIELDS)
        yield lambda torrent: words <= _words(" ".join(_text_of(torrent, place) for place in places))
    if mains := set(listed(wanted.get("main_cat"))) - {"0"}:
        yield lambda torrent: str(torrent.place.main_id) in mains
    if categories := set(listed(wanted.get("cat"))) - {"0"}:
        yield lambda torrent: str(torrent.category) in categories
    if "browse_lang" in wanted:
        languages = set(listed(wanted["browse_lang"]))
        yield lambda torrent: str(torrent.language) in languages
    yield from _number_tests(wanted)
    yield _kind_test(visit, str(wanted.get("searchType", "all")))


def _kind_test(visit: Visit, kind: str) -> Test:
    world, now = visit.world, visit.now
    tests: dict[str, Test] = {
        "active": lambda torrent: torrent.seeders > 0,
        "inactive": lambda torrent: torrent.seeders == 0,
        "fl": lambda torrent: world.is_free(torrent, now),
        "fl-VIP": lambda torrent: world.is_free(torrent, now) or torrent.is_vip(now),
        "VIP": lambda torrent: torrent.is_vip(now),
        "nVIP": lambda torrent: not torrent.is_vip(now),
        "nMeta": lambda torrent: not torrent.tags,
    }
    return tests.get(kind, lambda _: True)


def _number_tests(wanted: dict[str, Json]) -> Iterable[Test]:
    unit = _number(wanted.get("unit"), 1)
    figures: dict[str, Callable[[Torrent], float]] = {
        "Size": lambda torrent: torrent.size / unit,
        "Seeders": lambda torrent: torrent.seeders,
        "Leechers": lambda torrent: torrent.leechers,
        "Snatched": lambda torrent: torrent.times_completed,
    }
    for name, figure in figures.items():
        low, high = _number(wanted.get(f"min{name}"), 0), _number(wanted.get(f"max{name}"), 0)
        if low:
            yield _at_least(figure, low)
        if high:
            yield _at_most(figure, high)


def _at_least(figure: Callable[[Torrent], float], low: int) -> Test:
    return lambda torrent: figure(torrent) >= low


def _at_most(figure: Callable[[Torrent], float], high: int) -> Test:
    return lambda torrent: figure(torrent) <= high


def _sorted(found: list[Torrent], wanted: dict[str, Json]) -> list[Torrent]:
    kind = str(wanted.get("sortType") or "default")
    keys: dict[str, Callable[[Torrent], Any]] = {
        "title": lambda torrent: torrent.title.casefold(),
        "file": lambda torrent: torrent.numfiles,
        "size": lambda torrent: torrent.size,
        "seeders": lambda torrent: torrent.seeders,
        "leechers": lambda torrent: torrent.leechers,
        "snatched": lambda torrent: torrent.times_completed,
        "category": lambda torrent: torrent.category,
        "date": lambda torrent: torrent.added,
    }
    name, descending = (kind[:-4], True) if kind.endswith("Desc") else (kind.removesuffix("Asc"), False)
    if name not in keys:
        weigh = _weigher(_words(str(wanted.get("text", ""))))
        return sorted(found, key=lambda torrent: (weigh(torrent), torrent.added, torrent.id), reverse=True)
    return sorted(found, key=lambda torrent: (keys[name](torrent), torrent.id), reverse=descending)


def _weigher(words: set[str]) -> Callable[[Torrent], int]:
    """More words of the query in the title, and a shorter title, weigh more."""

    def weigh(torrent: Torrent) -> int:
        title = _words(torrent.title)
        return 100 * len(words & title) - len(title - words) if words else 0

    return weigh


def _text_of(torrent: Torrent, place: str) -> str:
    parts: dict[str, str] = {
        "title": torrent.title,
        "author": " ".join(torrent.authors),
        "narrator": " ".join(torrent.narrators),
        "series": " ".join(name for name, _, _ in torrent.series),
        "tags": torrent.tags,
        "description": torrent.description,
        "fileTypes": torrent.filetype,
        "filenames": torrent.title,
    }
    return parts.get(place, "")


def _words(text: str) -> set[str]:
    """Words as the index has them: the letters of every script without their accents; all else is a blank."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    bare = (char for char in plain if not unicodedata.combining(char))
    return set("".join(char if unicodedata.category(char)[0] in "LMN" else " " for char in bare).split())


def _page_size(fields: dict[str, Json]) -> int:
    return max(SMALLEST_PAGE, min(LARGEST_PAGE, _number(fields.get("perpage"), DEFAULT_PAGE)))


def _number(value: Any, otherwise: int) -> int:
    text = str(value)
    return int(text) if text.isdigit() else otherwise
