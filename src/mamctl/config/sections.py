"""The sections of mamctl.toml: every key, its safe default, and what it may be."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Literal

from mamctl import paths
from mamctl.domain.bounds import HttpUrl, Matches, Range, Seconds
from mamctl.domain.vip import VipPolicy


@dataclass(frozen=True, kw_only=True)
class TrackerSection:
    """`[tracker]`: the site, the session, and how politely it is asked."""

    base_url: HttpUrl = "https://www.myanonamouse.net"
    tracker_url: HttpUrl = "https://t.myanonamouse.net"
    mam_id_file: Path | None = None
    mam_id_env: str = "MAM_ID"
    user_agent_contact: Annotated[str, Matches(r"[^\r\n]{0,100}", "one line of up to 100 characters")] = ""
    min_interval: Annotated[Seconds, Range(high=3600)] = 2.0
    daily_budget: Annotated[int, Range(low=1)] = 500
    timeout: Annotated[Seconds, Range(low=0.05, high=600)] = 30.0
    attempts: Annotated[int, Range(low=1, high=5)] = 3
    login: Literal["session", "password"] = "session"
    username_env: str = "MAM_USERNAME"
    password_env: str = "MAM_PASSWORD"
    password_file: Path | None = None


@dataclass(frozen=True, kw_only=True)
class RulesSection:
    """`[rules]`: how the rules of the categories are learnt."""

    read_pages: bool = False
    browser_session_file: Path | None = None
    max_pages: Annotated[int, Range(low=1, high=50)] = 5
    pending_searches: Annotated[int, Range(low=0, high=200)] = 20


@dataclass(frozen=True, kw_only=True)
class LibrarySection:
    """`[library]`: where the audiobooks lie; each folder holds author folders, book folders or loose files."""

    folders: tuple[Path, ...] = ()


@dataclass(frozen=True, kw_only=True)
class AudioSection:
    """`[audio]`: opening and decoding recordings."""

    parallel: Annotated[int, Range(low=1, high=64)] = 3
    ffmpeg_path: str = "ffmpeg"


@dataclass(frozen=True, kw_only=True)
class SpeechSection:
    """`[speech]`: transcribing the spoken opening and ending."""

    service: Literal["whisper", "azure", "google"] = "whisper"
    model_size: str = "tiny.en"
    timeout: Seconds = 300.0
    azure_key_env: str = "AZURE_SPEECH_KEY"
    azure_region: str = ""


@dataclass(frozen=True, kw_only=True)
class CataloguesSection:
    """`[catalogues]`: where metadata is looked up."""

    cache_ttl: Seconds = 86400.0
    goodreads_key_env: str = "GOODREADS_API_KEY"
    goodreads_author_id: str = ""


@dataclass(frozen=True, kw_only=True)
class NotifySection:
    """`[notify]`: whom to tell, and how often the same thing is told again."""

    urls: tuple[str, ...] = ()
    heartbeat_url: HttpUrl | None = None
    remind_after: Seconds = 86400.0


@dataclass(frozen=True, kw_only=True)
class StoreSection:
    """`[store]`: the one database file; the living session and locks are kept beside it."""

    path: Path = field(default_factory=paths.default_store)


@dataclass(frozen=True, kw_only=True)
class Config:
    """The whole configuration. A job receives only the section it needs."""

    tracker: TrackerSection = field(default_factory=TrackerSection)
    vip: VipPolicy = field(default_factory=VipPolicy)
    rules: RulesSection = field(default_factory=RulesSection)
    library: LibrarySection = field(default_factory=LibrarySection)
    audio: AudioSection = field(default_factory=AudioSection)
    speech: SpeechSection = field(default_factory=SpeechSection)
    catalogues: CataloguesSection = field(default_factory=CataloguesSection)
    notify: NotifySection = field(default_factory=NotifySection)
    store: StoreSection = field(default_factory=StoreSection)
