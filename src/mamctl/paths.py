"""Where mamctl keeps things, by the XDG base directory rules."""

from __future__ import annotations

import os
from pathlib import Path


def default_config() -> Path:
    """`$MAMCTL_CONFIG`, else `$XDG_CONFIG_HOME/mamctl/mamctl.toml`; never the current directory."""
    if named := os.environ.get("MAMCTL_CONFIG"):
        return Path(named).expanduser()
    return _base("XDG_CONFIG_HOME", ".config") / "mamctl" / "mamctl.toml"


def default_store() -> Path:
    """`$XDG_STATE_HOME/mamctl/mamctl.db`."""
    return _base("XDG_STATE_HOME", ".local/state") / "mamctl" / "mamctl.db"


def _base(variable: str, fallback: str) -> Path:
    named = os.environ.get(variable, "")
    return Path(named) if named.startswith("/") else Path.home() / fallback
