"""The practice client's downloads: adding a torrent file, what is in it, and its content landing on the disk."""

from __future__ import annotations

import hashlib
import shutil
from email import message_from_bytes
from email.message import Message
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mamctl.domain.json_values import Json
from mamctl.practice.client.state import Torrent

if TYPE_CHECKING:
    from mamctl.practice.client.state import ClientWorld
    from mamctl.practice.web import Request


def read_form(request: Request) -> dict[str, Json]:
    """The fields of a form with files in it; a file is its bytes."""
    kind = request.headers.get("content-type", "")
    if not kind.startswith("multipart/form-data"):
        return request.readable_fields
    whole: Message = message_from_bytes(b"Content-Type: " + kind.encode() + b"\r\n\r\n" + request.body)
    found: dict[str, Json] = {}
    for part in whole.get_payload() if whole.is_multipart() else ():
        if not isinstance(part, Message):
            continue
        name = str(part.get_param("name", header="content-disposition") or "")
        content = part.get_payload(decode=True)
        assert isinstance(content, bytes)
        found[name] = content if part.get_filename() else content.decode("utf-8", "replace")
    return found


def add_torrent(world: ClientWorld, fields: dict[str, Json]) -> bool:
    """Add a torrent file; False when it is there already. ValueError when it is none."""
    from bencode2 import BencodeDecodeError, bdecode, bencode

    content = next((value for value in fields.values() if isinstance(value, bytes)), b"")
    try:
        decoded: Any = bdecode(content)
        info = decoded[b"info"]
        name = info[b"name"].decode()
    except (BencodeDecodeError, KeyError, TypeError, ValueError) as error:
        raise ValueError("not a torrent file") from error
    digest = hashlib.sha1(bencode(info), usedforsecurity=False).hexdigest()
    if digest in world.torrents:
        return False
    files = _files(info, name)
    hashes = info.get(b"pieces", b"")
    size = sum(length for _, length in files)
    torrent = Torrent(
        name,
        size,
        left=size,
        category=str(fields.get("category", "")),
        tags={tag.strip() for tag in str(fields.get("tags", "")).split(",") if tag.strip()},
        trackers=[decoded[b"announce"].decode()],
        private=info.get(b"private") == 1,
        stopped=str(fields.get("stopped", fields.get("paused", "false"))).lower() == "true",
        down_rate=world.swarm_rate,
        hash=digest,
        files=files,
        save_path=str(fields.get("savepath") or world.save_path),
        added_at=world.clock(),
        piece_size=info.get(b"piece length", 0),
        pieces=[hashes[at : at + 20].hex() for at in range(0, len(hashes), 20)],
    )
    world.add(torrent)
    return True


def land(world: ClientWorld, torrent: Torrent) -> None:
    """A torrent that has become whole: its content lies at its save path, where the world has it."""
    source = world.contents.get(torrent.name)
    target = Path(torrent.save_path) / torrent.name
    if source is None or target.exists():
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, target)
    else:
        shutil.copyfile(source, target)


def _files(info: dict[bytes, Any], name: str) -> list[tuple[str, int]]:
    if b"length" in info:
        return [(name, info[b"length"])]
    return [("/".join([name, *(part.decode() for part in file[b"path"])]), file[b"length"]) for file in info[b"files"]]
