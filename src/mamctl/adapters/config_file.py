"""The configuration file as it is written: read whole, replaced whole, its comments kept where one key changes."""

from __future__ import annotations

import re
import stat
import tomllib
from pathlib import Path
from typing import Any

from mamctl.adapters.private_files import read_regular_file, write_private
from mamctl.errors import StoreError, UsageError
from mamctl.regex import regex

LARGEST = 1024**2
_STEP = regex(r"([A-Za-z0-9_]+)(?:\[(\d+)\])?")


def read_config(path: Path) -> bytes | None:
    """The bytes of the file, None when there is none. Raises StoreError."""
    try:
        return read_regular_file(path, LARGEST)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise StoreError(f"{path}: {error.strerror}", subject=str(path), remedy="check its owner and mode") from error


def replace_config(path: Path, content: bytes | None) -> None:
    """Replace the file by `content`, or remove it for None. Its mode stays; a new one is 0600. Raises StoreError.

    A link stays a link: the file that it leads to is replaced.
    """
    target = path.resolve()
    try:
        if content is None:
            target.unlink(missing_ok=True)
            return
        mode = stat.S_IMODE(target.stat().st_mode) if target.exists() else 0o600
        write_private(target, content)
        target.chmod(mode)
    except OSError as error:
        remedy = "let mamctl's user write there, or change it with an editor"
        raise StoreError(f"{path}: {error.strerror}", subject=str(path), remedy=remedy) from error


def digest_of(content: bytes | None) -> str:
    """What two contents are compared by."""
    if content is None:
        return "absent"
    import hashlib

    return hashlib.sha256(content).hexdigest()


def set_key(text: str, key: str, value: Any) -> str:
    """The TOML text with one key set, or taken away for None; every comment and everything else stays.

    `key` is such as "vip.auto_renew" or "qbittorrent[0].scope_tag". Raises UsageError for a place that is not there.
    """
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    steps = [_step(part, key) for part in key.split(".")]
    try:
        document = tomlkit.parse(text)
        table = _descend(document, steps[:-1], key, tomlkit.table)
        name, _ = steps[-1]
        if value is None:
            table.pop(name, None)
        else:
            table[name] = value
        changed = tomlkit.dumps(document)
        _only_this(tomllib.loads(text), tomllib.loads(changed), steps, value)
    except (TOMLKitError, tomllib.TOMLDecodeError, TypeError, ValueError) as error:
        raise UsageError(
            f"{key}: it cannot be set without changing something else in the file",
            subject=key,
            remedy="run: mamctl config edit",
        ) from error
    return changed


def _step(part: str, key: str) -> tuple[str, int | None]:
    found = _STEP.fullmatch(part)
    if found is None:
        raise UsageError(f"“{key}” is not a key", subject=key, remedy="mamctl config schema lists every key")
    return found[1], int(found[2]) if found[2] is not None else None


def _descend(table: Any, steps: list[tuple[str, int | None]], key: str, make: Any) -> Any:
    for name, number in steps:
        if number is not None:
            entries = table.get(name, [])
            if number >= len(entries):
                raise UsageError(
                    f"{key}: there {'is' if len(entries) == 1 else 'are'} {len(entries)} [[{name}]]",
                    subject=key,
                    remedy="run: mamctl config edit",
                )
            table = entries[number]
            continue
        if name not in table:
            table[name] = make()
        table = table[name]
    return table


def _only_this(before: Any, after: Any, steps: list[tuple[str, int | None]], value: Any) -> None:
    """Prove that nothing but the key has changed. Raises ValueError."""
    for step, number in steps[:-1]:
        left, right = before.pop(step, {}), after.pop(step, {})
        inner = (left, right) if number is None else (left.pop(number), right.pop(number))
        if before != after or (number is not None and left != right):
            raise ValueError("something else changed")
        before, after = inner
    name, _ = steps[-1]
    before.pop(name, None)
    found = after.pop(name, None)
    if before != after or found != value:
        raise ValueError("something else changed")


def store_path_of(content: bytes | None) -> str | None:
    """`store.path` as the file names it, also in one that is not valid TOML; None when it does not."""
    section = ""
    for line in (content or b"").decode("utf-8", "replace").splitlines():
        if found := re.match(r"\s*\[+\s*([\w.]+)\s*\]", line):
            section = found[1]
        elif section == "store" and re.match(r"\s*path\s*=", line):
            try:
                path = tomllib.loads(line)["path"]
            except (tomllib.TOMLDecodeError, KeyError):
                continue
            return path if isinstance(path, str) else None
    return None
