"""The bytes of an NFO file as text: its encoding is guessed as old DOS, Windows and Unix tools wrote it."""

from __future__ import annotations

import codecs

from mamctl.domain.library.nfo_lines import read_line
from mamctl.regex import regex

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_BOX_ART = regex(rb"[\xC9\xBB\xC8\xBC\xCD\xBA\xC4\xB3\xDA\xBF\xC0\xD9]{3,}|[\xB0-\xB2\xDB-\xDF]{2,}")
# Single bytes inside words that are letters in one code page and nothing sensible in the other.
_DOS_LETTER = regex(rb"(?<=[A-Za-z])[\x81\x82\x84\x87\x88\x89\x8A\x8B\x93\x94](?=[A-Za-z])")
_WINDOWS_LETTER = regex(rb"(?<=[A-Za-z])(?:\x92(?=(?:s|t|d|ll|re|ve|m)\b)|[\xC0-\xFF])")
_ESCAPES = regex(r"\x1b\[[0-9;?]*[A-Za-z]")


def decode_nfo(data: bytes) -> str:
    """The text, lines separated by newline. Never raises: a byte without a meaning is kept as its Latin-1 character."""
    text = _decode(data)
    return _ESCAPES.sub("", text).replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "").replace("\x1a", "")


def is_text(text: str) -> bool:
    """Whether this is written text; the bytes of a picture or of music are full of control characters."""
    controls = sum(char < " " and char not in "\t\n\f\x1b" for char in text)
    return controls <= len(text) * 0.05


def _decode(data: bytes) -> str:
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return data[len(bom) :].decode(encoding, "replace")
    if wide := _wide_without_bom(data):
        return data.decode(wide, "replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    plain = _decode_western(data)
    return _decode_by_labels(data, plain) or plain


_OTHER_CODE_PAGES = ("cp1250", "cp1251", "cp866", "cp1254", "gbk", "shift_jis")
_MOST_LINES = 200


def _decode_by_labels(data: bytes, plain: str) -> str | None:
    """The text in the code page in which the most lines begin with a known label ("Tytuł:", "Автор:", "作者："); None
    where none shows more of them than the western reading, `plain`."""
    best, most = None, _count_labels(plain)
    for encoding in _OTHER_CODE_PAGES:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if (count := _count_labels(text)) > most:
            best, most = text, count
    return best


def _count_labels(text: str) -> int:
    return sum(read_line(line).label is not None for line in text.split("\n", _MOST_LINES)[:_MOST_LINES])


def _decode_western(data: bytes) -> str:
    if _BOX_ART.search(data) or len(_DOS_LETTER.findall(data)) > len(_WINDOWS_LETTER.findall(data)):
        return data.decode("cp437")
    return "".join(_windows_char(byte) for byte in data)


def _wide_without_bom(data: bytes) -> str | None:
    head = data[:400]
    if len(head) < 8:
        return None
    if head[1::2].count(0) > len(head) * 0.4 and head[::2].count(0) < len(head) * 0.05:
        return "utf-16-le"
    if head[::2].count(0) > len(head) * 0.4 and head[1::2].count(0) < len(head) * 0.05:
        return "utf-16-be"
    return None


def _windows_char(byte: int) -> str:
    try:
        return bytes([byte]).decode("cp1252")
    except UnicodeDecodeError:
        return chr(byte)
