"""mamctl's block of lines in a crontab; every other line passes through untouched, byte for byte."""

from __future__ import annotations

import re
from collections.abc import Iterable

from mamctl.cli.lazy import TREE
from mamctl.dataclass import dataclass
from mamctl.errors import MamctlError
from mamctl.regex import regex

BEGIN = "# mamctl: begin (written by `mamctl cron install`; what you change between these marks is lost)"
END = "# mamctl: end"
_MARK = regex(r"\s*#\s*mamctl:\s*(begin|end)\b.*", re.DOTALL)
_JOB = regex(r"(@[a-z]+|(\S+[ \t]+){4}\S*[\d*]\S*)[ \t]+\S.*")
_ASSIGNMENT = regex(r"""\s*(["']?)([A-Za-z_]\w*)\1\s*=\s*(["']?)(.*?)\3\s*""", re.ASCII)
_OURS = regex(rf"mamctl['\"]?[ \t]+({'|'.join(TREE)})\b")
# Cron's kinds disagree on a backslash before one of these: some drop it and some keep it.
_DISPUTED = regex(r"\\[%\\]")
_CONTROL = regex(r"[\x00-\x1f\x7f]")


class CrontabBlockError(MamctlError):
    """The marks around mamctl's block do not stand as `cron install` writes them; nothing was changed."""

    code = "crontab_marks"


@dataclass(frozen=True, slots=True)
class Line:
    """One crontab line and what it is for."""

    schedule: str
    command: str
    purpose: str


def render_block(lines: Iterable[Line]) -> list[str]:
    """The block. A "%" is escaped, because cron would take it for a line break.

    Raises MamctlError for a command that no crontab can hold.
    """
    body = [text for line in lines for text in (f"# {line.purpose}", f"{line.schedule} {_escaped(line.command)}")]
    return [BEGIN, *body, END]


def find_block(crontab: str) -> tuple[str, ...] | None:
    """The lines of mamctl's block, marks included; None where there is none. Raises CrontabBlockError."""
    lines = crontab.split("\n")
    span = _span(lines)
    return None if span is None else tuple(lines[span])


def merge_block(crontab: str, block: list[str]) -> str:
    """The crontab with the block in the place of an earlier one, or at its end; all other lines as they were.

    Raises CrontabBlockError where it is not certain which lines are mamctl's.
    """
    lines = _lines(crontab)
    span = _span(lines)
    if span is None:
        lines += block
    else:
        _refuse_strangers(lines[span])
        lines[span] = block
    return "\n".join(lines) + "\n"


def remove_block(crontab: str) -> str:
    """The crontab without mamctl's block: what it was before the block came. Raises CrontabBlockError."""
    lines = _lines(crontab)
    span = _span(lines)
    if span is None:
        return crontab
    _refuse_strangers(lines[span])
    del lines[span]
    return "".join(f"{line}\n" for line in lines)


def lines_outside(crontab: str) -> tuple[str, ...]:
    """The jobs of mamctl that stand outside its block, as you wrote them. Raises CrontabBlockError."""
    lines = _lines(crontab)
    span = _span(lines)
    if span is not None:
        del lines[span]
    return tuple(line.strip() for line in lines if not line.lstrip().startswith("#") and _OURS.search(line))


def assignments(crontab: str) -> dict[str, str]:
    """The variables that the crontab sets for the lines of mamctl's block: those above it. Raises CrontabBlockError."""
    lines = _lines(crontab)
    span = _span(lines)
    above = lines[: span.start] if span is not None else lines
    found = (_ASSIGNMENT.fullmatch(line) for line in above)
    return {match[2]: match[4] for match in found if match}


def _lines(crontab: str) -> list[str]:
    """Split at the line feed alone: cron knows no other end of a line."""
    return crontab.removesuffix("\n").split("\n") if crontab else []


def _span(lines: list[str]) -> slice | None:
    """Where the block stands, marks included."""
    marks = [(number, match[1]) for number, line in enumerate(lines) if (match := _MARK.fullmatch(line))]
    kinds = [kind for _, kind in marks]
    if not marks:
        return None
    if kinds == ["begin", "end"]:
        return slice(marks[0][0], marks[1][0] + 1)
    if kinds.count("begin") > 1:
        found = f"{kinds.count('begin')} lines begin mamctl's block"
    elif "end" not in kinds:
        found = "mamctl's block begins but does not end"
    else:
        found = "mamctl's block ends before it begins"
    numbers = ", ".join(str(number + 1) for number, _ in marks)
    raise CrontabBlockError(
        f"{found} (line {numbers} of the crontab); nothing was changed",
        subject="crontab",
        remedy=f"run crontab -e: leave one line '# mamctl: begin' and behind it one '{END}', or remove all of them",
    )


def _refuse_strangers(block: list[str]) -> None:
    """Raises CrontabBlockError for a job or a setting inside the marks that is not mamctl's."""
    for line in block[1:-1]:
        text = line.strip().lstrip("#").strip()
        strange = _JOB.fullmatch(text) or (_ASSIGNMENT.fullmatch(line) and not line.lstrip().startswith("#"))
        if strange and not _OURS.search(text):
            raise CrontabBlockError(
                f"a line between mamctl's marks is not mamctl's: {line.strip()[:120]}; nothing was changed",
                subject="crontab",
                remedy="move it above '# mamctl: begin' or below '# mamctl: end' with crontab -e",
            )


def _escaped(command: str) -> str:
    if _CONTROL.search(command) or _DISPUTED.search(command):
        found = "a line break or another control character" if _CONTROL.search(command) else r"\% or \\ "
        raise MamctlError(
            f"a path in the crontab's line contains {found.strip()}, which a crontab cannot contain",
            subject="crontab",
            remedy="rename the folder that mamctl, its configuration or its store lies in",
        )
    return command.replace("%", "\\%")
