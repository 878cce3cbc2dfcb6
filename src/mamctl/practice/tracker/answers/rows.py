"""A torrent as a search row, and the identity of its file."""

from __future__ import annotations

import hashlib
import json
from html import escape
from typing import TYPE_CHECKING

from bencode2 import bencode

from mamctl.domain.json_values import Json
from mamctl.practice.tracker.behaviour import Behaviour, Shape
from mamctl.practice.tracker.state import Torrent, World, name_id, site_time
from mamctl.practice.tracker.texts import pretty

if TYPE_CHECKING:
    from mamctl.practice.tracker.state import Visit

_MEDIA_TYPES = {13: 1, 14: 2, 15: 3, 16: 4}


def row_of(torrent: Torrent, visit: Visit, fields: dict[str, Json]) -> dict[str, Json]:
    """The row, with the optional parts that the request's flags ask for."""
    return {
        **_listing(torrent, visit.behaviour),
        **_people(torrent, visit.behaviour),
        **_freedom(torrent, visit),
        **_optional(torrent, visit, fields),
    }


def _listing(torrent: Torrent, behaviour: Behaviour) -> dict[str, Json]:
    place = torrent.place
    return {
        "id": torrent.id,
        "language": torrent.language,
        "lang_code": torrent.lang_code,
        "main_cat": place.main_id,
        "category": torrent.category,
        "catname": place.row_name,
        "cat": f'<div class="cat{torrent.category}"></div>',
        "mediatype": _MEDIA_TYPES[place.main_id],
        "maincat": 1 if torrent.fiction else 2,
        "categories": "[]",
        "size": _size(torrent.size, behaviour.sizes),
        "numfiles": torrent.numfiles,
        # Live rows hold a number where a title is one, such as 1984.
        "title": int(torrent.title) if torrent.title.isdecimal() else _name(torrent.title, behaviour),
        "w": torrent.times_completed,
        "tags": torrent.tags,
        "filetype": torrent.filetype,
        "seeders": torrent.seeders,
        "leechers": torrent.leechers,
        "added": site_time(torrent.added),
        "browseflags": torrent.browseflags,
        "times_completed": torrent.times_completed,
        "comments": torrent.comments,
        "owner": 0,
        "owner_name": "",
        "bookmarked": None,
    }


def _people(torrent: Torrent, behaviour: Behaviour) -> dict[str, str]:
    series = {str(name_id(name)): [_name(name, behaviour), label, sort] for name, label, sort in torrent.series}
    return {
        "author_info": _named(torrent.authors, behaviour) if torrent.author_info is None else torrent.author_info,
        "narrator_info": _named(torrent.narrators, behaviour),
        "series_info": json.dumps(series) if series else "",
    }


def _freedom(torrent: Torrent, visit: Visit) -> dict[str, Json]:
    world, now, account = visit.world, visit.now, visit.account
    free, vip = world.is_free(torrent, now), torrent.is_vip(now)
    personal_since = account.personal_freeleech.get(torrent.id)
    personal = personal_since is not None and now - personal_since >= visit.behaviour.personal_lag
    flags = {
        "vip": vip,
        "free": free,
        "fl_vip": free or vip,
        "personal_freeleech": personal,
        "my_snatched": torrent.id in account.grabs,
    }
    expire = int(torrent.vip_expire.timestamp()) if vip and torrent.vip_expire else 0
    return {"vip_expire": expire, **{key: _flag(value, visit.behaviour.flags) for key, value in flags.items()}}


def _optional(torrent: Torrent, visit: Visit, fields: dict[str, Json]) -> dict[str, Json]:
    found: dict[str, Json] = {}
    if "dlLink" in fields:
        found["dl"] = download_hash(visit.world, visit.account.uid, torrent.id)
    if "description" in fields:
        found["description"] = torrent.description
    if "isbn" in fields:
        found["isbn"] = torrent.isbn
    if "mediaInfo" in fields:
        found["mediainfo"] = json.dumps(_mediainfo(torrent.mediainfo)) if torrent.mediainfo else ""
    if "thumbnail" in fields or "thumbnails" in fields:
        found |= {"poster_type": None, "thumbnail": None}
    return found


def download_hash(world: World, uid: int, tid: int) -> str:
    """The credential that opens a torrent file without a cookie."""
    return hashlib.sha256(f"{world.seed}:dl:{uid}:{tid}".encode()).hexdigest()[:40]


def info_of(torrent: Torrent) -> bytes:
    """The bencoded info dictionary: the given one, or a private one whose pieces do not exist."""
    if torrent.info is not None:
        return torrent.info
    piece = 1 << max(15, min(24, (max(1, torrent.size) // 500).bit_length()))
    pieces = -(-torrent.size // piece)
    name = f"{torrent.title} [{torrent.id}].{torrent.filetype.partition(' ')[0] or 'bin'}"
    seeds = b"".join(hashlib.sha1(b"%d:%d" % (torrent.id, n)).digest() for n in range(pieces))  # noqa: S324 - BitTorrent v1
    facts = {
        "length": torrent.size,
        "name": name,
        "piece length": piece,
        "pieces": seeds,
        "private": 1,
    }
    return bencode(facts | {"source": "MyAnonamouse"})


def info_hash(torrent: Torrent) -> str:
    """The hash by which clients and the tracker know it."""
    return hashlib.sha1(info_of(torrent)).hexdigest()  # noqa: S324 - BitTorrent v1


def torrent_file(torrent: Torrent, announce: str) -> bytes:
    """The whole torrent file."""
    before = bencode({"announce": announce, "comment": f"practice {torrent.id}"}).removesuffix(b"e")
    return before + bencode("info") + info_of(torrent) + b"e"


_SOUND_IN = {"MPEG-4": "AAC LC"}  # what a file of this format holds


def _mediainfo(facts: dict[str, str]) -> dict[str, Json]:
    general: dict[str, str] = {key: facts[key] for key in ("Duration", "Format") if key in facts}
    audio = {key: value for key, value in facts.items() if key not in general}
    if form := facts.get("Format"):
        audio["Format"] = _SOUND_IN.get(form, form)
    return {"General": general, "Audio1": audio}


def _size(size: int, shape: Shape) -> str | int:
    if shape is Shape.NUMBER:
        return size
    return str(size) if shape is Shape.STRING else pretty(size, 1)


def _flag(value: bool, shape: Shape) -> int | str | bool:
    if shape is Shape.BOOLEAN:
        return value
    return str(int(value)) if shape is Shape.STRING else int(value)


def _name(name: str, behaviour: Behaviour) -> str:
    return escape(name, quote=True) if behaviour.escaped_names else name


def _named(names: list[str], behaviour: Behaviour) -> str:
    return json.dumps({str(name_id(name)): _name(name, behaviour) for name in names}) if names else ""
