"""Secrets on disk: read only from regular files that others cannot read, written whole and 0600 or not at all."""

from __future__ import annotations

import contextlib
import errno
import os
import re
import stat
import time
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path

from mamctl.dataclass import dataclass
from mamctl.domain.secret import Secret
from mamctl.errors import ConfigInvalidError

_LARGEST = 64 * 1024
_ABANDONED_S = 3600.0  # no write takes as long
# Where containers and systemd put secrets: the rights there are not the user's to choose.
_SECRET_MOUNTS = (Path("/run/secrets"), Path("/run/credentials"), Path("/var/run/secrets"))


class Exposure(StrEnum):
    """What others can do with a file. `MOUNTED` is readable by others where the user cannot change it."""

    PRIVATE = "private"
    MOUNTED = "mounted"
    READABLE = "readable"
    WRITABLE = "writable"


def judge_exposure(mode: int, *, mounted: bool) -> Exposure:
    """The exposure of a file with these permission bits; `mounted` says that it lies on a mount for secrets."""
    if mode & (stat.S_IWGRP | stat.S_IWOTH):
        return Exposure.WRITABLE
    if not mode & (stat.S_IRWXG | stat.S_IRWXO):
        return Exposure.PRIVATE
    return Exposure.MOUNTED if mounted else Exposure.READABLE


def exposure_of(path: Path) -> Exposure:
    """What others can do with this file. Raises OSError."""
    return judge_exposure(path.stat().st_mode, mounted=_is_mounted(path))


def read_regular_file(path: Path, largest: int) -> bytes:
    """The bytes of a regular file, one more than `largest` at most; a pipe or device is never waited for.

    Raises OSError; one that is not a regular file says so in `strerror`.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(0, "it is a folder, pipe or device, not a regular file", str(path))
    with os.fdopen(descriptor, "rb") as file:
        return file.read(largest + 1)


def read_secret_file(path: Path) -> Secret:
    """The trimmed text of a secrets file; ConfigInvalidError when missing, empty, or open to others.

    A file that others can read is accepted only on a read-only mount or one for secrets, as containers have them. Where
    systemd has loaded the file as a credential, that is read.
    """
    path = _loaded_by_systemd(path)
    try:
        exposure, mode = exposure_of(path), path.stat().st_mode
        raw = read_regular_file(path, _LARGEST)
    except FileNotFoundError:
        raise _invalid(
            path, "secret_file_missing", "does not exist", "create it, with the secret alone in it"
        ) from None
    except OSError as error:
        raise _invalid(path, "secret_file_unreadable", f"cannot be read: {error.strerror}", "check its owner") from None
    if exposure in (Exposure.READABLE, Exposure.WRITABLE):
        found = f"can be used by others (mode {stat.S_IMODE(mode):04o})"
        remedy = f"chmod 600 {path}; where that has no effect, name a variable that holds the secret: the key …_env"
        raise _invalid(path, "secret_file_open", found, remedy)
    return Secret(_decode(path, raw))


def credential_name(path: Path) -> str:
    """The name under which mamctl's units have systemd load a secrets file: its path with dashes for slashes."""
    return re.sub(r"[^A-Za-z0-9._-]", "-", str(path.absolute()).strip("/"))


def _loaded_by_systemd(path: Path) -> Path:
    folder = os.environ.get("CREDENTIALS_DIRECTORY", "")
    loaded = Path(folder) / credential_name(path)
    return loaded if folder and loaded.is_file() else path


class SecretForm(StrEnum):
    """What a secret may hold: one line, one line of printable ASCII as headers need it, or any text."""

    LINE = "line"
    HEADER = "header"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class SecretSource:
    """Where one secret may come from: a file, else the variable of this name. `key` is its path without _file, _env.

    `form` says what can be sent of it.
    """

    key: str
    file: Path | None = None
    variable: str = ""
    form: SecretForm = SecretForm.LINE

    def read(self, environ: Mapping[str, str]) -> Secret | None:
        """The secret, None where there is none. Raises ConfigInvalidError, which names the key and never the value."""
        if self.file is not None:
            secret = read_secret_file(self.file)
        else:
            secret = Secret(environ.get(self.variable, "").strip() if self.variable else "")
        if fault := secret_fault(secret.reveal(), self.form):
            raise ConfigInvalidError(
                f"{self.key}: the secret in {self.where} {fault}",
                subject=self.key,
                remedy="put the secret alone there, on one line, as it was given to you",
                code="secret_malformed",
            )
        return secret or None

    @property
    def where(self) -> str:
        """The file, or the variable."""
        return str(self.file) if self.file is not None else shown_variable(self.variable, f"{self.key}_env")


def secret_fault(text: str, form: SecretForm) -> str | None:
    """Why the text cannot be sent as a secret of this form, without quoting it; None when it can."""
    if form is SecretForm.TEXT:
        return None
    lines = len(text.splitlines())
    if lines > 1:
        return f"must be one line, but has {lines}"
    if any(ord(sign) < 0x20 or 0x7F <= ord(sign) < 0xA0 for sign in text):
        return "holds a control character"
    if form is SecretForm.HEADER and not text.isascii():
        return "holds a character that is not ASCII (an accent, a typographic quote or dash)"
    return None


def shown_variable(variable: str, key: str) -> str:
    """A variable in words: its name when it looks like one, else the key, for the secret itself may stand there."""
    named = variable == variable.upper() and len(variable) <= 40
    return f"the variable {variable}" if named else f"the variable that {key} names"


def write_private(path: Path, content: str | bytes, *, lasting: bool = True) -> None:
    """Replace the file by `content`, 0600; the old one stays whole until then. It is on the disk when this returns.

    One that is not `lasting`, such as a cache, may be lost when the machine stops. Raises OSError.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    data = content.encode("utf-8", "surrogateescape") if isinstance(content, str) else content
    replace_file(path, data, mode=0o600, lasting=lasting)
    if lasting:
        _sync_directory(path.parent)
    _sweep(path)


def replace_file(path: Path, data: bytes, *, mode: int, lasting: bool = True) -> None:
    """Replace the file by `data` atomically, with this mode whatever the umask; its folder must exist.

    Raises OSError; then the file before is still there. A device, pipe or socket is never replaced: root could.
    """
    refuse_special(path)
    beside = path.with_name(f".{path.name}.{os.urandom(6).hex()}")
    try:
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        with os.fdopen(descriptor, "wb") as file:
            if mode & 0o077:  # the mask takes from others only, and a private file needs no mount that knows modes
                os.fchmod(file.fileno(), mode)
            file.write(data)
            if lasting:
                file.flush()
                os.fsync(file.fileno())
        beside.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            beside.unlink(missing_ok=True)
        raise


def refuse_special(path: Path) -> None:
    """Raises OSError for a device, pipe or socket, and for a link of the kernel such as /dev/stdout."""
    try:
        folder, mode = path.parent.resolve(), path.stat().st_mode
    except OSError:
        return  # nothing is there
    regular = stat.S_ISREG(mode) or stat.S_ISDIR(mode)
    if not regular or folder == Path("/dev") or folder.is_relative_to("/proc"):
        raise OSError(errno.EINVAL, "it is a pipe or device, not a regular file", str(path))


def _sweep(path: Path) -> None:
    """Remove what a run that was killed while it wrote has left beside the file: it may hold a cookie."""
    for left in path.parent.glob(f".{path.name}.*"):
        if re.fullmatch(r"[0-9a-f]{12}", left.name.rpartition(".")[2]):
            with contextlib.suppress(OSError):
                if time.time() - left.stat().st_mtime > _ABANDONED_S:
                    left.unlink()


def _is_mounted(path: Path) -> bool:
    """Whether the file's permissions are those of a mount: read-only, or made for secrets."""
    real = path.resolve()
    return any(real.is_relative_to(mount) for mount in _SECRET_MOUNTS) or bool(os.statvfs(path).f_flag & os.ST_RDONLY)


def _sync_directory(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _decode(path: Path, raw: bytes) -> str:
    try:
        text = raw.decode("utf-8-sig").strip()
    except UnicodeDecodeError:
        text = ""
    if not text or len(raw) > _LARGEST:
        raise _invalid(path, "secret_file_empty", "contains no usable text", "put the secret alone in it")
    return text


def _invalid(path: Path, code: str, found: str, remedy: str) -> ConfigInvalidError:
    return ConfigInvalidError(f"secrets file {path} {found}", subject=str(path), remedy=remedy, code=code)
