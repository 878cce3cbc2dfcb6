"""A file of lines as a crontab has them, each with a command of mamctl, for `mamctl run`."""

from __future__ import annotations

import shlex
from pathlib import Path

from mamctl.cli.cron.lines import task_of
from mamctl.domain.schedule import parse_schedule
from mamctl.errors import ConfigInvalidError
from mamctl.jobs.scheduler import Entry
from mamctl.regex import regex

_LINE = regex(r"(@\w+|(?:\S+\s+){4}\S+)\s+(.*)")
_ASSIGNMENT = regex(r"\w+\s*=.*")


def read_own_lines(path: Path) -> tuple[Entry, ...]:
    """Each line's schedule and the words after `mamctl`. Raises ConfigInvalidError, which names every faulty line."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise _invalid(path, f"it cannot be read: {getattr(error, 'strerror', None) or 'it is not text'}") from None
    entries: list[Entry] = []
    faults: list[str] = []
    for number, line in enumerate(map(str.strip, lines), 1):
        if not line or line.startswith("#"):
            continue
        entry = _entry(line)
        if isinstance(entry, Entry):
            entries.append(entry)
        else:
            faults.append(f"line {number}: {entry}")
    if faults:
        raise _invalid(path, "; ".join(faults))
    return tuple(entries)


def _entry(line: str) -> Entry | str:
    """The entry, or what is wrong with the line."""
    if _ASSIGNMENT.fullmatch(line):
        return "a variable; set it for mamctl run itself"
    found = _LINE.fullmatch(line)
    schedule = parse_schedule(found[1]) if found else None
    if found is None or schedule is None:
        return f"not a cron schedule: {line[:40]}"
    try:
        words = shlex.split(found[2], comments=True)
    except ValueError:
        return "a quote is not closed"
    while words and _ASSIGNMENT.fullmatch(words[0]):
        words.pop(0)
    if len(words) < 2 or Path(words[0]).name != "mamctl":
        return f"not a mamctl command: {found[2][:40]}"
    if any(word in {"|", ">", ">>", "2>&1", "&&", ";", "||"} for word in words):
        return "no shell runs it: write only mamctl and its arguments"
    task = task_of(words[1:])
    return Entry(task.job if task else " ".join(words[1:]), schedule, tuple(words[1:]))


def _invalid(path: Path, found: str) -> ConfigInvalidError:
    return ConfigInvalidError(
        f"{path}: {found}", subject=str(path), remedy="write lines such as: 0 12 * * * mamctl vip check --quiet",
        code="schedule_invalid",
    )  # fmt: skip
