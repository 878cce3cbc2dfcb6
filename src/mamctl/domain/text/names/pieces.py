"""A written name in its pieces: the text between dashes and in brackets, without data about the files.

"Mara Vell - [Lantern Cycle 02] - The Salt Road (Tom Asher) 64k 11.04.09 {448mb}" holds three open pieces, one series
in brackets, one person in brackets, and data about the files. What a piece means is decided in `reading`.
"""

from __future__ import annotations

import re
from dataclasses import field
from functools import lru_cache
from urllib.parse import unquote_plus

from mamctl.dataclass import dataclass
from mamctl.domain.text.brackets import Meaning, TitleText, read_bracket
from mamctl.domain.text.credits import NARRATOR, split_people
from mamctl.domain.text.dates import is_plausible_year
from mamctl.domain.text.identifiers import find_asin
from mamctl.domain.text.normalize import fold, repair, tidy
from mamctl.domain.text.person_weight import LIKELY, person_weight
from mamctl.domain.text.series import SeriesEntry
from mamctl.domain.text.vocabulary import (
    A_DIGIT,
    A_READING,
    ABRIDGED_MARK,
    AN_ABRIDGEMENT,
    MEDIA_PIECE,
    READ_BY,
    is_abridged,
    is_read_by_author,
)
from mamctl.regex import regex


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a name: `bracket` is "", "(", "[" or "{". `series` is the series that a bracket names.

    `dated`: a year in brackets follows, as behind titles; `numbered`: a series in brackets does.
    """

    text: str
    bracket: str = ""
    series: tuple[SeriesEntry, ...] = ()
    dated: bool = False
    numbered: bool = False

    def with_text(self, text: str) -> Piece:
        """The same piece with another text."""
        return Piece(text, self.bracket, self.series, self.dated, self.numbered)


@dataclass(slots=True)
class Pieces:
    """All pieces in their order; `facts` are certain, from brackets and endings; `notes` were left out.

    `technical`: the name holds data about the files, which shows one habit of naming.
    """

    pieces: list[Piece] = field(default_factory=list)
    facts: TitleText = field(default_factory=TitleText)
    notes: list[str] = field(default_factory=list)
    technical: bool = False


_HIDDEN_DASH = "\x1f"
LONGEST_NAME = 400  # characters; more is a description that strayed into a name
_MOST_PIECES = 7
_DASH = regex(r"\s+[-–—―~]+(?:\s+|$)|^[-–—―]+\s+|(?<=[\w.)\]])[-–—]\s+(?=\S)|\s+[-–—]+(?=[^\W\d_])|\s*—\s*|\s+●\s+")
_BRACKET = regex(r"\[([^\[\]]*)\]|\(([^()]*)\)|\{([^{}]*)\}")
_MEDIA_END = regex(rf"(?:(?:^|[\s,_–-]+){MEDIA_PIECE.pattern})+\s*$", re.IGNORECASE)
_FORM_END = regex(
    r"(?:\s+[-–—]+\s*|\s+|-)(?:mp3|m4b)(?: format| audiobooks?)?\s*$|\s+(?:by )chap(?:ters?)?\s*$"
    r"|(?<=[^\s–—-])\s+#[^\W\d]\w+\s*$"
    r"|\s*[-–—]\s*(?:audio ?books?|retail|web)\s*$",
    re.IGNORECASE,
)
_AUDIBLE_END = regex(r"[-_](?:LC|AAX)_\d+_\d+(?:_(?:mono|stereo))?$", re.IGNORECASE)  # as Audible names downloads
_MARK_END = regex(rf"(?:^|[\s,:;._–—-]+){ABRIDGED_MARK}\.?\s*$", re.IGNORECASE, needs=AN_ABRIDGEMENT)
_READER_END = regex(rf"(?:^|[\s,;:–—-]+)(?:{READ_BY})(?P<names>[^\W\d].*)$", re.IGNORECASE, needs=A_READING)
_READER_BEFORE = regex(
    r"[\s,–—-]+[(（]?(?P<names>[^\W\d_]{2,5})\s*(?:播讲|演播|朗读|朗讀|朗読|낭독)\s*[)）]?\s*$"
)  # the verb is last
_LAST_BRACKET = regex(r"\s*([\[({])([^\[\](){}]*)[\])}]\s*$")
_TECHNICAL_END = regex(r"(?<=\S)\s+-\s+\d{2,4}k\b[^-]*$", re.IGNORECASE, needs=A_DIGIT)
_DISC_END = regex(
    r"[\s,–—-]+(?:dis[ck]|cd)s?\s*\d{1,3}(?:\s*(?:of|von|/)\s*\d{1,3})?\s*$", re.IGNORECASE, needs=A_DIGIT
)
_DOTTED_GAP = regex(r"(?<!\d)\.|\.(?!\d)|(?<=mp3)\.|(?<=\.(?:19|20)\d\d)\.|\.(?=\d{2,3}k\b)", re.IGNORECASE)
_COLONS = str.maketrans("꞉∶", "::")
_CAMEL = regex(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|(?<=[a-z])(?=\d)")
_TIGHT = regex(r"(?<=[^\s-])-(?=[^\s-])")


def split_name(name: str, authors: tuple[str, ...] = ()) -> Pieces:
    """The pieces of `name`; `authors` are people known to have written it. Never raises, keeps at least one piece."""
    known = authors if "-" in name else ()  # only then do they tell where to part
    found = _split(name, known) if len(name) <= LONGEST_NAME else Pieces([Piece(tidy_name(name))])
    return Pieces(list(found.pieces), found.facts.copy(), list(found.notes), found.technical)


@lru_cache(maxsize=2_048)
def _split(name: str, authors: tuple[str, ...]) -> Pieces:
    text = tidy_name(name)
    found = Pieces()
    if len(text) > LONGEST_NAME:
        found.pieces = [Piece(text)]
        return found
    plain = _peel(_spread(text, authors), found)
    found.pieces = _without_asin(_cut(plain, found)[:_MOST_PIECES], found)
    if not any(not piece.bracket for piece in found.pieces):
        rest = plain.strip(" -–—~") if not found.pieces else ""
        found.pieces = [Piece(rest), *found.pieces] if rest else found.pieces or [Piece(text)]
    return found


def _without_asin(pieces: list[Piece], found: Pieces) -> list[Piece]:
    """ "B0TESTS2LT - The Salt Road": a piece that is nothing but an ASIN is a fact."""
    asins = [piece for piece in pieces if not piece.bracket and find_asin(piece.text) == piece.text]
    if not asins or len(asins) == len(pieces):
        return pieces
    found.facts.asin = found.facts.asin or asins[0].text
    return [piece for piece in pieces if piece not in asins]


@lru_cache(maxsize=512)  # a folder's name is asked after with each book in it
def tidy_name(name: str) -> str:
    """One line with single blanks, its encoding repaired; three blanks and more part pieces as a dash does.

    The signs that stand for a colon where file systems know none are read as colons.
    """
    text = repair(name).strip()
    if not text.isascii():
        text = text.translate(_COLONS)
    outer = _BRACKET.sub(lambda found: found[0].replace("   ", " "), text)
    return tidy(re.sub(r"(?<=\S)[^\S\n]{3,}(?=\S)", " - ", outer) if "   " in outer else text)


def _spread(text: str, authors: tuple[str, ...]) -> str:
    """With blanks where dots, underscores, hyphens or capitals stand for them, and " - " where a hyphen parts."""
    if " " not in text and (text.count("%20") or (text.count("+") > 1 and "++" not in text)):
        text = tidy(unquote_plus(text))
    text = _AUDIBLE_END.sub("", re.sub(r"^#(?=\D)", "", text))
    outer = _BRACKET.sub("", text).strip()
    scene = re.search(r"\b(?:audiobook|unabridged|abridged)\b", text.replace("_", " "), re.IGNORECASE)
    if " " not in outer and scene:
        text = re.sub(r"-[A-Za-z0-9]{2,8}$", "", text)
        text = re.sub(r"[-._](?=(?:audiobook|unabridged|abridged)\b)", " - ", text, flags=re.IGNORECASE)
        text = text.replace("-", " - ").replace("  ", " ")
        outer = "x" if text.count(".") <= 2 else _BRACKET.sub("", text).strip().replace(" - ", "-")
    if " " in outer:
        text = re.sub(r"(?<=[^\W\d])_(?:\s+|(?=[A-Z]))", ": ", text)
        text = re.sub(r"^(\[?\(?\d{1,3}\]?\)?)_\s*", r"\1 - ", text).replace("_", " ")
    elif text.count("_") and not re.fullmatch(r"[^_]*[^\W\d]_[^_]*", text):
        text = re.sub(r"^(\d{1,3})_", r"\1 - ", text)
        text = re.sub(r"(?<=[^\W_])-(?=[^\W_])", " - ", text).replace("_", " ")
    if " " not in outer and outer.count(".") > 2:
        text = re.sub(r"\s+[A-Z]{2,4}$", "", tidy(_DOTTED_GAP.sub(" ", text)))
        if _TIGHT.search(text):
            text = _TIGHT.sub(" - ", text, count=2)
    elif " " not in outer and _CAMEL.search(outer) and outer.count("-") <= 3 and not re.search(r"[._,']", outer):
        parts = [_CAMEL.sub(" ", part) for part in outer.split("-")]
        if len(parts) > 1 or parts[0].lower().startswith(("the ", "a ")) or person_weight(parts[0]) > 1.5:
            text = text.replace(outer, " - ".join(parts))
    return _spread_hyphens(text, authors)


def _spread_hyphens(text: str, authors: tuple[str, ...]) -> str:
    """ "Mara Vell-The Salt Road", "Mara Vell-Lantern Cycle-#2-The Salt Road", "the-salt-road"."""
    if _DASH.search(_BRACKET.sub(" ", text)):
        return text
    first = _TIGHT.search(text)
    if first is None:
        return text
    head = text[: first.start()]
    known = any(fold(head) == fold(author) for author in authors)
    if " " not in text and text.count("-") > 1:
        return _spread_all(text)
    article = re.match(r"(?:the|a|an)(?= |[A-Z])", text[first.end() :], re.IGNORECASE)
    looks = person_weight(head) > (0.5 if article else LIKELY) and (" " in head or "." in head)
    if known or looks:
        text = f"{head} - {text[first.end() :]}"
        text = re.sub(r"(?<=\s\d\d)-(?=[^\W\d_])", " - ", re.sub(r"-(#\d[\d.]*)-", r" - \1 - ", text))
        return re.sub(r"(?<=- )(#\d[\d.]*)-", r"\1 - ", text)
    if re.search(r"\w-(?:audiobook|unabridged|abridged)\b", text, re.IGNORECASE):
        return _TIGHT.sub(" - ", text)
    return text


def _spread_all(text: str) -> str:
    """ "Mara-Vell-Salt" and "the-salt-road", in which hyphens stand for blanks."""
    pair = text.split("-")
    if len(pair) == 3 and person_weight(" ".join(pair[:2])) > 0.5:
        return f"{pair[0]} {pair[1]} - {pair[2]}"
    return text.replace("-", " ") if not any(char.isdigit() for char in text) else text


def _peel(text: str, found: Pieces) -> str:
    """The text without everything at its end about files, discs, editions and readers, in any order."""
    for _ in range(8):
        shorter = next((rest for peel in _PEELERS if (rest := peel(text, found)) is not None), None)
        if shorter is None or not (shorter := shorter.rstrip(" ,;–—-~")):
            break
        text = shorter
    return text


def _peel_technical(text: str, found: Pieces) -> str | None:
    """ "- 64k Asher 2014 213 MB": reader and year stand among the data about the files."""
    technical = _TECHNICAL_END.search(text)
    if technical is None:
        return None
    rest = MEDIA_PIECE.sub(" ", technical[0])
    if year := re.search(r"(?<!\d)((?:19|20)\d{2})(?!\d)", rest):
        found.facts.year = found.facts.year or int(year[1])
    name = re.sub(r"[\W\d_]+", " ", rest).strip()
    if name and person_weight(name) > -1.6:
        found.facts.narrators = found.facts.narrators or split_people(name, NARRATOR)
    found.notes.append(technical[0].strip(" -"))
    found.technical = True
    return text[: technical.start()]


def _peel_files(text: str, found: Pieces) -> str | None:
    for pattern in (_MEDIA_END, _FORM_END, _DISC_END):
        if (end := pattern.search(text)) and end.start():
            found.notes.append(end[0].strip(" -–—,"))
            found.technical = found.technical or pattern is _MEDIA_END
            return text[: end.start()]
    return None


def _peel_edition(text: str, found: Pieces) -> str | None:
    mark = _MARK_END.search(text)
    if mark is None or not mark.start():
        return None
    found.facts.abridged = is_abridged(mark["mark"])
    return text[: mark.start()]


def _peel_reader(text: str, found: Pieces) -> str | None:
    if not text.isascii() and (last := _READER_BEFORE.search(text)) and last.start():
        found.facts.narrators = found.facts.narrators or split_people(last["names"], NARRATOR)
        return text[: last.start()]
    reader = _READER_END.search(text)
    if reader is None or not reader.start() or re.search(r"[\[(\]]", reader["names"]):
        return None
    names = _readers(reader["names"])
    if not names and not is_read_by_author(reader[0].strip(" ,;:-")):
        return None
    found.facts.narrators = found.facts.narrators or names
    return text[: reader.start()]


def _peel_bracket(text: str, found: Pieces) -> str | None:
    """A last bracket about files or the edition, so that what stands before it is at the end too."""
    last = _LAST_BRACKET.search(text)
    if last is None or not last.start():
        return None
    bracket = read_bracket(last[2].strip(), last[1])
    about = bracket.meaning is Meaning.NOTE or bracket.facts.abridged is not None
    if not about:
        return None
    found.technical = found.technical or bool(MEDIA_PIECE.search(last[2]) and any(char.isdigit() for char in last[2]))
    found.facts.merge(bracket.facts)
    return text[: last.start()]


_PEELERS = (_peel_technical, _peel_files, _peel_edition, _peel_reader, _peel_bracket)


def _readers(text: str) -> tuple[str, ...]:
    """The people after "read by": a note of the ripper behind them is not theirs."""
    text = re.split(r"\s+-\s+|-\s+|\s{2,}", text)[0]
    return split_people(text, NARRATOR) if person_weight(text) > -1.5 else ()


def _cut(text: str, found: Pieces) -> list[Piece]:
    """Open pieces and brackets in their order; brackets that are understood become facts."""
    kept: list[Piece] = []
    at = 0
    pending = ""  # open text to which an unknown bracket is joined
    for match in _BRACKET.finditer(text):
        content = tidy(next(group for group in match.groups() if group is not None))
        before, after = text[at : match.start()], text[match.end() :]
        inside = bool(re.search(r"\w\s*$", before)) and bool(re.match(r"\s*\w", after))
        piece = _bracket(content, match[0][0], found, inside=inside)
        if piece is None:
            pending += before + match[0].replace(" - ", _HIDDEN_DASH)
            at = match.end()
            continue
        kept += _open(pending + before)
        pending, at = "", match.end()
        closes = not after.strip() or bool(re.match(r"\s*(?:[-–—~\[({]|$)", after))
        if piece.text == "" and kept and not kept[-1].bracket and closes:
            kept[-1] = _mark(kept[-1], dated=bool(piece.dated))
        elif piece.series and kept and not kept[-1].bracket and closes:
            kept[-1] = _mark(kept[-1], numbered=True)
        if piece.text:
            kept.append(piece)
    return [*kept, *_open(pending + text[at:])]


def _mark(piece: Piece, *, dated: bool = False, numbered: bool = False) -> Piece:
    return Piece(piece.text, piece.bracket, piece.series, piece.dated or dated, piece.numbered or numbered)


def _open(text: str) -> list[Piece]:
    parts = [part for piece in _DASH.split(text) if (part := piece.strip(" -–—~,;")) and part.strip(".")]
    return [Piece(part.replace(_HIDDEN_DASH, " - ")) for part in parts]


def _bracket(content: str, kind: str, found: Pieces, *, inside: bool) -> Piece | None:
    """A bracket as a piece; a piece without text when it is a fact or a note; None when it belongs to the text."""
    bracket = read_bracket(content, kind)
    if bracket.meaning in {Meaning.TEXT, Meaning.PART} or (bracket.meaning is Meaning.PLACE and inside):
        return None
    if bracket.meaning is Meaning.SERIES:
        if any(entry.position for entry in bracket.facts.series):
            return Piece(content, kind, bracket.facts.series)
        found.notes.append(content)
        return Piece("", kind)
    if bracket.meaning in {Meaning.PLACE, Meaning.PEOPLE}:
        return Piece(content, kind)
    found.facts.merge(bracket.facts)
    return Piece("", kind, dated=bracket.facts.year is not None)


@lru_cache(maxsize=4_096)
def read_year(text: str) -> int | None:
    """A piece that is nothing but a year of publication, "1993", "(1993)", "2006b"."""
    found = re.fullmatch(r"[(\[]?([12]\d{3})[a-d]?[)\]]?", text)
    return int(found[1]) if found and is_plausible_year(int(found[1])) else None


def take_asin(text: str) -> tuple[str, str | None]:
    """The text without an ASIN that stands in it bare, and the ASIN."""
    asin = find_asin(text)
    return (tidy(text.replace(asin, " ")).strip(" -_"), asin) if asin and tidy(text) != asin else (text, None)
