"""mamctl's block in a crontab: every byte of every other line survives, and doubt changes nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mamctl.cli.cron.crontab import (
    BEGIN,
    END,
    CrontabBlockError,
    Line,
    assignments,
    find_block,
    lines_outside,
    merge_block,
    remove_block,
    render_block,
)
from mamctl.cli.cron.lines import TASKS, Task
from mamctl.errors import MamctlError

BLOCK = render_block([Line("0 12 * * *", "/usr/bin/mamctl vip check --quiet", "the daily task")])
LINES = st.lists(
    st.text(st.characters(exclude_characters="\n\0"), max_size=20).filter(lambda text: "mamctl" not in text), max_size=8
)


@given(LINES)
def test_what_was_installed_is_removed_without_a_trace(lines: list[str]) -> None:
    before = "".join(f"{line}\n" for line in lines)
    installed = merge_block(before, BLOCK)
    assert installed.startswith(before)
    assert merge_block(installed, BLOCK) == installed
    assert remove_block(installed) == before
    assert find_block(installed) == tuple(BLOCK)


@pytest.mark.parametrize("task", TASKS, ids=[task.command for task in TASKS])
def test_each_line_that_is_installed_is_known_as_mamctls(task: Task) -> None:
    block = render_block([Line("1 1 * * *", f"/usr/bin/mamctl {task.command}", task.purpose)])
    assert remove_block(merge_block("", block)) == ""


@given(LINES, LINES)
def test_the_block_is_replaced_where_it_stands(above: list[str], below: list[str]) -> None:
    def table(block: list[str]) -> str:
        return "".join(f"{line}\n" for line in [*above, *block, *below])

    old = render_block([Line("1 1 * * *", "/old/mamctl vip check", "old")])
    assert merge_block(table(old), BLOCK) == table(BLOCK)
    assert remove_block(table(old)) == table([])


@pytest.mark.parametrize("line", ["5 4 * * * echo 'A\u2028B'", "\x0c", "# sauvegarde \udce0 3h", "5 4 * * * a\r"])
def test_only_a_line_feed_ends_a_line(line: str) -> None:
    assert merge_block(f"{line}\n", BLOCK).split("\n")[0] == line


def test_marks_are_known_in_a_table_with_windows_line_ends() -> None:
    table = "\r\n".join(["5 4 * * * a", *BLOCK, ""])
    assert merge_block(table, BLOCK).count("mamctl: begin") == 1


@pytest.mark.parametrize(
    "table",
    [
        [BEGIN, "0 12 * * * old", "5 4 * * * my-backup"],
        [BEGIN, "5 4 * * * my-backup", *BLOCK],
        [END, "5 4 * * * my-backup", BEGIN],
        ["5 4 * * * my-backup", END],
        [*BLOCK, "5 4 * * * my-backup", END],
        [BEGIN, *BLOCK[1:-1], "5 4 * * * my-backup", END],
        [BEGIN, *BLOCK[1:-1], "#5 4 * * * my-backup", END],
        [BEGIN, *BLOCK[1:-1], "@daily my-backup", END],
        [BEGIN, "MAILTO=me@example.org", *BLOCK[1:-1], END],
    ],
)
def test_where_the_marks_do_not_tell_nothing_is_changed(table: list[str]) -> None:
    text = "\n".join(table) + "\n"
    for change in (lambda: merge_block(text, BLOCK), lambda: remove_block(text)):
        with pytest.raises(CrontabBlockError, match="nothing was changed"):
            change()


def test_what_cron_sets_and_what_runs_beside_the_block_is_seen() -> None:
    text = "\n".join(["MAM_ID = 'abc'", 'PATH="/opt/bin"', "9 9 * * * mamctl vip check", *BLOCK, "LATER=1", ""])
    assert assignments(text) == {"MAM_ID": "abc", "PATH": "/opt/bin"}
    assert lines_outside(text) == ("9 9 * * * mamctl vip check",)


def test_a_percent_sign_is_escaped_and_a_line_break_refused() -> None:
    def command(path: str) -> str:
        return render_block([Line("* * * * *", path, "x")])[2]

    assert command("'/a b/100%/x'") == "* * * * * '/a b/100\\%/x'"
    for path in ("'/a\nb'", "'/a\rb'", "'/a\\%b'", "'/a\\\\b'"):
        with pytest.raises(MamctlError, match="a crontab cannot contain"):
            command(path)
