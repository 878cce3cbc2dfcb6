"""systemd's units: what systemd itself thinks of them, when they run, and whose files are touched."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

from mamctl.adapters.private_files import credential_name, read_secret_file
from mamctl.cli.systemd.units import Where, calendar, make_units
from mamctl.config.load import parse
from mamctl.domain.schedule import parse_schedule
from tests.kit.member import Member

pytestmark = pytest.mark.spec("OPS-4")
JOBS = ("vip", "drift", "spec", "address", "meta-scan", "meta-listen", "ratio", "queue")


@pytest.fixture
def config(reader: Member) -> str:
    """Every job, and a secret."""
    (reader.home / "books").mkdir()
    client = {"name": "home", "url": "http://127.0.0.1:1", "password_file": str(reader.home / "mam_id")}
    folders = {"folders": [str(reader.home / "books")]}
    more = {"tracker": {"register_address": True}, "speech": {"nightly": True}}
    return str(reader.config(qbittorrent=[client], library=folders, **more))


def analyze(*words: str, **more: str) -> subprocess.CompletedProcess[str]:
    environ = {**os.environ, "SYSTEMD_COLORS": "0", "SYSTEMD_LOG_LEVEL": "warning", **more}
    return subprocess.run(["systemd-analyze", *words], capture_output=True, text=True, check=False, env=environ)


@pytest.mark.real("systemd-analyze")
@pytest.mark.parametrize("user", [False, True])
def test_systemd_has_nothing_to_say_against_the_units(mamctl, config: str, tmp_path: Path, user: bool) -> None:
    words = ("--user",) if user else ()
    folder = tmp_path / "units"
    done = mamctl("systemd", "install", *words, "--folder", str(folder), "--yes", "--json", "--config", config)
    assert done.code == 0
    units = sorted(str(path) for path in folder.iterdir())
    names = {Path(unit).name for unit in units}
    assert names >= {f"mamctl-{job}.{kind}" for job in JOBS for kind in ("service", "timer")} | {
        "mamctl-failed@.service"
    }
    verified = analyze("verify", "--man=no", *words, *units, XDG_RUNTIME_DIR=str(tmp_path))
    assert (verified.returncode, verified.stderr) == (0, "")
    if not user:
        for unit in units:
            if unit.endswith(".service"):
                graded = analyze("security", "--offline=true", "--threshold=25", unit)
                assert graded.returncode == 0, graded.stdout[-300:]


@pytest.mark.real("systemd-analyze")
@pytest.mark.parametrize(
    "line", ["0 12 * * *", "*/4 * * * *", "20 4 * * 0", "5,35 1-3 1 jan *", "0 0 13 * fri", "@hourly", "* * * * *"]
)
def test_a_timer_has_the_times_of_the_cron_line(line: str) -> None:
    schedule = parse_schedule(line)
    assert schedule is not None
    for text in calendar(schedule):
        assert analyze("calendar", text).returncode == 0, text


def test_the_times_in_words() -> None:
    def times(line: str) -> list[str]:
        schedule = parse_schedule(line)
        assert schedule is not None
        return list(calendar(schedule))

    assert times("0 12 * * *") == ["*-*-* 12:00:00"]
    assert times("*/20 * * * *") == ["*-*-* *:00,20,40:00"]
    assert times("20 4 * * 0") == ["Sun *-*-* 04:20:00"]
    assert times("0 0 13 * fri") == ["*-*-13 00:00:00", "Fri *-*-* 00:00:00"]  # either day is enough, as in cron


def test_a_service_runs_the_commands_of_cron_with_its_secrets(mamctl, reader: Member, config: str) -> None:
    shown = mamctl("systemd", "show", "--config", config).out
    assert shown.count("Environment=MAMCTL_SCHEDULED=1") >= len(JOBS)
    secret = reader.home / "mam_id"
    assert f"LoadCredential={credential_name(secret)}:{secret}" in shown
    assert reader.seed not in shown
    assert "OnFailure=mamctl-failed@%N.service" in shown
    assert re.search(r"ExecStart=.* tracker ip update --quiet --config", shown)


def test_a_service_may_write_wherever_its_command_writes(mamctl, reader: Member) -> None:
    home = reader.home
    library = {"folders": [str(home / "books")], "file_into": str(home / "filed")}
    report = {"output": str(home / "www/index.html"), "metrics": str(home / "collector/mamctl.prom")}
    config = str(reader.config(library=library, report=report))
    shown = mamctl("systemd", "show", "--json", "--config", config).data["units"]
    writable = re.findall(r"^ReadWritePaths=(.*)$", "\n".join(unit["text"] for unit in shown), re.MULTILINE)
    assert {f"-{home / name}" for name in ("books", "filed", "www", "collector")} < set(" ".join(writable).split())


HERE = "/srv/mamctl/mamctl.toml"
KEPT = '[store]\npath = "/srv/mamctl/mamctl.db"\n'


@pytest.mark.parametrize(
    ("program", "path", "text", "private"),
    [
        ("/usr/bin/mamctl", HERE, KEPT, True),
        ("/usr/bin/mamctl", "/tmp/mine/mamctl.toml", KEPT, False),
        ("/tmp/venv/bin/mamctl", HERE, KEPT, False),
        ("/usr/bin/mamctl", HERE, '[store]\npath = "/var/tmp/mamctl.db"\n', False),
        ("/usr/bin/mamctl", HERE, f'{KEPT}[library]\nfolders = ["/srv/books", "/tmp/books"]\n', False),
        ("/usr/bin/mamctl", HERE, f'{KEPT}[report]\noutput = "/tmp/page.html"\n', False),
        ("/usr/bin/mamctl", HERE, f'{KEPT}[library]\nfolders = ["/tmpfs/books"]\n', True),
        ("/usr/bin/mamctl", HERE, f'{KEPT}[library]\nfolders = ["/proc/self/root/tmp/books"]\n', False),  # a link
    ],
)
def test_nothing_that_a_service_needs_is_hidden_by_a_private_tmp(
    program: str, path: str, text: str, private: bool
) -> None:
    units = make_units(parse(text.encode(), Path(path), {}), Where(program, user=False))
    services = [unit for name, unit in units.items() if name.endswith(".service") and "@" not in name]
    assert services
    for unit in services:
        assert ("PrivateTmp=yes" in unit) is private
        # What is not private is read-only where the whole machine is; mamctl has temporary files of its own, too.
        assert ("ReadWritePaths=/tmp /var/tmp" in unit) is not private
    assert "PrivateTmp=yes" in units["mamctl-failed@.service"]


def test_a_credential_is_read_in_place_of_its_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    secret, loaded = tmp_path / "mam_id", tmp_path / "credentials"
    loaded.mkdir()
    (loaded / credential_name(secret)).write_text("from systemd")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(loaded))
    (loaded / credential_name(secret)).chmod(0o400)
    assert read_secret_file(secret).reveal() == "from systemd"
    monkeypatch.delenv("CREDENTIALS_DIRECTORY")
    secret.write_text("from the file")
    secret.chmod(0o600)
    assert read_secret_file(secret).reveal() == "from the file"


def test_only_its_own_files_are_written_and_removed(mamctl, config: str, tmp_path: Path) -> None:
    folder = tmp_path / "units"
    words = ("--folder", str(folder), "--yes", "--json", "--config", config)
    mamctl("systemd", "install", *words)
    again = mamctl("systemd", "install", *words)
    assert not any(unit["written"] for unit in again.data["units"])
    (folder / "mamctl-mine.service").write_text("[Service]\nExecStart=true\n")
    (folder / "mamctl-old.timer").write_text((folder / "mamctl-vip.timer").read_text())
    mamctl("systemd", "install", *words)
    assert not (folder / "mamctl-old.timer").exists()
    (folder / "mamctl-vip.service").write_text("mine now\n")
    refused = mamctl("systemd", "install", *words)
    assert (refused.code, refused.json["problems"][0]["code"]) == (5, "unit_foreign")
    removed = mamctl("systemd", "remove", *words)
    assert removed.code == 0
    assert sorted(path.name for path in folder.iterdir()) == ["mamctl-mine.service", "mamctl-vip.service"]


def test_without_a_running_systemd_it_says_what_to_do(mamctl, config: str, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    done = mamctl("systemd", "install", "--user", "--yes", "--json", "--config", config)
    assert (done.code, done.json["problems"][0]["code"]) == (3, "systemctl_failed")
    assert "systemctl --user daemon-reload" in done.json["problems"][0]["remedy"]
    assert mamctl("systemd", "remove", "--user", "--yes", "--config", config).code == 3
