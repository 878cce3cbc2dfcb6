"""Reads the files beside the audio: each by its name, whatever is in it; one that cannot be read is a problem."""

from __future__ import annotations

from pathlib import Path, PurePath
from typing import TYPE_CHECKING

from mamctl.adapters.library.plain_yaml import parse_plain_yaml
from mamctl.adapters.library.sidecar_json import observe_json
from mamctl.adapters.library.sidecar_xml import observe_xml
from mamctl.adapters.library.text_encoding import decode_nfo, is_text
from mamctl.domain.library.book import BookReading
from mamctl.domain.library.export_guard import digest
from mamctl.domain.library.nfo import parse_nfo
from mamctl.domain.library.sidecar_fields import Levels, observe_mapping
from mamctl.domain.metadata import extract as say
from mamctl.domain.metadata.observation import Field, Observation, Source, Witness
from mamctl.domain.problem import Problem

if TYPE_CHECKING:
    from datetime import datetime

LARGEST_SIDECAR = 8 * 1024 * 1024  # bytes; a metadata.json with thousands of chapters has less than one MiB
_YAML = Levels(sure=0.85, year=0.6)
_NAMES = frozenset({"desc.txt", "reader.txt", "description.txt", "narrator.txt", "album.nfo"})
_SUFFIXES = frozenset({".nfo", ".json", ".opf", ".yml", ".yaml", ".diz"})


def is_sidecar(name: str) -> bool:
    """Whether a file of this name may say something of a book."""
    lower = name.lower()
    return lower in _NAMES or PurePath(lower).suffix in _SUFFIXES


def read_sidecar(path: str, seen_at: datetime, own: str | None = None) -> BookReading:
    """What the file says; nothing for a file that is none of the known, or whose digest is `own`. Never raises."""
    name = PurePath(path).name
    if not is_sidecar(name):
        return BookReading(())
    try:
        data = _read(path)
        if own is not None and digest(data) == own:
            return BookReading(())
        return BookReading(_observe(data, name, path, seen_at))
    except OSError as error:
        return BookReading((), (_problem("unreadable_file", path, error.strerror or str(error)),))
    except ValueError as error:
        return BookReading((), (_problem("unreadable_sidecar", path, str(error)[:120]),))


def _read(path: str) -> bytes:
    with Path(path).open("rb") as file:
        data = file.read(LARGEST_SIDECAR + 1)
    if len(data) > LARGEST_SIDECAR:
        raise ValueError(f"it is larger than {LARGEST_SIDECAR // 1024 // 1024} MiB")
    return data


def _problem(code: str, path: str, why: str) -> Problem:
    return Problem(code, f"{path}: {why}", path, "repair this file or move it away")


def _observe(data: bytes, name: str, path: str, seen_at: datetime) -> tuple[Observation, ...]:
    lower = name.lower()
    if lower.endswith(".json"):
        return observe_json(data, name, path, seen_at)
    if lower.endswith(".opf"):
        return observe_xml(data, path, seen_at)
    if not is_text(decode_nfo(data)):
        raise ValueError("it is no text")
    if lower.endswith((".yml", ".yaml")):
        return observe_mapping(parse_plain_yaml(decode_nfo(data)), Witness(Source.SIDECAR, path, seen_at), _YAML)
    if lower.endswith((".nfo", ".diz")):
        return observe_nfo(data, path, seen_at)[0]
    return tuple(_observe_text(decode_nfo(data), lower, Witness(Source.TEXT_FILE, path, seen_at)))


def observe_nfo(data: bytes, path: str, seen_at: datetime) -> tuple[tuple[Observation, ...], tuple[str, ...]]:
    """What an NFO says, be it text, XML or JSON, and the lines that were not understood. Never raises."""
    text = decode_nfo(data)
    start = text.lstrip("\ufeff \t\n")[:1]
    try:
        if start == "<":
            return observe_xml(data, path, seen_at), ()
        if start == "{":
            return observe_json(data, "info.json", path, seen_at), ()
    except ValueError:
        pass  # it only looked like it: read it as lines
    reading = parse_nfo(text, Witness(Source.NFO, path, seen_at))
    return reading.observations, reading.remainder


def _observe_text(text: str, name: str, witness: Witness) -> list[Observation]:
    """desc.txt is the description; reader.txt has the narrators in its first line."""
    if name in {"desc.txt", "description.txt"}:
        return list(say.say_description(witness, text, 0.7))
    first = next((line for line in text.split("\n") if line.strip()), "")
    return list(say.say_people(witness, Field.NARRATORS, [first], 0.75))
