"""Answers kept on disk (hishel's SQLite storage), whatever the server's caching headers say; negative ones too.

hishel's own transport decides before the content is known. Here the caller decides, because a catalogue may say
"Invalid API key" with status 200, and such an answer must not be kept for a day.
"""

from __future__ import annotations

import logging
import zlib
from datetime import datetime
from pathlib import Path

from mamctl.adapters.catalogues.answer import Answer
from mamctl.adapters.catalogues.disk import prepare_file

_KEEP_SECONDS = 60 * 86400.0  # how long an old answer can still stand in for a catalogue that is down
_FETCHED = "x-fetched-at"
_MAX_BYTES = 512 * 1024**2


class AnswerCache:
    """One file with answers by key. Keys are digests, and neither addresses nor request headers are kept."""

    def __init__(self, path: Path) -> None:
        from hishel import SqliteStorage

        # A cache that cannot be written is no failure, and hishel would print a trace for each answer.
        logging.getLogger("hishel").setLevel(logging.CRITICAL)
        prepare_file(path)
        self._storage = SqliteStorage(database_path=path, default_ttl=_KEEP_SECONDS, max_size=_MAX_BYTES)

    def recall(self, key: str) -> Answer | None:
        """The newest answer under the key."""
        found = [entry.response for entry in self._storage.get_entries(key)]
        answers = [
            Answer(
                response.status_code,
                zlib.decompress(b"".join(response.stream or ())),  # type: ignore[arg-type]
                datetime.fromisoformat(response.headers[_FETCHED]),
                response.headers.get("content-type") or "",
                from_cache=True,
            )
            for response in found
        ]
        return max(answers, key=lambda answer: answer.fetched_at, default=None)

    def remember(self, key: str, answer: Answer) -> None:
        """Keep the answer instead of any older one under the key."""
        from hishel import Headers, Request, Response

        for entry in self._storage.get_entries(key):
            self._storage.remove_entry(entry.id)
        headers = Headers({"content-type": answer.content_type, _FETCHED: answer.fetched_at.isoformat()})
        response = Response(answer.status, headers, iter((zlib.compress(answer.body, 1),)))
        entry = self._storage.create_entry(Request("GET", "catalogue:"), response, key)
        for _ in entry.response.stream or ():  # type: ignore[union-attr]
            pass

    def close(self) -> None:
        """Close the file."""
        self._storage.close()
