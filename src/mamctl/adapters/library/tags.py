"""Reads the tags of audio files with mutagen. Files are only read; what cannot be read is a problem."""

from __future__ import annotations

import os
from dataclasses import field
from itertools import islice
from typing import Any

from mamctl.adapters.library.tag_table import Kind, pick_fields
from mamctl.dataclass import dataclass
from mamctl.domain.library.tags import Tag
from mamctl.domain.problem import Problem

LONGEST_TEXT = 100_000  # characters; no field of a book is longer, a broken length field may be
_SKIPPED_COMMENTS = ("itun", "songs-db", "id3v1")
ID3V1_LENGTH = 30
MOST_TEXTS = 300  # of one tag; a cast of two hundred is the largest that was seen


@dataclass(frozen=True, slots=True)
class FileTags:
    """The known fields of one file, and whether a picture is embedded.

    `cut_at` is the number of characters to which the tags cut every text: those of ID3v1 have no more than 30.
    """

    fields: dict[Tag, tuple[str, ...]] = field(default_factory=dict)
    has_cover: bool = False
    cut_at: int | None = None


def read_tags(path: str) -> FileTags | Problem:
    """The tags of the file; none for a file that is no audio (the decoder judges that). Never raises."""
    from mutagen._util import MutagenError

    try:
        if not os.stat(path).st_size:  # noqa: PTH116  a hundred thousand times
            return Problem("unreadable_tags", f"{path}: the file is empty", path, "get this file again")
        return _read(path)
    except OSError as error:
        return Problem("unreadable_file", f"{path}: {error.strerror or error}", path, "let mamctl's user read it")
    except MutagenError as error:
        if isinstance(error.__context__, OSError) and error.__context__.errno:
            return Problem(
                "unreadable_file", f"{path}: {error.__context__.strerror}", path, "let mamctl's user read it"
            )
        return Problem("unreadable_tags", f"{path}: its tags are broken ({_short(error)})", path, "tag this file again")
    except Exception as error:  # noqa: BLE001 - mutagen raises nearly everything on broken files
        return Problem("unreadable_tags", f"{path}: its tags are broken ({_short(error)})", path, "tag this file again")


def _short(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:120]


def _read(path: str) -> FileTags:
    import mutagen

    audio = mutagen.File(path)
    tags: Any = getattr(audio, "tags", None)
    if not tags:
        tags = _tags_without_frame(path)
    kind = _kind(tags)
    if kind is None:
        return FileTags(has_cover=bool(getattr(audio, "pictures", None)))
    raw = _RAW[kind](tags)
    cover = bool(getattr(audio, "pictures", None)) or _has_cover(tags, kind)
    cut_at = ID3V1_LENGTH if kind is Kind.ID3 and tags.version < (2,) else None
    return FileTags(pick_fields(raw, kind), cover, cut_at)


def _tags_without_frame(path: str) -> Any:
    """ID3 or APEv2 tags of a file whose container mutagen does not tag, e.g. raw AAC."""
    from mutagen.apev2 import APENoHeaderError, APEv2
    from mutagen.id3 import ID3, ID3NoHeaderError

    try:
        return ID3(path)  # type: ignore[no-untyped-call]
    except ID3NoHeaderError:
        pass
    try:
        return APEv2(path)  # type: ignore[no-untyped-call]
    except APENoHeaderError:
        return None


def _kind(tags: Any) -> Kind | None:
    from mutagen._vorbis import VCommentDict
    from mutagen.apev2 import APEv2
    from mutagen.asf import ASFTags
    from mutagen.id3 import ID3
    from mutagen.mp4 import MP4Tags

    kinds = ((ID3, Kind.ID3), (MP4Tags, Kind.MP4), (VCommentDict, Kind.VORBIS), (ASFTags, Kind.ASF), (APEv2, Kind.APE))
    return next((kind for shape, kind in kinds if isinstance(tags, shape)), None)


def _has_cover(tags: Any, kind: Kind) -> bool:
    match kind:
        case Kind.ID3:
            return bool(tags.getall("APIC"))
        case Kind.MP4:
            return bool(tags.get("covr"))
        case Kind.VORBIS:
            return any(key.lower() in {"metadata_block_picture", "coverart"} for key in tags.keys())  # noqa: SIM118
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


def _from_pairs(tags: Any) -> dict[str, tuple[str, ...]]:
    raw: dict[str, tuple[str, ...]] = {}
    for key in tags.keys():  # noqa: SIM118  these are no mappings of Python's
        raw[key.lower()] = raw.get(key.lower(), ()) + _texts(tags[key])
    return raw


_RAW = {
    Kind.ID3: _from_id3,
    Kind.MP4: _from_mp4,
    Kind.VORBIS: _from_pairs,
    Kind.ASF: _from_pairs,
    Kind.APE: _from_pairs,
}


def _texts(value: Any) -> tuple[str, ...]:
    """Every text of a tag's value, whatever mutagen made of it; binary values are left out."""
    if isinstance(value, (str, bytes, int)) or not hasattr(value, "__iter__"):
        value = [value]
    return tuple(text[:LONGEST_TEXT] for part in islice(value, MOST_TEXTS) if (text := _text(part)))


def _text(part: Any) -> str:
    if isinstance(part, bool):
        return ""
    if isinstance(part, bytes):
        try:
            return bytes(part).decode("utf-8").strip("\x00")
        except UnicodeDecodeError:
            return ""
    return str(part).strip("\x00")
