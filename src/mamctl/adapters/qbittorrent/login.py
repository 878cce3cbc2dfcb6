"""How mamctl shows a qBittorrent who it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mamctl.adapters.private_files import SecretSource
from mamctl.domain.secret import Secret

if TYPE_CHECKING:
    from collections.abc import Mapping

NOTHING = Secret("")


@dataclass(frozen=True, slots=True)
class Login:
    """A user name and its password, an API key (5.2 and later), or neither where the client asks for none."""

    username: str = "admin"
    password: Secret = NOTHING
    api_key: Secret = NOTHING


def read_login(username: str, password: SecretSource, api_key: SecretSource, environ: Mapping[str, str]) -> Login:
    """The login in the files or variables; an API key wins. ConfigInvalidError when one cannot be read or sent."""
    if (key := api_key.read(environ)) is not None:
        return Login(username, api_key=key)
    return Login(username, password.read(environ) or NOTHING)
