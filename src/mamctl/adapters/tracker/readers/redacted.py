"""A copy of a page that may be kept for repair: its structure whole, its member unrecognisable."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mamctl.adapters.documents import MOST_TAGS, decode_html
from mamctl.adapters.tracker.readers.page import words
from mamctl.domain.redaction import redact
from mamctl.domain.secret import mask_secrets
from mamctl.regex import regex

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser

_SCRIPT = regex(r"<script\b.*?(?:</script\s*>|\Z)", re.IGNORECASE | re.DOTALL)
_COMMENT = regex(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_INPUT = regex(r"<input\b[^>]*>", re.IGNORECASE)
_FREE_VALUE = regex(r"""(\bvalue\s*=\s*)("[^"]*"|'[^']*'|[^\s>]+)""", re.IGNORECASE)
_HARMLESS_VALUE = regex(r"""["']?(?:[\w.]{0,11}[A-Za-z][\w.]{0,11}|\d{1,4})?["']?""", re.ASCII)
# The links whose query is a credential or a member's number; the rest of a query is structure worth keeping.
_PRIVATE_QUERY = regex(
    r"""(?<![a-z_])((?:id|uid|user|userid|passkey|key|pass|hash|token|t|a|j|dl|mam_id)=)[^&"'\s<>#]+""", re.IGNORECASE
)
_HREF = regex(r"""(\b(?:href|src|action)\s*=\s*)("[^"]*"|'[^']*'|[^\s>]+)""", re.IGNORECASE)


def redact_html(html: str) -> str:
    """The page without member names and numbers, keys, hashes, hidden values, addresses, scripts and comments.

    Of one with far too many tags for a page, its beginning.
    """
    html = mask_secrets(html)  # whole, before anything is taken out of one
    if html.count("<") > MOST_TAGS:
        html = html[:MOST_TAGS]
    names = member_names(decode_html(html))
    html = _COMMENT.sub("", _SCRIPT.sub("<script></script>", html))
    html = _INPUT.sub(_without_value, html)
    html = _HREF.sub(lambda match: match[1] + _PRIVATE_QUERY.sub(r"\1[removed]", match[2]), html)
    html = redact(html)
    for name in sorted(names, key=len, reverse=True):
        html = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", "[name]", html)
    return html


def member_names(tree: LexborHTMLParser) -> set[str]:
    """The names of all members that the page links to, and their numbers."""
    found: set[str] = set()
    for link in tree.css('a[href*="/u/"], #tmUS'):
        number = re.search(r"/u/(\d+)", link.attributes.get("href") or "")
        found |= {words(link), number[1] if number else ""}
    return {name for name in found if len(name) > 1}


def _without_value(match: re.Match[str]) -> str:
    """Hidden and typed values go; what a check box or a select stands for stays where it is a short word."""
    hidden = re.search(r"type\s*=\s*[\"']?(hidden|password|text|email)", match[0], re.IGNORECASE)

    def keep_or_not(value: re.Match[str]) -> str:
        keep = not hidden and _HARMLESS_VALUE.fullmatch(value[2])
        return value[0] if keep else value[1] + '"[removed]"'

    return _FREE_VALUE.sub(keep_or_not, match[0])
