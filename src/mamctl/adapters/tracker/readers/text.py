"""A page's words as lines under headings, for keeping, hashing and comparing."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from mamctl.domain.redaction import redact
from mamctl.domain.site.pages import TextSection

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

_SILENT = frozenset({"script", "style", "noscript", "template", "textarea", "select", "option", "head", "button"})
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_BLOCKS = frozenset(_HEADINGS) | {
    *("address", "article", "aside", "blockquote", "body", "br", "caption", "center", "dd", "details", "div", "dl"),
    *("dt", "fieldset", "figure", "footer", "form", "header", "hr", "legend", "li", "main", "nav", "ol", "p", "pre"),
    *("section", "summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul"),
}
_DEEPEST = 200  # ancestors looked at; no page nests deeper, and a hostile one must not take for ever


def read_sections(root: LexborNode, names: Iterable[str] = ()) -> tuple[TextSection, ...]:
    """The words below `root` in reading order, cut at headings; empty pieces are left out. `names` are removed."""
    hide = _hider(names)
    sections: list[TextSection] = []
    level, title, anchor, lines = 0, "", None, list[str]()
    for block, text in _blocks(root):
        clean = hide(text)
        if block is not None and block.tag in _HEADINGS:
            sections.append(TextSection(level, title, anchor, tuple(lines)))
            level, title, anchor, lines = _HEADINGS[block.tag], clean, _anchor(block), []
        elif clean:
            lines.append(f"- {clean}" if block is not None and block.tag == "li" else clean)
    sections.append(TextSection(level, title, anchor, tuple(lines)))
    return tuple(part for part in sections if part.title or part.lines)


def text_of(sections: Iterable[TextSection]) -> str:
    """The sections as one text, a line for each line of the page, ready to be compared."""
    lines: list[str] = []
    for part in sections:
        if part.title:
            lines += ["", "#" * part.level + " " + part.title]
        lines += part.lines
    return "\n".join(lines).strip() + "\n"


def sha256_of(text: str) -> str:
    """The fingerprint that changes with the text."""
    return hashlib.sha256(text.encode("utf-8", errors="surrogatepass")).hexdigest()


def _blocks(root: LexborNode) -> Iterator[tuple[LexborNode | None, str]]:
    """Runs of text with the block they stand in: a line ends where the block changes or a new one begins."""
    run: list[str] = []
    inside: LexborNode | None = None
    for node in root.traverse(include_text=True):
        if node.is_text_node:
            block = _block_of(node)
            if block is not None and block.tag in _SILENT:
                continue
            if _differ(block, inside):
                yield from _flush(inside, run)
                run, inside = [], block
            run.append(node.text(deep=False))
        elif node.tag in _BLOCKS:
            yield from _flush(inside, run)
            run = []
    yield from _flush(inside, run)


def _flush(block: LexborNode | None, run: list[str]) -> Iterator[tuple[LexborNode | None, str]]:
    line = " ".join("".join(run).split())
    if line:
        yield block, line


def _block_of(node: LexborNode) -> LexborNode | None:
    """The nearest ancestor that makes a line, or that is silent."""
    ancestor = node.parent
    for _ in range(_DEEPEST):
        if ancestor is None or ancestor.tag in _BLOCKS or ancestor.tag in _SILENT:
            return ancestor
        ancestor = ancestor.parent
    return None


def _differ(one: LexborNode | None, other: LexborNode | None) -> bool:
    if one is None or other is None:
        return one is not other
    return one.mem_id != other.mem_id


def _anchor(heading: LexborNode) -> str | None:
    if heading.attributes.get("id"):
        return heading.attributes["id"]
    inner = heading.css_first("a[name], a[id]")
    return (inner.attributes.get("name") or inner.attributes.get("id")) if inner is not None else None


def _hider(names: Iterable[str]) -> Callable[[str], str]:
    """Removes from a line what identifies a member."""
    known = sorted({name for name in names if name}, key=len, reverse=True)
    pattern = re.compile("|".join(rf"(?<!\w){re.escape(name)}(?!\w)" for name in known)) if known else None
    return lambda text: pattern.sub("[name]", redact(text)) if pattern else redact(text)
