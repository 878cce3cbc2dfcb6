"""The checks of `mamctl doctor`, those of cron apart."""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
from collections.abc import Iterable, Iterator
from datetime import timedelta
from enum import StrEnum

from mamctl.cli.runtime import Runtime
from mamctl.cli.wiring.clients import open_clients
from mamctl.cli.wiring.notify import examine_secrets, usable_addresses
from mamctl.cli.wiring.own_files import shown_variable
from mamctl.cli.wiring.ratio import read_known_ratio
from mamctl.cli.wiring.tracker import login_session, marker_of, read_credentials, read_seed, site_route
from mamctl.config.sections import QbittorrentSection
from mamctl.dataclass import dataclass
from mamctl.domain.account.vip import CLOCK_TOLERANCE
from mamctl.domain.ratio.client import ClientSnapshot
from mamctl.domain.ratio.guard import Zone, zone_of
from mamctl.domain.ratio.torrent_journal import without_record
from mamctl.domain.text.quantities import count_of, show_age, show_size
from mamctl.errors import MamctlError, StoreError
from mamctl.jobs.ratio.client_actions import ScopedClient
from mamctl.jobs.ratio.findings import ADOPT
from mamctl.jobs.ratio.status import find_lateness
from mamctl.store.account.addresses import last_outcome
from mamctl.store.account.purchases import open_claim
from mamctl.store.database import quick_check
from mamctl.store.ratio.guard import read_guard
from mamctl.store.ratio.torrent_journal import read_journal


class Grade(StrEnum):
    """How a check ended."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Check:
    """One check: what was looked at, how it ended, and what to do."""

    name: str
    grade: Grade
    detail: str
    remedy: str | None = None


_ROOM = 100 * 1024**2  # bytes that should be free where the store is


def configuration(runtime: Runtime) -> Check:
    """The file can be read, every key is valid and has its present name."""
    loaded = runtime.loaded
    if not loaded.exists:
        return Check(
            "configuration", Grade.WARN, f"{loaded.path}: not there, every key has its default", "run: mamctl init"
        )
    if loaded.renamed:
        names = ", ".join(f"{old} is {new} now" for old, new in loaded.renamed)
        return Check(
            "configuration", Grade.WARN, f"{loaded.path}: {names}", "use the new name; the old one still works"
        )
    if loaded.path.stat().st_mode & 0o022:
        remedy = f"chmod go-w {loaded.path}"
        return Check("configuration", Grade.WARN, f"{loaded.path}: others may write to it", remedy)
    return Check("configuration", Grade.OK, str(loaded.path))


def store(runtime: Runtime) -> Check:
    """The database opens, is whole, and there is room for it."""
    path = runtime.config.store.path
    verdict = quick_check(runtime.store)
    if verdict != "ok":
        return Check("store", Grade.FAIL, f"{path}: {verdict}", "restore a backup: files ending in .bak beside it")
    free = shutil.disk_usage(path.parent).free
    if free < _ROOM:
        return Check("store", Grade.WARN, f"{path.parent}: only {show_size(free)} free", "free some space")
    return Check("store", Grade.OK, str(path))


def secrets(runtime: Runtime) -> Check:
    """Every secret that is there can be used, and others cannot read it."""
    # What keeps the session from being used is named by the check of the session.
    found = tuple(
        one for one in examine_secrets(runtime.loaded) if one.key != "tracker.mam_id" or one.code == "secret_mounted"
    )
    if not found:
        return Check("secrets", Grade.OK, "each can be used, and others cannot read it")
    faults = [one for one in found if one.fault] or list(found)
    grade = Grade.FAIL if faults[0].fault else Grade.WARN
    return Check("secrets", grade, "; ".join(f"{one.key}: {one.text}" for one in faults), faults[0].remedy)


def session(runtime: Runtime) -> Check:
    """There is a session to use, and others cannot read it."""
    section = runtime.config.tracker
    if section.login == "password":
        return _login(runtime)
    read_seed(section.mam_id_file, section.mam_id_env, os.environ)
    variable = shown_variable(section.mam_id_env, "tracker.mam_id_env")
    where = str(section.mam_id_file) if section.mam_id_file else variable
    return Check("session", Grade.OK, f"found in {where}")


def _login(runtime: Runtime) -> Check:
    section = runtime.config.tracker
    read_credentials(section.username_env, section.password_file, section.password_env, os.environ)
    if marker_of(login_session(runtime)).exists():
        remedy = "log in with a browser to see what is wrong, then run: mamctl tracker clear-login"
        return Check("session", Grade.FAIL, "a login by name and password failed; none is tried again", remedy)
    return Check("session", Grade.OK, "mamctl signs in by name and password, which the site's rules do not allow")


def tracker(runtime: Runtime) -> Check:
    """The site answers, knows the session, and its answer has the known shape; one request."""
    if session(runtime).grade is not Grade.OK:
        return Check("tracker", Grade.SKIPPED, "there is no session")
    section = runtime.config.tracker
    proxy = site_route(section)(section.base_url)
    way = f" by {proxy}" if proxy else ""
    account = runtime.tracker.fetch_account()
    detail = f"signed in at {runtime.config.tracker.base_url}{way} ({account.user_class or 'no class'})"
    return Check("tracker", Grade.OK, detail)


def address(runtime: Runtime) -> Check:
    """How the last registration of the seedbox address ended; nothing is asked."""
    last = last_outcome(runtime.store)
    wanted = runtime.config.tracker.register_address
    if last is None:
        on = "mamctl tracker ip update has not been run yet" if wanted else "not registered by mamctl"
        return Check("seedbox address", Grade.SKIPPED, on)
    outcome, code, at = last
    detail = f"last asked {show_age(runtime.now() - at)}: {outcome.replace('_', ' ')}{f' ({code})' if code else ''}"
    if outcome in ("completed", "no_change"):
        return Check("seedbox address", Grade.OK, detail)
    return Check("seedbox address", Grade.WARN, detail, "mamctl tracker ip update shows why, and what to do")


def clock(runtime: Runtime) -> Check:
    """This machine's clock agrees with the site's."""
    skew = runtime.tracker.clock_skew
    if skew is None:
        return Check("clock", Grade.SKIPPED, "the site's clock is not known")
    if abs(skew) > CLOCK_TOLERANCE:
        off = f"{abs(skew) / timedelta(minutes=1):,.0f} minutes off"
        return Check("clock", Grade.FAIL, off, "set the clock, e.g. with: timedatectl set-ntp true")
    return Check("clock", Grade.OK, "agrees with the site's")


def budget(runtime: Runtime) -> Check:
    """The day's requests."""
    used = runtime.requests()
    detail = f"{used.today} of {used.budget} requests today"
    if used.today >= used.budget:
        return Check("budget", Grade.WARN, detail, "it starts again at 00:00 UTC; tracker.daily_budget sets it")
    return Check("budget", Grade.OK, detail)


def renewal(runtime: Runtime) -> Check:
    """Whether mamctl may spend points, and whether a purchase is unsettled."""
    claim = open_claim(runtime.store)
    if claim:
        detail = f"the renewal claimed at {claim.claimed_at:%Y-%m-%d %H:%M} UTC is not settled"
        return Check(
            "renewal",
            Grade.WARN,
            detail,
            "mamctl vip check checks again; if you know the outcome: mamctl vip settle --applied, or --not-applied",
        )
    if not runtime.config.vip.auto_renew:
        return Check("renewal", Grade.OK, "off: vip.auto_renew = true lets mamctl renew VIP")
    return Check("renewal", Grade.OK, "mamctl renews VIP when every condition holds")


def notifications(runtime: Runtime) -> Check:
    """The addresses are understood; nothing is sent."""
    urls, _ = usable_addresses(runtime.loaded)
    if not urls:
        return Check(
            "notifications", Grade.SKIPPED, "none configured (notify.urls); cron's mail shows what needs your attention"
        )
    import apprise

    bad = [str(number) for number, url in enumerate(urls, 1) if not apprise.Apprise().add(url)]
    if bad:
        return Check("notifications", Grade.FAIL, f"address {', '.join(bad)} is not understood", "see notify.urls")
    return Check("notifications", Grade.OK, f"{len(urls)} address{'es' if len(urls) > 1 else ''} understood")


def clients(runtime: Runtime) -> Check:
    """Every client answers, knows us, and has torrents in scope."""
    if not runtime.config.qbittorrent:
        detail = "no torrent client is configured: nothing watches the ratio"
        return Check("clients", Grade.SKIPPED, detail, "add a [[qbittorrent]] table")
    found = [_client(runtime, watched) for watched in open_clients(runtime, runtime.session_cache, force=True)]
    found += _shared_addresses(runtime.config.qbittorrent)
    worst = max((check for check in found), key=lambda check: _ORDER.index(check.grade))
    detail = "; ".join(check.detail for check in found)
    return Check("clients", worst.grade, detail, worst.remedy)


def _shared_addresses(sections: Iterable[QbittorrentSection]) -> Iterator[Check]:
    """Tables that lead to the same client: its totals count once for each."""
    first: dict[str, str] = {}
    for section in sections:
        address = re.sub(r"//(localhost|\[::1\])", "//127.0.0.1", section.url).rstrip("/")
        other = first.setdefault(address, section.name)
        if other != section.name:
            detail = f"{section.name}: the same address as {other}, so its totals count twice"
            yield Check("clients", Grade.WARN, detail, "check the url: one client needs only one table")


_ORDER = (Grade.OK, Grade.SKIPPED, Grade.WARN, Grade.FAIL)


def _client(runtime: Runtime, watched: ScopedClient) -> Check:
    name = watched.client.name
    try:
        snapshot, _ = watched.client.fetch_snapshot(None)
    except MamctlError as error:
        return Check("clients", Grade.FAIL, f"{name}: {error.message.removeprefix(f'{name}: ')}", error.remedy)
    finally:
        watched.client.close()
    ours = sum(watched.scope.holds(torrent) for torrent in snapshot.torrents.values())
    detail = f"{name}: {snapshot.version}, {ours} of {len(snapshot.torrents)} torrents in scope"
    if snapshot.torrents and not ours:
        remedy = "check scope_trackers, scope_category and scope_tag: the guard would touch nothing"
        return Check("clients", Grade.WARN, detail, remedy)
    if snapshot.session_paused:
        return Check("clients", Grade.WARN, f"{detail}; paused as a whole", "resume the session in qBittorrent")
    if unknown := _without_record(runtime, watched, snapshot):
        detail = f"{detail}; {unknown} paused ones carry {runtime.config.ratio.tag} without a record"
        return Check("clients", Grade.WARN, detail, ADOPT)
    section = next(section for section in runtime.config.qbittorrent if section.name == name)
    if section.url.startswith("https:") and not section.verify:
        detail = f"{detail}; its certificate is not checked (verify = false)"
        return Check("clients", Grade.WARN, detail, "name the certificate in ca_file instead: it is checked then")
    return Check("clients", Grade.OK, detail)


def _without_record(runtime: Runtime, watched: ScopedClient, snapshot: ClientSnapshot) -> int:
    """How many paused torrents carry the tag without a record; 0 where the store, which has a check, cannot say."""
    try:
        guard = read_guard(runtime.store).guard
        journal = read_journal(runtime.store, watched.client.name, guard.emergency_id)
    except (StoreError, sqlite3.Error):
        return 0
    return len(without_record(snapshot.torrents, journal, watched.scope, runtime.config.ratio.tag))


def ratio(runtime: Runtime) -> Check:
    """Whether the clients' ratio and the account's would make the guard decide alike."""
    config = runtime.config
    if not config.qbittorrent:
        return Check("ratio", Grade.SKIPPED, "no torrent client is configured")
    seen = read_known_ratio(runtime)
    sides = (seen.qbittorrent, seen.tracker)
    detail = f"clients {sides[0].ratio_text}, account {sides[1].ratio_text}; ratio.source = {seen.source}"
    zones = [zone_of(side.ratio, config.ratio) for side in sides]
    if Zone.UNKNOWN in zones:
        return Check("ratio", Grade.SKIPPED, f"{detail}: they cannot be compared yet")
    if zones[0] is not zones[1]:
        other = next(source for source in ("lowest", "tracker") if source != config.ratio.source.value)
        remedy = f"by the other the guard would decide differently; to let it: mamctl config set ratio.source {other}"
        return Check("ratio", Grade.WARN, detail, remedy)
    return Check("ratio", Grade.OK, detail)


def guard(runtime: Runtime) -> Check:
    """When the guard looked last."""
    config = runtime.config
    if not config.qbittorrent:
        return Check("guard", Grade.SKIPPED, "no torrent client is configured")
    seen = read_known_ratio(runtime)
    for late in find_lateness(seen, config.ratio):
        return Check("guard", Grade.WARN, late.message, late.remedy)
    gone = count_of(seen.missing, "torrent that it changed is", "torrents that it changed are")
    missing = f", {gone} missing" if seen.missing else ""
    looked = show_age(timedelta(seconds=seen.age_seconds or 0))
    return Check("guard", Grade.OK, f"{seen.guard.state}, checked {looked}{missing}")


def speech(runtime: Runtime) -> Check:
    """The engine that listens to recordings, its model and languages, and how fast it was on this machine."""
    from mamctl.cli.wiring.speech import describe_engine
    from mamctl.store.library.speech import speed_seen

    info = describe_engine(runtime)
    if info.unavailable:
        return Check("speech", Grade.SKIPPED, f"{info.name}: {info.unavailable}", info.remedy)
    languages = "any language" if info.languages is None else ", ".join(sorted(info.languages))
    speed = speed_seen(runtime.store)
    seen = f"; {speed:.0f} s a book here" if speed is not None else ""
    leaves = "" if info.name == "whisper" else "; the audio leaves this machine"
    return Check("speech", Grade.OK, f"{info.name}{info.model and f', model {info.model}'} ({languages}){leaves}{seen}")
