"""The body of an answer, unpacked as it comes and bounded, whatever library brings its pieces."""

from __future__ import annotations

import zlib
from collections.abc import Iterable

ENCODING = "gzip"  # what is asked for
_EITHER = 47  # zlib's word for its own header or gzip's
_GZIP = b"\x1f\x8b"


class UnreadableBodyError(Exception):
    """A body that is not read to its end; the text says why, without a word of the body."""


class TooLargeBodyError(UnreadableBodyError):
    """A body of more bytes than are read."""


def read_body(pieces: Iterable[bytes], encoding: str, largest: int) -> bytes:
    """The whole body, at most `largest` bytes when unpacked; `encoding` is its Content-Encoding.

    Hand the pieces in as they come: collecting larger parts would outwait the clock. Raises TooLargeBodyError,
    UnreadableBodyError, and what the pieces raise.
    """
    kind = encoding.strip().lower()
    if kind not in {"", "identity", "gzip", "x-gzip", "deflate"}:  # packed twice, a small answer grows without end
        raise UnreadableBodyError("an answer in an encoding that was not requested")
    unpack = None if kind in {"", "identity"} else zlib.decompressobj(_EITHER)
    body = bytearray()
    try:
        for piece in pieces:
            body += piece if unpack is None else unpack.decompress(piece, largest + 1 - len(body))
            while unpack is not None and unpack.unused_data.startswith(_GZIP) and len(body) <= largest:
                rest, unpack = unpack.unused_data, zlib.decompressobj(_EITHER)  # a packed body of several parts
                body += unpack.decompress(rest, largest + 1 - len(body))
            if len(body) > largest:
                raise TooLargeBodyError(f"an answer of more than {largest // 1024} KiB")
            if unpack is not None and len(unpack.unused_data) >= len(_GZIP):
                break  # what follows the end of a packed body is not part of it, and may have no end
    except zlib.error:
        raise UnreadableBodyError("an answer that cannot be decompressed") from None
    if unpack is not None and body and not unpack.eof:
        raise UnreadableBodyError("a compressed answer that ends too early")
    return bytes(body)
