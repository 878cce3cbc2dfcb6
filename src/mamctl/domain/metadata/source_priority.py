"""Source priority: which source decides a field when sources disagree. docs/metadata.md shows it as a table."""

from __future__ import annotations

from functools import cache

from mamctl.domain.metadata.observation import Field, Source

_S = Source

# Records of this very recording come first, then names of its files, then what others state about the
# book in general; a folder's name is the least that a book has, and a transcript misspells.
GENERAL: tuple[Source, ...] = (
    _S.USER, _S.CATALOGUE_ASIN, _S.LIBATION, _S.ABS_SERVER, _S.ABS_JSON, _S.OPF, _S.TRACKER, _S.AUDIBLE, _S.AUDNEXUS,
    _S.SIDECAR, _S.TAGS, _S.NFO, _S.HARDCOVER, _S.GOODREADS, _S.LIBRIVOX, _S.CUSTOM, _S.OPEN_LIBRARY, _S.GOOGLE_BOOKS,
    _S.ITUNES, _S.TEXT_FILE, _S.FOLDER, _S.FILE_NAME, _S.SPEECH, _S.DECODER,
)  # fmt: skip

# Fields whose first sources are others; the rest follows as in GENERAL.
_FIRST: dict[Field, tuple[Source, ...]] = {
    # The tracker's record describes this very upload, and the recording names its own reader.
    Field.NARRATORS: (
        _S.USER, _S.TRACKER, _S.SPEECH, _S.CATALOGUE_ASIN, _S.LIBATION, _S.AUDIBLE, _S.AUDNEXUS,
    ),
    # The year of the text: shops know the year of the recording better.
    Field.YEAR: (_S.USER, _S.ABS_SERVER, _S.ABS_JSON, _S.OPF, _S.GOODREADS, _S.HARDCOVER, _S.OPEN_LIBRARY),
    # Goodreads and Hardcover number series with care; shops number editions.
    Field.SERIES: (_S.USER, _S.CATALOGUE_ASIN, _S.LIBATION, _S.ABS_SERVER, _S.ABS_JSON, _S.OPF, _S.AUDIBLE, _S.AUDNEXUS,
                   _S.GOODREADS, _S.HARDCOVER, _S.TRACKER),
    Field.DURATION: (_S.USER, _S.DECODER),
    # A text file beside the audio is written for it; tags cut long texts.
    Field.DESCRIPTION: (_S.USER, _S.CATALOGUE_ASIN, _S.LIBATION, _S.ABS_SERVER, _S.ABS_JSON, _S.OPF, _S.AUDIBLE,
                        _S.AUDNEXUS, _S.SIDECAR, _S.TEXT_FILE, _S.NFO, _S.TAGS),
}  # fmt: skip

# Never outvoted: you, and records kept of this very recording, which tags and names were often made from or
# corrected in; for the narrator the fixed order of tracker, speech and Audible.
_RECORDS = frozenset({_S.USER, _S.CATALOGUE_ASIN, _S.LIBATION, _S.ABS_SERVER, _S.ABS_JSON, _S.OPF})
_FINAL: dict[Field, frozenset[Source]] = {
    Field.NARRATORS: _RECORDS | frozenset(_FIRST[Field.NARRATORS]),
    Field.DURATION: _RECORDS | frozenset(_FIRST[Field.DURATION]),
}

# A catalogue's record that was found by searching and matches only so far stands behind everything else.
SEARCHED = frozenset({
    _S.AUDIBLE, _S.AUDNEXUS, _S.HARDCOVER, _S.GOODREADS, _S.LIBRIVOX, _S.CUSTOM, _S.OPEN_LIBRARY, _S.GOOGLE_BOOKS,
    _S.ITUNES,
})  # fmt: skip
CATALOGUE_SOURCES = SEARCHED | {_S.CATALOGUE_ASIN}
"""What catalogues say, however their record was found."""
FUZZY_BELOW = 0.8

CREDIBLE = 0.4
"""What is less certain than this decides only where nothing credible is said."""


def sources_by_priority(field: Field) -> tuple[Source, ...]:
    """Every source, the most trusted for `field` first."""
    first = _FIRST.get(field, ())
    return (*first, *(source for source in GENERAL if source not in first))


@cache
def _ranks(field: Field) -> dict[Source, int]:
    return {source: rank for rank, source in enumerate(sources_by_priority(field))}


def source_priority(field: Field, source: Source, confidence: float) -> int:
    """0 for the most trusted; a fuzzy match comes after every other source."""
    rank = _ranks(field)[source]
    return rank + len(Source) if source in SEARCHED and confidence < FUZZY_BELOW else rank


def is_final(field: Field, source: Source) -> bool:
    """Whether this source cannot be outvoted."""
    return source in _FINAL.get(field, _RECORDS)
