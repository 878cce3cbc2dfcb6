"""What this shell has and cron will not have: secrets, proxies, programs. Values are never shown, only names."""

from __future__ import annotations

import importlib.util
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING

from mamctl.adapters.private_files import shown_variable
from mamctl.cli.cron.lines import needs_config, pinned
from mamctl.config import Config, Loaded
from mamctl.domain.problem import Problem

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

NETWORK = (
    *("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"),
    *("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE"),
)
_HOW = "write a line NAME=value above mamctl's block (crontab -e)"


def find_lacks(loaded: Loaded, environ: Mapping[str, str], cron_environ: Mapping[str, str]) -> Iterator[Problem]:
    """Each thing that runs of this configuration use here, and that cron will not have."""
    if not loaded.exists and needs_config(loaded, {**cron_environ, **pinned(loaded, environ, cron_environ)}):
        message = f"there is no configuration at {loaded.path}, and cron's lines name it: every run would fail"
        yield Problem("cron_no_configuration", message, str(loaded.path), "run: mamctl init")
    for key, variable in _secret_variables(loaded.config):
        if environ.get(variable, "").strip() and not cron_environ.get(variable):
            yield _secret_lacking(key, variable)
    for key, origin in loaded.origins.items():
        if origin not in ("default", "file") and environ.get(origin) and environ[origin] != cron_environ.get(origin):
            message = f"cron will not have {origin}, which sets {key} in this shell"
            yield Problem("cron_lacks_variable", message, origin, f"write {key} into {loaded.path}")
    if missing := [name for name in NETWORK if environ.get(name) and not cron_environ.get(name)]:
        message = f"cron will not have {', '.join(missing)}: its runs would reach the network in another way"
        proxy = any(name.lower().endswith("_proxy") for name in missing)
        remedy = f"set tracker.proxy for the site; for the rest {_HOW}" if proxy else _HOW
        yield Problem("cron_lacks_variable", message, missing[0], remedy)
    yield from _programs(loaded.config, environ, cron_environ)


def _secret_lacking(key: str, variable: str) -> Problem:
    shown = shown_variable(variable, f"{key}_env")
    what = "the session" if key == "tracker.mam_id" else "a secret"
    message = f"cron will not have {shown}: {what} is known in this shell only"
    # The user's name for signing in is the one that no key but the variable's can give.
    remedy = _HOW if key == "tracker.username" else f"put it into a file (mode 600) and name that in {key}_file"
    return Problem("cron_lacks_secret", message, f"{key}_env", remedy)


def _secret_variables(config: Config) -> Iterator[tuple[str, str]]:
    """Key (without _env) and variable of each secret that no file is named for."""
    unused = ("tracker.username", "tracker.password") if config.tracker.login == "session" else ("tracker.mam_id",)
    return ((key, variable) for key, variable in _walk(config, "") if key not in unused)


def _walk(section: DataclassInstance, prefix: str) -> Iterator[tuple[str, str]]:
    for entry in fields(section):
        value = getattr(section, entry.name)
        stem = entry.name.removesuffix("_env")
        if is_dataclass(value) and not isinstance(value, type):
            yield from _walk(value, f"{prefix}{entry.name}.")
        elif isinstance(value, tuple) and value and is_dataclass(value[0]):
            for number, item in enumerate(value):
                yield from _walk(item, f"{prefix}{entry.name}[{number}].")
        elif stem != entry.name and value and getattr(section, f"{stem}_file", None) is None:
            yield prefix + stem, str(value)


def _programs(config: Config, environ: Mapping[str, str], cron_environ: Mapping[str, str]) -> Iterator[Problem]:
    program = config.audio.ffmpeg_path
    if not config.library.folders or importlib.util.find_spec("av") is not None:
        return
    here = shutil.which(program, path=environ.get("PATH"))
    if here and not shutil.which(program, path=cron_environ.get("PATH")):
        message = f"cron will not find {program}: it is looked for in {cron_environ.get('PATH')} only"
        yield Problem("cron_lacks_program", message, "audio.ffmpeg_path", f'set audio.ffmpeg_path = "{here}"')
