"""What a client asked to be remembered between two passes: a private file beside the store, for it opens the client."""

from __future__ import annotations

import contextlib
import os
import re
from hashlib import sha256
from pathlib import Path


class ClientMemory:
    """One file a client in the folder `clients` beside the store. It is a cache: losing it costs one full answer."""

    def __init__(self, store_path: Path, *, dry_run: bool = False) -> None:
        self._folder = store_path.parent / "clients"
        self._dry_run = dry_run
        self._held: dict[str, bytes] = {}

    def recall(self, client: str) -> bytes | None:
        """What was kept last; None when there is nothing to be read."""
        if client in self._held:
            return self._held[client]
        try:
            return self._path(client).read_bytes()
        except OSError:
            return None

    def keep(self, client: str, remembered: bytes) -> None:
        """Replace what was kept, readable by its owner only. A dry run keeps it for itself."""
        self._held[client] = remembered
        if self._dry_run:
            return
        with contextlib.suppress(OSError):
            self._write(self._path(client), remembered)

    def recall_refusal(self, client: str) -> bytes | None:
        """What was noted of a login that the client refused; None when there is nothing to be read."""
        try:
            return self._path(client, "refused").read_bytes()
        except OSError:
            return None

    def keep_refusal(self, client: str, note: bytes | None) -> None:
        """Replace the note, or take it away. A dry run keeps it as well: its failed login counts like any other."""
        path = self._path(client, "refused")
        with contextlib.suppress(OSError):
            if note is None:
                path.unlink(missing_ok=True)
            else:
                self._write(path, note)

    def _write(self, path: Path, remembered: bytes) -> None:
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        beside = path.with_name(f"{path.name}.{os.getpid()}.part")
        beside.unlink(missing_ok=True)
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(remembered)
            beside.replace(path)
        finally:
            beside.unlink(missing_ok=True)

    def _path(self, client: str, kind: str = "session") -> Path:
        """A name that is no plain word is told apart by a digest."""
        plain = re.sub(r"[^A-Za-z0-9_-]", "_", client)[:40]
        mark = "" if plain == client else "-" + sha256(client.encode("utf-8", "surrogatepass")).hexdigest()[:8]
        return self._folder / f"{plain}{mark}.{kind}"
