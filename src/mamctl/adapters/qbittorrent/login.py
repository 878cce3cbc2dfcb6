"""How mamctl shows a qBittorrent who it is."""

from __future__ import annotations

from dataclasses import dataclass

from mamctl.domain.secret import Secret

NOTHING = Secret("")


@dataclass(frozen=True, slots=True)
class Login:
    """A user name and its password, an API key (5.2 and later), or neither where the client asks for none."""

    username: str = "admin"
    password: Secret = NOTHING
    api_key: Secret = NOTHING
