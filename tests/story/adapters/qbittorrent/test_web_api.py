"""Logins, kept sessions and refusals, against a server that says what real and broken clients say."""

from __future__ import annotations

import re
import socket
import threading
from contextlib import closing

import pytest

from mamctl.adapters.qbittorrent import Endpoint, Login
from mamctl.adapters.qbittorrent.main_data import parse_version
from mamctl.adapters.qbittorrent.web_api import WebApi
from mamctl.domain.secret import Secret
from mamctl.errors import MamctlError, SessionRefusedError, ShapeChangedError, UnreachableError
from tests.kit.odd_client import Answer, OddClient, session

PASSWORD = "s3cret-passphrase"
PAGE = "<!DOCTYPE html><title>Sign in</title>"
KEY = "qbt_0123456789abcdef"
LOGIN = Login("keeper", Secret(PASSWORD))
ACCEPTED = Answer(headers=session())
VERSION = Answer("v5.1.0")
HUNG_UP = Answer(hangs_up=True)


def web(url: str, login: Login = LOGIN, *, timeout: float = 60, version: str = "", **more) -> closing[WebApi]:
    api = WebApi(Endpoint("loft", url, timeout), login, **more)
    if version:
        api.version = parse_version(version)
    return closing(api)


@pytest.mark.parametrize(
    ("answer", "name"),
    [
        (Answer("Ok.", headers=session("SID")), "SID"),
        (Answer("", 204, headers=session("QBT_SID_8080")), "QBT_SID_8080"),
        (Answer("Ok.", headers=session("chosen_by_hand")), "chosen_by_hand"),
    ],
)
def test_a_login_of_every_version_begins_a_session(answer: Answer, name: str) -> None:
    with OddClient({"auth/login": answer, "app/version": VERSION}) as client, web(client.url) as asking:
        asking.app_version()
        asking.app_version()
        assert asking.cookies == {name: "kept-for-us"}
    assert client.paths() == ["auth/login", "app/version", "app/version"]
    assert client.asked[1].headers["Cookie"] == f"{name}=kept-for-us"


def test_a_kept_session_needs_no_login() -> None:
    with OddClient({"app/version": VERSION}) as client, web(client.url, cookies={"SID": "older"}) as asking:
        assert asking.app_version() == "v5.1.0"
        assert asking.logins == 0


def test_an_ended_session_is_renewed_once_and_the_request_repeated() -> None:
    answers = {"auth/login": ACCEPTED, "torrents/pause": [Answer("Forbidden", 403), Answer("")]}
    with OddClient(answers) as client, web(client.url, cookies={"SID": "ended"}, version="v4.5.2") as asking:
        asking.torrents_pause(["a", "b"])
    assert client.paths() == ["torrents/pause", "auth/login", "torrents/pause"]
    assert client.asked[1].headers.get("Cookie") is None  # an ended session would spoil its own renewal
    assert client.asked[2].body == "hashes=a%7Cb"


def test_a_session_refused_again_is_not_renewed_for_ever() -> None:
    answers = {"auth/login": ACCEPTED, "app/version": Answer("Forbidden", 403)}
    with OddClient(answers) as client, web(client.url) as asking, pytest.raises(SessionRefusedError):
        asking.app_version()
    assert client.paths() == ["auth/login", "app/version", "auth/login", "app/version"]


def test_an_api_key_goes_with_every_request_and_never_logs_in() -> None:
    login = Login(api_key=Secret(KEY))
    with OddClient({"app/version": VERSION}) as client, web(client.url, login) as asking:
        asking.app_version()
    assert client.paths() == ["app/version"]
    assert client.asked[0].headers["Authorization"] == f"Bearer {KEY}"


def test_no_login_is_made_where_none_is_configured() -> None:
    opened = Answer("v4.5.2", headers=session())
    with OddClient({"app/version": opened}) as client, web(client.url, Login()) as asking:
        asking.app_version()
        assert asking.cookies == {"SID": "kept-for-us"}
    assert client.paths() == ["app/version"]


BANNED = "Your IP address has been banned after too many failed authentication attempts."


@pytest.mark.parametrize(
    ("login", "answers", "said", "remedy"),
    [
        (LOGIN, {"auth/login": Answer("Fails.")}, "refused the user name or the password", "password_file"),
        (
            LOGIN,
            {"auth/login": Answer("Unauthorized", 401), "app/version": Answer("Forbidden", 403)},
            "refused the user name or the password",
            "password_file",
        ),
        (
            LOGIN,
            {"auth/login": Answer("Unauthorized", 401), "app/version": Answer("Unauthorized", 401)},
            "refused the address",
            "Server domains",
        ),
        (LOGIN, {"auth/login": Answer(BANNED, 403)}, "has banned this machine", "wait until the ban ends"),
        (
            Login(api_key=Secret(KEY)),
            {"app/version": Answer("Forbidden", 403)},
            "refused the API key",
            "api_key_file",
        ),
        (
            Login(api_key=Secret(KEY)),
            {"app/version": [Answer("", 401), Answer("Forbidden", 403)]},
            "refused the API key",
            "api_key_file",
        ),
        (Login(api_key=Secret(KEY)), {"app/version": Answer("", 401)}, "refused the address", "same port inside"),
        (LOGIN, {"auth/login": Answer(PAGE, 401)}, "in front of qBittorrent refuses this machine (401)", "/api/"),
        (LOGIN, {"auth/login": Answer(PAGE, 403)}, "in front of qBittorrent refuses this machine (403)", "/api/"),
        (
            Login(api_key=Secret(KEY)),
            {"app/version": Answer(PAGE, 403)},
            "in front of qBittorrent refuses this machine (403)",
            "/api/",
        ),
        (Login(), {"app/version": Answer("Forbidden", 403)}, "asks for a login", "password_file"),
    ],
)
def test_a_refusal_says_what_was_refused_and_what_to_do(login: Login, answers: dict, said: str, remedy: str) -> None:
    with (
        OddClient(answers) as client,
        web(client.url, login) as asking,
        pytest.raises(SessionRefusedError) as caught,
    ):
        asking.app_version()
    assert said in caught.value.message
    assert remedy in (caught.value.remedy or "")
    assert caught.value.message.startswith("loft: ")


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (Answer("Internal Server Error", 500), UnreachableError),
        (Answer("Bad Gateway", 502), UnreachableError),
        (Answer("slow down", 429), UnreachableError),
        (Answer("half", promises=1000), UnreachableError),
        (Answer(delay=1.0), UnreachableError),
        (Answer("Not Found", 404), ShapeChangedError),
        (Answer("", 302, {"Location": "https://portal.example/?from=" + PASSWORD}), ShapeChangedError),
        (Answer("not gzip", headers={"Content-Encoding": "gzip"}), ShapeChangedError),
        (Answer("Conflict", 409), MamctlError),
        (Answer("nothing to do", 400), MamctlError),
    ],
)
def test_what_a_broken_answer_is_called(answer: Answer, kind: type[MamctlError]) -> None:
    answers = {"auth/login": ACCEPTED, "torrents/pause": answer}
    with (
        OddClient(answers) as client,
        web(client.url, timeout=0.3 if answer.delay else 10, version="v4.5.2") as asking,
        pytest.raises(kind) as caught,
    ):
        asking.torrents_pause("all")
    assert type(caught.value) is kind
    assert caught.value.subject == client.url
    assert client.paths().count("torrents/pause") == 1


@pytest.mark.parametrize(
    ("target", "said", "remedy"),
    [
        (f"https://box:pw@seedbox.example:444/{PASSWORD}?token=1", "to https://seedbox.example:444", "into url"),
        ("/login?next=qbt", "to another page", "let it pass /api/"),
        ("", "to another page", "let it pass /api/"),
        ("https://[::1", "to another page", "let it pass /api/"),
    ],
)
def test_a_redirect_is_named_by_its_address(target: str, said: str, remedy: str) -> None:
    answers = {"auth/login": Answer("", 301, {"Location": target})}
    with OddClient(answers) as client, web(client.url) as asking, pytest.raises(ShapeChangedError) as caught:
        asking.app_version()
    assert caught.value.message.endswith(said)
    assert remedy in (caught.value.remedy or "")


@pytest.mark.parametrize("status", [502, 503, 504])
def test_a_proxy_with_nothing_behind_it_is_not_sent_to_the_log_of_the_client(status: int) -> None:
    answers = {"auth/login": Answer(PAGE, status, {"WWW-Authenticate": "Basic realm=box"})}
    with OddClient(answers) as client, web(client.url) as asking, pytest.raises(UnreachableError) as caught:
        asking.app_version()
    assert "in front of qBittorrent got no answer" in caught.value.message
    assert "qBittorrent runs" in (caught.value.remedy or "")


@pytest.mark.parametrize("path", ["/qbt", "/qbt/", "/a/b%20c"])
def test_a_base_path_of_a_reverse_proxy_is_kept(path: str) -> None:
    here = path.rstrip("/") + "/api/v2/"
    answers = {f"{here}auth/login": ACCEPTED, f"{here}app/version": Answer("v5.1.0")}
    with OddClient(answers) as client, web(client.url + path) as asking:
        assert asking.app_version() == "v5.1.0"
    assert client.paths() == list(answers)


def test_an_address_of_ipv6_is_asked_and_named_in_brackets() -> None:
    def serve(listener: socket.socket) -> None:
        connection, _ = listener.accept()
        with connection:
            heard.append(connection.recv(65_536))
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\nConnection: close\r\n\r\nv5.1.0")

    heard: list[bytes] = []
    with socket.create_server(("::1", 0), family=socket.AF_INET6) as listener:
        url = f"http://[::1]:{listener.getsockname()[1]}"
        thread = threading.Thread(target=serve, args=(listener,), daemon=True)
        thread.start()
        with web(url, Login()) as asking:
            assert asking.app_version() == "v5.1.0"
        thread.join()
    assert f"Host: {url.removeprefix('http://')}".encode() in heard[0]
    with web(url, Login()) as asking, pytest.raises(UnreachableError, match=re.escape(f"{url} cannot be reached")):
        asking.app_version()


def test_a_login_page_of_something_else_is_no_login() -> None:
    page = Answer("<html>Please sign in</html>", headers=session("proxy"))
    with (
        OddClient({"auth/login": page}) as client,
        web(client.url) as asking,
        pytest.raises(ShapeChangedError),
    ):
        asking.app_version()


@pytest.mark.parametrize("answer", [Answer(""), Answer("", 403)])
def test_an_empty_answer_without_a_session_is_no_login(answer: Answer) -> None:
    with OddClient({"auth/login": answer}) as client, web(client.url) as asking, pytest.raises(MamctlError):
        asking.app_version()
    assert client.paths() == ["auth/login"]


def test_a_refused_port_is_explained() -> None:
    """Host header validation compares the port as well: a container that publishes another one."""
    answers = {"auth/login": Answer("Unauthorized", 401), "app/version": Answer("Unauthorized", 401)}
    with OddClient(answers) as client, web(client.url) as asking, pytest.raises(SessionRefusedError) as caught:
        asking.app_version()
    for word in ("same port inside and outside", "Server domains", "pass the Host header on", "validation off"):
        assert word in (caught.value.remedy or "")


def test_a_login_and_a_question_that_were_hung_up_on_are_sent_once_more() -> None:
    """qBittorrent ends a connection that brings nothing for seven seconds, which a busy machine takes to write."""
    asked = {
        "app/version": VERSION,
        "sync/maindata": Answer("{}"),
        "torrents/files": Answer("[]"),
        "torrents/info": Answer("[]"),
        "torrents/pieceHashes": Answer("[]"),
        "torrents/properties": Answer("{}"),
        "torrents/trackers": Answer("[]"),
    }
    answers = {path: [HUNG_UP, answer] for path, answer in {"auth/login": ACCEPTED, **asked}.items()}
    with OddClient(answers) as client, web(client.url, version="v5.1.0") as asking:
        assert asking.app_version() == "v5.1.0"
        assert asking.sync_maindata(rid=7) == {}
        for read in (asking.torrents_files, asking.torrents_piece_hashes, asking.torrents_trackers):
            assert read(torrent_hash="a") == []
        assert asking.torrents_properties(torrent_hash="a") == {}
        assert asking.torrents_info() == []
    assert sorted(client.paths()) == sorted(2 * list(answers))
    first, second = (one.body for one in client.asked if one.path == "sync/maindata")
    assert first == second == "rid=7"


def test_what_is_hung_up_on_twice_is_not_sent_a_third_time() -> None:
    with OddClient({"auth/login": HUNG_UP}) as client, web(client.url) as asking, pytest.raises(UnreachableError):
        asking.app_version()
    assert client.paths() == ["auth/login", "auth/login"]


def test_a_change_that_was_hung_up_on_is_not_made_again() -> None:
    """It may have been done all the same, and something else since."""
    answers = {"torrents/pause": HUNG_UP}
    with (
        OddClient(answers) as client,
        web(client.url, cookies={"SID": "kept"}, version="v4.5.2") as asking,
        pytest.raises(UnreachableError),
    ):
        asking.torrents_pause(["a"])
    assert client.paths() == ["torrents/pause"]


def test_nobody_listens() -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))  # bound but never listening: nobody else can begin to
        address = f"http://127.0.0.1:{held.getsockname()[1]}"
        with web(address) as asking, pytest.raises(UnreachableError, match="refused") as caught:
            asking.app_version()
    assert caught.value.subject == address


def test_no_secret_is_ever_said() -> None:
    """Whatever goes wrong: not the password, not the key, not the session, not a proxy's login."""
    secrets = (PASSWORD, KEY, "kept-for-us", "older", "proxypass")
    for status in (302, 400, 401, 403, 404, 409, 500):
        for login in (LOGIN, Login(api_key=Secret(KEY)), Login()):
            answers = {"auth/login": ACCEPTED, "app/version": Answer(f"echo {PASSWORD} {KEY}", status)}
            with OddClient(answers) as client:
                url = client.url.replace("http://", "http://proxy:proxypass@")
                with (
                    web(url, login, cookies={"SID": "older"}) as asking,
                    pytest.raises(MamctlError) as caught,
                ):
                    asking.app_version()
            error = caught.value
            told = f"{error!r} {error.message} {error.subject} {error.remedy} {login!r}"
            assert not [secret for secret in secrets if secret in told]
            assert error.__cause__ is None
