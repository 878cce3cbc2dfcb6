"""Every value of the configuration has bounds, and what no key can mean is refused with the key's name."""

from __future__ import annotations

import math
import os
import tomllib
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Annotated, Any, get_args, get_origin, get_type_hints

import pytest

from mamctl.config import Config, ConfigFaultsError, load
from mamctl.config.values import ValueFault, convert
from mamctl.domain.bounds import ClientUrl, HttpUrl, Range, Seconds, without_login
from mamctl.errors import ConfigInvalidError


def _numbers(shape: type[Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Every key whose value is a number, with its annotation."""
    hints = get_type_hints(shape, include_extras=True)
    for entry in fields(shape):
        hint = hints[entry.name]
        item = get_args(hint)[0] if get_origin(hint) is tuple else hint
        if is_dataclass(item):
            yield from _numbers(item, f"{prefix}{entry.name}.")
        elif (get_args(item)[0] if get_origin(item) is Annotated else item) in (int, float):
            yield f"{prefix}{entry.name}", item


NUMBERS = dict(_numbers(Config))


@pytest.mark.parametrize("key", NUMBERS)
def test_every_number_has_finite_bounds(key: str) -> None:
    checks = [check for check in get_args(NUMBERS[key]) if isinstance(check, Range)]
    assert any(check.low is not None and math.isfinite(check.low) for check in checks), key
    assert any(check.high is not None and math.isfinite(check.high) for check in checks), key


@pytest.mark.parametrize("key", NUMBERS)
@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, 10**400, -(10**400), 1e300, -1])
def test_what_no_number_can_be_is_refused(key: str, value: float) -> None:
    if value == -1 and key.startswith("events.") and key.endswith("_percent"):
        value = -101  # a percentage of fewer slots is negative; there are no fewer than none
    with pytest.raises(ValueFault):
        convert(value, NUMBERS[key])


@pytest.mark.parametrize("text", ["9" * 400 + "d", "1e9d", "-5m", "٣h", "nan", "inf"])
def test_durations_that_are_none(text: str) -> None:
    with pytest.raises(ValueFault):
        convert(text, Seconds)


def refused(tmp_path: Path, text: str) -> ConfigInvalidError:
    path = tmp_path / "mamctl.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigInvalidError) as caught:
        load(path, {})
    return caught.value


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("[ratio]\nfloor = nan", "ratio.floor"),
        ("[ratio]\nforecast_windows = [nan]", "ratio.forecast_windows"),
        ("[ratio]\nkeep_hourly = inf", "ratio.keep_hourly"),
        ("[notify]\nremind_after = inf", "notify.remind_after"),
        (f"[tracker]\ndaily_budget = 0x{'f' * 4000}", "tracker.daily_budget"),
        (f"[ratio]\nfloor = 0x{'f' * 4000}", "ratio.floor"),
        ('[tracker]\nuser_agent_contact = "Jörg"', "tracker.user_agent_contact"),
        ('[tracker]\nuser_agent_contact = "a\\u0000b"', "tracker.user_agent_contact"),
        ('[catalogues]\nuser_agent_contact = "a\\nb"', "catalogues.user_agent_contact"),
        ('[store]\npath = "a\\u0000b"', "store.path"),
        ('[store]\npath = "a\\nb"', "store.path"),
        ('[store]\npath = ":memory:"', "store.path"),
        ('[store]\npath = "~nosuchuser/x"', "store.path"),
        ('[library]\nfolders = ["/srv", "~nosuchuser/x"]', "library.folders"),
        ('[audio]\nffmpeg_path = "a\\u0000b"', "audio.ffmpeg_path"),
        ('[tracker]\nbase_url = "https://x:99999"', "tracker.base_url"),
        ('[tracker]\nproxy = "ftp://x"', "tracker.proxy"),
        ('[tracker]\nproxy = "http://user:pw@x:3128"', "tracker.proxy"),
        ('[[qbittorrent]]\nname = "a"\nurl = "http://[::1"', "qbittorrent[0].url"),
    ],
)
def test_the_fault_names_the_key(tmp_path: Path, text: str, key: str) -> None:
    error = refused(tmp_path, text)
    assert isinstance(error, ConfigFaultsError)
    assert [fault.path for fault in error.faults] == [key]


@pytest.mark.parametrize(
    "text",
    [f"x = {'9' * 5000}", "x = " + "[" * 5000, "x = [\n", 'a = "', "[a]\n[a]\n", "a = 1\na = 2", "\x00", "a = \x01"],
)
def test_what_is_not_toml_is_one_fault(tmp_path: Path, text: str) -> None:
    error = refused(tmp_path, text)
    assert "not valid TOML" in error.message
    assert len(error.faults) == 1  # type: ignore[attr-defined]


def test_a_key_that_stands_there_twice_is_not_repeated(tmp_path: Path) -> None:
    error = refused(tmp_path, '["hunter2secret"]\n["hunter2secret"]\n')
    assert "hunter2" not in f"{error.message}{error.remedy}{error.faults}"  # type: ignore[attr-defined]


@pytest.mark.parametrize("value", ["s3cr3t value", "s3cr3t=", "s3cr3t%2Bx", "1s3cr3t"])
def test_a_secret_where_a_variables_name_belongs_is_not_repeated(tmp_path: Path, value: str) -> None:
    error = refused(tmp_path, f'[tracker]\nmam_id_env = "{value}"')
    assert "name of an environment variable" in error.message
    assert "s3cr3t" not in error.message


def test_a_pipe_or_device_is_no_configuration_and_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.toml")
    for path in (tmp_path / "pipe.toml", Path("/dev/zero"), tmp_path):
        with pytest.raises(ConfigInvalidError, match="regular file"):
            load(path, {})


def test_a_huge_file_is_no_configuration(tmp_path: Path) -> None:
    assert "more than" in refused(tmp_path, "#" * 2_000_000).message


def test_a_line_break_in_the_files_name_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "a\n* * * * * rm"
    folder.mkdir()
    (folder / "mamctl.toml").write_text("")
    with pytest.raises(ConfigInvalidError, match="control character"):
        load(folder / "mamctl.toml", {})


def test_relative_paths_begin_at_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "mamctl.toml"
    path.write_text(
        '[store]\npath = "db/mamctl.db"\n[tracker]\nmam_id_file = "mam_id"\n[library]\nfolders = ["books"]\n'
    )
    (tmp_path / "elsewhere").mkdir()
    for here in (tmp_path, tmp_path / "elsewhere"):
        monkeypatch.chdir(here)
        config = load(path if here != tmp_path else Path("mamctl.toml"), {}).config
        assert config.store.path == tmp_path / "db/mamctl.db"
        assert config.tracker.mam_id_file == tmp_path / "mam_id"
        assert config.library.folders == (tmp_path / "books",)


def test_no_home_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAMCTL_CONFIG", "~nosuchuser/mamctl.toml")
    with pytest.raises(ConfigInvalidError, match="home folder"):
        load(None)


def test_the_old_name_of_a_key_counts(tmp_path: Path) -> None:
    path = tmp_path / "mamctl.toml"
    path.write_text("[catalogues]\nvoices = 5\n")
    loaded = load(path, {})
    assert loaded.config.catalogues.min_sources == 5
    assert loaded.renamed == (("catalogues.voices", "catalogues.min_sources"),)
    assert loaded.origins["catalogues.min_sources"] == "file"
    assert "old name" in refused(tmp_path, "[catalogues]\nvoices = 5\nmin_sources = 2\n").message
    assert "at most 20" in refused(tmp_path, "[catalogues]\nvoices = 50\n").message


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("HTTP://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("HTTPS://Seedbox.Example/qBittorrent/", "https://seedbox.example/qBittorrent/"),
        ("http://nas:8080/#/", "http://nas:8080"),
        ("http://nas:8080/#/torrents", "http://nas:8080"),
        ("http://nas:8080/api/v2", "http://nas:8080"),
        ("http://nas:8080/qbt/api/v2/", "http://nas:8080/qbt"),
        ("http://nas:8080/index.html", "http://nas:8080"),
        (" http://[FE80::1]:8080 ", "http://[fe80::1]:8080"),
        ("http://my_service:8080", "http://my_service:8080"),
    ],
)
def test_client_addresses_as_they_are_pasted(given: str, kept: str) -> None:
    assert convert(given, ClientUrl) == kept


@pytest.mark.parametrize(
    "given",
    [
        *("", "nas:8080", "http://", "http://a b", "ftp://nas", "http://u:p@nas", "http://nas:0", "http://nas:99999"),
        *("http://nas?x=1", "http://a..b", "http://exämple.org", "http://[::1", "javascript:x", "http://nas\u00a0x"),
    ],
)
def test_what_is_no_address_of_a_client(given: str) -> None:
    with pytest.raises(ValueFault, match="http or https address"):
        convert(given, ClientUrl)


@pytest.mark.parametrize("given", ["HTTPS://Example.org", "http://LOCALHOST:1/x", "http://127.0.0.1", "http://[::1]:8"])
def test_addresses_of_sites(given: str) -> None:
    assert convert(given, HttpUrl).startswith(("https://example.org", "http://localhost", "http://127", "http://[::1]"))


def test_an_address_is_shown_without_its_login() -> None:
    assert without_login("socks5://user:pa%20ss@[::1]:1080/x?y") == "socks5://[::1]:1080"
    assert without_login("what?") == ""


def test_the_sample_still_loads() -> None:
    from mamctl.cli.commands.init import sample

    assert tomllib.loads(sample())
