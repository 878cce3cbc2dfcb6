"""Where mamctl keeps things, by the XDG base directory rules."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from mamctl.errors import ConfigInvalidError


def default_config(environ: Mapping[str, str] = os.environ) -> Path:
    """`$MAMCTL_CONFIG`, else `$XDG_CONFIG_HOME/mamctl/mamctl.toml`; never the current directory."""
    if named := environ.get("MAMCTL_CONFIG"):
        return _expanded(named, environ)
    return _base("XDG_CONFIG_HOME", ".config", environ) / "mamctl" / "mamctl.toml"


def default_store(environ: Mapping[str, str] = os.environ) -> Path:
    """`$XDG_STATE_HOME/mamctl/mamctl.db`."""
    return _base("XDG_STATE_HOME", ".local/state", environ) / "mamctl" / "mamctl.db"


def models_folder(environ: Mapping[str, str] = os.environ) -> Path:
    """`$XDG_DATA_HOME/mamctl/models`: a folder a model for speech."""
    return _base("XDG_DATA_HOME", ".local/share", environ) / "mamctl" / "models"


def _base(variable: str, fallback: str, environ: Mapping[str, str]) -> Path:
    named = environ.get(variable, "")
    return Path(named) if named.startswith("/") else _expanded("~", environ) / fallback


def _expanded(path: str, environ: Mapping[str, str]) -> Path:
    if environ.get("HOME") and (path == "~" or path.startswith("~/")):
        return Path(environ["HOME"]) / path[2:]
    try:
        return Path(path).expanduser()
    except RuntimeError:  # no such user; or HOME is not set, and the user has no entry with a home, as in containers
        raise ConfigInvalidError(
            f"{path}: there is no such home folder",
            subject=path,
            remedy="set HOME, or name the file by its whole path",
            code="home_unknown",
        ) from None
