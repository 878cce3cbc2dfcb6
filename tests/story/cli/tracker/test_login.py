"""`tracker.login = "password"`: signing in by the form, once, and the way back after a failure."""

from __future__ import annotations

from pathlib import Path

import pytest

from mamctl.practice.tracker import FaultKind
from tests.kit.member import Member

pytestmark = pytest.mark.spec("CFG-1")
FORM = ["/login.php", "/takelogin.php"]


@pytest.fixture
def signing(reader: Member, monkeypatch: pytest.MonkeyPatch):
    """The configuration of a person who signs in by name; the password may be chosen."""

    def configure(password: str = "practice") -> str:
        monkeypatch.setenv("MAM_USERNAME", "member@example.invalid")
        monkeypatch.setenv("MAM_PASSWORD", password)
        path = reader.config(tracker={"login": "password"})
        path.write_text("\n".join(line for line in path.read_text().splitlines() if "mam_id_file" not in line))
        return str(path)

    return configure


def forms(reader: Member) -> list[str]:
    return [path for path in reader.tracker.journal.paths() if path in FORM]


def slug(done) -> str:
    return done.json["problems"][0]["code"]


def test_one_login_serves_every_later_run(mamctl, reader: Member, signing) -> None:
    config = signing()
    assert mamctl("rules", "sync", "--config", config).code == 0
    assert mamctl("vip", "check", "--config", config).code == 0
    assert forms(reader) == FORM
    assert (reader.home / "login-session.json").stat().st_mode & 0o777 == 0o600
    assert b"practice\n" not in reader.store_path.read_bytes()


def test_a_look_at_the_address_signs_nobody_in(mamctl, reader: Member, signing) -> None:
    assert mamctl("tracker", "ip", "--config", signing("wrong")).code == 0
    assert forms(reader) == []


def test_a_session_that_died_is_replaced_by_one_login(mamctl, reader: Member, signing) -> None:
    config = signing()
    mamctl("rules", "sync", "--config", config)
    reader.tracker.behaviour.plan(FaultKind.DEAD_SESSION, "/tor/js")
    assert mamctl("rules", "sync", "--config", config).code == 0
    assert forms(reader) == FORM * 2


@pytest.mark.parametrize("had_one", [False, True])
def test_a_new_session_that_is_refused_at_once_ends_the_signing_in(mamctl, reader, signing, had_one: bool) -> None:
    config = signing()
    if had_one:
        mamctl("rules", "sync", "--config", config)
    reader.tracker.behaviour.plan(FaultKind.DEAD_SESSION, "/tor/js", times=None)
    for _ in range(3):
        assert mamctl("rules", "sync", "--config", config).code == 12
    assert forms(reader) == FORM * (2 if had_one else 1)


def test_a_failed_login_is_told_and_cleared_by_a_person(mamctl, reader: Member, signing) -> None:
    config = signing("wrong")
    first = mamctl("rules", "sync", "--json", "--config", config)
    assert (first.code, slug(first)) == (12, "login_refused")
    config = signing()
    second = mamctl("rules", "sync", "--json", "--config", config)
    assert (second.code, slug(second)) == (12, "login_refused_before")
    assert "mamctl tracker clear-login" in second.json["problems"][0]["remedy"]
    assert forms(reader) == FORM

    check = next(c for c in mamctl("doctor", "--json", "--config", config).data["checks"] if c["name"] == "session")
    assert check["grade"] == "fail"
    assert "mamctl tracker clear-login" in check["remedy"]
    assert forms(reader) == FORM

    clear = ("tracker", "clear-login", "--config", config)
    assert mamctl(*clear).code == 2  # nobody to ask: say --yes
    assert mamctl(*clear, "--dry-run").code == 0
    assert mamctl("rules", "sync", "--config", config).code == 12
    cleared = mamctl(*clear, "--yes", "--json")
    assert (set(cleared.data), cleared.data["was_refused"]) == ({"was_refused", "marker"}, True)
    assert mamctl("rules", "sync", "--config", config).code == 0
    assert mamctl(*clear, "--json").data["was_refused"] is False
    assert reader.tracker.world.member.failed_logins == 0


def test_the_password_may_stand_in_a_file_that_nobody_else_reads(mamctl, reader, signing, monkeypatch) -> None:
    secret = reader.home / "password"
    secret.write_text("practice\n")
    secret.chmod(0o644)
    signing()
    monkeypatch.delenv("MAM_PASSWORD")
    config = str(reader.config(tracker={"login": "password", "password_file": str(secret)}))
    assert mamctl("rules", "sync", "--config", config).code == 10
    secret.chmod(0o600)
    assert mamctl("rules", "sync", "--config", config).code == 0


@pytest.mark.parametrize("variable", ["MAM_USERNAME", "MAM_PASSWORD"])
def test_a_missing_credential_is_a_fault_of_the_configuration(mamctl, reader, signing, monkeypatch, variable) -> None:
    config = signing()
    monkeypatch.delenv(variable)
    done = mamctl("rules", "sync", "--json", "--config", config)
    assert (done.code, slug(done)) == (10, "login_credentials_missing")
    assert variable in done.json["problems"][0]["message"]
    assert reader.tracker.journal.entries == []


def test_without_the_explicit_choice_name_and_password_are_not_used(mamctl, reader: Member, signing) -> None:
    signing()
    assert mamctl("rules", "sync", "--config", str(reader.config())).code == 0
    assert forms(reader) == []


def test_the_pages_are_read_with_the_session_of_the_login(mamctl, reader: Member, signing) -> None:
    config = signing()
    with Path(config).open("a") as file:
        file.write("\n[rules]\nread_pages = true\n")
    done = mamctl("rules", "sync", "--json", "--config", config)
    assert (done.code, len(done.data["pages"]["pages"])) == (0, 5)
    assert forms(reader) == FORM


def test_the_password_is_shown_nowhere(mamctl, signing) -> None:
    config = signing("hush-hush-password")
    for command in (("rules", "sync", "-v"), ("doctor", "--json"), ("config", "show")):
        done = mamctl(*command, "--config", config)
        assert "hush-hush" not in done.out + done.err
