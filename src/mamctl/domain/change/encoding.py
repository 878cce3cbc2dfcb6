"""The text forms of a point's parts: sidecars as lines of JSON, a client's state as one document."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import Any

from mamctl.dataclass import dataclass
from mamctl.domain.change.client_state import ClientState, TorrentMark

SIDECARS = "sidecars.jsonl"
DATABASE = "mamctl.db"
CONFIG = "mamctl.toml"


@dataclass(frozen=True, slots=True)
class KeptSidecar:
    """A sidecar that mamctl wrote once, as it lay there when the point was made; `text` is None where it was gone.

    `root` is the library and `book` the book's folder; `sha256` is what mamctl itself had written.
    """

    path: str
    root: str
    book: str
    sha256: str
    text: str | None


def encode_sidecars(sidecars: Iterable[KeptSidecar]) -> bytes:
    """A line each. Names that are not UTF-8 keep their bytes as escapes."""
    return "".join(json.dumps(asdict(one), ensure_ascii=True) + "\n" for one in sidecars).encode("ascii")


def decode_sidecars(content: bytes) -> tuple[KeptSidecar, ...]:
    """The inverse. Raises ValueError."""
    try:
        return tuple(KeptSidecar(**json.loads(line)) for line in content.decode("ascii").splitlines())
    except TypeError as error:
        raise ValueError("a line is not a sidecar") from error


def client_file(number: int) -> str:
    """The name of a client's state in the point."""
    return f"client-{number}.json"


def torrent_file(number: int, hash_: str) -> str:
    """The name of a .torrent file in the point."""
    return f"client-{number}/{hash_}.torrent"


def encode_client(state: ClientState) -> bytes:
    """A client's state as JSON."""
    return json.dumps(asdict(state), ensure_ascii=True, indent=1).encode("ascii")


def decode_client(content: bytes) -> ClientState:
    """The inverse. Raises ValueError."""
    raw = json.loads(content)
    try:
        torrents = dict(_marks(raw["torrents"]))
        return ClientState(raw["name"], raw["version"], dict(raw["categories"]), tuple(raw["tags"]), torrents)
    except (TypeError, KeyError) as error:
        raise ValueError("it is not the state of a client") from error


def _marks(raw: dict[str, Any]) -> Iterator[tuple[str, TorrentMark]]:
    for hash_, entry in raw.items():
        yield hash_, TorrentMark(**{**entry, "tags": tuple(entry["tags"])})
