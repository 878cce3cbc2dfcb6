"""Reads the files beside the audio: each by its name, whatever is in it; one that cannot be read is a problem."""

from __future__ import annotations

import os
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

from mamctl.adapters.library.sidecar_json import observe_json
from mamctl.adapters.library.sidecar_xml import observe_xml
from mamctl.adapters.library.text_encoding import decode_nfo, is_text
from mamctl.domain.json_values import Json
from mamctl.domain.library.book import BookReading
from mamctl.domain.library.export import digest
from mamctl.domain.library.nfo import parse_nfo
from mamctl.domain.library.sidecar_fields import Levels, observe_mapping
from mamctl.domain.metadata import extract
from mamctl.domain.metadata.observation import Field, Observation, Origin, Source
from mamctl.domain.problem import Problem
from mamctl.domain.text.credits import looks_like_names
from mamctl.domain.text.quantities import show_size
from mamctl.regex import regex

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import datetime

    from mamctl.domain.library.audiobookshelf import Document

# Bytes; a metadata.json with thousands of chapters has less than half of them. As values that hold nothing they take
# thirty times as much memory.
LARGEST_SIDECAR = 2 * 1024 * 1024
LARGEST_YAML = 128 * 1024  # bytes; PyYAML's safe reader in Python takes about a second for these
LARGEST_NFO = 256 * 1024  # bytes; the longest NFO seen has 60 KiB
_YAML_LINE = regex(r"(?P<key>[^\s:#'\"\-\[{][^:#\n]{0,60}):[ \t]+(?P<value>[^\s|>'\"\[{&*!#][^\n]*)")
_YAML = Levels(sure=0.85, year=0.6)
_NAMES = frozenset({"metadata.abs", "desc.txt", "reader.txt", "description.txt", "narrator.txt", "album.nfo"})
_SUFFIXES = frozenset({".nfo", ".json", ".opf", ".yml", ".yaml", ".diz"})


def is_sidecar(name: str) -> bool:
    """Whether a file of this name may say something of a book."""
    lower = name.lower()
    return lower in _NAMES or PurePath(lower).suffix in _SUFFIXES


def read_sidecar(
    path: str, seen_at: datetime, own: Collection[str] = (), known: Iterable[Document] = ()
) -> BookReading:
    """What the file says; nothing for an unknown kind of file, or one whose digest is in `own`. Never raises.

    `known` are the values that Audiobookshelf reads by itself; its metadata.json is not a source for them.
    """
    name = PurePath(path).name
    if not is_sidecar(name):
        return BookReading(())
    try:
        data = _read(path)
        if own and digest(data) in own:
            return BookReading(())
        return BookReading(_observe(data, name, path, seen_at, known))
    except OSError as error:
        return BookReading((), (_problem("unreadable_file", path, error.strerror or str(error)),))
    except ValueError as error:
        return BookReading((), (_problem("unreadable_sidecar", path, str(error)[:120]),))
    except Exception as error:  # noqa: BLE001 - a foreign file must not end the scan, whatever it holds
        return BookReading((), (_problem("unreadable_sidecar", path, f"not understood ({type(error).__name__})"),))


def _read(path: str) -> bytes:
    with Path(path).open("rb") as file:
        data = file.read(LARGEST_SIDECAR + 1)
        if len(data) > LARGEST_SIDECAR:
            size = max(len(data), os.fstat(file.fileno()).st_size)
            raise ValueError(_too_large(size, LARGEST_SIDECAR))
    return data


def _too_large(size: int, most: int) -> str:
    return f"it has {show_size(size)}; at most {show_size(most)} are read"


def _problem(code: str, path: str, why: str) -> Problem:
    return Problem(code, f"{path}: {why}", path, "repair this file or move it away")


def _observe(
    data: bytes, name: str, path: str, seen_at: datetime, known: Iterable[Document]
) -> tuple[Observation, ...]:
    lower = name.lower()
    if lower.endswith((".json", ".abs")):
        return observe_json(data, name, path, seen_at, known)
    if lower.endswith(".opf"):
        return observe_xml(data, path, seen_at)
    text = decode_nfo(data[:LARGEST_NFO])
    if not is_text(text):
        raise ValueError("it is not a text file")
    if lower.endswith((".yml", ".yaml")):
        return observe_mapping(parse_yaml(data), Origin(Source.SIDECAR, path, seen_at), _YAML)
    if lower.endswith((".nfo", ".diz")):
        return observe_nfo(data, path, seen_at)[0]
    return tuple(_observe_text(text, lower, Origin(Source.TEXT_FILE, path, seen_at)))


def observe_nfo(data: bytes, path: str, seen_at: datetime) -> tuple[tuple[Observation, ...], tuple[str, ...]]:
    """What an NFO says, be it text, XML or JSON, and the lines that were not understood. Never raises."""
    text = decode_nfo(data[:LARGEST_NFO])
    start = text.lstrip("\ufeff \t\n")[:1]
    try:
        if start == "<":
            return observe_xml(data, path, seen_at), ()
        if start == "{":
            return observe_json(data, "info.json", path, seen_at), ()
    except ValueError:
        pass  # it only looked like it: read it as lines
    reading = parse_nfo(text, Origin(Source.NFO, path, seen_at))
    beyond = (f"{len(data) - LARGEST_NFO} bytes more, not read",) if len(data) > LARGEST_NFO else ()
    return reading.observations, (*reading.remainder, *beyond)


def parse_yaml(data: bytes) -> dict[str, Json]:
    """The top-level keys of a YAML file, every scalar as text. Raises ValueError when it is not such a file.

    Values with an unquoted ": ", which YAML forbids and people write ("title: Salt: A Novel"), are understood.
    """
    import yaml

    if len(data) > LARGEST_YAML:
        raise ValueError(_too_large(len(data), LARGEST_YAML))
    text = decode_nfo(data)
    try:
        found = _load_yaml(text)
    except yaml.YAMLError:
        try:
            found = _load_yaml("\n".join(_quote_value(line) for line in text.split("\n")))
        except yaml.YAMLError as error:
            at = getattr(error, "problem_mark", None)
            raise ValueError(f"not valid YAML{f' at line {at.line + 1}' if at else ''}") from error
    if not isinstance(found, dict):
        raise ValueError("it has no keys with values")  # noqa: TRY004 - the file is at fault
    empty = {"", "null", "~"}
    return {str(key): value for key, value in found.items() if not isinstance(value, str) or value not in empty}


def _load_yaml(text: str) -> object:
    import yaml

    try:
        # BaseLoader makes texts, lists and mappings, and no other object. The C loader has no limit of depth.
        return yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error


def _quote_value(line: str) -> str:
    found = _YAML_LINE.fullmatch(line.rstrip())
    if found is None or (": " not in found["value"] and not found["value"].endswith(":")):
        return line
    value = found["value"].replace("'", "''")
    return f"{found['key']}: '{value}'"


def _observe_text(text: str, name: str, origin: Origin) -> list[Observation]:
    """desc.txt is the description; reader.txt has the narrators in its first line."""
    if name in {"desc.txt", "description.txt"}:
        return list(extract.extract_description(origin, text, 0.7))
    first = next((line for line in text.split("\n") if line.strip()), "")
    if not looks_like_names(first):
        return []  # a note about the release
    return list(extract.extract_people(origin, Field.NARRATORS, [first], 0.75))
