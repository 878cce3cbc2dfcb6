"""Reads the tags of audio files with mutagen. Files are only read; what cannot be read is a problem."""

from __future__ import annotations

import importlib
import os
from dataclasses import field
from functools import cache
from itertools import islice
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from mamctl.adapters.library.large_tags import SMALL, BoundedFile, LargeTagsError, mp4_without_pictures, open_bounded
from mamctl.adapters.library.tag_table import Kind, pick_fields
from mamctl.dataclass import dataclass
from mamctl.domain.library.tags import Tag
from mamctl.domain.problem import Problem

if TYPE_CHECKING:
    from io import BufferedReader
    from typing import BinaryIO

LONGEST_TEXT = 100_000  # characters; no field of a book is longer, a broken length field may be
_SKIPPED_COMMENTS = ("itun", "songs-db", "id3v1")
ID3V1_LENGTH = 30
HEAD = 128  # bytes; mutagen looks at as many to tell what a file is
MOST_TEXTS = 300  # of one tag; a cast of two hundred is the largest that was seen


@dataclass(frozen=True, slots=True)
class FileTags:
    """The known fields of one file, and whether a picture is embedded.

    `cut_at` is the number of characters to which the tags cut every text: those of ID3v1 have no more than 30.
    """

    fields: dict[Tag, tuple[str, ...]] = field(default_factory=dict)
    has_cover: bool = False
    cut_at: int | None = None


def read_tags(path: str, size: int | None = None) -> FileTags | Problem:
    """The tags of the file; none for a file that is not audio (the decoder judges that). Never raises.

    `size` is its bytes, where the caller has just seen them.
    """
    try:
        size = os.stat(path).st_size if size is None else size  # noqa: PTH116  a hundred thousand times
        if not size:
            return Problem("unreadable_tags", f"{path}: the file is empty", path, "get this file again")
        # A path may hold bytes that are not UTF-8.
        with open(path, "rb") if size <= SMALL else open_bounded(path) as file:  # noqa: PTH123
            return _read(path, file)
    except OSError as error:
        return Problem("unreadable_file", f"{path}: {error.strerror or error}", path, "let mamctl's user read it")
    except LargeTagsError as error:
        return Problem("unreadable_tags", f"{path}: its tags were not read: {error}", path, "tag this file again")
    except Exception as error:  # noqa: BLE001 - mutagen raises nearly everything on broken files
        cause = error.__context__
        if _is_mutagens(error) and isinstance(cause, OSError) and cause.errno:
            return Problem("unreadable_file", f"{path}: {cause.strerror}", path, "let mamctl's user read it")
        return Problem("unreadable_tags", f"{path}: its tags are broken ({_short(error)})", path, "tag this file again")


def _is_mutagens(error: Exception) -> bool:
    from mutagen._util import MutagenError

    return isinstance(error, MutagenError)


def _short(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:120]


def _read(path: str, file: BufferedReader) -> FileTags:
    audio, tags = None, _tags_alone(path, file)
    if not tags:
        if isinstance(file, BoundedFile):
            file.forget()
        file.seek(0)
        audio = open_audio(path, file)
        tags = getattr(audio, "tags", None)
    if not tags:
        tags = _tags_without_frame(file)
    kind = _kind(tags)
    if kind is None:
        return FileTags(has_cover=bool(getattr(audio, "pictures", None)))
    raw = _RAW[kind](tags)
    cover = bool(getattr(audio, "pictures", None)) or _has_cover(tags, kind)
    cut_at = ID3V1_LENGTH if kind is Kind.ID3 and tags.version < (2,) else None
    return FileTags(pick_fields(raw, kind), cover, cut_at)


def _tags_alone(path: str, file: BufferedReader) -> Any:
    """The tags of an MP3, MP4, FLAC or Opus file, by that part of mutagen which reads tags. None where anything is out
    of the ordinary: then mutagen's whole reading decides, and words what is wrong.

    What mutagen finds out about the sound (length, codec, chapters) is the decoder's to say, and takes a third of the
    time that such a file needs.
    """
    head, suffix = file.peek(HEAD), _suffix(path)
    try:
        if suffix == ".mp3" and head.startswith(b"ID3"):
            tags = _part("id3", "ID3")(file)
            file.seek(tags.size)
            return tags if file.read(2).startswith(_MP3_FRAMES) else None
        if suffix in _MP4_SUFFIXES and _is_mp4(head):
            return _mp4_tags(file)
        if suffix == ".flac" and head.startswith(b"fLaC"):
            return _flac_tags(file)
        if suffix in _OGG_SUFFIXES and _is_opus(head[:HEAD]):
            tags = _part("oggopus", "OggOpusVComment")(file, _part("oggopus", "OggOpusInfo")(file))
            return tags if _ends_in_ogg(file) else None
    except LargeTagsError:
        raise
    except Exception:  # noqa: BLE001 - mutagen raises nearly everything on broken files
        return None
    return None


def _mp4_tags(file: BufferedReader) -> Any:
    """Of an MP4 file; its atoms beside those with tags, of which each chapter has some, are not looked into."""
    span = (0, file.seek(0, os.SEEK_END))
    for name in (b"moov", b"udta", b"meta"):
        found = _find_atom(file, name, *span)
        if found is None:
            return None
        span = found
    file.seek(span[0] - _ATOM_HEAD)
    meta = _part("mp4._atom", "Atom")(file, 2)
    values = next((atom for atom in meta.children if atom.name == b"ilst"), None)
    if values is None:
        return None
    return _mp4(file).MP4Tags(SimpleNamespace(path=lambda *_: [None, None, meta, values]), file)


def _mp4(file: BufferedReader) -> Any:
    """Mutagen's class for it; of a large file without its pictures."""
    return mp4_without_pictures() if isinstance(file, BoundedFile) else _part("mp4", "MP4")


def _find_atom(file: BufferedReader, name: bytes, at: int, end: int) -> tuple[int, int] | None:
    """Where the content of the first atom of that name begins and ends; None where a length is not a plain one."""
    while at + _ATOM_HEAD <= end:
        file.seek(at)
        head = file.read(_ATOM_HEAD)
        size = int.from_bytes(head[:4], "big")
        if size < _ATOM_HEAD or at + size > end:
            return None
        if head[4:] == name:
            return at + _ATOM_HEAD, at + size
        at += size
    return None


def _flac_tags(file: BufferedReader) -> Any:
    """Of a FLAC file that has nothing but tags, seek points and padding before its sound."""
    file.seek(len(b"fLaC"))
    tags, last = None, False
    while not last:
        head = file.read(4)
        last, kind, size = bool(head[0] & 0x80), head[0] & 0x7F, int.from_bytes(head[1:], "big")
        start = file.tell()
        if kind == _FLAC_COMMENTS and tags is None:
            tags = _part("flac", "VCFLACDict")(file)
        elif kind == _FLAC_SOUND:
            if size != _FLAC_SOUND_SIZE or not int.from_bytes(file.read(size)[10:13], "big") >> 4:  # samples a second
                return None
        elif kind in _FLAC_SKIPPED:
            file.seek(size, os.SEEK_CUR)
        else:
            return None
        if file.tell() - start != size:
            return None
    return tags if file.read(2).startswith(_FLAC_FRAMES) else None


def open_audio(path: str, file: BufferedReader) -> Any:
    """The file as mutagen reads it; None for what it does not know.

    Of two dozen formats mutagen takes the one that scores best. Where beginning and name leave no doubt which that is,
    the others are not tried: that takes as long as reading the tags.
    """
    head, suffix = file.peek(HEAD)[:HEAD], _suffix(path)
    if suffix == ".mp3" and head.startswith((b"ID3", *_MP3_FRAMES)):
        return _part("mp3", "MP3")(file)
    if suffix in _MP4_SUFFIXES and _is_mp4(head):
        return _mp4(file)(file)
    if suffix == ".flac" and head.startswith(b"fLaC"):
        return _part("flac", "FLAC")(file)
    if suffix in _OGG_SUFFIXES and _is_opus(head):
        return _part("oggopus", "OggOpus")(file)
    import mutagen

    return mutagen.File(file)


_MP3_FRAMES = (b"\xff\xf2", b"\xff\xf3", b"\xff\xfa", b"\xff\xfb")
_FLAC_FRAMES = (b"\xff\xf8", b"\xff\xf9")
_FLAC_SOUND, _FLAC_COMMENTS = 0, 4
_FLAC_SOUND_SIZE = 34  # bytes
_FLAC_SKIPPED = frozenset({1, 3})  # padding, seek points
_ATOM_HEAD = 8  # bytes of length and name
_MP4_SUFFIXES = frozenset({".m4b", ".m4a", ".mp4"})
_OGG_SUFFIXES = frozenset({".opus", ".ogg", ".oga"})
_OGG_END = 2**14  # bytes; mutagen looks at four times as many, and a page is seldom longer than this
_NOT_OPUS = (b"vorbis", b"Speex", b"theora", b"FLAC", b"fLaC", b"ftyp", b"mp4")  # what else mutagen finds in Ogg


def _suffix(path: str) -> str:
    return os.path.splitext(path)[1].lower()  # noqa: PTH122  a hundred thousand times


def _ends_in_ogg(file: BinaryIO) -> bool:
    """Whether a page begins near the end, as mutagen wants it to: the last one says how long the sound is."""
    file.seek(-min(_OGG_END, file.seek(0, os.SEEK_END)), os.SEEK_END)
    return b"OggS" in file.read(_OGG_END)


def _is_mp4(head: bytes) -> bool:
    return head.startswith(b"\0\0\0") and head[4:8] == b"ftyp"


def _is_opus(head: bytes) -> bool:
    return head.startswith(b"OggS") and b"OpusHead" in head and not any(word in head for word in _NOT_OPUS)


@cache
def _part(module: str, name: str) -> Any:
    return getattr(importlib.import_module(f"mutagen.{module}"), name)


def _tags_without_frame(file: BinaryIO) -> Any:
    """ID3 or APEv2 tags of a file whose container mutagen does not tag, e.g. raw AAC."""
    from mutagen.apev2 import APENoHeaderError, APEv2
    from mutagen.id3 import ID3, ID3NoHeaderError

    file.seek(0)
    try:
        return ID3(file)  # type: ignore[no-untyped-call]
    except ID3NoHeaderError:
        pass
    file.seek(0)
    try:
        return APEv2(file)  # type: ignore[no-untyped-call]
    except APENoHeaderError:
        return None


def _kind(tags: Any) -> Kind | None:
    shape = type(tags)
    if shape not in _KINDS:
        _KINDS[shape] = _find_kind(shape)
    return _KINDS[shape]


_KINDS: dict[type, Kind | None] = {}


def _find_kind(shape: type) -> Kind | None:
    """By the names of mutagen's classes: to import those of every format would take longer than one file does."""
    return next((_KINDS_BY_NAME[base.__name__] for base in shape.__mro__ if base.__name__ in _KINDS_BY_NAME), None)


_KINDS_BY_NAME = {
    "ID3": Kind.ID3,
    "MP4Tags": Kind.MP4,
    "VCommentDict": Kind.VORBIS,
    "ASFTags": Kind.ASF,
    "APEv2": Kind.APE,
}


def _has_cover(tags: Any, kind: Kind) -> bool:
    match kind:
        case Kind.ID3:
            return bool(tags.getall("APIC"))
        case Kind.MP4:
            return bool(tags.get("covr")) or getattr(tags, "has_picture", False)
        case Kind.VORBIS:
            return any(key.lower() in {"metadata_block_picture", "coverart"} for key, _ in tags)
        case Kind.ASF:
            return "WM/Picture" in tags
        case Kind.APE:
            return any(key.lower().startswith("cover art") for key in tags.keys())  # noqa: SIM118


def _from_id3(tags: Any) -> dict[str, tuple[str, ...]]:
    raw: dict[str, tuple[str, ...]] = {}
    for frame in tags.values():
        name = frame.FrameID.lower()
        if name == "txxx":
            key, texts = f"txxx:{frame.desc.strip().lower()}", frame.text
        elif name == "comm":
            if frame.desc.lower().startswith(_SKIPPED_COMMENTS):
                continue
            key, texts = "comm", frame.text
        elif name == "tcon":
            key, texts = name, frame.genres
        elif name == "woaf":
            key, texts = name, [frame.url]
        elif hasattr(frame, "text"):
            key, texts = name, frame.text
        else:
            continue
        raw[key] = raw.get(key, ()) + _texts(texts)
    return raw


def _from_mp4(tags: Any) -> dict[str, tuple[str, ...]]:
    raw: dict[str, tuple[str, ...]] = {}
    for key, value in tags.items():
        if key == "covr":
            continue
        if key in {"trkn", "disk"}:  # pairs of a number and how many there are
            raw[key] = tuple(f"{number}/{of}" if of else str(number) for number, of in value if number)
            continue
        name = f"----:{key.rsplit(':', 1)[-1]}" if key.startswith("----") else key
        # Two domains may define the same freeform; the first that mutagen gives stays the first.
        raw[name.lower()] = raw.get(name.lower(), ()) + _texts(value)
    return raw


def _from_vorbis(tags: Any) -> dict[str, tuple[str, ...]]:
    values: dict[str, list[str]] = {}
    for key, value in tags:
        values.setdefault(key.lower(), []).append(value)
    return {key: _texts(value) for key, value in values.items()}


def _from_pairs(tags: Any) -> dict[str, tuple[str, ...]]:
    raw: dict[str, tuple[str, ...]] = {}
    for key in tags.keys():  # noqa: SIM118  these are not mappings of Python's
        raw[key.lower()] = raw.get(key.lower(), ()) + _texts(tags[key])
    return raw


_RAW = {
    Kind.ID3: _from_id3,
    Kind.MP4: _from_mp4,
    Kind.VORBIS: _from_vorbis,
    Kind.ASF: _from_pairs,
    Kind.APE: _from_pairs,
}


def _texts(value: Any) -> tuple[str, ...]:
    """Every text of a tag's value, whatever mutagen made of it; binary values are left out."""
    if isinstance(value, (str, bytes, int)) or not hasattr(value, "__iter__"):
        value = [value]
    return tuple(text[:LONGEST_TEXT] for part in islice(value, MOST_TEXTS) if (text := _text(part)))


def _text(part: Any) -> str:
    if type(part) is str:
        return part.strip("\x00")
    if isinstance(part, bool):
        return ""
    if isinstance(part, bytes):
        try:
            return bytes(part).decode("utf-8").strip("\x00")
        except UnicodeDecodeError:
            return ""
    return str(part).strip("\x00")
