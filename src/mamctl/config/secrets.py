"""Every place where a secret or certificate of this configuration may stand, and what is wrong with it; no value is
ever shown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import field
from typing import TYPE_CHECKING

from mamctl.adapters.private_files import Exposure, SecretForm, SecretSource, exposure_of
from mamctl.dataclass import dataclass
from mamctl.errors import ConfigInvalidError

if TYPE_CHECKING:
    from pathlib import Path

    from mamctl.adapters.qbittorrent.access import LoginSources
    from mamctl.config.sections import (
        AudiobookshelfSection,
        CataloguesSection,
        Config,
        CustomSource,
        NotifySection,
        QbittorrentSection,
        SpeechSection,
        TrackerSection,
    )
    from mamctl.domain.secret import Secret

_ABSENT = ("secret_file_missing", "secret_file_empty")


@dataclass(frozen=True, slots=True)
class SecretFinding:
    """What was found about one secret: a `fault` keeps it from being used, any other finding is for your attention.

    `code` is the slug of the error, or "secret_mounted" for a file that others can read where its mount has it so.
    """

    code: str
    key: str
    text: str
    remedy: str
    fault: bool


def _takes_anything(_: Secret) -> None:
    """Nothing more is asked of it than that it can be sent."""


@dataclass(frozen=True, slots=True)
class _Place:
    """A source, and what its text is parsed by."""

    source: SecretSource
    parse: Callable[[Secret], object] = field(default=_takes_anything)


def find_secret_faults(config: Config, environ: Mapping[str, str]) -> Iterator[SecretFinding]:
    """What is wrong with each secret that is there, and which files are missing or can be read by others."""
    for place in _places(config):
        source = place.source
        try:
            secret = source.read(environ)
            if secret is not None:
                place.parse(secret)
        except ConfigInvalidError as error:
            # The session's file is empty right after `mamctl init`: that is not a mistake in the configuration.
            remedy = error.remedy or f"correct {source.key}"
            yield SecretFinding(error.slug, source.key, error.message, remedy, fault=error.slug not in _ABSENT)
        else:
            if source.file is not None and exposure_of(source.file) is Exposure.MOUNTED:
                text = f"{source.file} can be read by others, and its mount does not allow another mode"
                yield SecretFinding(
                    "secret_mounted",
                    source.key,
                    text,
                    "make sure that only mamctl runs where it is mounted",
                    fault=False,
                )
    yield from _certificate_faults(config)


def _certificate_faults(config: Config) -> Iterator[SecretFinding]:
    """No secrets, but files that a client cannot be reached without."""
    from mamctl.adapters.qbittorrent.access import Endpoint, make_tls_context

    for section in config.qbittorrent:
        try:
            make_tls_context(Endpoint(section.name, section.url, ca_file=section.ca_file, verify=section.verify))
        except ConfigInvalidError as error:
            key = f"qbittorrent ({section.name}).ca_file"
            yield SecretFinding(error.slug, key, error.message, error.remedy or "", fault=True)


def secret_files(config: Config) -> tuple[Path, ...]:
    """The secrets files that this configuration names and that are there, each once."""
    files = (place.source.file for place in _places(config))
    return tuple(dict.fromkeys(file for file in files if file is not None and file.is_file()))


def catalogue_key(section: CataloguesSection, name: str) -> SecretSource:
    """Where the key of goodreads, google_books or hardcover may stand."""
    stem = "hardcover_token" if name == "hardcover" else f"{name}_key"
    file: Path | None = getattr(section, f"{stem}_file")
    return SecretSource(f"catalogues.{stem}", file, getattr(section, f"{stem}_env"), SecretForm.HEADER)


def custom_key(source: CustomSource) -> SecretSource:
    """Where the key of a custom catalogue may stand."""
    return SecretSource(f"catalogues.custom ({source.name}).key", source.key_file, source.key_env, SecretForm.HEADER)


def client_secrets(section: QbittorrentSection) -> LoginSources:
    """Where a client's password, its API key and the password of a server in front of it may stand."""
    from mamctl.adapters.qbittorrent.access import LoginSources

    prefix = f"qbittorrent ({section.name})"
    return LoginSources(
        SecretSource(f"{prefix}.password", section.password_file, section.password_env),
        SecretSource(f"{prefix}.api_key", section.api_key_file, section.api_key_env, SecretForm.HEADER),
        SecretSource(f"{prefix}.basic_password", section.basic_password_file, section.basic_password_env),
    )


def proxy_password(section: TrackerSection) -> SecretSource:
    """Where the password of the site's proxy may stand."""
    return SecretSource("tracker.proxy_password", section.proxy_password_file, section.proxy_password_env)


def speech_key(section: SpeechSection) -> SecretSource | None:
    """Where the key of the configured speech service may stand; None for an engine of this machine."""
    variables = {"azure": section.azure_key_env, "google": section.google_key_env}
    variable = variables.get(section.service)
    if variable is None:
        return None
    return SecretSource(f"speech.{section.service}_key", None, variable, SecretForm.HEADER)


def shelf_key(section: AudiobookshelfSection) -> SecretSource:
    """Where the API key of Audiobookshelf may stand."""
    return SecretSource("audiobookshelf.api_key", section.api_key_file, section.api_key_env, SecretForm.HEADER)


def notify_source(section: NotifySection) -> SecretSource:
    """Where further addresses for messages may stand, separated by blanks or lines."""
    return SecretSource("notify.urls", section.urls_file, section.urls_env, SecretForm.TEXT)


def _places(config: Config) -> Iterator[_Place]:
    from mamctl.adapters.tracker.session import API_COOKIES, BROWSER_COOKIES, parse_seed

    tracker, rules, catalogues = config.tracker, config.rules, config.catalogues
    if tracker.login == "session":
        seed = SecretSource("tracker.mam_id", tracker.mam_id_file, tracker.mam_id_env, SecretForm.TEXT)
        yield _Place(seed, lambda text: parse_seed(text.reveal(), API_COOKIES))
    else:
        yield _Place(SecretSource("tracker.password", tracker.password_file, tracker.password_env))
    yield _Place(proxy_password(tracker))
    file, variable = rules.browser_session_file, rules.browser_session_env
    browser = SecretSource("rules.browser_session", file, variable, SecretForm.TEXT)
    yield _Place(browser, lambda text: parse_seed(text.reveal(), BROWSER_COOKIES))
    for section in config.qbittorrent:
        sources = client_secrets(section)
        yield from map(_Place, (sources.password, sources.api_key, sources.basic_password))
    yield from (_Place(catalogue_key(catalogues, name)) for name in ("goodreads", "google_books", "hardcover"))
    yield from (_Place(custom_key(one)) for one in catalogues.custom)
    if (speech := speech_key(config.speech)) is not None:
        yield _Place(speech)
    yield _Place(shelf_key(config.audiobookshelf))
    yield _Place(notify_source(config.notify))
