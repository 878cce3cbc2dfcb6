"""Audiobookshelf's metadata.json: what it says itself, and what only repeats the folder, the tags and mamctl's export.

With "store metadata with item" Audiobookshelf writes the file at its first scan, from folder names and tags by fixed
rules. Such a value is the folder's or the tags' again, read less well than mamctl reads them. Only a value that the
rules do not explain was set by a user or a match, and counts as a separate source.

The rules (Audiobookshelf 2.36): the last three folders are author, series and title, the last two author and title.
From the title's folder it takes, in this order, `[ASIN]`, ` {Narrators}` at the end, below a series folder a place
("Book 2 - ", "2. ", " - Vol 3"), and a year in front; " - " begins the subtitle where that setting is on. Of the tags
of the first file: album or else title, subtitle, artist or else album artist, composer as narrator, series with
series-part or else grouping, genre, publisher, date, description or else comment, ISBN, ASIN, language. The text
files, OPF and NFO beside the audio come above both.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import PurePath

from mamctl.domain.json_values import Json, JsonObject
from mamctl.domain.library.sidecar_fields import MOST_VALUES, text_of
from mamctl.domain.library.tags import Tag, Tags
from mamctl.domain.metadata import extract
from mamctl.domain.metadata.observation import Field, Observation, Origin, Source
from mamctl.domain.text.dates import parse_year
from mamctl.domain.text.languages import parse_language
from mamctl.domain.text.normalize import fold, plain_text, repair, tidy
from mamctl.domain.text.placeholders import is_chapter_title
from mamctl.domain.text.series import SeriesEntry, parse_position
from mamctl.domain.text.titles import parse_title
from mamctl.regex import regex

Document = JsonObject
"""metadata.json in its flat form: texts, lists of names, and series as "Name #2"."""

SURE, SURE_OF_YEAR = 0.9, 0.85
READ_BY_ABS = frozenset({Source.OPF, Source.NFO, Source.TEXT_FILE})
"""The sidecars that Audiobookshelf reads itself, and then repeats."""

_KEYS = {
    Field.TITLE: "title", Field.SUBTITLE: "subtitle", Field.AUTHORS: "authors", Field.NARRATORS: "narrators",
    Field.SERIES: "series", Field.GENRES: "genres", Field.YEAR: "publishedYear", Field.PUBLISHED: "publishedDate",
    Field.PUBLISHER: "publisher", Field.DESCRIPTION: "description", Field.ISBN: "isbn", Field.ASIN: "asin",
    Field.LANGUAGE: "language", Field.ABRIDGED: "abridged",
}  # fmt: skip
_LISTS = frozenset({"authors", "narrators", "series", "genres"})
_OLD_KEYS = {
    "authorName": "authors", "author": "authors", "narratorName": "narrators", "narrator": "narrators",
    "seriesName": "series", "publishYear": "publishedYear",
}  # fmt: skip
TEXT_MARK = ";ABMETADATA"
"""How metadata.abs begins, the text form that Audiobookshelf wrote up to version 2.4."""
_SERIES_IN_LIST = regex(r"\s*(.+? #[^#\s,]+|.+?)(?:,(?=\s)|$)")

_PLACE = regex(r"(?P<name>.*) #(?P<place>[^#\s]+)", re.DOTALL)
_ASIN = regex(r"(?:^|(?<= ))\[(?P<asin>[A-Z0-9]{10})\](?= |$)")
_NARRATORS = regex(r"(?P<rest>.*) \{(?P<names>.*)\}")
_SEQUENCE = regex(
    r"(?P<label>vol\.? |volume |book )?(?P<place>\d{1,3}(?:\.\d{1,2})?)(?P<dot>\.?)(?: (?P<rest>.*))?", re.IGNORECASE
)
_YEAR = regex(r" *\(?(?P<year>\d{4})\)? *- *(?P<rest>.+)")
_HONORIFICS = frozenset(
    "dr mr mrs ms miss sir prof professor rev fr jr sr junior senior ii iii iv phd md esq esquire".split()
)


def split_place(text: str) -> tuple[str, str | None]:
    """A series as Audiobookshelf writes it: its place stands behind the last " #", without blanks and without "#"."""
    found = _PLACE.fullmatch(text)
    return (found["name"], found["place"]) if found else (text, None)


def read_folder(names: Sequence[str], *, split_subtitle: bool = False) -> Document:
    """What Audiobookshelf reads from a book's folders; `names` lie below its library, the title's folder last."""
    *above, title = names[-3:]
    series = above.pop() if len(above) > 1 else None
    document: dict[str, Json] = {"authors": split_names(above[0]) if above else ()}
    if found := _ASIN.search(title):
        document["asin"] = found["asin"]
        title = tidy(title[: found.start()] + title[found.end() :])
    if found := _NARRATORS.fullmatch(title):
        title, document["narrators"] = found["rest"], split_names(found["names"])
    if series is not None:
        title, place = _take_place(title)
        document["series"] = (f"{series} #{place}" if place else series,)
    if found := _YEAR.fullmatch(title):
        title, document["publishedYear"] = found["rest"], found["year"]
    if split_subtitle:
        title, _, document["subtitle"] = title.partition(" - ")
    return {**document, "title": title}


def _take_place(title: str) -> tuple[str, str | None]:
    """A folder's name without its place in the series: a labelled number, one with a full stop, or one alone."""
    parts = title.split(" - ")
    for index, part in enumerate(parts):
        found = _SEQUENCE.fullmatch(part)
        if found and (not found["rest"] or found["label"] or found["dot"]):
            parts[index : index + 1] = [found["rest"]] if found["rest"] else []
            return " - ".join(parts), parse_position(found["place"])
    return title, None


def split_names(text: str) -> tuple[str, ...]:
    """People as Audiobookshelf parts them: at "&" and commas, two by two where the first part is a single word."""
    parts = [tidy(part) for part in re.split("[&,]", text)]
    if len(parts) > 1 and " " not in parts[0]:
        pairs = zip(parts[1::2], parts[0::2], strict=False)
        return tuple(tidy(f"{first} {last}") for first, last in pairs)
    return tuple(part for part in parts if part)


def read_tags(tags: Tags) -> Iterator[Document]:
    """What Audiobookshelf may read from the tags of one file: a document for each tag that it looks at."""
    for key, names in _TAGS.items():
        for text in (text.strip() for name in names for text in tags.get(name, ())):
            yield {key: _FROM_TAG[key](text) if key in _FROM_TAG else text}
    for name, part in ((Tag.SERIES, Tag.PART), (Tag.MOVEMENT, Tag.MOVEMENT_NUMBER), (Tag.SHOW, Tag.EPISODE)):
        for series in tags.get(name, ()):
            places = (*tags.get(part, ()), *tags.get(Tag.PART, ()))
            yield {"series": (series,)}
            yield from ({"series": (f"{series} #{place}",)} for place in places)
            yield {"series": _pair(series.split(";"), ";".join(places).split(";"))}


_TAGS = {
    "title": (Tag.ALBUM, Tag.TITLE), "subtitle": (Tag.SUBTITLE,), "authors": (Tag.ARTIST, Tag.ALBUM_ARTIST),
    "narrators": (Tag.COMPOSER, Tag.NARRATOR, Tag.PERFORMER), "series": (Tag.GROUPING,), "genres": (Tag.GENRE,),
    "publishedYear": (Tag.DATE, Tag.ORIGINAL_DATE, Tag.RELEASED), "publisher": (Tag.PUBLISHER,),
    "description": (Tag.DESCRIPTION, Tag.COMMENT), "isbn": (Tag.ISBN,), "asin": (Tag.ASIN,),
    "language": (Tag.LANGUAGE,),
}  # fmt: skip
_FROM_TAG: Mapping[str, Callable[[str], tuple[str, ...]]] = {
    "authors": split_names,
    "narrators": split_names,
    "series": lambda text: tuple(part.strip() for part in text.split(";") if part.strip()),
    "genres": lambda text: tuple(part.strip() for part in re.split("[/;]+", text) if part.strip()),
}


def _pair(names: Sequence[str], places: Sequence[str]) -> tuple[str, ...]:
    if len(names) != len(places):
        return tuple(name.strip() for name in names)
    return tuple(f"{name.strip()} #{place.strip()}" for name, place in zip(names, places, strict=True))


def explain(folder: str, files: Iterable[Tags], sidecars: Iterable[Observation]) -> tuple[Document, ...]:
    """All that Audiobookshelf may have read by itself for the book in `folder`, a path.

    Which folder is its library is not known, nor whether it splits subtitles: every choice counts.
    """
    names = [name for name in PurePath(folder).parts if name != "/"]
    depths = range(1, min(3, len(names)) + 1)
    return (
        *(read_folder(names[-depth:], split_subtitle=split) for depth in depths for split in (False, True)),
        *(document for tags in files for document in read_tags(tags)),
        *(_as_document(one) for one in sidecars if one.source in READ_BY_ABS and one.field in _KEYS),
    )


def _as_document(observation: Observation) -> Document:
    if isinstance(observation.value, tuple):
        return {_KEYS[observation.field]: tuple(map(_as_text, observation.value))}
    return {_KEYS[observation.field]: observation.value}


def _as_text(part: str | SeriesEntry) -> str:
    if isinstance(part, str):
        return part
    return f"{part.name} #{part.position}" if part.position else part.name


def flatten(found: Document) -> dict[str, Json]:
    """The flat form of metadata.json, of what the flat or the older nested form holds; keys without a value are off."""
    metadata = found.get("metadata")
    inner = metadata if isinstance(metadata, Mapping) else found
    document: dict[str, Json] = {}
    for key, value in inner.items():
        name = _OLD_KEYS.get(key, key)
        if name not in _KEYS.values() or document.get(name):
            continue
        if name in _LISTS:
            values = _SERIES_IN_LIST.findall(value) if name == "series" and isinstance(value, str) else value
            values = values if isinstance(values, list) else [value]
            document[name] = tuple(text for one in values[:MOST_VALUES] if (text := _listed(one)))
        else:
            document[name] = value if isinstance(value, bool) else text_of(value).strip()
    return {key: value for key, value in document.items() if value not in ("", ())}


def read_text_form(text: str) -> Document:
    """The fields of metadata.abs: lines "key=value", then blocks; that of the description is read, chapters are not."""
    document: dict[str, Json] = {}
    head, *blocks = re.split(r"^\[(?=[A-Z]+\]\s*$)", text, flags=re.MULTILINE)
    for line in head.splitlines():
        key, sign, value = line.partition("=")
        if sign and value.strip() not in {"", "null"}:
            document.setdefault(key.strip(), value.strip())
    described = (block.partition("]")[2] for block in blocks if block.startswith("DESCRIPTION]"))
    return {**document, "description": next(described, "").strip() or document.get("description", "")}


def _texts(document: Document, key: str) -> tuple[str, ...]:
    value = document.get(key)
    return tuple(one for one in value if isinstance(one, str)) if isinstance(value, (list, tuple)) else ()


def _listed(value: object) -> str:
    name = text_of(value).strip()
    place = text_of(value.get("sequence")) if isinstance(value, Mapping) and value.get("sequence") is not None else ""
    return f"{name} #{place.strip()}" if name and place.strip() else name


def without_echo(document: Document, known: Iterable[Document]) -> dict[str, Json]:
    """The values of a flat `document` that no `known` document has."""
    forms: dict[str, set[object]] = {}
    for one in known:
        for key, value in one.items():
            if key in document and value:
                forms.setdefault(key, set()).add(_comparable(key, value))
    return {key: value for key, value in document.items() if _comparable(key, value) not in forms.get(key, set())}


def _comparable(key: str, value: object) -> object:
    """What two values of a key have in common when they are one: case, blanks and order of lists do not count."""
    if key in _LISTS and isinstance(value, (list, tuple)):
        plain = {"series": _plain_series, "genres": fold}.get(key, _plain_person)
        return frozenset(plain(one) for one in value if isinstance(one, str))
    text = str(value)
    if key == "publishedYear":
        return parse_year(text)
    if key == "language":
        return parse_language(text) or fold(text)
    return fold(plain_text(text)) if key == "description" else tidy(text).casefold()


def _plain_person(name: str) -> str:
    words = fold(name).split()
    return " ".join(word for word in words if word not in _HONORIFICS) or " ".join(words)


def _plain_series(text: str) -> tuple[str, str | None]:
    name, place = split_place(text)
    return tidy(name).casefold(), place and (parse_position(place) or place)


def is_whole_form(found: Document) -> bool:
    """Whether the document has every key, as Audiobookshelf writes it; mamctl exports only those with a value."""
    return {*_KEYS.values(), "tags", "chapters", "explicit"} <= found.keys()


def observe_abs(found: Document, origin: Origin, known: Iterable[Document] = ()) -> Iterator[Observation]:
    """What metadata.json says that none of the `known` documents explains, each field as it stands there.

    `"abridged": false` is what Audiobookshelf writes by default, and says nothing.
    """
    left = without_echo(flatten(found), known)
    yield from _observe_title(str(left.get("title", "")), origin)
    yield from origin.observe(Field.SUBTITLE, extract.clean(str(left.get("subtitle", ""))), SURE, at="subtitle")
    for field in (Field.AUTHORS, Field.NARRATORS):
        yield from extract.extract_people(origin, field, _texts(left, _KEYS[field]), SURE, at=_KEYS[field])
    yield from origin.observe(Field.SERIES, _series(_texts(left, "series")), SURE, at="series")
    yield from extract.extract_genres(origin, _texts(left, "genres"), SURE, at="genres")
    for field in (Field.PUBLISHER, Field.ISBN, Field.ASIN, Field.LANGUAGE):
        yield from extract.extract_text(origin, field, str(left.get(_KEYS[field], "")), SURE, at=_KEYS[field])
    year, date = str(left.get("publishedYear", "")), str(left.get("publishedDate", ""))
    yield from extract.extract_date(origin, Field.YEAR, year, SURE_OF_YEAR, at="publishedYear")
    yield from extract.extract_date(origin, Field.PUBLISHED, date, SURE, at="publishedDate")
    yield from extract.extract_description(origin, str(left.get("description", "")), SURE, at="description")
    if str(left.get("abridged")).casefold() in {"true", "y"}:
        yield from origin.observe(Field.ABRIDGED, True, SURE, at="abridged")


def _observe_title(text: str, origin: Origin) -> Iterator[Observation]:
    """The title as it stands; an edition named in it is observed as well, and nothing is cut off."""
    title = extract.clean(text)
    if not title or is_chapter_title(title):
        return
    yield from origin.observe(Field.TITLE, title, SURE, at="title")
    yield from origin.observe(Field.ABRIDGED, parse_title(title).abridged, SURE * 0.9, at="title")


def _series(texts: Iterable[str]) -> tuple[SeriesEntry, ...]:
    pairs = (split_place(repair(text)) for text in texts)
    entries = (
        SeriesEntry(extract.clean(name), (parse_position(place) or place) if place else None)
        for name, place in pairs
        if extract.clean(name)
    )
    return tuple(dict.fromkeys(entries))
