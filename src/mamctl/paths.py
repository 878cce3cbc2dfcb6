"""Where mamctl keeps things, by the XDG base directory rules."""

from __future__ import annotations

import os
from pathlib import Path

from mamctl.errors import ConfigInvalidError


def default_config() -> Path:
    """`$MAMCTL_CONFIG`, else `$XDG_CONFIG_HOME/mamctl/mamctl.toml`; never the current directory."""
    if named := os.environ.get("MAMCTL_CONFIG"):
        return _expanded(named)
    return _base("XDG_CONFIG_HOME", ".config") / "mamctl" / "mamctl.toml"


def default_store() -> Path:
    """`$XDG_STATE_HOME/mamctl/mamctl.db`."""
    return _base("XDG_STATE_HOME", ".local/state") / "mamctl" / "mamctl.db"


def _base(variable: str, fallback: str) -> Path:
    named = os.environ.get(variable, "")
    return Path(named) if named.startswith("/") else _expanded("~") / fallback


def _expanded(path: str) -> Path:
    try:
        return Path(path).expanduser()
    except RuntimeError:  # no such user; or HOME is not set, and the user has no entry with a home, as in containers
        raise ConfigInvalidError(
            f"{path}: there is no such home folder",
            subject=path,
            remedy="set HOME, or name the file by its whole path",
            code="home_unknown",
        ) from None
