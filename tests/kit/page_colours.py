"""The colours of the report's style sheet, and how legible they are on each other by the formula of WCAG 2."""

from __future__ import annotations

import re
from importlib.resources import files

_SURFACES = ("paper", "surface")


def schemes() -> list[dict[str, str]]:
    """The colours of each scheme, in the order of the style sheet: light, dark, print."""
    style = files("mamctl.output.page").joinpath("style.css").read_text(encoding="utf-8")
    blocks = re.findall(r":root \{(.*?)\}", style, re.DOTALL)
    return [dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", block)) for block in blocks]


def pairs() -> list[tuple[str, str, float]]:
    """Ink, what it stands on, and the least contrast: 4.5 for text, 3 for curves, bars and marks."""
    found = [
        (ink, paper, least) for paper in _SURFACES for ink, least in (("ink", 7.0), ("muted", 4.5), ("accent", 4.5))
    ]
    found += [(ink, paper, 3.0) for paper in _SURFACES for ink in ("good", "warn", "bad")]
    found += [("ink", "track", 4.5), ("accent", "track", 3.0), ("warn", "track", 3.0), ("muted", "track", 3.0)]
    found += [("bad", "track", 3.0)]
    return [*found, *(("accent", f"{tint}-tint", 3.0) for tint in ("bad", "good", "warn", "accent"))]


def contrast(one: str, other: str) -> float:
    """1 to 21."""
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: str) -> float:
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
