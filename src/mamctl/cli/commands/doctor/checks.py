"""The single checks of `mamctl doctor`."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from datetime import timedelta

from mamctl.cli.commands.doctor import checks_cron, checks_ratio
from mamctl.cli.commands.doctor.check import Check, Grade
from mamctl.cli.runtime import Runtime

_ROOM = 100 * 1024**2  # bytes that should be free where the store is


def configuration(runtime: Runtime) -> Check:
    """The file can be read, every key is sound and has its present name."""
    loaded = runtime.loaded
    if not loaded.exists:
        return Check("configuration", Grade.WARN, f"{loaded.path}: not there, every default holds", "run: mamctl init")
    if loaded.renamed:
        names = ", ".join(f"{old} is {new} now" for old, new in loaded.renamed)
        return Check("configuration", Grade.WARN, f"{loaded.path}: {names}", "write the new name; the old one counts")
    if loaded.path.stat().st_mode & 0o022:
        remedy = f"chmod go-w {loaded.path}"
        return Check("configuration", Grade.WARN, f"{loaded.path}: others may write to it", remedy)
    return Check("configuration", Grade.OK, str(loaded.path))


def store(runtime: Runtime) -> Check:
    """The database opens, is whole, and there is room for it."""
    path = runtime.config.store.path
    verdict = runtime.store.execute("PRAGMA quick_check").fetchone()[0]
    if verdict != "ok":
        return Check("store", Grade.FAIL, f"{path}: {verdict}", "restore a backup: files ending in .bak beside it")
    free = shutil.disk_usage(path.parent).free
    if free < _ROOM:
        return Check("store", Grade.WARN, f"{path.parent}: only {free // 1024**2} MiB free", "free some space")
    return Check("store", Grade.OK, str(path))


def secrets(runtime: Runtime) -> Check:
    """Every secret that is there can be used, and nobody else can read it."""
    from mamctl.cli.wiring.notify import examine_secrets

    # What keeps the session from being used is told by the check of the session.
    found = tuple(
        one for one in examine_secrets(runtime.loaded) if one.key != "tracker.mam_id" or one.code == "secret_mounted"
    )
    if not found:
        return Check("secrets", Grade.OK, "each that is there can be used, and nobody else can read it")
    faults = [one for one in found if one.fault] or list(found)
    grade = Grade.FAIL if faults[0].fault else Grade.WARN
    return Check("secrets", grade, "; ".join(f"{one.key}: {one.text}" for one in faults), faults[0].remedy)


def session(runtime: Runtime) -> Check:
    """There is a session to use, and nobody else can read it."""
    from mamctl.adapters.tracker.session import read_seed

    section = runtime.config.tracker
    if section.login == "password":
        return _login(runtime)
    from mamctl.adapters.private_files import shown_variable

    read_seed(section.mam_id_file, section.mam_id_env, os.environ)
    variable = shown_variable(section.mam_id_env, "tracker.mam_id_env")
    where = str(section.mam_id_file) if section.mam_id_file else variable
    return Check("session", Grade.OK, f"found in {where}")


def _login(runtime: Runtime) -> Check:
    from mamctl.adapters.tracker.login import marker_of, read_credentials
    from mamctl.cli.wiring.tracker import login_session

    section = runtime.config.tracker
    read_credentials(section.username_env, section.password_file, section.password_env, os.environ)
    if marker_of(login_session(runtime)).exists():
        remedy = "log in with a browser to see what is wrong, then run: mamctl tracker clear-login"
        return Check("session", Grade.FAIL, "a login by name and password failed; none is tried again", remedy)
    return Check("session", Grade.OK, "mamctl signs in by name and password, which the site's rules do not allow")


def tracker(runtime: Runtime) -> Check:
    """The site answers, knows the session, and its answer has the known shape; one request."""
    from mamctl.cli.wiring.tracker import site_route

    if session(runtime).grade is not Grade.OK:
        return Check("tracker", Grade.SKIPPED, "there is no session")
    section = runtime.config.tracker
    proxy = site_route(section)(section.base_url)
    way = f" by {proxy}" if proxy else ""
    standing = runtime.tracker.fetch_standing()
    detail = f"signed in at {runtime.config.tracker.base_url}{way} ({standing.user_class or 'no class'})"
    return Check("tracker", Grade.OK, detail)


def clock(runtime: Runtime) -> Check:
    """This machine's clock agrees with the site's."""
    from mamctl.domain.account.vip import CLOCK_TOLERANCE

    skew = runtime.tracker.clock_skew
    if skew is None:
        return Check("clock", Grade.SKIPPED, "the site's clock is not known")
    if abs(skew) > CLOCK_TOLERANCE:
        off = f"{abs(skew) / timedelta(minutes=1):,.0f} minutes off"
        return Check("clock", Grade.FAIL, off, "set the clock, e.g. with: timedatectl set-ntp true")
    return Check("clock", Grade.OK, "agrees with the site's")


def budget(runtime: Runtime) -> Check:
    """The day's requests."""
    from mamctl.cli.request_budget import count_requests

    used = count_requests(runtime)
    detail = f"{used.today} of {used.budget} requests today"
    if used.today >= used.budget:
        return Check("budget", Grade.WARN, detail, "it starts anew at 00:00 UTC; tracker.daily_budget sets it")
    return Check("budget", Grade.OK, detail)


def renewal(runtime: Runtime) -> Check:
    """Whether mamctl may spend points, and whether a purchase is unsettled."""
    from mamctl.store.account.purchases import open_claim

    claim = open_claim(runtime.store)
    if claim:
        detail = f"the renewal claimed at {claim.claimed_at:%Y-%m-%d %H:%M} UTC is not settled"
        return Check("renewal", Grade.WARN, detail, "mamctl vip check looks again; a person can say: mamctl vip settle")
    if not runtime.config.vip.auto_renew:
        return Check("renewal", Grade.OK, "off: vip.auto_renew = true lets mamctl renew VIP")
    return Check("renewal", Grade.OK, "mamctl renews VIP when every condition holds")


def notifications(runtime: Runtime) -> Check:
    """The addresses are understood; nothing is sent."""
    from mamctl.cli.wiring.notify import usable_addresses

    urls, _ = usable_addresses(runtime.loaded)
    if not urls:
        return Check("notifications", Grade.SKIPPED, "none configured (notify.urls); cron's mail tells what needs you")
    import apprise

    bad = [str(number) for number, url in enumerate(urls, 1) if not apprise.Apprise().add(url)]
    if bad:
        return Check("notifications", Grade.FAIL, f"address {', '.join(bad)} is not understood", "see notify.urls")
    return Check("notifications", Grade.OK, f"{len(urls)} address{'es' if len(urls) > 1 else ''} understood")


ALL: dict[str, Callable[[Runtime], Check]] = {
    "secrets": secrets,
    "store": store,
    "session": session,
    "tracker": tracker,
    "clock": clock,
    "budget": budget,
    "renewal": renewal,
    "clients": checks_ratio.clients,
    "ratio": checks_ratio.ratio,
    "guard": checks_ratio.guard,
    "notifications": notifications,
    "heartbeat": checks_cron.heartbeat,
    "cron": checks_cron.cron,
}
