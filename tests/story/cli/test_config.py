"""`config check`, `doctor`, `init` and the jobs before a configuration that is broken, exposed, or has old names."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

HUSH = "hunter2hush"
EXPOSED = f'[notify]\nurls = ["json://user:{HUSH}@127.0.0.1:1/", "syslog://"]\n'


@pytest.fixture
def written(tmp_path: Path):
    def write(text: str, mode: int = 0o600) -> Path:
        path = tmp_path / "mamctl.toml"
        path.write_text(text)
        path.chmod(mode)
        return path

    return write


@pytest.mark.parametrize("text", ["x = [\n", "x = 1\nx = 2", "\x00", f"x = {'9' * 5000}"])
def test_what_is_not_toml_is_not_sound(mamctl, written, text):
    path = written(text)
    told = mamctl("config", "check", "--config", str(path))
    assert (told.code, told.out) == (10, "")
    assert "not valid TOML" in told.err
    faults = mamctl("config", "check", "--config", str(path), "--json").data["faults"]
    assert len(faults) == 1
    assert "not valid TOML" in faults[0]["expected"]


def test_a_file_that_is_not_there_or_cannot_be_read_is_not_sound(mamctl, tmp_path):
    for path in (tmp_path / "none.toml", tmp_path, Path("/dev/zero")):
        told = mamctl("config", "check", "--config", str(path), "--json")
        assert told.code == 10
        assert len(told.data["faults"]) == 1
        assert told.data["exists"] is path.exists()


def test_a_remedy_names_no_line_where_there_is_none(mamctl, written):
    told = mamctl("config", "check", "--config", str(written("x = [\n")))
    assert "correct that line" not in told.err
    assert "is not closed" in told.err


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o660])
@pytest.mark.parametrize("command", [("init",), ("config", "check"), ("doctor",)])
def test_passwords_that_others_can_read_are_refused(mamctl, written, command, mode):
    path = written(EXPOSED, mode)
    told = mamctl(*command, "--config", str(path), "--json")
    assert told.code == (3 if command == ("doctor",) else 10)
    assert f"chmod 600 {path}" in told.out
    assert HUSH not in told.out + told.err
    if command == ("doctor",):
        grades = {check["name"]: check["grade"] for check in told.data["checks"]}
        assert grades["secrets"] == "fail"


def test_an_open_file_without_passwords_is_sound(mamctl, written):
    path = written('[notify]\nurls = ["syslog://", "ntfy://topic"]\n', 0o644)
    assert mamctl("config", "check", "--config", str(path)).code == 0


def test_a_job_goes_on_leaves_exposed_addresses_out_and_says_so(mamctl, reader):
    path = reader.config(notify={"urls": [f"json://user:{HUSH}@127.0.0.1:1/"]})
    path.chmod(0o644)
    told = mamctl("vip", "check", "--config", str(path), "--json")
    assert told.code == 3
    codes = [problem["code"] for problem in told.json["problems"]]
    assert "notify_exposed" in codes
    assert "notify_failed" not in codes  # nothing was sent there
    assert told.data["standing"] is not None
    assert HUSH not in told.out + told.err
    path.chmod(0o600)
    assert mamctl("config", "check", "--config", str(path)).code == 0


def test_addresses_may_stand_in_a_private_file_or_a_variable(mamctl, reader, tmp_path, monkeypatch):
    addresses = tmp_path / "urls"
    addresses.write_text(f"json://user:{HUSH}@127.0.0.1:1/\nsyslog://\n")
    addresses.chmod(0o600)
    monkeypatch.setenv("URLS", f"json://user:{HUSH}@127.0.0.1:1/ syslog://")
    for keys in ({"urls_file": str(addresses)}, {"urls_env": "URLS"}):
        path = reader.config(notify=keys)
        path.chmod(0o644)
        assert mamctl("config", "check", "--config", str(path)).code == 0
        checks = mamctl("doctor", "--config", str(path), "--json").data["checks"]
        assert {c["name"]: c["detail"] for c in checks}["notifications"] == "2 addresses understood"
    addresses.chmod(0o644)
    told = mamctl("vip", "check", "--config", str(reader.config(notify={"urls_file": str(addresses)})), "--json")
    assert told.code == 3
    assert "secret_file_open" in [problem["code"] for problem in told.json["problems"]]


@pytest.mark.parametrize(
    ("section", "key"),
    [
        ("catalogues", "hardcover_token_file"),
        ("catalogues", "google_books_key_file"),
        ("catalogues", "goodreads_key_file"),
        ("tracker", "proxy_password_file"),
        ("tracker", "mam_id_file"),
        ("rules", "browser_session_file"),
    ],
)
def test_each_secret_is_checked_and_named(mamctl, written, tmp_path, section, key):
    secret = tmp_path / "secret"
    secret.write_text(f"{HUSH}\nsecond{HUSH}")
    secret.chmod(0o600)
    told = mamctl("config", "check", "--config", str(written(f'[{section}]\n{key} = "{secret}"\n')), "--json")
    assert told.code == 10
    assert [fault["path"] for fault in told.data["faults"]] == [f"{section}.{key.removesuffix('_file')}"]
    assert HUSH not in told.out + told.err


def test_a_clients_key_of_two_lines_is_told_and_the_key_is_not(mamctl, written, tmp_path):
    key = tmp_path / "key"
    key.write_text(f"{HUSH}\nsecond")
    key.chmod(0o600)
    path = written(
        f'[store]\npath = "m.db"\n[[qbittorrent]]\nname = "home"\nurl = "http://127.0.0.1:9"\napi_key_file = "{key}"\n'
    )
    for command in (("config", "check"), ("ratio", "watch"), ("doctor",)):
        told = mamctl(*command, "--config", str(path), "--json")
        assert told.code in (3, 10)
        assert "qbittorrent (home).api_key" in told.out
        assert "one line" in told.out
        assert HUSH not in told.out + told.err
    assert HUSH.encode() not in (tmp_path / "m.db").read_bytes()


@pytest.mark.parametrize(("content", "found"), [(None, "does not exist"), ("no certificate", "holds no certificates")])
def test_a_certificate_that_cannot_be_used_is_named(mamctl, written, tmp_path, content, found):
    if content is not None:
        (tmp_path / "client.pem").write_text(content)
    table = f'[[qbittorrent]]\nname = "home"\nurl = "https://nas:8080"\nca_file = "{tmp_path}/client.pem"\n'
    done = mamctl("config", "check", "--config", str(written(table)))
    assert done.code == 10
    assert "qbittorrent (home).ca_file" in done.err
    assert found in done.err


def test_old_names_are_told_by_check_and_doctor_alone(mamctl, reader):
    path = reader.config(catalogues={"voices": 3})
    told = mamctl("config", "check", "--config", str(path))
    assert told.code == 0
    assert "catalogues.voices: it is called catalogues.min_sources now" in told.out
    assert mamctl("config", "check", "--config", str(path), "--json").data["renamed"] == [
        {"old": "catalogues.voices", "new": "catalogues.min_sources"}
    ]
    assert "min_sources" in mamctl("doctor", "--config", str(path)).out
    quiet = mamctl("vip", "check", "--config", str(path))
    assert "min_sources" not in quiet.out + quiet.err


def test_a_line_break_in_the_configurations_folder_makes_no_line_of_cron(mamctl, tmp_path):
    folder = tmp_path / "a\n* * * * * echo owned"
    folder.mkdir()
    (folder / "mamctl.toml").write_text("")
    told = mamctl("cron", "show", "--config", str(folder / "mamctl.toml"))
    assert told.code == 10
    assert "owned" not in told.out


def test_a_home_that_nobody_knows_is_told(mamctl_process, tmp_path):
    environ = {"HOME": "", "XDG_STATE_HOME": "", "XDG_CONFIG_HOME": "", "MAMCTL_CONFIG": "~nosuchuser/m.toml"}
    told = mamctl_process("config", "check", env=environ)
    assert told.code == 10
    assert "Traceback" not in told.err


def test_a_pipe_is_not_waited_for(mamctl_process, tmp_path):
    os.mkfifo(tmp_path / "pipe")
    assert mamctl_process("config", "check", "--config", str(tmp_path / "pipe")).code == 10


@pytest.mark.parametrize(
    ("text", "code"), [("18541", 0), ("18541.Mara_Vell", 0), ("", 0), ("Mara Vell", 10), ("x1", 10)]
)
def test_the_author_at_goodreads_is_a_number(mamctl, written, text, code):
    path = written(f'[catalogues]\ngoodreads_author_id = "{text}"\n')
    assert mamctl("config", "check", "--config", str(path)).code == code


def test_doctor_says_each_thing_once(mamctl, tmp_path: Path) -> None:
    config = tmp_path / "mamctl.toml"
    config.write_text("")
    checks = mamctl("doctor", "--json", "--config", str(config)).data["checks"]
    faulty = [check["detail"] for check in checks if check["grade"] in ("warn", "fail")]
    assert any("no session cookie" in detail for detail in faulty)
    said = " ".join(mamctl("doctor", "--config", str(config)).out.split())
    assert [said.count(detail) for detail in faulty] == [1] * len(faulty)
    assert "✓" in said
    assert "✓" not in mamctl("doctor", "--quiet", "--config", str(config)).out
