"""From a TOML file and the environment to a `Config`; every fault is found at once, each with its path."""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, Field, dataclass, fields, is_dataclass
from pathlib import Path
from typing import Any, get_args, get_origin, get_type_hints

from mamctl import paths
from mamctl.config.sections import Config
from mamctl.config.values import ValueFault, convert
from mamctl.errors import ConfigInvalidError

# Environment variables that stand for a key (CFG-1). Secrets are not among them: they are read where they are used.
_NUMBERS = ("MAX_AUDIO_FILES_PARALLEL",)
ENVIRONMENT: dict[str, tuple[str, str]] = {
    "GOODREADS_AUTHOR_ID": ("catalogues", "goodreads_author_id"),
    "STT_SERVICE": ("speech", "service"),
    "STT_MODEL_SIZE": ("speech", "model_size"),
    "AZURE_SPEECH_REGION": ("speech", "azure_region"),
    "FFMPEG_PATH": ("audio", "ffmpeg_path"),
    "MAX_AUDIO_FILES_PARALLEL": ("audio", "parallel"),
}
_MISSPELT = 0.6


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


class ConfigFaultsError(ConfigInvalidError):
    """Carries every fault of the configuration."""

    def __init__(self, path: Path, faults: list[Fault]) -> None:
        lines = "".join(f"\n  {fault}" for fault in faults)
        super().__init__(
            f"{path}: {len(faults)} fault{'' if len(faults) == 1 else 's'}{lines}",
            subject=str(path),
            remedy="correct the keys named above; mamctl config schema lists every key",
        )
        self.faults = tuple(faults)


def load(path: Path | None = None, environ: Mapping[str, str] = os.environ) -> Loaded:
    """The configuration at `path`, or at its usual place where it may be absent (then all defaults hold).

    Raises ConfigInvalidError with every fault at once.
    """
    named = path or (paths.default_config() if "MAMCTL_CONFIG" in environ else None)
    where = named or paths.default_config()
    raw = _read(where, required=named is not None)
    origins = {f"{section}.{key}": "file" for section, keys in raw.items() for key in _keys(keys)}
    origins |= {section: "file" for section, entries in raw.items() if isinstance(entries, list)}
    _overlay(raw, environ, origins)
    faults: list[Fault] = []
    config = build(Config, raw, "", faults)
    if faults:
        raise ConfigFaultsError(where, faults)
    return Loaded(config, where, where.exists(), origins)


def build(shape: type[Any], raw: Any, prefix: str, faults: list[Fault]) -> Any:
    """A frozen section of `shape` from a TOML table; faults are appended, and such keys keep their default."""
    if not isinstance(raw, dict):
        faults.append(Fault(prefix or "the file", _shown("", raw), "a table"))
        return None
    known = {entry.name: entry for entry in fields(shape)}
    hints = get_type_hints(shape, include_extras=True)
    chosen: dict[str, Any] = {}
    for key, value in raw.items():
        path = f"{prefix}.{key}" if prefix else key
        if key not in known:
            near = difflib.get_close_matches(key, known, 1, _MISSPELT)
            faults.append(Fault(path, None, "unknown key", near[0] if near else None))
            continue
        _take(chosen, key, value, hints[key], path, faults)
    faults.extend(
        Fault(f"{prefix}.{name}", None, "a value is required, and there is none")
        for name, entry in known.items()
        if name not in raw and _required(entry)
    )
    if faults:
        return None
    section = shape(**chosen)
    faults.extend(_contradictions(section, prefix))
    return section


def _contradictions(section: Any, prefix: str) -> Iterator[Fault]:
    """What a section finds wrong with itself, where it looks: keys that are sound alone and not together."""
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
            faults.append(Fault(path, _shown(key, value), str(fault)))


def _required(entry: Field[Any]) -> bool:
    return entry.default is MISSING and entry.default_factory is MISSING


def _read(path: Path, *, required: bool) -> dict[str, Any]:
    import tomllib

    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        if not required:
            return {}
        raise ConfigInvalidError(
            f"{path}: there is no such file",
            subject=str(path),
            remedy="name another with --config, or run: mamctl init",
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise ConfigInvalidError(f"{path}: cannot be read: {reason}", subject=str(path)) from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigInvalidError(
            f"{path}: not valid TOML: {error}",
            subject=str(path),
            remedy="correct the line named; strings need quotes",
        ) from error


def _overlay(raw: dict[str, Any], environ: Mapping[str, str], origins: dict[str, str]) -> None:
    for variable, (section, key) in ENVIRONMENT.items():
        text = environ.get(variable, "")
        if text and isinstance(raw.setdefault(section, {}), dict):
            raw[section][key] = int(text) if variable in _NUMBERS and text.isdecimal() else text
            origins[f"{section}.{key}"] = variable


def _keys(section: Any) -> list[str]:
    return list(section) if isinstance(section, dict) else []


def _shown(key: str, value: Any) -> str:
    """A short form of what was found; a value that looks like a pasted secret is never repeated."""
    if any(word in key for word in ("password", "mam_id", "key", "token", "url")):
        return f"a {type(value).__name__}"
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "…"
