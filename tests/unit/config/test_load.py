"""The configuration: every fault at once, origins, environment, and no secret repeated."""

from __future__ import annotations

from pathlib import Path

import pytest

from mamctl.config import ConfigFaultsError, load
from mamctl.config.describe import describe_keys, effective, key_names
from mamctl.errors import ConfigInvalidError


def write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "mamctl.toml"
    path.write_text(text)
    return path


def test_all_faults_are_told_at_once_with_path_found_expected_and_nearest(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        """
        [vip]
        auto_renw = true
        renew_within_days = 0
        min_points = "many"
        [tracker]
        base_url = "http://tracker.example"
        login = "magic"
        min_interval = "5 parsecs"
        [nonsense]
        """,
    )
    with pytest.raises(ConfigFaultsError) as caught:
        load(path)
    faults = {fault.path: fault for fault in caught.value.faults}
    assert set(faults) == {
        "vip.auto_renw",
        "vip.renew_within_days",
        "vip.min_points",
        "tracker.base_url",
        "tracker.login",
        "tracker.min_interval",
        "nonsense",
    }
    assert faults["vip.auto_renw"].nearest == "auto_renew"
    assert (faults["vip.renew_within_days"].found, faults["vip.renew_within_days"].expected) == ("0", "at least 1")
    assert faults["tracker.login"].expected == "one of session, password"
    assert caught.value.exit_code == 10


def test_a_pasted_secret_is_not_repeated(tmp_path: Path) -> None:
    path = write(tmp_path, '[tracker]\nmam_id_file = ["s3cr3t-value"]\n')
    with pytest.raises(ConfigFaultsError) as caught:
        load(path)
    assert "s3cr3t-value" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "seconds"), [("90", 90.0), ('"90s"', 90.0), ('"5m"', 300.0), ('"1h 30m"', 5400.0), ("2.5", 2.5)]
)
def test_durations(tmp_path: Path, text: str, seconds: float) -> None:
    assert load(write(tmp_path, f"[speech]\ntimeout = {text}\n"), {}).config.speech.timeout == seconds


@pytest.mark.spec("CFG-1")
def test_environment_variables_stand_for_keys(tmp_path: Path) -> None:
    environ = {
        "GOODREADS_AUTHOR_ID": "77",
        "STT_SERVICE": "azure",
        "STT_MODEL_SIZE": "base",
        "AZURE_SPEECH_REGION": "westeurope",
        "FFMPEG_PATH": "/opt/bin/ffmpeg",
        "MAX_AUDIO_FILES_PARALLEL": "2",
    }
    loaded = load(write(tmp_path, ""), environ)
    assert loaded.config.audio.parallel == 2
    assert loaded.config.speech.service == "azure"
    assert loaded.config.audio.ffmpeg_path == "/opt/bin/ffmpeg"
    origins = {entry.key: entry.origin for entry in effective(loaded)}
    assert origins["audio.parallel"] == "MAX_AUDIO_FILES_PARALLEL"
    assert origins["vip.auto_renew"] == "default"


@pytest.mark.spec("CFG-1")
def test_a_bad_environment_variable_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(ConfigFaultsError, match=r"audio\.parallel"):
        load(write(tmp_path, ""), {"MAX_AUDIO_FILES_PARALLEL": "0"})


def test_spending_is_off_by_default() -> None:
    defaults = {key.key: key.default for key in describe_keys()}
    assert defaults["vip.auto_renew"] is False
    assert defaults["vip.renew_without_shortage"] is False
    assert defaults["rules.read_pages"] is False


def test_the_names_of_the_keys_are_those_of_their_descriptions() -> None:
    assert list(key_names()) == list(dict.fromkeys(key.key.split("[]")[0] for key in describe_keys()))


def test_a_named_file_that_is_missing_broken_or_not_text_says_so(tmp_path: Path) -> None:
    with pytest.raises(ConfigInvalidError, match="no such file"):
        load(tmp_path / "none.toml")
    with pytest.raises(ConfigInvalidError, match="not valid TOML"):
        load(write(tmp_path, "[vip\n"))
    (tmp_path / "x.toml").write_bytes(b"\xff\xfe\x00")
    for path, word in ((tmp_path / "x.toml", "not UTF-8"), (tmp_path, "a folder, pipe or device")):
        with pytest.raises(ConfigInvalidError, match=word) as refused:
            load(path)
        assert "--config" in (refused.value.remedy or "")


def test_the_current_directory_is_never_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, "[vip]\nauto_renew = true\n")
    monkeypatch.chdir(tmp_path)
    assert load(None, {}).config.vip.auto_renew is False


def faults_of(tmp_path: Path, text: str) -> dict[str, str]:
    path = tmp_path / "mamctl.toml"
    path.write_text(text)
    with pytest.raises(ConfigFaultsError) as caught:
        load(path, {})
    return {fault.path: str(fault) for fault in caught.value.faults}


def test_keys_that_contradict_each_other_are_faults(tmp_path: Path) -> None:
    told = faults_of(tmp_path, "[ratio]\nfloor = 1.2\nrecovery = 1.1\n")
    assert told == {"ratio.recovery": "ratio.recovery: at least ratio.floor (1.2) (found 1.1)"}


def test_each_client_has_a_sound_address_and_a_name_of_its_own(tmp_path: Path) -> None:
    client = '[[qbittorrent]]\nname = "home"\nurl = "http://nas.lan:8080"\n'
    path = tmp_path / "mamctl.toml"
    path.write_text(client)
    (home,) = load(path, {}).config.qbittorrent
    assert (home.name, home.scope_trackers) == ("home", ("myanonamouse.net",))
    assert list(faults_of(tmp_path, client + client.replace("home", "HOME"))) == [
        "qbittorrent[0].name",
        "qbittorrent[1].name",
    ]
    told = faults_of(tmp_path, '[[qbittorrent]]\nname = "a"\nurl = "http://me:hunter2@nas"\nscope_trackers = ["a b"]\n')
    assert set(told) == {"qbittorrent[0].url", "qbittorrent[0].scope_trackers"}
    assert "hunter2" not in str(told)
    assert set(faults_of(tmp_path, "[[qbittorrent]]\n")) == {"qbittorrent[0].name", "qbittorrent[0].url"}
    both = client + 'password_file = "/p"\napi_key_file = "/k"\nscope_trackers = []\n'
    assert set(faults_of(tmp_path, both)) == {"qbittorrent[0].api_key_file", "qbittorrent[0].scope_trackers"}
    plain = faults_of(tmp_path, client + 'ca_file = "/c"\n')
    assert plain["qbittorrent[0].ca_file"].endswith("(found '/c')")


@pytest.mark.parametrize(
    ("text", "key", "file"),
    [
        ('[tracker]\nmam_id = "x"', "tracker.mam_id", "mam_id_file"),
        ('[[qbittorrent]]\nname = "home"\npassword = "x"', "qbittorrent[0].password", "password_file"),
        ('[audiobookshelf]\napi_key = "x"', "audiobookshelf.api_key", "api_key_file"),
    ],
)
def test_a_secret_in_the_file_is_led_to_its_own_file(tmp_path: Path, text: str, key: str, file: str) -> None:
    """The nearest key in letters would be that of a variable's name, in which the secret would then stand."""
    path = tmp_path / "mamctl.toml"
    path.write_text(text)
    with pytest.raises(ConfigFaultsError) as failure:
        load(path)
    (fault,) = [fault for fault in failure.value.faults if fault.path == key]
    assert str(fault).endswith(f"put it alone into a file, and name that in {file}")
