"""HTML made of elements: a text is escaped where it is put into one, and no element is left open."""

from __future__ import annotations


class Html(str):
    """What is HTML already; every other text is escaped."""

    __slots__ = ()


# Here, for `html.escape` comes with the table of all entities, which takes as long to read as the page to be made.
_ESCAPED = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "'": "&#39;", '"': "&#34;"})


def escape(text: str) -> str:
    """The text as it stands in HTML, between tags as well as in an attribute."""
    return text if isinstance(text, Html) else text.translate(_ESCAPED)


def element(name: str, *content: str, **attributes: str | None) -> Html:
    """An element on one line. Attributes that are None are left out; `class_` is class, `aria_label` aria-label."""
    return Html(f"<{name}{_attributes(attributes)}>{''.join(map(escape, content))}</{name}>")


def block(name: str, *content: str, **attributes: str | None) -> Html:
    """An element with each part of its content on lines of their own."""
    return Html(f"<{name}{_attributes(attributes)}>\n{lines(*content)}</{name}>")


def lines(*content: str) -> Html:
    """Parts below each other, the last with the end of its line."""
    return Html("".join(f"{escape(part)}\n" for part in content))


def _attributes(given: dict[str, str | None]) -> str:
    return "".join(
        f' {name.rstrip("_").replace("_", "-")}="{escape(value)}"' for name, value in given.items() if value is not None
    )
