"""The one table of tag names: what each container calls a field; of several keys the first that holds text counts.

Keys are lower case. Names in the ID3 column are frames, with TXXX's description after a colon; in the MP4 column
atoms, where a freeform is "----:name" whoever defined it. Sources: the tag tables of Audiobookshelf, Mp3tag,
Libation, tone and OpenAudible.
"""

from __future__ import annotations

from enum import Enum, auto
from functools import cache

from mamctl.domain.library.tags import Tag


class Kind(Enum):
    """A family of tags."""

    ID3 = auto()
    MP4 = auto()
    VORBIS = auto()
    ASF = auto()
    APE = auto()


# field: (ID3, MP4, Vorbis comment and APE, ASF)
_ROWS: dict[Tag, tuple[str, str, str, str]] = {
    Tag.ALBUM: ("talb", "©alb", "album", "wm/albumtitle"),
    Tag.TITLE: ("tit2", "©nam", "title", "title"),
    Tag.SUBTITLE: (
        "tit3 txxx:subtitle", "----:subtitle ©st3 ©sub", "subtitle", "wm/subtitle subtitle",
    ),
    Tag.ALBUM_ARTIST: ("tpe2 txxx:albumartist txxx:albumartists", "aart ----:albumartists",
        "albumartist album_artist album+artist albumartists", "wm/albumartist"),
    Tag.ARTIST: ("tpe1 txxx:artists", "©art ----:artists", "artist artists", "author artist"),
    Tag.AUTHOR: ("txxx:author txxx:authors text", "----:author ©aut", "author authors writer", "wm/writer"),
    Tag.NARRATOR: (
        "txxx:narrator txxx:narrators txxx:narratedby txxx:reader txxx:readby tpe3",
        "©nrt ----:narrator ----:narrators ----:reader ©cmp",
        "narrator narrators narratedby reader readby",
        "narrator wm/narrator wm/conductor",
    ),
    Tag.COMPOSER: ("tcom", "©wrt ----:composer", "composer", "wm/composer"),
    Tag.PERFORMER: ("txxx:performer", "----:performer ©prf", "performer", "performer"),
    Tag.SERIES: (
        "txxx:series txxx:seriestitle txxx:series+name txxx:mvnm",
        "----:series snrm ----:series+name", "series seriestitle series+name", "series wm/series",
    ),
    Tag.PART: (
        "txxx:series-part txxx:series_part txxx:part txxx:series+part txxx:series-index txxx:seriesindex txxx:mvin",
        "----:series-part ----:part srsq ----:series_part ----:series-index",
        "series-part series_part part series-index seriesindex",
        "series-part part",
    ),
    Tag.MOVEMENT: ("mvnm", "©mvn ----:mvnm", "mvnm movementname", "mvnm"),
    Tag.MOVEMENT_NUMBER: ("mvin", "©mvi ----:mvin", "mvin movement", "mvin"),
    Tag.SHOW: ("txxx:show txxx:showmovement", "tvsh", "show", "show"),
    Tag.EPISODE: ("txxx:episode_id", "tven tves", "episode_id", "episode_id"),
    Tag.GROUPING: (
        "tit1 grp1 txxx:grouping", "©grp ----:grouping", "grouping contentgroup", "wm/contentgroupdescription",
    ),
    Tag.SORT_ALBUM: ("tsoa", "soal", "albumsort", "wm/albumsortorder"),
    Tag.DATE: ("tdrc tyer txxx:year", "©day ----:year", "date year", "wm/year year"),
    Tag.RELEASED: ("tdrl txxx:releasetime txxx:releasedate", "rldt ----:releasedate", "releasedate", "releasedate"),
    Tag.ORIGINAL_DATE: (
        "tdor tory txxx:originalyear", "----:originaldate ----:originalyear", "originaldate originalyear",
        "wm/originalreleaseyear wm/originalreleasetime",
    ),
    Tag.COPYRIGHT: ("tcop", "cprt", "copyright", "copyright"),
    Tag.PUBLISHER: ("tpub", "©pub ----:publisher ----:label", "publisher label organization", "wm/publisher"),
    Tag.DESCRIPTION: (
        "txxx:description txxx:synopsis txxx:summary", "ldes desc ©des ----:description ----:synopsis",
        "description synopsis summary", "wm/subtitledescription synopsis",
    ),
    Tag.COMMENT: ("comm", "©cmt", "comment", "description comment"),
    Tag.ASIN: (
        "txxx:asin txxx:audible_asin txxx:amazon_asin txxx:cdek", "----:asin ----:audible_asin asin cdek",
        "asin audible_asin", "asin audible_asin",
    ),
    Tag.ISBN: ("txxx:isbn", "----:isbn", "isbn", "isbn wm/isbn"),
    Tag.WEB_PAGE: ("woaf", "----:wwwaudiofile", "wwwaudiofile", "wm/audiofileurl"),
    Tag.GENRE: ("tcon", "©gen gnre", "genre", "wm/genre"),
    Tag.LANGUAGE: ("txxx:language tlan", "----:language ©lan", "language", "wm/language"),
    Tag.FORMAT: ("txxx:format txxx:edition txxx:abridged", "----:format ----:edition", "format edition", "format"),
    Tag.TRACK: ("trck", "trkn", "tracknumber track", "wm/tracknumber"),
    Tag.DISC: ("tpos", "disk", "discnumber disc disknumber", "wm/partofset"),
}  # fmt: skip
_COLUMNS = {Kind.ID3: 0, Kind.MP4: 1, Kind.VORBIS: 2, Kind.APE: 2, Kind.ASF: 3}
_ORDER = tuple(Tag)
_LISTED = frozenset({Tag.GENRE, Tag.NARRATOR, Tag.DESCRIPTION, Tag.COMMENT, Tag.GROUPING})
"""Fields for which every key counts, not only the first that is there."""


@cache
def keys_of(tag: Tag, kind: Kind) -> tuple[str, ...]:
    """The names of a field in one kind of tags; "+" in the table stands for a blank."""
    return tuple(key.replace("+", " ") for key in _ROWS[tag][_COLUMNS[kind]].split())


@cache
def _fields_by_key(kind: Kind) -> tuple[dict[str, tuple[int, ...]], tuple[tuple[str, ...], ...]]:
    """The fields of each key, as indices into the table (a file has only a few keys), and the keys of each field."""
    keys = tuple(keys_of(tag, kind) for tag in _ORDER)
    found: dict[str, tuple[int, ...]] = {}
    for place, own in enumerate(keys):
        for key in own:
            found[key] = (*found.get(key, ()), place)
    return found, keys


def pick_fields(raw: dict[str, tuple[str, ...]], kind: Kind) -> dict[Tag, tuple[str, ...]]:
    """The known fields of `raw`, whose keys are lower case; empty texts do not count."""
    fields: dict[Tag, tuple[str, ...]] = {}
    places, keys = _fields_by_key(kind)
    for place in sorted({place for key in raw if key in places for place in places[key]}):
        tag = _ORDER[place]
        values: list[str] = []
        for key in keys[place]:
            values += [text for text in raw.get(key, ()) if text.strip()]
            if values and tag not in _LISTED:
                break
        if values:
            fields[tag] = tuple(dict.fromkeys(values))
    return fields
