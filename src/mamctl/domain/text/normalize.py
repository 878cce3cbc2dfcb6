"""Forms of written text: folding it for comparison, repairing its encoding, taking markup off."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from functools import lru_cache

from mamctl.regex import regex

# Letters that no decomposition turns into their base letter.
_LETTERS = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h", "ŧ": "t"}
)
_APOSTROPHES = str.maketrans("", "", "'’‘‛ʼ`´＇")
_SHORT = 200  # characters: names are folded again and again, descriptions once
_ASCII_WORDS = {code: " " for code in range(128) if not chr(code).isalnum()} | {ord("'"): None, ord("`"): None}
_LATIN_MARKS = regex("[\u0300-\u036f]")
_INVISIBLE = regex("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u00ad\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_NO_UNICODE = regex("[\ud800-\udfff]")
_ARTICLE_LAST = regex(r"^(?P<rest>.+), (?P<article>the|a|an)$", re.IGNORECASE)
_ARTICLES = ("the ", "a ", "an ")


def tidy(text: str) -> str:
    """One line in normal form C, single blanks, no invisible characters; nothing visible is lost."""
    if not text.isascii():
        text = unicodedata.normalize("NFC", as_unicode(text))
    if not text.isprintable():  # what is printable has nothing invisible
        text = _INVISIBLE.sub(" ", text)
    return " ".join(text.split())


def as_unicode(text: str) -> str:
    """Without lone surrogates, which no database and no file can hold.

    Those that stand for the bytes of a name that is not UTF-8 (PEP 383) are read as Windows-1252.
    """
    return text if text.isascii() else _NO_UNICODE.sub(_readable, text)


def _readable(found: re.Match[str]) -> str:
    code = ord(found[0])
    return bytes([code - 0xDC00]).decode("cp1252", "replace") if 0xDC80 <= code <= 0xDCFF else "\ufffd"


def fold(text: str) -> str:
    """What is compared: no case, accents (Latin, Greek, Cyrillic), punctuation; "&" is "and".

    A text of nothing but punctuation is its own fold, so that "???" does not equal "!!!".
    """
    return _fold_short(text) if len(text) <= _SHORT else _fold(text)


def _fold(text: str) -> str:
    if text.isascii():
        words = text.lower().replace("&", " and ").translate(_ASCII_WORDS).split()
        return " ".join(words) or " ".join(text.split())
    plain = unicodedata.normalize("NFC", fold_letters(text).replace("&", " and "))
    words = "".join(char if _is_word(char) else " " for char in plain).split()
    return " ".join(words) or " ".join(text.split())


_fold_short = lru_cache(maxsize=16_384)(_fold)


def word_sieve(words: Iterable[str]) -> Callable[[str], bool]:
    """A quick test of texts before they are folded: where it is False, `fold(text)` has not all of these folded words.

    It costs a fifth of folding, and says True wherever that could depend on more than upper case and apostrophes. The
    text may be JSON with other things around the words.
    """
    parts = {part for word in words for part in word.split()}
    if not all(map(str.isalnum, parts)):
        return lambda text: True

    def may_have(text: str) -> bool:
        if not text.isascii() or "\\" in text or "&" in text:
            return True
        plain = text.lower().replace("'", "").replace("`", "")
        return all(part in plain for part in parts)

    return may_have


def fold_letters(text: str) -> str:
    """Lower-case base letters without apostrophes; other punctuation stays."""
    if text.isascii():
        return _INVISIBLE.sub(" ", text).lower().replace("'", "").replace("`", "")
    plain = _LATIN_MARKS.sub("", unicodedata.normalize("NFKD", _INVISIBLE.sub(" ", text)).casefold())
    plain = _LATIN_MARKS.sub("", unicodedata.normalize("NFKD", plain)).translate(_LETTERS)
    return plain.translate(_APOSTROPHES)


@lru_cache(maxsize=4_096)
def fold_title(text: str) -> str:
    """`fold`, and an English article at the start, or after a comma at the end, does not count."""
    moved = tidy(text)
    if ", " in moved:
        moved = restore_article(moved)
    folded = fold(moved)
    return folded.partition(" ")[2] if folded.startswith(_ARTICLES) else folded


@lru_cache(maxsize=4_096)
def restore_article(text: str) -> str:
    """ "Salt Road, The" → "The Salt Road"."""
    return _ARTICLE_LAST.sub(r"\g<article> \g<rest>", text) if ", " in text else text


def _is_word(char: str) -> bool:
    return char.isalnum() or unicodedata.category(char)[0] == "M"


def repair(text: str) -> str:
    """Text as it was meant: HTML entities read; UTF-8 or Windows-1252 that was taken for Latin-1 read again, and
    text of Cyrillic, Chinese and Japanese code pages, where nothing else can be meant.

    To be done before `tidy`, which drops the very characters by which such text is known.
    """
    if "&" in text and ";" in text:
        text = unescape(unescape(text) if "&amp;" in text else text)
    if text.isascii() or len(text) > _LONGEST_REPAIRED:
        return text
    from ftfy import fix_encoding
    from ftfy.fixes import fix_c1_controls

    text = _reread(text)
    foreign = _in_code_page(text)
    return fix_c1_controls(fix_encoding(as_unicode(text))) if foreign is None else foreign


def _reread(text: str) -> str:
    """Text that is UTF-8 as a whole, however short; the heuristics leave a word of two letters alone."""
    for _ in range(3):
        try:
            again = b"".join(_single_byte(char) for char in text).decode("utf-8")
        except UnicodeError:
            break
        if again == text:
            break
        text = again
    return text


def _single_byte(char: str) -> bytes:
    try:
        return char.encode("cp1252")
    except UnicodeEncodeError:
        return char.encode("latin-1")  # the five bytes that Windows-1252 leaves undefined


_LONGEST_REPAIRED = 100_000  # characters; longer is not the text of a field
_CYRILLIC_BYTES = frozenset((*range(0xC0, 0x100), 0xA8, 0xB8))
_UNDEFINED_BYTES = frozenset({0x81, 0x8D, 0x8F, 0x90, 0x9D})  # in Windows-1252
# Polish and Czech letters that Latin-1 has as signs, inside words: "³ód", "£ucja", "¿ó³ty".
_CENTRAL_EUROPEAN = regex(
    rb"[\xb3\xb9](?=\xf3?[a-z])|[\xa3\xaf](?=\xf3?[a-z])|(?<=[a-z])[\xb3\xb9\xbf\x9c\x9f](?=[a-z])|\xbf\xf3"
)
_KANA = regex("[\u3040-\u30ff]")


def _in_code_page(text: str) -> str | None:
    """Text that was read as Latin-1 in the code page of its letters; None when it may be Latin."""
    try:
        raw = text.encode("latin-1")
    except UnicodeEncodeError:
        return None
    encoding = None if _decoded(raw, "utf-8", bool) is not None else _guess_code_page(raw)
    return _decoded(raw, encoding, _FITS[encoding]) if encoding else None


def _guess_code_page(raw: bytes) -> str | None:
    """The code page in which no byte is out of the ordinary."""
    high = [byte for byte in raw if byte >= 0x80]
    if any(byte in {0x82, 0x83} for byte in raw):
        return "shift_jis"
    if _CENTRAL_EUROPEAN.search(raw):
        return "cp1250"
    if any(byte in _UNDEFINED_BYTES for byte in raw):
        return "shift_jis"
    if len(high) < 4 or any(chr(byte).isalpha() for byte in raw if byte < 0x80):
        return None
    if all(byte in _CYRILLIC_BYTES for byte in high):
        return "cp1251"
    return "gbk" if len(high) % 2 == 0 and all(0xB0 <= byte <= 0xD7 for byte in high[::2]) else None


_FITS: dict[str, Callable[[str], bool]] = {
    "shift_jis": lambda found: len(_KANA.findall(found)) >= 2 or _is_kanji(found),
    "cp1250": lambda found: all(char.isalpha() or char.isascii() for char in found),
    "cp1251": lambda found: any(char in "аеиоуыэюяё" for char in found.lower()),
    "gbk": lambda found: all(char >= "\u4e00" for char in found if not char.isascii()),
}


def _is_kanji(text: str) -> bool:
    """Whether this is nothing but Chinese characters, two or more, and signs."""
    letters = [char for char in text if char.isalpha()]
    return len(letters) > 1 and all("\u3005" <= char <= "\u9fff" for char in letters)


def _decoded(raw: bytes, encoding: str, fits: Callable[[str], bool]) -> str | None:
    try:
        found = raw.decode(encoding)
    except UnicodeDecodeError:
        return None
    return found if fits(found) else None


_MARKUP = regex(r"</?[a-zA-Z][^<>]*>|<!--|&(?:#\d+|#[xX][0-9a-fA-F]+|[a-zA-Z]\w*);")
_HIDDEN = regex(r"<!--.*?-->|<(script|style)\b[^<>]*>.*?</\1\s*>", re.IGNORECASE | re.DOTALL)
_PARAGRAPH = regex(r"</(?:p|div|h[1-6]|ul|ol|table|blockquote)\s*>", re.IGNORECASE)
_BREAK = regex(r"<(?:br|hr|li|tr|p|div)\b[^<>]*>", re.IGNORECASE)
_TAG = regex(r"</?[a-zA-Z][^<>]*>")


def unescape(text: str) -> str:
    """HTML's entities as the characters that they stand for."""
    if "&" not in text:
        return text
    from html import unescape as read_entities  # here: every start of the program would pay for their table

    return read_entities(text)


def plain_text(text: str) -> str:
    """Readable text of an HTML fragment, even one escaped twice; an empty line separates paragraphs."""
    text = as_unicode(text)
    for _ in range(3):
        if not ("<" in text or "&" in text) or not _MARKUP.search(text):
            break
        text = _PARAGRAPH.sub("\n\n", _HIDDEN.sub(" ", text))
        text = unescape(_TAG.sub("", _BREAK.sub("\n", text)))
    return _tidy_paragraphs(text)


def _tidy_paragraphs(text: str) -> str:
    lines = [" ".join(line.split()) for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")]
    joined = "\n".join(lines)
    return (re.sub(r"\n{3,}", "\n\n", joined) if "\n\n\n" in joined else joined).strip()
