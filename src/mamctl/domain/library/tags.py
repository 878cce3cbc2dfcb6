"""What the tags of an audio file say of its book; which tool wrote which tag for what is known here."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from enum import StrEnum

from mamctl.domain.metadata import extract
from mamctl.domain.metadata.observation import Field, Observation, Origin
from mamctl.domain.text.credits import AUTHOR, NARRATOR, same_people, same_person, split_people, unite_people
from mamctl.domain.text.dates import parse_date
from mamctl.domain.text.identifiers import find_asin
from mamctl.domain.text.normalize import fold, fold_title, repair
from mamctl.domain.text.person_weight import person_weight
from mamctl.domain.text.placeholders import is_chapter_title, is_placeholder, is_web_address
from mamctl.domain.text.series import SeriesEntry, fold_series, parse_position, parse_series
from mamctl.domain.text.titles import parse_title
from mamctl.regex import regex


class Tag(StrEnum):
    """A tag by its meaning, whatever the container calls it."""

    ALBUM = "album"
    TITLE = "title"
    SUBTITLE = "subtitle"
    ALBUM_ARTIST = "album artist"
    ARTIST = "artist"
    AUTHOR = "author"
    NARRATOR = "narrator"
    COMPOSER = "composer"
    PERFORMER = "performer"
    SERIES = "series"
    PART = "series part"
    MOVEMENT = "movement"
    MOVEMENT_NUMBER = "movement number"
    SHOW = "show"
    EPISODE = "episode"
    GROUPING = "grouping"
    SORT_ALBUM = "sort album"
    DATE = "date"
    RELEASED = "released"
    ORIGINAL_DATE = "original date"
    COPYRIGHT = "copyright"
    PUBLISHER = "publisher"
    DESCRIPTION = "description"
    COMMENT = "comment"
    ASIN = "asin"
    ISBN = "isbn"
    WEB_PAGE = "web page"
    GENRE = "genre"
    LANGUAGE = "language"
    FORMAT = "format"
    TRACK = "track"
    DISC = "disc"


Tags = Mapping[Tag, tuple[str, ...]]
TRACK_TAGS = frozenset({Tag.TITLE, Tag.COMMENT, Tag.TRACK, Tag.DISC})
"""Tags that speak of one file of several, not of the book."""

_SORTED = regex(r"(?P<series>.+?)[\s,#]+(?P<position>\d{1,3}(?:\.\d{1,2})?)\s*[-–:]\s*(?P<title>.+)")
_LABELLED_GROUPING = regex(r"(?P<label>narrators?|series)\s*:\s*(?P<value>[^|]+)", re.IGNORECASE)
_LONG_COMMENT = 60


Writers = Callable[[], tuple[str, ...]]
"""The authors of a book by the names of its folders. Reading those is slow, and few tags need it."""


def nobody() -> tuple[str, ...]:
    """The writers of a book whose folders are not known."""
    return ()


def observe_tags(tags: Tags, origin: Origin, *, alone: bool, writers: Writers = nobody) -> tuple[Observation, ...]:
    """Everything the tags say of the book; `alone` when the file is the whole book. `writers` decide which of two tags
    names the author, and which the reader."""
    tags = _turned_round(tags, writers)
    readers = _readers(tags)
    split = tuple(_part_by_folder(tags, origin, writers))
    people = split or (*_authors(tags, origin, readers), *_narrators(tags, origin))
    return (
        *_titles(tags, origin, alone=alone, writers=writers),
        *people,
        *_series(tags, origin),
        *_dates(tags, origin),
        *_texts(tags, origin, alone=alone),
    )


def _turned_round(tags: Tags, writers: Writers) -> Tags:
    """Album and artist changed places where the album is the author by the folders, and the artist is no person."""
    album, artist = _first(tags, Tag.ALBUM), _first(tags, Tag.ARTIST)
    if not album or not artist or person_weight(artist) > 0 or person_weight(album) <= 0:
        return tags
    if not _is_one_of(album, writers()) or fold_title(_first(tags, Tag.ALBUM_ARTIST) or artist) != fold_title(artist):
        return tags
    people = {tag: tags[Tag.ALBUM] for tag in (Tag.ARTIST, Tag.ALBUM_ARTIST) if tag in tags}
    return {**tags, **people, Tag.ALBUM: tags[Tag.ARTIST]}


def without_cut_texts(tags: Tags, cut_at: int | None, path: str) -> Tags:
    """Without the texts of `cut_at` characters that a folder or the file at `path` has in full."""
    if cut_at is None:
        return tags
    names = [fold(name) for name in path.split("/")]

    def is_cut(text: str) -> bool:
        return len(text) >= cut_at and any(fold(text) in name and len(fold(text)) < len(name) for name in names)

    kept = {tag: tuple(text for text in texts if not is_cut(text)) for tag, texts in tags.items()}
    return {tag: texts for tag, texts in kept.items() if texts}


def _first(tags: Tags, tag: Tag) -> str:
    if tag not in tags:
        return ""
    return next((extract.clean(text) for text in tags.get(tag, ()) if extract.clean(text)), "")


def _part_by_folder(tags: Tags, origin: Origin, writers: Writers) -> Iterator[Observation]:
    """Author and reader, where tags that tools use for either name both and the folder names one; nothing where no tag
    is in doubt. Tools write the reader as artist, as album artist or as composer."""
    if tags.get(Tag.NARRATOR) or tags.get(Tag.AUTHOR):
        return
    by_tag = {
        tag: tuple(name for text in tags.get(tag, ()) if extract.clean(text) for name in split_people(repair(text)))
        for tag in (Tag.ALBUM_ARTIST, Tag.ARTIST, Tag.COMPOSER)
    }
    named = {name for names in by_tag.values() for name in names}
    if len(named) < 2 or not (known := writers()):
        return
    wrote = unite_people(name for names in by_tag.values() for name in names if _is_one_of(name, known))
    others = unite_people(name for names in by_tag.values() for name in names if not _is_one_of(name, known))
    together = any(_is_one_of(name, wrote) for name in by_tag[Tag.ALBUM_ARTIST]) and any(
        _is_one_of(name, others) for name in by_tag[Tag.ALBUM_ARTIST]
    )
    if not wrote or not others or together:
        return  # several album artists wrote it together
    mixed = any(_is_one_of(name, wrote) for name in by_tag[Tag.ARTIST]) and any(
        _is_one_of(name, others) for name in by_tag[Tag.ARTIST]
    )
    if mixed and by_tag[Tag.COMPOSER] and not any(_is_one_of(n, by_tag[Tag.ARTIST]) for n in by_tag[Tag.COMPOSER]):
        return  # the composer is the reader, so that two artists are two authors, of whom the folder names one
    at = next(
        tag for tag in (Tag.ALBUM_ARTIST, Tag.ARTIST, Tag.COMPOSER) if any(_is_one_of(n, wrote) for n in by_tag[tag])
    )
    yield from origin.observe(Field.AUTHORS, wrote, 0.8, at=at.value)
    found = next(
        tag for tag in (Tag.COMPOSER, Tag.ALBUM_ARTIST, Tag.ARTIST) if any(_is_one_of(n, others) for n in by_tag[tag])
    )
    # "Author/Reader" in one tag may be two authors as well.
    sure = 0.45 if mixed and found is Tag.ARTIST else 0.7
    yield from origin.observe(Field.NARRATORS, others, sure, at=found.value)


def _is_one_of(name: str, people: tuple[str, ...]) -> bool:
    return any(same_person(name, other) for other in people)


def _titles(tags: Tags, origin: Origin, *, alone: bool, writers: Writers) -> Iterator[Observation]:
    album, title, series = _first(tags, Tag.ALBUM), _first(tags, Tag.TITLE), _first(tags, Tag.SERIES)
    people = split_people(_first(tags, Tag.ALBUM_ARTIST) or _first(tags, Tag.ARTIST))

    def names_in(text: str) -> tuple[str, ...]:
        """The people who may be named in a title; in a plain one none is looked for."""
        return (*people, *writers()) if extract.is_like_a_name(text) else people

    if alone and title and album and series and fold_series(album) == fold_series(series):
        album, title = title, ""  # the album holds the series, the title the book
    if album:
        yield from extract.extract_title(
            origin, album, 0.8, at=Tag.ALBUM.value, people=names_in(album), known_series=series
        )
    if title and alone:
        # Behind the album, which names the book where the title may name a part of it.
        yield from extract.extract_title(
            origin, title, 0.6 if album else 0.7, at=Tag.TITLE.value, people=names_in(title), known_series=series
        )
    elif title and not album and not is_chapter_title(title):
        yield from origin.observe(Field.TITLE, parse_title(title).title, 0.3, at=Tag.TITLE.value)
    if subtitle := _first(tags, Tag.SUBTITLE):
        yield from extract.extract_subtitle(origin, subtitle, 0.75, at=Tag.SUBTITLE.value)


def _readers(tags: Tags) -> tuple[str, ...]:
    texts = (*tags.get(Tag.NARRATOR, ()), *tags.get(Tag.COMPOSER, ()))
    return tuple(name for text in texts for name in split_people(repair(text), NARRATOR))


def _authors(tags: Tags, origin: Origin, readers: tuple[str, ...]) -> Iterator[Observation]:
    for tag, confidence in ((Tag.AUTHOR, 0.8), (Tag.ALBUM_ARTIST, 0.8), (Tag.ARTIST, 0.75)):
        if tag not in tags:
            continue
        texts = [repair(text) for text in tags.get(tag, ()) if extract.clean(text) and not is_web_address(text)]
        people = [name for text in texts for name in split_people(text, AUTHOR)]
        # Some tools write "Author, Narrator": the narrator is taken out, unless an author reads their own book.
        others = [name for name in people if not any(same_person(name, reader) for reader in readers)]
        yield from extract.extract_people(origin, Field.AUTHORS, others or people, confidence, at=tag.value)
        named = [name for text in texts for name in split_people(text, NARRATOR) if name not in people]
        yield from origin.observe(Field.NARRATORS, tuple(named), confidence * 0.9, at=tag.value)
    yield from _readers_behind_authors(tags, origin, readers)


def _readers_behind_authors(tags: Tags, origin: Origin, readers: tuple[str, ...]) -> tuple[Observation, ...]:
    """Who stands in the artist behind the album artist, where no other tag names a narrator."""
    writers = split_people(_first(tags, Tag.ALBUM_ARTIST))
    artists = split_people(_first(tags, Tag.ARTIST))
    rest = tuple(name for name in artists if not any(same_person(name, writer) for writer in writers))
    if readers or not writers or not rest or len(rest) == len(artists):
        return ()
    return origin.observe(Field.NARRATORS, rest, 0.45, at=Tag.ARTIST.value)


def _narrators(tags: Tags, origin: Origin) -> Iterator[Observation]:
    for tag, confidence in ((Tag.NARRATOR, 0.85), (Tag.PERFORMER, 0.5)):
        if tag in tags:
            yield from extract.extract_people(origin, Field.NARRATORS, tags[tag], confidence, at=tag.value)
    if Tag.COMPOSER not in tags:
        return
    writers = split_people(_first(tags, Tag.ALBUM_ARTIST) or _first(tags, Tag.ARTIST))
    composers = split_people(_first(tags, Tag.COMPOSER), NARRATOR)
    # As in music a composer may be who wrote it; authors do read their own books, but another source must say so.
    own = bool(composers) and same_people(writers, composers)
    yield from extract.extract_people(
        origin, Field.NARRATORS, tags[Tag.COMPOSER], 0.35 if own else 0.75, at=Tag.COMPOSER.value
    )


def _series(tags: Tags, origin: Origin) -> Iterator[Observation]:
    pairs = ((Tag.SERIES, Tag.PART, 0.8), (Tag.MOVEMENT, Tag.MOVEMENT_NUMBER, 0.75), (Tag.SHOW, Tag.EPISODE, 0.55))
    for name, part, confidence in pairs:
        if name not in tags:
            continue
        # A movement's number is an integer: 7.5 stands in the part, which is the movement's where no series is named.
        parts = (part,) if name is not Tag.MOVEMENT or Tag.SERIES in tags else (Tag.PART, part)
        written = (tags.get(tag, ()) for tag in parts)
        positions = next((texts for texts in written if any(parse_position(text) for text in texts)), ())
        yield from extract.extract_series(origin, tags.get(name, ()), positions, confidence, at=name.value)
    for text in tags.get(Tag.GROUPING, ()):
        yield from _grouping(text, origin)
    found = _SORTED.fullmatch(_first(tags, Tag.SORT_ALBUM)) if Tag.SORT_ALBUM in tags else None
    if found and fold_title(found["title"]) == fold_title(parse_title(_first(tags, Tag.ALBUM)).title):
        entry = SeriesEntry(found["series"], parse_position(found["position"]))
        yield from origin.observe(Field.SERIES, (entry,), 0.5, at=Tag.SORT_ALBUM.value)


def _grouping(text: str, origin: Origin) -> Iterator[Observation]:
    """ "Lantern Cycle, Book 2", "A #1; B #4", or "Narrator: X | Series: Y #2"."""
    labelled = {fold(part["label"]).rstrip("s"): part["value"].strip() for part in _LABELLED_GROUPING.finditer(text)}
    if labelled:
        names = [labelled["narrator"]] if "narrator" in labelled else []
        yield from extract.extract_people(origin, Field.NARRATORS, names, 0.75, at=Tag.GROUPING.value)
        text = labelled.get("serie", "")
    entries = parse_series(extract.clean(text))
    if entries and (labelled or any(entry.position for entry in entries)):
        yield from origin.observe(Field.SERIES, entries, 0.7, at=Tag.GROUPING.value)


def _dates(tags: Tags, origin: Origin) -> Iterator[Observation]:
    if date := parse_date(_first(tags, Tag.DATE)) if Tag.DATE in tags else None:
        if len(date) > 4:
            yield from origin.observe(Field.PUBLISHED, date, 0.6, at=Tag.DATE.value)
        # A date to the day is the recording's; a year alone is the copyright of the book, or when it was ripped.
        yield from origin.observe(Field.YEAR, int(date[:4]), 0.6 if len(date) == 4 else 0.4, at=Tag.DATE.value)
    for tag, field in ((Tag.RELEASED, Field.PUBLISHED), (Tag.ORIGINAL_DATE, Field.YEAR)):
        if tag in tags:
            yield from extract.extract_date(origin, field, _first(tags, tag), 0.75, at=tag.value)
    if Tag.COPYRIGHT in tags:
        yield from extract.extract_copyright(origin, _first(tags, Tag.COPYRIGHT), 0.65, at=Tag.COPYRIGHT.value)


_TEXTS = (
    (Tag.PUBLISHER, Field.PUBLISHER, 0.75),
    (Tag.LANGUAGE, Field.LANGUAGE, 0.7),
    (Tag.ASIN, Field.ASIN, 0.9),
    (Tag.ISBN, Field.ISBN, 0.8),
)


def _texts(tags: Tags, origin: Origin, *, alone: bool) -> Iterator[Observation]:
    for tag, field, confidence in _TEXTS:
        if text := _first(tags, tag):
            yield from extract.extract_text(origin, field, text, confidence, at=tag.value)
    if Tag.WEB_PAGE in tags:
        yield from origin.observe(Field.ASIN, find_asin(_first(tags, Tag.WEB_PAGE)), 0.8, at=Tag.WEB_PAGE.value)
    if Tag.GENRE in tags:
        yield from extract.extract_genres(origin, tags[Tag.GENRE], 0.6, at=Tag.GENRE.value)
    if Tag.FORMAT in tags:
        yield from extract.extract_abridged(origin, _first(tags, Tag.FORMAT), 0.7, yes_means=False, at=Tag.FORMAT.value)
    descriptions = [text for text in tags.get(Tag.DESCRIPTION, ()) if not is_placeholder(text)]
    if descriptions:
        yield from extract.extract_description(origin, max(descriptions, key=len), 0.75, at=Tag.DESCRIPTION.value)
    comments = [text for text in tags.get(Tag.COMMENT, ()) if len(text) >= _LONG_COMMENT]
    if comments and alone:
        yield from extract.extract_description(origin, comments[0], 0.5, at=Tag.COMMENT.value)
