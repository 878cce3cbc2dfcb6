"""Text from the tracker made safe to show or keep: no names, ids, keys, addresses or tokens."""

from __future__ import annotations

import ipaddress
import re

from mamctl.domain.secret import mask_secrets
from mamctl.regex import regex

_IPV4 = regex(r"(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?![\d.])", re.ASCII)
_IPV6 = regex(r"(?<![\w:.])[0-9a-f]{0,4}:[0-9a-f:]{1,37}(?![\w:])", re.ASCII | re.IGNORECASE)
_EMAIL = regex(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}")
_COOKIE = regex(r"\b(mam_id|uid|passkey|password|token|dl)\b([\"']?\s*[=:]\s*[\"']?)[^\s;&\"'<>,}]+", re.IGNORECASE)
_HASH_LINK = regex(r"(download\.php/)[^\s?\"'<>/]+", re.IGNORECASE)
_USER_LINK = regex(r"(/u/)\d+")
# A word of 20 or more with digits among its letters is a key of some kind: no prose has one.
_TOKEN = regex(r"(?<![\w%+/=-])(?=[A-Za-z_%+/=-]*\d)(?=[\d_%+/=-]*[A-Za-z])[\w%+=-]{20,}", re.ASCII)
# The word that a masked secret stands in: what is left of it may be the rest of a longer one.
_MASKED_WORD = regex(r"(?<![\w%+-])[\w%+-]*+\*\*\*[\w%+*=-]*+", re.ASCII)
_TAG = regex(r"<(script|style)\b.*?</\1\s*>|<[^>]*>", re.IGNORECASE | re.DOTALL)
_CONTROL = regex(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]+")


def redact(text: str) -> str:
    """The text without what identifies a member or opens an account, this process's secrets first."""
    text = _MASKED_WORD.sub("***", mask_secrets(text))
    for pattern, instead in (
        (_COOKIE, r"\1\2[removed]"),
        (_HASH_LINK, r"\1[removed]"),
        (_USER_LINK, r"\g<1>0"),
        (_EMAIL, "[email]"),
        (_IPV4, "[address]"),
        (_TOKEN, "[token]"),
    ):
        text = pattern.sub(instead, text)
    return _IPV6.sub(_without_address, text)


def _without_address(match: re.Match[str]) -> str:
    try:
        ipaddress.IPv6Address(match[0])
    except ValueError:
        return match[0]  # the time of day has colons too
    return "[address]"


def excerpt(text: str, longest: int = 120) -> str:
    """One redacted line of plain text for a message; "" when there is none."""
    plain = _TAG.sub(" ", text[: 50 * longest])
    line = redact(" ".join(_CONTROL.sub(" ", mask_secrets(plain)).split()))
    return line if len(line) <= longest else line[: longest - 1].rstrip() + "…"
