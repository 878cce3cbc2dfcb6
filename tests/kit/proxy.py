"""A real proxy on loopback: SOCKS5, CONNECT and plain forwarding; it keeps a journal of where it was asked to go."""

from __future__ import annotations

import base64
import select
import socket
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from urllib.parse import urlsplit


@dataclass
class ProxyServer:
    """`login` is what it asks for, as name and password; `went` is each host and port it was asked for."""

    port: int = 0
    login: tuple[str, str] | None = None
    went: list[tuple[str, int]] = field(default_factory=list)

    def address(self, scheme: str) -> str:
        return f"{scheme}://127.0.0.1:{self.port}"


@contextmanager
def proxying(login: tuple[str, str] | None = None) -> Iterator[ProxyServer]:
    """A running proxy; a wrong login is refused as the protocol has it."""
    here = ProxyServer(login=login)

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            with suppress(OSError, IndexError, ValueError):
                first = self.request.recv(1, socket.MSG_PEEK)
                _socks(here, self.request) if first == b"\x05" else _http(here, self.request)

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True
        allow_reuse_address = True

    with Server(("127.0.0.1", 0), Handler) as server:
        here.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        yield here
        server.shutdown()


def _exactly(client: socket.socket, count: int) -> bytes:
    data = b""
    while len(data) < count:
        if not (piece := client.recv(count - len(data))):
            raise OSError("the client has gone")
        data += piece
    return data


def _socks(here: ProxyServer, client: socket.socket) -> None:
    _, count = _exactly(client, 2)
    _exactly(client, count)
    client.sendall(b"\x05\x02" if here.login else b"\x05\x00")
    if here.login:
        _, length = _exactly(client, 2)
        name = _exactly(client, length).decode()
        password = _exactly(client, _exactly(client, 1)[0]).decode()
        if (name, password) != here.login:
            client.sendall(b"\x01\x01")
            return
        client.sendall(b"\x01\x00")
    kind = _exactly(client, 4)[3]
    if kind == 3:
        host = _exactly(client, _exactly(client, 1)[0]).decode()
    else:
        family, length = (socket.AF_INET, 4) if kind == 1 else (socket.AF_INET6, 16)
        host = socket.inet_ntop(family, _exactly(client, length))
    port = int.from_bytes(_exactly(client, 2), "big")
    here.went.append((host, port))
    with socket.create_connection((host, port)) as there:
        client.sendall(b"\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00")
        _join(client, there)


def _http(here: ProxyServer, client: socket.socket) -> None:
    head = b""
    while b"\r\n\r\n" not in head:
        head += client.recv(4096)
    line, *headers = head.partition(b"\r\n\r\n")[0].decode().split("\r\n")
    method, target, _ = line.split(" ")
    given = {name.lower(): value.strip() for name, _, value in (h.partition(":") for h in headers)}
    wanted = here.login and "Basic " + base64.b64encode(":".join(here.login).encode()).decode()
    if wanted and given.get("proxy-authorization") != wanted:
        client.sendall(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
        return
    parts = urlsplit(f"//{target}" if method == "CONNECT" else target)
    host, port = parts.hostname or "", parts.port or 80
    here.went.append((host, port))
    with socket.create_connection((host, port)) as there:
        if method == "CONNECT":
            client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        else:
            path = target.partition("://")[2].partition("/")[2]
            there.sendall(head.replace(target.encode(), b"/" + path.encode(), 1))
        _join(client, there)


def _join(one: socket.socket, other: socket.socket) -> None:
    while True:
        for ready in select.select([one, other], [], [], 10)[0]:
            data = ready.recv(65536)
            if not data:
                return
            (other if ready is one else one).sendall(data)
