"""Draws docs/demo.svg, the picture of the terminal in README.md, from what `mamctl demo` really prints."""

from __future__ import annotations

import re
import subprocess
import sys
from io import StringIO
from pathlib import Path

from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console
from rich.text import Text

_COLUMNS = 112
_SHOWN = slice(2, 36)
_STYLES = (
    (r"^━━ .*", "bold"),
    (r"^\$ .*", "bold cyan"),
    (r"^▸ .*", "green"),
    (r"^! .*", "yellow"),
    (r"^… .*", "bright_black"),
)


def main() -> None:
    """Play the demo, and draw its first half; no font is loaded from elsewhere."""
    played = subprocess.run(
        [sys.executable, "-m", "mamctl", "demo"], capture_output=True, text=True, check=True, timeout=120
    )
    console = Console(record=True, width=_COLUMNS, file=StringIO(), force_terminal=True)
    for line in played.stdout.splitlines()[_SHOWN]:
        text = Text(line, no_wrap=True, overflow="ellipsis")
        for pattern, style in _STYLES:
            text.highlight_regex(pattern, style)
        console.print(text)
    page = re.sub(r"@font-face \{\{.*?\}\}\s*|<!-- .*? -->\s*", "", CONSOLE_SVG_FORMAT, flags=re.DOTALL)
    picture = console.export_svg(title="mamctl demo", code_format=page.replace("Fira Code", "DejaVu Sans Mono"))
    Path(__file__).with_name("demo.svg").write_text(picture, encoding="utf-8")


if __name__ == "__main__":
    main()
