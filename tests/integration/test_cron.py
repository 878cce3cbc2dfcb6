"""The lines of crontab.example, really run by cron, in cron's own environment, against practice servers."""

from __future__ import annotations

import contextlib
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from filelock import FileLock

from mamctl.practice.catalogue.shelf_world import a_month_later
from mamctl.practice.tracker import PracticeTracker
from tests.kit.catalogue_member import CatalogueMember, catalogue_member
from tests.kit.member import Member
from tests.kit.practice_fixtures import tracker
from tests.kit.seedbox import seedbox
from tests.kit.speech import model_folder, speak

__all__ = ["catalogue_member", "tracker"]

ROOT = Path(__file__).parents[2]
TABLE = Path("/etc/cron.d/mamctl-test")
REBOOTED = Path("/run/crond.reboot")

pytestmark = [pytest.mark.real("cron"), pytest.mark.xdist_group("cron"), pytest.mark.timeout(240)]


@pytest.fixture
def line() -> Iterator[None]:
    """One test run at a time has the machine's cron; its tables are as before afterwards."""
    with FileLock("/run/mamctl-cron-test.lock", timeout=110):
        yield
        TABLE.unlink(missing_ok=True)


@pytest.fixture
def member(tracker: PracticeTracker, tmp_path: Path) -> Member:
    tracker.world.clock.move_to(datetime.now(UTC))
    member = Member(tracker, tmp_path)
    member.expire_in(days=20)
    return member


def crontab_line(task: str = "vip check") -> str:
    """The example's line for a command."""
    return next(text for text in (ROOT / "crontab.example").read_text().splitlines() if f"/mamctl {task} " in text)


def install(schedule: str, member: Member | CatalogueMember, more: str = "", *, task: str = "vip check") -> Path:
    """The example's command with this interpreter's mamctl and the member's configuration, as root's job."""
    output = member.home / "cron-mail"
    command = crontab_line(task).split(" ", 5)[5].replace("/usr/local/bin/mamctl", f"{sys.executable} -m mamctl")
    TABLE.write_text(
        f"{schedule} root {command} --config {member.home}/mamctl.toml{more} >{output} 2>&1; echo $? >{output}.code\n"
    )
    TABLE.chmod(0o644)
    return output


def run_cron(output: Path, prefix: tuple[str, ...] = (), seconds: float = 180) -> tuple[int, str]:
    """Start cron, wait for the job, stop cron: the job's exit code and what cron would mail."""
    code = output.with_name(output.name + ".code")
    code.unlink(missing_ok=True)
    cron = subprocess.Popen([*prefix, "cron", "-f"], stdin=subprocess.DEVNULL, start_new_session=True)
    try:
        deadline = time.monotonic() + seconds
        while not (code.exists() and code.read_text().strip()):
            assert cron.poll() is None, "cron ended at once: does another cron run on this machine?"
            assert time.monotonic() < deadline, "cron did not run the job"
            time.sleep(0.05)
    finally:
        os.killpg(cron.pid, signal.SIGTERM)
        cron.wait(60)
    return int(code.read_text()), output.read_text()


@pytest.mark.spec("VIP-1")
def test_daily_vip_task_end_to_end(member: Member, line: None) -> None:
    member.config()
    REBOOTED.unlink(missing_ok=True)
    code, mail = run_cron(install("@reboot", member))
    assert code == 0
    assert mail.startswith("VIP renewed: 10 weeks bought; VIP now runs 90 days, to ")
    assert len(mail.splitlines()) == 1
    assert member.bought() == 1


@pytest.mark.spec("VIP-7")
def test_cron_mails_what_needs_a_person(member: Member, line: None) -> None:
    member.config(vip={"auto_renew": False})
    member.expire_in(days=5)
    REBOOTED.unlink(missing_ok=True)
    code, mail = run_cron(install("@reboot", member))
    assert code == 3
    assert "VIP ends in 5 days" in mail


@pytest.mark.real("faketime")
@pytest.mark.spec("VIP-1")
def test_the_schedule_of_the_example_fires_at_noon(member: Member, line: None) -> None:
    member.config()
    schedule = " ".join(crontab_line().split(" ", 5)[:5])
    output = install(schedule, member, " --json --verbose")
    local_noon = datetime.now().astimezone().replace(hour=11, minute=59, second=57, microsecond=0)
    code, _ = run_cron(output, ("faketime", "-f", f"@{local_noon:%Y-%m-%d %H:%M:%S}"))
    assert code == 0
    assert member.bought() == 1


@pytest.mark.spec("RAT-1")
def test_the_ratio_guard_freezes_under_cron_and_mails_it_once(member: Member, line: None) -> None:
    assert crontab_line("ratio watch").startswith("*/4 * * * * ")  # RAT-1: within five minutes, the pass included
    with seedbox(member.home / "box") as box:
        member.config(qbittorrent=box.client_tables(), ratio={"min_downloaded": 0})
        REBOOTED.unlink(missing_ok=True)
        code, mail = run_cron(install("@reboot", member, task="ratio watch"))
        assert code == 3
        assert "the ratio 0.9800 is below the floor 1.00" in mail
        assert box.client.world.named("Dune").stopped
        REBOOTED.unlink(missing_ok=True)
        code, mail = run_cron(install("@reboot", member, task="ratio watch"))
        assert (code, mail) == (3, "")


@pytest.mark.real("ffmpeg")
@pytest.mark.spec("META-4")
def test_the_library_is_scanned_under_cron_and_damage_mailed_once(member: Member, line: None) -> None:
    book = member.home / "library/Una Fell/Spring/spring.mp3"
    book.parent.mkdir(parents=True)
    book.write_text("<html>not found</html>")
    member.config(library={"folders": [str(member.home / "library")]})
    for mailed in (True, False):
        REBOOTED.unlink(missing_ok=True)
        code, mail = run_cron(install("@reboot", member, task="meta scan"))
        assert (code, f"! {book}: cannot be opened" in mail, bool(mail)) == (3, mailed, mailed)


@pytest.mark.real("espeak-ng", "ffmpeg")
@pytest.mark.spec("META-6")
def test_the_nightly_line_listens_under_cron_and_mails_a_wrong_recording_once(
    mamctl, member: Member, line: None
) -> None:
    book = member.home / "library/Una Fell/Spring"
    text = "This is Audible. Spring. Written by Una Fell. Narrated by Jonathan Hale. Chapter one. It was raining."
    speak(book, "spring.mp3", text, title="Spring", artist="Una Fell", composer="Thomas Asher")
    member.config(library={"folders": [str(member.home / "library")]}, speech={"model": str(model_folder())})
    assert mamctl("meta", "scan", "--config", str(member.home / "mamctl.toml")).code == 0
    for mailed in (True, False):
        REBOOTED.unlink(missing_ok=True)
        code, mail = run_cron(install("@reboot", member, task="meta listen"))
        assert (code, "Jonathan Hale" in mail, bool(mail)) == (3 if mailed else 0, mailed, mailed)
    with contextlib.closing(sqlite3.connect(member.store_path)) as db:
        assert db.execute("SELECT heard FROM book_speech").fetchall() == [("credits",)]


@pytest.mark.spec("DRIFT-1")
def test_the_drift_line_corrects_under_cron_and_mails_only_what_is_news(
    catalogue_member: CatalogueMember, line: None
) -> None:
    """A person hears once of what is theirs to settle; the next week's run has nothing to say."""
    catalogue_member("meta", "scan", "--enrich")
    catalogue_member.a_month_passes()
    catalogue_member.server.show(a_month_later(catalogue_member.server.shelves.world))
    REBOOTED.unlink(missing_ok=True)
    code, mail = run_cron(install("@reboot", catalogue_member, task="drift fix"))
    assert code == 3
    assert "narrators differ; they are protected" in mail
    assert catalogue_member.rows("SELECT count(*) FROM drift_changes WHERE state = 'made'") == [(1,)]
    REBOOTED.unlink(missing_ok=True)
    assert run_cron(install("@reboot", catalogue_member, task="drift fix")) == (0, "")


@pytest.fixture
def own_crontab(line: None) -> Iterator[None]:
    """Root's crontab is empty, and as before afterwards."""
    before = subprocess.run(["crontab", "-l"], capture_output=True, check=False)
    yield
    if before.returncode == 0:
        subprocess.run(["crontab", "-"], input=before.stdout, check=True)
    else:
        subprocess.run(["crontab", "-r"], capture_output=True, check=False)


@pytest.mark.real("faketime")
@pytest.mark.spec("VIP-1")
def test_what_cron_install_wrote_runs_as_in_this_shell(
    member: Member, own_crontab: None, mamctl, monkeypatch, tmp_path: Path
) -> None:
    """Installed by the real crontab, run by the real cron: this shell's configuration and store, odd paths."""
    home = tmp_path / "it's 100% mine"
    home.mkdir()
    config = home / "mamctl.toml"
    config.write_text(member.config().read_text().partition("[store]")[0])
    config.chmod(0o600)
    monkeypatch.setenv("MAMCTL_CONFIG", str(config))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "a state"))
    monkeypatch.setenv("HOME", str(home))
    others = b"# caf\xe9\nMAILTO=\"\"\n0 0 1 1 * true 'A\xe2\x80\xa8B'\n"
    subprocess.run(["crontab", "-"], input=others, check=True)
    done = mamctl("cron", "install", "--yes", "--json")
    assert done.data["installed"] is True
    listed = subprocess.run(["crontab", "-l"], capture_output=True, check=True).stdout
    assert listed.startswith(others)
    store = tmp_path / "a state/mamctl/mamctl.db"
    cron_at_noon(lambda: ended_runs(store) != [])
    assert ended_runs(store) == [("vip", "scheduled", 0)]
    assert member.bought() == 1
    assert mamctl("cron", "remove", "--yes").code == 0
    assert subprocess.run(["crontab", "-l"], capture_output=True, check=True).stdout == others


def cron_at_noon(done: Callable[[], bool]) -> None:
    """The real cron, for which it is nearly noon, until `done` is true."""
    noon = datetime.now().astimezone().replace(hour=11, minute=59, second=57, microsecond=0)
    cron = subprocess.Popen(
        ["faketime", "-f", f"@{noon:%Y-%m-%d %H:%M:%S}", "cron", "-f"], stdin=subprocess.DEVNULL, start_new_session=True
    )
    try:
        deadline = time.monotonic() + 180
        while not done():
            assert cron.poll() is None, "cron ended at once: does another cron run on this machine?"
            assert time.monotonic() < deadline, "cron did not run the line"
            time.sleep(0.1)
    finally:
        os.killpg(cron.pid, signal.SIGTERM)
        cron.wait(60)


def ended_runs(store: Path) -> list[tuple[str, str, int]]:
    """Job, trigger and exit code of each run that has ended."""
    if not store.exists():
        return []
    with contextlib.closing(sqlite3.connect(store)) as db, contextlib.suppress(sqlite3.OperationalError):
        return db.execute('SELECT job, "trigger", exit_code FROM runs WHERE finished_at IS NOT NULL').fetchall()
    return []
