"""What stands at the client's address may be slow, endless or broken: every exchange ends, and says how."""

from __future__ import annotations

import gzip
import socket
import threading
from contextlib import closing, suppress
from pathlib import Path

import pytest

from mamctl.adapters.qbittorrent import Endpoint, Login, QbittorrentClient
from mamctl.domain.secret import Secret
from mamctl.errors import ConfigInvalidError, MamctlError, ShapeChangedError, UnreachableError
from mamctl.practice.client import ClientWorld, PracticeClient
from mamctl.practice.clock import PracticeClock
from mamctl.practice.failures import FailureForm
from tests.kit.certificate import make_certificate, server_context
from tests.kit.failing_server import failing
from tests.kit.practice_fixtures import NOW

PASSWORD = "s3cret-passphrase"
LOGIN = Login("keeper", Secret(PASSWORD))
WITH_KEY = Login(api_key=Secret("qbt_0123456789abcdef"))
OF_SHAPE = {
    FailureForm.EMPTY,
    FailureForm.HTML,
    FailureForm.NOT_FOUND,
    FailureForm.WRONG_CHARSET,
    FailureForm.ELSEWHERE,
}
OF_SHAPE |= {FailureForm.ENDLESS, FailureForm.WRONG_LENGTH}
OF_STATUS = {FailureForm.UNAUTHORIZED, FailureForm.FORBIDDEN}
HELD = {FailureForm.SILENT, FailureForm.DRIPPED_HEAD, FailureForm.DRIPPED_BODY}


def look(url: str, login: Login = LOGIN, **more) -> None:
    client = QbittorrentClient(Endpoint("loft", url, **{"timeout": 0.3, **more}), login)
    with closing(client):
        client.fetch_snapshot(None)


@pytest.mark.parametrize("login", [LOGIN, WITH_KEY], ids=["login", "key"])
@pytest.mark.parametrize("form", list(FailureForm))
@pytest.mark.timeout(60)  # without the bounds the worst of them do not end
def test_every_form_of_failure_ends(form: FailureForm, login: Login) -> None:
    timeout = 0.3 if form in HELD else 10  # what answers is to end by its answer, however slow the machine
    with failing(form) as server, pytest.raises(MamctlError) as caught:
        look(server.url, login, timeout=timeout)
    error = caught.value
    assert isinstance(error, ShapeChangedError) is (form in OF_SHAPE)
    assert isinstance(error, UnreachableError) is (form not in OF_SHAPE | OF_STATUS)
    assert error.remedy
    assert not any(secret in f"{error.message} {error.remedy} {error!r}" for secret in (PASSWORD, "qbt_0"))


def test_what_trickles_for_ever_is_told_from_silence() -> None:
    for form, words in (
        (FailureForm.DRIPPED_HEAD, "no complete answer within 3 s"),
        (FailureForm.DRIPPED_BODY, "no complete answer within 3 s"),
        (FailureForm.SILENT, "no answer within 1 s"),
    ):
        with failing(form) as server, pytest.raises(UnreachableError, match=words):
            look(server.url, timeout=1)  # much longer than the pause between two bytes


@pytest.mark.parametrize(
    "packed",
    [gzip.compress(bytes(300 * 1024**2), 1), gzip.compress(gzip.compress(b"[]"))[:20], b"no gzip"],
    ids=["bomb", "cut", "none"],
)
def test_a_packed_answer_never_grows_without_end(packed: bytes) -> None:
    def serve(listener: socket.socket) -> None:
        connection, _ = listener.accept()
        with connection, suppress(OSError):
            connection.recv(65_536)
            head = f"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {len(packed)}\r\n\r\n"
            connection.sendall(head.encode() + packed)
            while connection.recv(65_536):  # a request's rest that is left unread would break the connection off
                pass

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=serve, args=(listener,), daemon=True).start()
        with pytest.raises(ShapeChangedError, match=r"an answer of more than|decompressed|ends too early"):
            look(f"http://127.0.0.1:{listener.getsockname()[1]}", WITH_KEY, timeout=10)


ENDLESS = {
    "chunks": (b"10000\r\n" + b"a" * 65_536 + b"\r\n", ShapeChangedError, "an answer of more than"),
    "a chunk's size": (b"1" * 60_000, UnreachableError, "was lost"),
    "small chunks": (b"1\r\na\r\n", UnreachableError, "no complete answer"),
    "trailers": (b"0\r\n" + b"X: y\r\n" * 1_000, UnreachableError, "no complete answer"),
}


@pytest.mark.parametrize("what", ENDLESS)
@pytest.mark.timeout(60)
def test_a_body_in_chunks_without_end_ends(what: str) -> None:
    piece, kind, said = ENDLESS[what]

    def serve(listener: socket.socket) -> None:
        connection, _ = listener.accept()
        with connection, suppress(OSError):
            connection.recv(65_536)
            connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            while True:
                connection.sendall(piece)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=serve, args=(listener,), daemon=True).start()
        timeout = 10 if kind is ShapeChangedError else 1
        with pytest.raises(kind, match=said):
            look(f"http://127.0.0.1:{listener.getsockname()[1]}", WITH_KEY, timeout=timeout)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_certificate(tmp_path_factory.mktemp("tls"), "DNS:localhost,IP:127.0.0.1")


def test_a_self_signed_certificate_is_trusted_when_it_is_named(certificate: Path) -> None:
    world = ClientWorld(PracticeClock(NOW), username="keeper", password=PASSWORD)
    with PracticeClient(world, tls=server_context(certificate)) as client:
        look(client.url, timeout=10, ca_file=certificate.with_name("certificate.pem"))
        look(client.url, timeout=10, verify=False)
        with pytest.raises(UnreachableError, match="its certificate is not trusted: self-signed") as caught:
            look(client.url, timeout=10)
        assert "ca_file" in (caught.value.remedy or "")
        assert "verify = false" in (caught.value.remedy or "")


def test_a_certificate_of_another_name_is_not_trusted(tmp_path: Path) -> None:
    other = make_certificate(tmp_path, "DNS:seedbox.example")
    world = ClientWorld(PracticeClock(NOW), username="keeper", password=PASSWORD)
    with (
        PracticeClient(world, tls=server_context(other)) as client,
        pytest.raises(UnreachableError, match="not trusted"),
    ):
        look(client.url, timeout=10, ca_file=tmp_path / "certificate.pem")


def test_https_where_none_is_spoken() -> None:
    world = ClientWorld(PracticeClock(NOW))
    with PracticeClient(world) as client, pytest.raises(UnreachableError) as caught:
        look(client.url.replace("http:", "https:"), timeout=10, verify=False)
    assert "https at this port" in (caught.value.remedy or "")


@pytest.mark.timeout(30)
def test_encryption_that_trickles_ends(certificate: Path) -> None:
    """A whole TLS handshake, then a head that never ends."""
    stop = threading.Event()

    def serve(listener: socket.socket) -> None:
        with server_context(certificate).wrap_socket(listener, server_side=True) as tls, suppress(OSError):
            connection, _ = tls.accept()
            with connection:
                connection.recv(65_536)
                connection.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
                while not stop.wait(0.05):
                    connection.sendall(b"x")

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve, args=(listener.dup(),), daemon=True)
        thread.start()
        with pytest.raises(UnreachableError, match="no complete answer"):
            look(f"https://127.0.0.1:{listener.getsockname()[1]}", timeout=1, verify=False)
        stop.set()
        thread.join()


@pytest.mark.parametrize(("content", "found"), [(None, "does not exist"), ("nothing of use", "holds no certificates")])
def test_a_ca_file_that_cannot_be_used_is_named(tmp_path: Path, content: str | None, found: str) -> None:
    path = tmp_path / "ca.pem"
    if content is not None:
        path.write_text(content)
    with pytest.raises(ConfigInvalidError, match=f"loft: ca_file .*ca.pem {found}"):
        look("https://127.0.0.1:1", ca_file=path)


def test_nothing_of_the_environment_counts(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No proxy, no .netrc, and none of the variables that qbittorrent-api knows."""
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    for name in ("HOST", "USERNAME", "PASSWORD", "API_KEY"):
        monkeypatch.setenv(f"QBITTORRENTAPI_{name}", "from-the-environment")
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login a password b")
    monkeypatch.setenv("NETRC", str(netrc))
    with PracticeClient(ClientWorld(PracticeClock(NOW), password="")) as client:
        look(client.url, Login(), timeout=10)
    with PracticeClient(ClientWorld(PracticeClock(NOW), username="keeper", password=PASSWORD)) as client:
        look(client.url, timeout=10)
