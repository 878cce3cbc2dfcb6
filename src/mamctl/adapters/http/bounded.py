"""One exchange with a catalogue's server, bounded in size, time and reach, whatever the server sends."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING

from mamctl.adapters.catalogues.answer import changed
from mamctl.adapters.catalogues.call import Call, address_of, headers_of

if TYPE_CHECKING:
    import httpx

LARGEST = 8 * 1024**2  # bytes of an answer when unpacked; no honest one comes near
ENCODINGS = "gzip, deflate"
_HOPS = 3


class UnreadableAnswerError(Exception):
    """An answer that is not read to its end; the text says why."""


def exchange(client: httpx.Client, call: Call, is_late: Callable[[], bool]) -> tuple[int, Mapping[str, str], bytes]:
    """Status, headers and body. `is_late` says when the whole has taken too long; `client` follows no redirects.

    Redirects are followed within the site only. Raises UnreadableAnswerError, CatalogueUnavailableError for a way to
    somebody else, and httpx's errors.
    """
    method = "POST" if call.body is not None else "GET"
    content = (call.body or "").encode() or None
    request = client.build_request(method, address_of(call), headers=headers_of(call), content=content)
    for _ in range(_HOPS + 1):
        response = client.send(request, stream=True)
        try:
            if response.next_request is None:
                unpack = _unpacker(response.headers.get("content-encoding", ""))
                return response.status_code, response.headers, _read(response.iter_raw(), unpack, is_late)
            if not _is_same_site(request.url, response.next_request.url):
                raise changed(call.catalogue, "it sends us to another site")
            request = response.next_request
        finally:
            response.close()
    raise UnreadableAnswerError(f"more than {_HOPS} redirects")


def _is_same_site(here: httpx.URL, there: httpx.URL) -> bool:
    """Whether a redirect stays with the server that was asked, and stays as private as it was."""
    if here.host.removeprefix("www.") != there.host.removeprefix("www."):
        return False
    upgrade = (here.scheme, there.scheme) == ("http", "https") and here.port is None and there.port is None
    return upgrade or (here.scheme, here.port) == (there.scheme, there.port)


def _unpacker(encoding: str) -> Callable[[bytes, int], bytes] | None:
    """Unpacks a piece to at most so many bytes; None where nothing is packed."""
    kind = encoding.strip().lower()
    if kind in {"", "identity"}:
        return None
    if kind not in {"gzip", "x-gzip", "deflate"}:  # packed twice, a small answer can grow without end
        raise UnreadableAnswerError("an answer in an encoding that was not asked for")
    return zlib.decompressobj(47).decompress  # either header is recognised


def _read(pieces: Iterable[bytes], unpack: Callable[[bytes, int], bytes] | None, is_late: Callable[[], bool]) -> bytes:
    body = bytearray()
    try:
        for piece in pieces:
            body += piece if unpack is None else unpack(piece, LARGEST + 1 - len(body))
            if len(body) > LARGEST:
                raise UnreadableAnswerError(f"an answer of more than {LARGEST} bytes")
            if is_late():
                raise UnreadableAnswerError("an answer that does not come to its end")
    except zlib.error as error:
        raise UnreadableAnswerError("an answer that cannot be unpacked") from error
    return bytes(body)
