"""Reads the small part of YAML that metadata.yml files use: keys, texts, lists, and blocks of text."""

from __future__ import annotations

import re

_KEY = re.compile(r"(?P<key>[^\s:#'\"\-][^:#]{0,60}):(?:\s+(?P<value>.*))?")
_ITEM = re.compile(r"\s*-\s+(?P<value>.*)")


def parse_plain_yaml(text: str) -> dict[str, list[str]]:
    """Top-level keys with their values; what is nested deeper counts as text. Never raises."""
    found: dict[str, list[str]] = {}
    key, block = "", False
    for line in text.splitlines():
        top = _KEY.fullmatch(line.rstrip())
        if top:
            key, value = top["key"].strip(), (top["value"] or "").strip()
            block = value[:1] in {"|", ">"}
            found[key] = [] if block or not value else _values(value)
        elif not key or (line.strip() in {"", "---", "..."} and not block):
            continue
        elif (item := _ITEM.fullmatch(line)) and not block:
            found[key].append(_unquote(item["value"]))
        elif line.startswith((" ", "\t")) or not line.strip():
            found[key] = ["\n".join([*found[key], line.strip()])] if block else [*found[key], _unquote(line)]
    return {name: [value.strip() for value in values if value.strip()] for name, values in found.items()}


def _values(text: str) -> list[str]:
    if text.startswith("[") and text.endswith("]"):
        return [_unquote(part) for part in text[1:-1].split(",")]
    return [_unquote(text)]


def _unquote(text: str) -> str:
    text = text.strip()
    if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'":
        return text[1:-1].replace("''", "'") if text[0] == "'" else text[1:-1].replace('\\"', '"')
    text = re.sub(r"\s+#.*$", "", text)
    return "" if text in {"null", "~"} else text
