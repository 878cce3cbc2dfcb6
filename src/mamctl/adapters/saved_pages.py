"""Web pages on disk: those that you saved, and the redacted copies of pages that could not be read."""

from __future__ import annotations

import hashlib
import re
import stat
from pathlib import Path

from mamctl.adapters.private_files import write_private
from mamctl.errors import MamctlError, ShapeChangedError, UsageError

LARGEST = 8 * 1024**2  # bytes; the site's largest page has some hundred KiB
_SAVE_AGAIN = "save the page again from the browser, as HTML"


def read_saved_page(path: Path) -> str:
    """The text of a saved page. Raises UsageError for no file, ShapeChangedError for one that is not HTML text."""
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):
            raise UsageError(f"{path}: not a file", subject=str(path), remedy="name the saved page itself")
        if found.st_size > LARGEST:
            raise _unfit(path, "page_too_large", f"{found.st_size / 1024**2:,.0f} MiB, far too large for a page")
        raw = path.read_bytes()
    except FileNotFoundError:
        raise UsageError(
            f"{path}: there is no such file", subject=str(path), remedy="check the name", code="page_missing"
        ) from None
    except OSError as error:
        raise MamctlError(
            f"{path}: cannot be read: {error.strerror}",
            subject=str(path),
            remedy="check its owner and permissions",
            code="page_unreadable",
        ) from None
    return _text(path, raw)


def _text(path: Path, raw: bytes) -> str:
    if not raw.strip():
        raise _unfit(path, "page_empty", "empty")
    if raw.startswith(b"From: <Saved by") or b"\nContent-Type: multipart/related" in raw[:2000]:
        raise _unfit(path, "page_is_mhtml", "a web archive in one file", "save the page as HTML, not as single file")
    if b"\0" in raw:
        raise _unfit(path, "page_binary", "not text")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _unfit(path, "page_not_utf8", f"not UTF-8 text (byte {error.start})") from None


def _unfit(path: Path, code: str, found: str, remedy: str = _SAVE_AGAIN) -> ShapeChangedError:
    return ShapeChangedError(f"{path}: {found}", subject=str(path), remedy=remedy, code=code)


def keep_copy(folder: Path, source: str, html: str) -> Path:
    """Keep a redacted page, 0600; a source has one copy, the newest. Raises OSError."""
    stem = re.sub(r"\W+", "-", Path(source).stem, flags=re.ASCII).strip("-")[:40] or "page"
    path = folder / f"{stem}-{hashlib.sha256(source.encode('utf-8', 'surrogateescape')).hexdigest()[:8]}.html"
    write_private(path, html)
    return path
