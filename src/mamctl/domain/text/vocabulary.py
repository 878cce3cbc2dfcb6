"""The words that people put around a title, one table each: "abridged", "read by", labels of a place, forms, notes.

Every reader of names, tags, sidecars and NFO files takes its words from here.
"""

from __future__ import annotations

import re
from functools import lru_cache

from mamctl.domain.text.normalize import fold
from mamctl.regex import regex

# Labels of a place in a series, by language; a single letter or a very common word needs its dot or its number.
PLACE_LABELS = (
    "book|books|bk|bks|volumes?|vols?|parts?|pt|episodes?|ep|number|no|nr|band|bände|bd|buch|bücher|teil|folge|tome|"
    "tomes|livre|livres|livro|partie|libro|tomo|volumen|parte|deel|boek|bind|bok|del|kniha|díl|książka|część|książki|tom|"
    "книга|часть|том|osa|kirja"
)
"""A pattern of the labels after which a place in a series stands."""

AUDIO_SUFFIX = regex(r"\.(?:m4[ab]|mp[34]a?|flac|og[ag]|opus|aac|wma|wav|aiff?|webma|mka|awb|caf)$", re.IGNORECASE)
"""The suffix of an audio file, wherever a name may carry one."""

READ_VERBS = (
    "read|narrated|performed|voiced|told|gelesen|gesprochen|vorgelesen|lu|raconté|narrado|leído|letto|voorgelezen|"
    "ingelezen|gelezen|ingesproken|uppläst|inläst|oplæst|indlæst|opplest|innlest|lest|czyta|читает"
)
"""A pattern of the verbs that stand before "by" and a narrator's name."""

_BY = "by|von|par|por|da|door|av|af"
_READS = "czyta(?:ją)?|чита(?:ет|ют|є|ють)|исполня(?:ет|ют)|озвучи(?:л|ла|ли|вает)|čte|čtou|lukee|læser|leser|läser"
_READER = (
    "nar(?:r|rator|rators)?|sprecher|reader|lector|lektor|lukija|uppläsare|inläsare|oplæser|indlæser|oppleser|innleser|"
    "voorlezer|seslendiren|чтец"
)
READ_BY = rf"(?:(?:as\s+)?(?:{READ_VERBS})\s+(?:for you\s+)?(?:{_BY})|(?:{_READS})\b|(?:{_READER})\b\.?:?)\s*:?\s+"
"""A pattern of the words that stand before a narrator's name."""

A_READING = regex(f"{READ_VERBS}|{_READS}|{_READER}", re.IGNORECASE)
"""What every text that `READ_BY` matches holds: for `needs`."""
A_READING_FIRST = regex(rf"\A(?:(?:as\s+)?(?:{READ_VERBS})|{_READS}|{_READER})", re.IGNORECASE)
"""What every text that begins with `READ_BY` begins with."""

A_DIGIT = regex(r"\d")
"""What every place, date and size in figures holds: for `needs`."""

_UNABRIDGED_WORDS = (
    r"un-?abridged|unabr|ungekürzte?|ungekurzte?|texte int[ée]gral|(?:version )?int[ée]grale?|sin abreviar|íntegro|"
    r"integrale|onverkort|oavkortad|uforkortet|полная версия"
)
_ABRIDGED_WORDS = (
    r"abridged|abr|gekürzte?|gekurzte?|abrégé|version abrégée|abreviado|ridotto|verkort|förkortad|forkortet"
)
AN_ABRIDGEMENT = regex(rf"{_UNABRIDGED_WORDS}|{_ABRIDGED_WORDS}", re.IGNORECASE)
"""What every text that `ABRIDGED_MARK` matches holds: for `needs`."""
_EDITION_NOUN = r"(?:\s+(?:edition|version|audiobook|recording|lesung|fassung|ausgabe|hörbuch))?"
ABRIDGED_MARK = rf"(?P<mark>(?:(?:complete and )?(?:{_UNABRIDGED_WORDS})|(?:{_ABRIDGED_WORDS})){_EDITION_NOUN})"
"""A pattern of "Unabridged" and its like; `is_abridged` says which."""

_UNABRIDGED = regex(rf"(?<!\w)(?:{_UNABRIDGED_WORDS})(?!\w)", re.IGNORECASE, needs=AN_ABRIDGEMENT)
_ABRIDGED = regex(rf"(?<!\w)(?:{_ABRIDGED_WORDS})(?!\w)", re.IGNORECASE, needs=AN_ABRIDGEMENT)


def is_abridged(text: str) -> bool | None:
    """Whether a text calls the recording abridged, unabridged (False), or nothing (None)."""
    if _UNABRIDGED.search(text):
        return False
    return True if _ABRIDGED.search(text) else None


# Bit rates, sizes, lengths, containers: about the file.
_MEDIA_PIECE = (
    r"(?:\d{1,4}(?:[.,]\d+)?\s*(?:kbit/s|kb/s|kbps|kbits?|kbs|kb|khz|k|hz|mbit|mib|mb|gib|gb|ch)s?(?!\w)"
    r"|\d{1,3}[:;.]\d{2}[:;.]\d{2}|\d{1,2}\s*h(?:rs?)?\s*\d{1,2}\s*m(?:ins?)?|\d{1,3}\s*(?:h|hrs?|hours?)(?!\w)"
    r"|(?:mp3|m4[ab]|aac|flac|opus|ogg|vbr|cbr|v\d|lame|aax|mono|stereo|retail|web|nmr|e?book|pdf|epub|mobi)(?!\w))"
)
MEDIA_PIECE = regex(_MEDIA_PIECE, re.IGNORECASE)
"""One piece of data about the files: "64k", "448mb", "16.18.10", "mp3"."""

# Words that mean only that this is an audiobook, or in which shape its files are; never a title, a series or a person.
_FORMS = frozenset(
    fold(word)
    for word in (
        "unabridged, abridged, audio, audiobook, audiobooks, audio book, audio books, the audiobook, "
        "hörbuch, hörbücher, "
        "livre audio, audiolibro, audiolivro, luisterboek, ljudbok, lydbok, mp3, mp3s, m4b, m4a, flac, ogg, opus, aac, "
        "chapterized, chapterised, chaptered, all chaptered, chapters, by chapter, by chap, single file, "
        "one file, split, "
        "files, mp3 format, m4b format, podiobook, podcast, audible, retail, web, complete, mp3 "
        "audiobook, mp3 audiobooks, "
        "m4b audiobook, cd rip, rip, clear sound, good quality, high quality, remastered, new version, dl"
    ).split(",")
)
_FORM_WORDS = frozenset(
    "mp3 mp3s m4b m4a flac ogg opus aac audiobook audiobooks audio unabridged abridged chapterized "
    "chapterised chaptered "
    "chapters by chap chapter format files file single split retail and pdf epub kbps vbr cbr mono "
    "stereo book books".split()
)

# Notes about an edition; they are not part of the name.
_EDITION_NOTE = regex(
    r"(?:a|an|the)? ?(?:novel|novella|memoir)"
    r"|(?:(?:\d+(?:st|nd|rd|th)|[a-z]+(?:th|ieth)|first|second|third|special|anniversary|revised|updated|expanded|deluxe|"
    r"extended|illustrated|collectors|definitive|authors|preferred|international|movie|tv|tie in|new|uk|us|american|"
    r"british|authorized|authorised|and|complete|annotated|limited|classic|classics|audio|kindle|digital) )+"
    r"(?:edition|ed|text|cut|version)s?"
    r"|(?:movie |tv )?tie in|version \d+|v ?\d(?: ?\d)?|ein roman|roman|(?:light |graphic )?novel|manga"
    r"|trans(?:l|lated|lator)?(?: by)? .+|translated from .+|(?:complete|publication|chronological) (?:series|order)"
    r"|first published \d{4}|audible \d{4}|audible originals?|.* (?:audio|studios|publishing|press)(?: \d{4})?"
)
_SIDE_STORY = regex(
    r"(?:an? |the )?(?:prequel|sequel|novella|novelette|short story|side story|bonus(?: story)?|companion|interlude|"
    r"spin off|vorgeschichte|préquelle|prequela)"
)
_DESCRIBES = regex(
    r"(?:an?|the|ein|eine|un|une|una) (?:[\w'’-]+ ){0,4}?(?:novels?|novellas?|memoirs?|thrillers?|adventures?|"
    r"romances?|mystery|mysteries|fantasy|litrpg|gamelit|roman|krimi|thriller)(?:,? (?:of|about|from|in|von|aus) .+)?",
    re.IGNORECASE,
)
_READ_BY_AUTHOR = regex(r"(?:read|narrated|performed|gelesen) (?:by|von) (?:the )?(?:author|autor|autorin)")

# Genres and other names of shelves; not the name of an author or a book.
_SHELVES = frozenset(
    fold(word)
    for word in (
        "audiobooks, audiobook, books, audio books, library, audio, hörbücher, media, downloads, fiction, non fiction, "
        "nonfiction, fantasy, romance, science fiction, sci fi, scifi, sf, sff, horror, thriller, thrillers, mystery, "
        "mysteries, crime, history, biography, biographies, memoir, memoirs, classics, children, childrens, kids, "
        "young adult, ya, litrpg, gamelit, self help, business, science, religion, philosophy, poetry, humor, humour, "
        "comedy, drama, adventure, western, westerns, erotica, sports, travel, politics, psychology, health, "
        "standalone, standalones, stand alone, novels, short stories, stories, other, others, misc, miscellaneous, "
        "non series, no series, singles, single books, novellas, short fiction, lit rpg, progression fantasy, "
        "various, unsorted, sorted, new, finished, unfinished, read, unread, to read, to listen, listened, "
        "unlistened, listening, in progress, done, completed, incoming, inbox, import, imports, authors, titles, "
        "by author, "
        "russian, polish, french, spanish, italian, dutch, swedish, "
        "collections, anthologies, german, english, deutsch, "
        "krimi, krimis, romane, sachbücher, lectures, courses, military, historical fiction, urban fantasy, "
        "epic fantasy, space opera, dystopian, paranormal, contemporary, suspense, literature, literary, economics, "
        "true crime, technology, cooking, art, music, nature, spirituality, parenting, relationships, education"
    ).split(",")
)
SERIES_WORDS = frozenset(
    "series saga trilogy chronicles chronicle cycle duology quartet quintet tetralogy sequence files novels universe "
    "mysteries adventures collection omnibus reihe serie zyklus saison complete archive diaries legends tales era "
    "volumes trilogie anthology stories".split()
)
"""Words that name a series or a set of books, and no person."""

COLLECTION_TAIL = regex(
    r"[\s,–—~-]*\b(?:(?:the |mp3 |complete |chronological |audio ?book |unabridged )*(?:collections?|works|bibliography"
    r"|mega ?pack|discography|omnibus collection|audio ?books?)(?: collection)?|all (?:books|chaptered))\s*~?\s*$",
    re.IGNORECASE,
)
"""What makes a folder out of a name: "Collection", "Audiobook Collection", "Complete Works"."""


_PART = regex(
    r"(?:part|pt|teil|partie|parte|deel|del|część)\.?\s*(?:\d{1,3}|[ivx]{1,5}|[^\W\d_]{2,12})(?:\s*(?:of|von|de|/)\s*\w+)?",
    re.IGNORECASE,
)


def names_a_part(text: str) -> bool:
    """Whether this is a part of a work ("Part Two", "Teil 1 von 2"), which nothing else distinguishes."""
    return bool(_PART.fullmatch(text.strip()))


@lru_cache(maxsize=4_096)
def is_form(text: str) -> bool:
    """Whether this names only the shape of the files or the recording: "Unabridged", "mp3 (Chapterized)"."""
    folded = fold(text)
    return folded in _FORMS or (bool(folded) and all(word in _FORM_WORDS for word in folded.split()))


@lru_cache(maxsize=4_096)
def is_edition_note(text: str) -> bool:
    """Whether this is a note about the edition: "A Novel", "50th Anniversary Edition", "version 4"."""
    return bool(_EDITION_NOTE.fullmatch(fold(text)))


@lru_cache(maxsize=4_096)
def is_side_story(text: str) -> bool:
    """Whether this is only the kind of a story beside a series: "Prequel", "Novella", "Side Story"."""
    return bool(_SIDE_STORY.fullmatch(fold(text)))


@lru_cache(maxsize=4_096)
def describes_itself(text: str) -> bool:
    """Whether this is a subtitle about the kind of book: "A LitRPG Adventure", "A Novel of the Harbour"."""
    return bool(_DESCRIBES.fullmatch(text))


def is_read_by_author(text: str) -> bool:
    """Whether this means that the author reads, without a name."""
    return bool(_READ_BY_AUTHOR.fullmatch(fold(text)))


@lru_cache(maxsize=4_096)
def is_shelf(text: str) -> bool:
    """Whether a folder of this name is a shelf: a genre, "Audiobooks", "Standalones"."""
    return fold(text) in _SHELVES
