"""Self-signed certificates, as qBittorrent's own."""

from __future__ import annotations

import ssl
import subprocess
from pathlib import Path


def make_certificate(folder: Path, names: str = "DNS:localhost") -> Path:
    """A file with a private key and the certificate for these names; `certificate.pem` beside it has no key."""
    key, alone, path = folder / "key.pem", folder / "certificate.pem", folder / "self.pem"
    command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost"
    more = ["-addext", f"subjectAltName={names}", "-keyout", str(key), "-out", str(alone)]
    subprocess.run([*command.split(), *more], check=True, capture_output=True)
    path.write_bytes(key.read_bytes() + alone.read_bytes())
    return path


def server_context(certificate: Path) -> ssl.SSLContext:
    """What a server needs to show it."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context
