"""The sections of mamctl.toml: every key, its safe default, and what it may be."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import field, fields
from pathlib import Path
from typing import Annotated, Literal

from mamctl import paths
from mamctl.dataclass import dataclass
from mamctl.domain.account.policy import VipPolicy
from mamctl.domain.account.search_schedule import SearchPolicy
from mamctl.domain.alerts.policy import AlertPolicy
from mamctl.domain.bounds import ClientUrl, HttpUrl, Matches, Range, Seconds, VariableName, WebAddress
from mamctl.domain.change.policy import ChangePolicy
from mamctl.domain.heartbeat import address_fault
from mamctl.domain.queue.filing import DEFAULT_TEMPLATE, template_fault
from mamctl.domain.queue.policy import EventPolicy, QualityPolicy, QueuePolicy
from mamctl.domain.ratio.policy import RatioPolicy

# It travels in a header, which holds nothing else.
Contact = Annotated[
    str, Matches(r"[ -~]{0,100}", "up to 100 letters, digits and signs of ASCII (no accents) on one line")
]
_Proxy = Annotated[
    str,
    WebAddress(
        "an http, https, socks5 or socks5h address, without a user name in it",
        schemes=("http", "https", "socks5", "socks5h"),
        query=False,
        paste_tail=r"/+$",
    ),
]


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class TrackerSection:
    """`[tracker]`: the site, the session, and how politely it is asked."""

    base_url: HttpUrl = "https://www.myanonamouse.net"
    tracker_url: HttpUrl = "https://t.myanonamouse.net"
    mam_id_file: Path | None = None
    mam_id_env: VariableName = "MAM_ID"
    user_agent_contact: Contact = ""
    min_interval: Annotated[Seconds, Range(high=3600)] = 2.0
    daily_budget: Annotated[int, Range(low=1, high=100_000)] = 500
    timeout: Annotated[Seconds, Range(low=0.05, high=600)] = 30.0
    attempts: Annotated[int, Range(low=1, high=5)] = 1
    login: Literal["session", "password"] = "session"
    username_env: VariableName = "MAM_USERNAME"
    password_env: VariableName = "MAM_PASSWORD"
    password_file: Path | None = None
    proxy: _Proxy | None = None
    proxy_username: str = ""
    proxy_password_file: Path | None = None
    proxy_password_env: VariableName = ""
    seedbox_command: tuple[str, ...] = ()
    register_address: bool = False

    def faults(self) -> Iterable[tuple[str, str]]:
        """What contradicts itself."""
        if self.seedbox_command and not all(word.strip() for word in self.seedbox_command):
            yield "seedbox_command", "a list of words without empty ones, the last ones: curl --config -"


_Host = Annotated[str, Matches(r"[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?", "a host name, such as example.org")]


_PathPair = Annotated[
    str, Matches(r"[^=]+=\s*/.*", "the client's path = this machine's, such as /downloads = /srv/torrents")
]


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class QbittorrentSection:
    """`[[qbittorrent]]`: one client, and which of its torrents mamctl may touch."""

    name: Annotated[str, Matches(r"[A-Za-z0-9][A-Za-z0-9 ._-]{0,39}", "a short name of letters, digits, . _ -")]
    url: ClientUrl
    username: str = "admin"
    password_file: Path | None = None
    password_env: VariableName = ""
    api_key_file: Path | None = None
    api_key_env: VariableName = ""
    basic_user: Annotated[str, Matches(r"[^:\x00-\x1f\x7f]{0,100}", "a user name on one line, without a colon")] = ""
    basic_password_file: Path | None = None
    basic_password_env: VariableName = ""
    ca_file: Path | None = None
    verify: bool = True
    scope_trackers: tuple[_Host, ...] = ("myanonamouse.net",)
    scope_category: str = ""
    scope_tag: str = ""
    timeout: Annotated[Seconds, Range(low=0.05, high=120)] = 30.0
    path_map: tuple[_PathPair, ...] = ()

    @property
    def paths(self) -> dict[str, str]:
        """The client's paths with this machine's."""
        pairs = (pair.partition("=") for pair in self.path_map)
        return {theirs.strip(): ours.strip() for theirs, _, ours in pairs}

    def faults(self) -> Iterable[tuple[str, str]]:
        """What contradicts itself."""
        key = "api_key_file" if self.api_key_file is not None else "api_key_env"
        password = "password_file" if self.password_file is not None else "password_env"
        if getattr(self, key) and getattr(self, password):
            yield key, f"either this or {password}, not both"
        if getattr(self, key) and self.basic_user:
            yield key, "either this or basic_user, not both: they would need the same header; use password_file instead"
        if not self.basic_user and (self.basic_password_file is not None or self.basic_password_env):
            yield "basic_user", "the user name that belongs to the basic password"
        if self.ca_file is not None and not self.verify:
            yield "verify", "either false or a ca_file, not both: without verification no certificate counts"
        if self.ca_file is not None and self.url.startswith("http:"):
            yield "ca_file", "an https address in url: over plain http no certificate is shown"
        if not self.scope_trackers:
            yield "scope_trackers", "at least one host: without one nothing could be touched"


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class RulesSection:
    """`[rules]`: how the rules of the categories are learnt."""

    read_pages: bool = False
    browser_session_file: Path | None = None
    browser_session_env: VariableName = ""
    max_pages: Annotated[int, Range(low=1, high=50)] = 5
    pending_searches: Annotated[int, Range(low=0, high=200)] = 3
    pending_again_days: Annotated[int, Range(low=1, high=7)] = 7

    @property
    def search(self) -> SearchPolicy:
        """When wanted titles are searched for."""
        return SearchPolicy(self.pending_searches, self.pending_again_days)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class LibrarySection:
    """`[library]`: where the audiobooks lie; each folder holds author folders, book folders or loose files."""

    folders: tuple[Path, ...] = ()
    file_into: Path | None = None
    template: str = DEFAULT_TEMPLATE

    def faults(self) -> Iterable[tuple[str, str]]:
        """A template that makes no path."""
        if expected := template_fault(self.template):
            yield "template", expected

    @property
    def filing_folder(self) -> Path | None:
        """Where downloads are filed: `file_into`, else the only folder of the library; None when that is open."""
        return self.file_into or (self.folders[0] if len(self.folders) == 1 else None)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class AudioSection:
    """`[audio]`: opening and decoding recordings."""

    parallel: Annotated[int, Range(low=1, high=64)] = 3
    ffmpeg_path: str = "ffmpeg"


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class SpeechSection:
    """`[speech]`: transcribing the spoken opening and ending."""

    service: Literal["whisper", "azure", "google"] = "whisper"
    model_size: str = "base"
    model: str = ""
    nightly: bool = False
    timeout: Seconds = 300.0
    max_minutes: Annotated[float, Range(low=0, high=1440)] = 0.0
    accept_score: Annotated[float, Range(low=50, high=100)] = 75.0
    accept_margin: Annotated[float, Range(low=0, high=50)] = 10.0
    cache: bool = True
    threads: Annotated[int, Range(low=1, high=64)] = 2
    azure_key_env: VariableName = "AZURE_SPEECH_KEY"
    azure_region: str = ""
    azure_url: HttpUrl | None = None
    google_key_env: VariableName = "GOOGLE_SPEECH_KEY"
    google_url: HttpUrl | None = None


_Interval = Annotated[Seconds, Range(high=3600)]
_Trust = Annotated[float, Range(low=0, high=1)]
_Region = Literal["us", "ca", "uk", "au", "fr", "de", "jp", "it", "in", "es", "br"]


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class CatalogueSource:
    """`[catalogues.NAME]`: where one catalogue is, how often it may be asked, how far it is believed."""

    base_url: HttpUrl
    interval: _Interval
    trust: _Trust = 1.0


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class AudibleSource(CatalogueSource):
    """`[catalogues.audible]`; {tld} and {region} in the address stand for each region's own."""

    base_url: HttpUrl = "https://api.audible.{tld}"
    interval: _Interval = 0.5


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class AudnexusSource(CatalogueSource):
    """`[catalogues.audnexus]`: 100 requests a minute are allowed."""

    base_url: HttpUrl = "https://api.audnex.us"
    interval: _Interval = 0.7


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class GoodreadsSource(CatalogueSource):
    """`[catalogues.goodreads]`: its terms allow a request a second."""

    base_url: HttpUrl = "https://www.goodreads.com"
    interval: _Interval = 1.0


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class HardcoverSource(CatalogueSource):
    """`[catalogues.hardcover]`: 60 requests a minute are allowed."""

    base_url: HttpUrl = "https://api.hardcover.app"
    interval: _Interval = 1.0


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class OpenLibrarySource(CatalogueSource):
    """`[catalogues.open_library]`: a request a second is allowed."""

    base_url: HttpUrl = "https://openlibrary.org"
    interval: _Interval = 1.0


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class GoogleBooksSource(CatalogueSource):
    """`[catalogues.google_books]`: a key of one's own allows about 1,000 requests a day."""

    base_url: HttpUrl = "https://www.googleapis.com"
    interval: _Interval = 1.0


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class ITunesSource(CatalogueSource):
    """`[catalogues.itunes]`: about 20 requests a minute are allowed."""

    base_url: HttpUrl = "https://itunes.apple.com"
    interval: _Interval = 3.0
    trust: _Trust = 0.9


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class LibriVoxSource(CatalogueSource):
    """`[catalogues.librivox]`."""

    base_url: HttpUrl = "https://librivox.org"
    interval: _Interval = 1.0


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class CustomSource:
    """`[[catalogues.custom]]`: a server with Audiobookshelf's contract for custom providers; `key_*` name its key."""

    name: Annotated[str, Matches(r"[a-z][a-z0-9_-]{0,30}", "a short name of small letters, digits, - and _")]
    base_url: HttpUrl
    key_env: VariableName = ""
    key_file: Path | None = None
    interval: _Interval = 1.0
    trust: _Trust = 0.9


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class CataloguesSection:
    """`[catalogues]`: where metadata is looked up. Those without their key are left out."""

    order: tuple[str, ...] = (
        "audible",
        "audnexus",
        "goodreads",
        "hardcover",
        "open_library",
        "google_books",
        "librivox",
        "itunes",
    )
    regions: tuple[_Region, ...] = ("us",)
    min_sources: Annotated[int, Range(low=1, high=20)] = 2
    cache_ttl: Seconds = 86400.0
    max_requests: Annotated[int, Range(low=1, high=1_000_000)] = 2000
    timeout: Annotated[Seconds, Range(low=0.05, high=600)] = 20.0
    user_agent_contact: Contact = ""
    goodreads_key_env: VariableName = "GOODREADS_API_KEY"
    goodreads_key_file: Path | None = None
    goodreads_author_id: Annotated[
        str, Matches(r"(\d{1,12}(\.[\w.%-]{1,100})?)?", "an author's number at Goodreads, such as 18541")
    ] = ""
    google_books_key_env: VariableName = "GOOGLE_BOOKS_API_KEY"
    google_books_key_file: Path | None = None
    hardcover_token_env: VariableName = "HARDCOVER_TOKEN"
    hardcover_token_file: Path | None = None
    audible: AudibleSource = field(default_factory=AudibleSource)
    audnexus: AudnexusSource = field(default_factory=AudnexusSource)
    goodreads: GoodreadsSource = field(default_factory=GoodreadsSource)
    hardcover: HardcoverSource = field(default_factory=HardcoverSource)
    open_library: OpenLibrarySource = field(default_factory=OpenLibrarySource)
    google_books: GoogleBooksSource = field(default_factory=GoogleBooksSource)
    itunes: ITunesSource = field(default_factory=ITunesSource)
    librivox: LibriVoxSource = field(default_factory=LibriVoxSource)
    custom: tuple[CustomSource, ...] = ()


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class DriftSection:
    """`[drift]`: how often books are compared with the catalogues again, and how much one run may correct."""

    after_days: Annotated[int, Range(low=1, high=3650)] = 30
    max_changes: Annotated[int, Range(low=0, high=100_000)] = 100
    certain: Annotated[float, Range(low=0.5, high=1)] = 0.9


_ShelfPath = Annotated[
    str, Matches(r"[^=]+=\s*/.*", "Audiobookshelf's path = this machine's, such as /audiobooks = /srv/audiobooks")
]


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class AudiobookshelfSection:
    """`[audiobookshelf]`: the server that shows the library, if there is one."""

    url: ClientUrl | None = None
    api_key_file: Path | None = None
    api_key_env: VariableName = "ABS_API_KEY"
    library: str = ""
    path_map: tuple[_ShelfPath, ...] = ()
    push_daily: bool = True
    timeout: Annotated[Seconds, Range(low=0.05, high=600)] = 30.0

    @property
    def paths(self) -> tuple[tuple[str, str], ...]:
        """Audiobookshelf's paths with this machine's."""
        pairs = (pair.partition("=") for pair in self.path_map)
        return tuple((theirs.strip(), ours.strip()) for theirs, _, ours in pairs)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class HeartbeatUrls:
    """`[notify.heartbeat_urls]`: an address for each job; it goes before `heartbeat_url`."""

    vip: HttpUrl | None = None
    ratio: HttpUrl | None = None
    meta_scan: HttpUrl | None = None
    drift: HttpUrl | None = None
    rules: HttpUrl | None = None
    pending: HttpUrl | None = None
    queue: HttpUrl | None = None
    report: HttpUrl | None = None
    meta_enrich: HttpUrl | None = None
    meta_match: HttpUrl | None = None
    meta_export: HttpUrl | None = None
    address: HttpUrl | None = None
    spec: HttpUrl | None = None
    abs_push: HttpUrl | None = None


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class NotifySection:
    """`[notify]`: where messages go, and how often the same problem is reported again."""

    urls: tuple[str, ...] = ()
    urls_file: Path | None = None
    urls_env: VariableName = ""
    heartbeat_url: HttpUrl | None = None
    heartbeat_urls: HeartbeatUrls = field(default_factory=HeartbeatUrls)
    remind_after: Seconds = 86400.0
    remind_after_scan: Seconds = 7 * 86400.0
    remind_after_drift: Seconds = 7 * 86400.0

    def heartbeat_of(self, job: str) -> tuple[str, str] | None:
        """Where the job's heartbeat goes, and the key that says so; `job` is such as "vip" or "meta.scan"."""
        name = job.replace(".", "_")
        if own := getattr(self.heartbeat_urls, name, None):
            return own, f"notify.heartbeat_urls.{name}"
        return (self.heartbeat_url, "notify.heartbeat_url") if self.heartbeat_url else None

    def faults(self) -> Iterable[tuple[str, str]]:
        """Addresses at which a failure cannot be said."""
        if self.heartbeat_url and (expected := address_fault(self.heartbeat_url)):
            yield "heartbeat_url", expected
        for entry in fields(self.heartbeat_urls):
            url = getattr(self.heartbeat_urls, entry.name)
            if url and (expected := address_fault(url)):
                yield f"heartbeat_urls.{entry.name}", expected


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class ReportSection:
    """`[report]`: where cron writes the page and the figures for Prometheus, and how far the page goes back."""

    output: Path | None = None
    since: Annotated[Seconds, Range(low=86_400)] = 90 * 86_400.0
    metrics: Path | None = None

    def faults(self) -> Iterable[tuple[str, str]]:
        """A name that the collector would not read."""
        if self.metrics is not None and self.metrics.suffix != ".prom":
            yield "metrics", "a file whose name ends in .prom: the collector reads no other"


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class StoreSection:
    """`[store]`: the one database file; the living session and locks are kept beside it."""

    path: Path = field(default_factory=paths.default_store)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Config:
    """The whole configuration. A job receives only the section it needs."""

    tracker: TrackerSection = field(default_factory=TrackerSection)
    qbittorrent: tuple[QbittorrentSection, ...] = ()
    vip: VipPolicy = field(default_factory=VipPolicy)
    ratio: RatioPolicy = field(default_factory=RatioPolicy)
    rules: RulesSection = field(default_factory=RulesSection)
    library: LibrarySection = field(default_factory=LibrarySection)
    audio: AudioSection = field(default_factory=AudioSection)
    speech: SpeechSection = field(default_factory=SpeechSection)
    catalogues: CataloguesSection = field(default_factory=CataloguesSection)
    drift: DriftSection = field(default_factory=DriftSection)
    alerts: AlertPolicy = field(default_factory=AlertPolicy)
    queue: QueuePolicy = field(default_factory=QueuePolicy)
    events: EventPolicy = field(default_factory=EventPolicy)
    quality: QualityPolicy = field(default_factory=QualityPolicy)
    audiobookshelf: AudiobookshelfSection = field(default_factory=AudiobookshelfSection)
    change: ChangePolicy = field(default_factory=ChangePolicy)
    report: ReportSection = field(default_factory=ReportSection)
    notify: NotifySection = field(default_factory=NotifySection)
    store: StoreSection = field(default_factory=StoreSection)

    def faults(self) -> Iterable[tuple[str, str]]:
        """What contradicts itself across sections."""
        counts = Counter(client.name.casefold() for client in self.qbittorrent)
        for number, client in enumerate(self.qbittorrent):
            if counts[client.name.casefold()] > 1:
                yield f"qbittorrent[{number}].name", "a different name for each client"
        if self.queue.client and self.queue.client.casefold() not in counts:
            names = ", ".join(client.name for client in self.qbittorrent) or "none"
            yield "queue.client", f"the name of a [[qbittorrent]] table; there are: {names}"
