"""How mamctl shows a qBittorrent who it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mamctl.adapters.private_files import read_secret_file
from mamctl.domain.secret import Secret

if TYPE_CHECKING:
    from pathlib import Path

NOTHING = Secret("")


@dataclass(frozen=True, slots=True)
class Login:
    """A user name and its password, an API key (5.2 and later), or neither where the client asks for none."""

    username: str = "admin"
    password: Secret = NOTHING
    api_key: Secret = NOTHING


def read_login(username: str, password_file: Path | None, api_key_file: Path | None) -> Login:
    """The login in the person's files; an API key wins. ConfigInvalidError when a file is missing or open to others."""
    if api_key_file is not None:
        return Login(username, api_key=read_secret_file(api_key_file))
    return Login(username, read_secret_file(password_file)) if password_file is not None else Login(username)
