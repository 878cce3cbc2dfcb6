"""From a TOML file and the environment to a `Config`; every fault is found at once, each with its path."""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args, get_origin, get_type_hints

from mamctl import paths
from mamctl.adapters.private_files import read_regular_file
from mamctl.config.sections import Config
from mamctl.config.values import ValueFault, convert
from mamctl.dataclass import dataclass
from mamctl.errors import ConfigInvalidError

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

# Environment variables that stand for a key (CFG-1). Secrets are not among them: they are read where they are used.
_NUMBERS = ("MAX_AUDIO_FILES_PARALLEL",)
_SWITCHES = ("STT_CACHE_ENABLED",)
_SWITCH_WORDS = {
    "1": True,
    "true": True,
    "yes": True,
    "on": True,
    "0": False,
    "false": False,
    "no": False,
    "off": False,
}
ENVIRONMENT: dict[str, tuple[str, str]] = {
    "GOODREADS_AUTHOR_ID": ("catalogues", "goodreads_author_id"),
    "STT_SERVICE": ("speech", "service"),
    "STT_MODEL_SIZE": ("speech", "model_size"),
    "AZURE_SPEECH_REGION": ("speech", "azure_region"),
    "STT_CACHE_ENABLED": ("speech", "cache"),
    "FFMPEG_PATH": ("audio", "ffmpeg_path"),
    "MAX_AUDIO_FILES_PARALLEL": ("audio", "parallel"),
}
# Old words for keys, still understood.
RENAMED: dict[tuple[str, str], str] = {("catalogues", "voices"): "min_sources"}
_MISSPELT = 0.6
_LARGEST = 1024**2  # bytes of a configuration; the sample has about 10,000
_NAME_IT = "name the file itself with --config, readable by mamctl's user; it is TOML, saved as UTF-8"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with the configuration. `found` is None when the key itself is unknown or missing."""

    path: str
    found: str | None
    expected: str
    nearest: str | None = None

    def __str__(self) -> str:
        found = f" (found {self.found})" if self.found is not None else ""
        hint = f"; did you mean {self.nearest}?" if self.nearest else ""
        return f"{self.path}: {self.expected}{found}{hint}"


@dataclass(frozen=True, slots=True)
class Loaded:
    """The configuration, where it came from, and each key's origin ("default", "file", or a variable's name)."""

    config: Config
    path: Path
    exists: bool
    origins: Mapping[str, str]
    renamed: tuple[tuple[str, str], ...] = ()
    """Keys of the file under their old names, each with the new one."""


class ConfigUnreadableError(ConfigInvalidError):
    """The file cannot be read at all; its one fault is in `faults` like any other."""

    def __init__(self, path: Path, fault: Fault, remedy: str | None = None) -> None:
        where = "" if fault.path == str(path) else f" ({fault.path})"
        super().__init__(f"{path}: {fault.expected}{where}", subject=str(path), remedy=remedy)
        self.faults = (fault,)


class ConfigFaultsError(ConfigInvalidError):
    """Carries every fault of the configuration."""

    def __init__(self, path: Path, faults: list[Fault], remedy: str | None = None) -> None:
        lines = "".join(f"\n  {fault}" for fault in faults)
        super().__init__(
            f"{path}: {len(faults)} fault{'' if len(faults) == 1 else 's'}{lines}",
            subject=str(path),
            remedy=remedy or "correct the keys named above; mamctl config schema lists every key",
        )
        self.faults = tuple(faults)


def load(path: Path | None = None, environ: Mapping[str, str] = os.environ) -> Loaded:
    """The configuration at `path`, or at its usual place where it may be absent (then all defaults hold).

    Paths in the file that are not absolute begin at the file's folder. Raises ConfigInvalidError with every fault.
    """
    named = path or (paths.default_config() if "MAMCTL_CONFIG" in environ else None)
    where = (named or paths.default_config()).absolute()
    return _loaded(_read(where, required=named is not None), where, environ, exists=where.exists())


def parse(content: bytes, path: Path, environ: Mapping[str, str] = os.environ) -> Loaded:
    """The configuration as `content` would be at `path`; nothing is read. Raises ConfigInvalidError."""
    return _loaded(_parsed(content, path), path, environ, exists=True)


def _loaded(raw: dict[str, Any], where: Path, environ: Mapping[str, str], *, exists: bool) -> Loaded:
    origins = {f"{section}.{key}": "file" for section, keys in raw.items() for key in _keys(keys)}
    origins |= {section: "file" for section, entries in raw.items() if isinstance(entries, list)}
    faults: list[Fault] = []
    renamed = tuple(_rename(raw, origins, faults))
    _overlay(raw, environ, origins)
    config = build(Config, raw, "", faults)
    if faults:
        raise ConfigFaultsError(where, faults)
    return Loaded(_anchored(config, where.parent), where, exists, origins, renamed)


def _rename(raw: dict[str, Any], origins: dict[str, str], faults: list[Fault]) -> Iterator[tuple[str, str]]:
    """Put what stands under an old key under the new one."""
    for (section, old), new in RENAMED.items():
        keys = raw.get(section)
        if not isinstance(keys, dict) or old not in keys:
            continue
        if new in keys:
            faults.append(Fault(f"{section}.{old}", None, f"the old name of {section}.{new}, which is there too"))
        else:
            keys[new] = keys[old]
        del keys[old]
        origins[f"{section}.{new}"] = origins.pop(f"{section}.{old}")
        yield f"{section}.{old}", f"{section}.{new}"


def _anchored(section: DataclassInstance, folder: Path) -> Any:
    """The section with every path absolute: the same file from whatever folder mamctl is started."""
    changed: dict[str, Any] = {}
    for name, value in vars(section).items():
        if isinstance(value, Path):
            changed[name] = folder / value
        elif is_section(value):
            changed[name] = _anchored(value, folder)
        elif isinstance(value, tuple) and value and isinstance(value[0], Path):
            changed[name] = tuple(folder / item for item in value)
        elif isinstance(value, tuple) and value and is_section(value[0]):
            changed[name] = tuple(_anchored(item, folder) for item in value)
    changed = {name: value for name, value in changed.items() if value is not getattr(section, name)}
    return replace(section, **changed) if changed else section


def is_section(value: object) -> bool:
    """Whether it has keys of its own, in `vars`. `is_dataclass` would have its fields described, which takes longer."""
    return hasattr(type(value), "__match_args__")


def _unknown(path: str, key: str, known: Iterable[str]) -> Fault:
    """An unknown key. For a secret the suggestion is the key of its file, never the variable's name."""
    if (file := f"{key}_file") in known:
        return Fault(
            path, None, f"secrets do not belong in this file: put it alone into a file, and name that in {file}"
        )
    near = difflib.get_close_matches(key, known, 1, _MISSPELT)
    return Fault(path, None, "unknown key", near[0] if near else None)


@cache
def hints_of(shape: type[Any]) -> dict[str, Any]:
    """The types of a section's fields, with their bounds."""
    return get_type_hints(shape, include_extras=True)


def build(shape: type[Any], raw: Any, prefix: str, faults: list[Fault]) -> Any:
    """A frozen section of `shape` from a TOML table; faults are appended, and such keys keep their default."""
    if not isinstance(raw, dict):
        faults.append(Fault(prefix or "the file", _shown("", raw), "a table"))
        return None
    known = {entry.name: entry for entry in fields(shape)}
    hints = hints_of(shape)  # type: ignore[arg-type]  # a class is hashable
    chosen: dict[str, Any] = {}
    for key, value in raw.items():
        path = f"{prefix}.{key}" if prefix else key
        if key not in known:
            faults.append(_unknown(path, key, known))
            continue
        _take(chosen, key, value, hints[key], path, faults)
    faults.extend(
        Fault(f"{prefix}.{name}", None, "a value is required")
        for name, entry in known.items()
        if name not in raw and _required(entry)
    )
    if faults:
        return None
    section = shape(**chosen)
    faults.extend(_contradictions(section, prefix))
    return section


def _contradictions(section: DataclassInstance, prefix: str) -> Iterator[Fault]:
    """What a section finds wrong with itself, where it looks: keys that are valid alone and not together."""
    look = getattr(section, "faults", None)
    for key, expected in look() if look else ():
        found = getattr(section, key, None)  # None where the key lies in a section below
        shown = None if found is None else _shown(key, found)
        yield Fault(f"{prefix}.{key}" if prefix else key, shown, expected)


def _take(chosen: dict[str, Any], key: str, value: Any, hint: Any, path: str, faults: list[Fault]) -> None:
    item = get_args(hint)[0] if get_origin(hint) is tuple else None
    if is_dataclass(hint):
        chosen[key] = build(hint, value, path, faults)  # type: ignore[arg-type]
    elif item is not None and is_dataclass(item):
        entries = value if isinstance(value, list) else [value]
        chosen[key] = tuple(build(item, entry, f"{path}[{n}]", faults) for n, entry in enumerate(entries))  # type: ignore[arg-type]
    else:
        try:
            chosen[key] = convert(value, hint)
        except ValueFault as fault:
            faults.append(Fault(path, _shown(path, value), str(fault)))


def _required(entry: Field[Any]) -> bool:
    return entry.default is MISSING and entry.default_factory is MISSING


def _read(path: Path, *, required: bool) -> dict[str, Any]:
    if re.search(r"[\x00-\x1f\x7f]", str(path)):  # a line of cron would end at a line break
        raise ConfigUnreadableError(path, Fault(str(path), None, "its name or folder holds a control character"))
    try:
        content = read_regular_file(path, _LARGEST)
    except FileNotFoundError as error:
        if not required:
            return {}
        remedy = "name another with --config, or run: mamctl init"
        raise ConfigUnreadableError(path, Fault(str(path), None, "there is no such file"), remedy) from error
    except OSError as error:
        raise ConfigUnreadableError(
            path, Fault(str(path), None, f"cannot be read: {error.strerror}"), _NAME_IT
        ) from None
    return _parsed(content, path)


def _parsed(content: bytes, path: Path) -> dict[str, Any]:
    import tomllib

    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ConfigUnreadableError(
            path, Fault(str(path), None, "cannot be read: it is not UTF-8 text"), _NAME_IT
        ) from None
    if len(text) > _LARGEST:
        raise ConfigUnreadableError(
            path, Fault(str(path), None, f"cannot be read: more than {_LARGEST} bytes"), _NAME_IT
        )
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise _not_toml(path, error) from None


def _not_toml(path: Path, error: Exception) -> ConfigUnreadableError:
    """What the parser found and where. Its words may repeat a key, and a secret may have been pasted as one."""
    import tomllib

    found, _, place = str(error).rpartition(" (at ")
    if not isinstance(error, tomllib.TOMLDecodeError):
        found, place = "a number or a nesting that is too large", ""
    elif "(" in found or re.search(r"'[^']{6,}'|\"[^\"]{6,}\"", found):
        found = "a key or table that appears twice, or in another form"
    place = place.rstrip(")") or "place unknown"
    remedy = "an array, a table or a text is not closed" if place == "end of document" else None
    return ConfigUnreadableError(
        path, Fault(place, None, f"not valid TOML: {found}"), remedy or "correct that line; text needs quotes"
    )


def _overlay(raw: dict[str, Any], environ: Mapping[str, str], origins: dict[str, str]) -> None:
    for variable, (section, key) in ENVIRONMENT.items():
        text = environ.get(variable, "")
        if text and isinstance(raw.setdefault(section, {}), dict):
            raw[section][key] = _typed(variable, text)
            origins[f"{section}.{key}"] = variable


def _typed(variable: str, text: str) -> object:
    """A variable's text as TOML would have it; what is not a number or switch stays text, and is refused as such."""
    if variable in _NUMBERS and text.isdecimal():
        return int(text)
    if variable in _SWITCHES:
        return _SWITCH_WORDS.get(text.strip().lower(), text)
    return text


def _keys(section: DataclassInstance) -> list[str]:
    return list(section) if isinstance(section, dict) else []


_WORDS = {str: "text", dict: "a table", list: "a list", bool: "true or false", int: "a number", float: "a number"}


def _shown(key: str, value: object) -> str:
    """A short form of what was found; a value that looks like a pasted secret is never repeated."""
    if any(word in key for word in ("password", "mam_id", "key", "token", "url", "session", "proxy", "_env")):
        return _WORDS.get(type(value), "another kind of value")
    try:
        text = repr(str(value) if isinstance(value, Path) else value)
    except ValueError:  # a whole number of thousands of digits
        text = "a number of thousands of digits"
    return text if len(text) <= 60 else text[:57] + "…"
