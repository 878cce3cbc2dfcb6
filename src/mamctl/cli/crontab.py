"""mamctl's block of lines in a crontab, which never disturbs a person's own lines."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

BEGIN = "# mamctl: begin (written by `mamctl cron install`; what you change between these marks is lost)"
END = "# mamctl: end"


@dataclass(frozen=True, slots=True)
class Line:
    """One crontab line and what it is for."""

    schedule: str
    command: str
    purpose: str


def render_block(lines: Iterable[Line]) -> list[str]:
    """The block; a "%" is escaped, because cron would take it for a line break."""
    body = [text for line in lines for text in (f"# {line.purpose}", f"{line.schedule} {_escaped(line.command)}")]
    return [BEGIN, *body, END]


def merge_block(crontab: str, block: list[str]) -> str:
    """The crontab with the block in the place of an earlier one, or at its end; all other lines as they were."""
    lines = crontab.splitlines()
    if BEGIN in lines and END in lines[lines.index(BEGIN) :]:
        start = lines.index(BEGIN)
        stop = lines.index(END, start)
        lines[start : stop + 1] = block
    else:
        lines += block
    return "\n".join(lines) + "\n"


def _escaped(command: str) -> str:
    return command.replace("\\%", "%").replace("%", "\\%")
