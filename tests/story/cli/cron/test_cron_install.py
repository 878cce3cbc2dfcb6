"""`mamctl cron`: nobody's line is lost, and the lines run what this shell would run."""

from __future__ import annotations

import os
import pwd
import subprocess
from pathlib import Path

import pytest

from mamctl.cli.cron.crontab import BEGIN, END
from tests.kit.crontab_program import CrontabProgram, crontab

__all__ = ["crontab"]

OTHERS = b"# sauvegarde \xe0 3h\nMAILTO=me\n5 4 * * * echo 'A\xe2\x80\xa8B'\n\x0c\n6 6 * * * win\r\n"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, crontab: CrontabProgram) -> Path:
    """A home with a configuration where an empty environment finds it."""
    config = tmp_path / "home/.config/mamctl/mamctl.toml"
    config.parent.mkdir(parents=True)
    config.write_text("")
    config.chmod(0o600)
    return tmp_path / "home"


def copies(home: Path) -> list[Path]:
    return sorted((home / ".local/state/mamctl").glob("crontab-*.bak"))


def test_install_and_remove_leave_every_other_byte(mamctl, crontab: CrontabProgram, home: Path) -> None:
    crontab.write(OTHERS)
    done = mamctl("cron", "install", "--yes", "--json")
    assert (done.code, done.data["installed"], done.data["current"], done.data["changed"]) == (0, True, True, True)
    assert crontab.table is not None
    assert crontab.table.startswith(OTHERS)
    (copy,) = copies(home)
    assert (copy.read_bytes(), copy.stat().st_mode & 0o777, done.data["backup"]) == (OTHERS, 0o600, str(copy))
    again = mamctl("cron", "install", "--yes", "--json").data
    assert (again["installed"], again["current"], again["changed"], again["backup"]) == (True, True, False, None)
    shown = mamctl("cron", "show", "--json").data
    assert (shown["installed"], shown["current"]) == (True, True)
    assert mamctl("cron", "remove", "--yes", "--json").data["installed"] is False
    assert crontab.table == OTHERS
    assert mamctl("cron", "remove", "--yes", "--json").data["changed"] is False
    assert mamctl("cron", "show", "--json").data["installed"] is False


def test_no_crontab_is_an_empty_one_and_is_none_again_afterwards(mamctl, crontab: CrontabProgram) -> None:
    assert mamctl("cron", "install", "--yes").code == 0
    assert crontab.table is not None
    assert crontab.table.startswith(BEGIN.encode())
    assert crontab.table.endswith(f"{END}\n".encode())
    assert mamctl("cron", "remove", "--yes").code == 0
    assert crontab.table is None


@pytest.mark.parametrize(
    "failure",
    [
        "echo 'crontabs/me/: fdopen: Permission denied' >&2; exit 1",
        "head -n 2 table; exit 1",
        "head -n 2 table; echo 'no crontab for me' >&2; exit 1",
        "echo 'You (me) are not allowed to use this program (crontab)' >&2; exit 1",
        "exit 1",
        "kill -9 $$",
    ],
)
@pytest.mark.parametrize("verb", ["install", "remove"])
def test_a_crontab_that_cannot_be_read_is_never_replaced(mamctl, crontab: CrontabProgram, failure, verb) -> None:
    crontab.write(OTHERS)
    crontab.before_list(failure)
    done = mamctl("cron", verb, "--yes")
    assert done.code == 5
    assert "nothing was changed" in done.err
    assert crontab.table == OTHERS
    if verb == "install":
        assert "MAMCTL_SCHEDULED=1" in done.out  # the lines to paste
        assert mamctl("cron", "install", "--yes", "--json").data["installed"] is None


def test_marks_that_do_not_pair_change_nothing(mamctl, crontab: CrontabProgram) -> None:
    table = f"{BEGIN}\n0 12 * * * old vip check\n5 4 * * * my-backup\n".encode()
    crontab.write(table)
    for _ in range(2):
        done = mamctl("cron", "install", "--yes")
        assert (done.code, crontab.table) == (5, table)
        assert "begins but does not end" in done.err
        assert "MAMCTL_SCHEDULED=1" in done.out


def test_an_edit_between_reading_and_writing_is_noticed(mamctl, crontab: CrontabProgram) -> None:
    crontab.write(OTHERS)
    crontab.before_list("[ -f once ] && echo '7 7 * * * new' >> table; touch once")
    done = mamctl("cron", "install", "--yes")
    assert done.code == 5
    assert "changed by another program" in done.err
    assert crontab.table is not None
    assert b"mamctl" not in crontab.table
    assert b"7 7 * * * new" in crontab.table


def test_what_does_not_read_back_is_told_with_the_copy(mamctl, crontab: CrontabProgram, home: Path) -> None:
    crontab.write(OTHERS)
    crontab.before_list("grep -q mamctl table && { echo lost > table; }")
    done = mamctl("cron", "install", "--yes")
    assert done.code == 5
    (copy,) = copies(home)
    assert copy.read_bytes() == OTHERS
    assert str(copy) in done.err


def test_a_refusal_and_a_missing_program_are_told(mamctl, crontab: CrontabProgram, monkeypatch) -> None:
    crontab.write(OTHERS)
    crontab.refuse('"-":9: bad minute')
    done = mamctl("cron", "install", "--yes")
    assert (done.code, crontab.table) == (5, OTHERS)
    assert "bad minute" in done.err
    monkeypatch.setenv("PATH", str(crontab.folder.parent))
    done = mamctl("cron", "install", "--yes")
    assert done.code == 5
    assert "crontab not found" in done.err
    assert mamctl("cron", "show", "--json").data["installed"] is None


def test_a_dry_run_changes_nothing(mamctl, crontab: CrontabProgram, home: Path) -> None:
    crontab.write(OTHERS)
    assert mamctl("cron", "install", "--dry-run", "--json").data["installed"] is False
    assert (crontab.table, copies(home)) == (OTHERS, [])


def test_a_line_written_by_hand_beside_the_block_is_named(mamctl, crontab: CrontabProgram) -> None:
    crontab.write(b"1 1 * * * mamctl vip check\n")
    done = mamctl("cron", "install", "--yes", "--json")
    assert (done.code, [problem["code"] for problem in done.json["problems"]]) == (3, ["cron_duplicate"])


def run_line(lines: list[str], tmp_path: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """The daily line's program and environment, with other words for a command, as cron starts it."""
    line = next(line for line in lines if " vip check " in line).split(" ", 5)[5].replace("\\%", "%")
    before, _, after = line.partition(" vip check --quiet")
    environment = {"HOME": pwd.getpwuid(os.getuid()).pw_dir, "PATH": "/usr/bin:/bin", "PYTHONPATH": str(Path.cwd())}
    command = f"{before} {' '.join(words)}{after}"
    done = subprocess.run(["/bin/sh", "-c", command], env=environment, cwd=tmp_path, capture_output=True, check=False)
    return subprocess.CompletedProcess(command, done.returncode, done.stdout.decode(), done.stderr.decode())


@pytest.mark.parametrize("by", ["option", "MAMCTL_CONFIG", "XDG_CONFIG_HOME", "default"])
def test_the_lines_use_this_configuration_and_this_store(mamctl, tmp_path: Path, monkeypatch, by: str) -> None:
    folder = tmp_path / "it's 100% mine/mamctl"
    folder.mkdir(parents=True)
    config = folder / "mamctl.toml"
    config.write_text("[vip]\nmin_points = 777\n")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "other state"))
    words = ["cron", "show", "--json"]
    if by == "option":
        words += ["--config", str(config)]
    elif by == "MAMCTL_CONFIG":
        monkeypatch.setenv(by, str(config))
    elif by == "XDG_CONFIG_HOME":
        monkeypatch.setenv(by, str(folder.parent))
    else:
        config = tmp_path / "home/.config/mamctl/mamctl.toml"
        config.write_text("[vip]\nmin_points = 777\n")
    done = mamctl(*words)
    assert done.code == 0
    ran = run_line(done.data["lines"], tmp_path, "config", "show", "--json")
    assert ran.returncode == 0, ran.stderr
    assert str(config) in ran.stdout
    assert '"value": 777' in ran.stdout
    assert str(tmp_path / "other state/mamctl/mamctl.db") in ran.stdout
    assert ("--config" in ran.args) is (by != "default")


def test_what_the_crontab_itself_sets_is_known(mamctl, crontab: CrontabProgram, monkeypatch, tmp_path: Path) -> None:
    monkeypatch.setenv("MAM_ID", "planted-secret")
    monkeypatch.setenv("HTTPS_PROXY", "http://user:planted-secret@127.0.0.1:1")
    done = mamctl("cron", "install", "--yes", "--json")
    assert done.code == 3
    assert {problem["code"] for problem in done.json["problems"]} == {"cron_lacks_secret", "cron_lacks_variable"}
    assert {problem["subject"] for problem in done.json["problems"]} == {"tracker.mam_id_env", "HTTPS_PROXY"}
    assert "planted-secret" not in done.out + mamctl("cron", "show").err
    assert mamctl("cron", "remove", "--yes").code == 0
    crontab.write(b"MAM_ID=planted-secret\nHTTPS_PROXY=http://127.0.0.1:1\nMAMCTL_CONFIG=/etc/other.toml\n")
    done = mamctl("cron", "install", "--yes", "--json")
    assert (done.code, done.json["problems"]) == (0, [])
    assert any("--config" in line for line in done.data["lines"])  # the crontab names another


def test_a_configuration_that_is_not_there_is_named(mamctl, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "nowhere"))
    done = mamctl("cron", "show")
    assert done.code == 3
    assert "mamctl init" in done.err
    assert "!" not in done.out  # what is printed can be pasted


def test_the_guard_has_a_line_only_where_there_is_a_client(mamctl, tmp_path: Path) -> None:
    config = tmp_path / "mamctl.toml"
    config.write_text("")
    assert "ratio watch" not in mamctl("cron", "show", "--config", str(config)).out
    config.write_text('[ratio]\ninterval = "10m"\n[[qbittorrent]]\nname = "home"\nurl = "http://nas:8080"\n')
    shown = mamctl("cron", "show", "--config", str(config)).out
    assert f"ratio watch --quiet --config {config}" in shown
    assert "*/6 * * * *" in shown  # 8 minutes at most, and what divides the hour


def test_the_library_has_a_line_only_where_there_is_one(mamctl, tmp_path: Path) -> None:
    config = tmp_path / "mamctl.toml"
    config.write_text("")
    assert "meta scan" not in mamctl("cron", "show", "--config", str(config)).out
    config.write_text('[library]\nfolders = ["/srv/audiobooks"]\n')
    assert f"meta scan --changed-only --quiet --config {config}" in mamctl("cron", "show", "--config", str(config)).out


def test_every_scheduler_listens_at_night_where_that_is_wanted(mamctl, tmp_path: Path) -> None:
    config = tmp_path / "mamctl.toml"
    for text, wanted in (('[speech]\nmodel_size = "small"\n', False), ("[speech]\nnightly = true\n", True)):
        config.write_text(text)
        for words in (("cron", "show"), ("systemd", "show"), ("run", "--dry-run")):
            done = mamctl(*words, "--config", str(config))
            assert ("meta listen --quiet" in done.out) is wanted, (words, done.out)
