"""Builds the adapters from the configuration; the one place that names them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mamctl.cli.clock import current_clock

if TYPE_CHECKING:
    from mamctl.adapters.http.proxies import Route
    from mamctl.adapters.tracker.api import TrackerApi
    from mamctl.adapters.tracker.client import TrackerClient
    from mamctl.adapters.tracker.pages import SitePages
    from mamctl.cli.runtime import Runtime
    from mamctl.config.sections import TrackerSection


def open_tracker(runtime: Runtime) -> TrackerApi:
    """The documented API as this member. Raises ConfigInvalidError when there is no usable session."""
    from mamctl.adapters.tracker.api import TrackerApi

    return TrackerApi(_member_client(runtime))


def open_pages(runtime: Runtime) -> SitePages:
    """The site's pages, with a browser session of their own; only where `rules.read_pages` allows it."""
    from mamctl.adapters.tracker.client import TrackerClient
    from mamctl.adapters.tracker.pages import SitePages
    from mamctl.adapters.tracker.session import SessionFile, read_browser_seed

    config = runtime.config
    if config.tracker.login == "password":  # what the form opens is a browser session
        return SitePages(_member_client(runtime), allowed=config.rules.read_pages)
    session = SessionFile(
        _beside_store(runtime, "browser-session.json"),
        read_browser_seed(config.rules.browser_session_file, config.rules.browser_session_env, os.environ),
    )
    pace_beside = _beside_store(runtime, "tracker-session.json")
    client = TrackerClient(session=session, pace_beside=pace_beside, **_common(runtime))
    return SitePages(client, allowed=config.rules.read_pages)


def login_session(runtime: Runtime) -> Path:
    """Where the session that the login form opens is kept."""
    return _beside_store(runtime, "login-session.json")


def _member_client(runtime: Runtime) -> TrackerClient:
    from mamctl.adapters.tracker.client import TrackerClient
    from mamctl.adapters.tracker.session import SessionFile, read_seed

    section = runtime.config.tracker
    if section.login == "password":
        return _signed_in_client(runtime)
    seed = read_seed(section.mam_id_file, section.mam_id_env, os.environ)
    session = SessionFile(_beside_store(runtime, "tracker-session.json"), seed)
    return TrackerClient(session=session, **_common(runtime))


def _signed_in_client(runtime: Runtime) -> TrackerClient:
    from mamctl.adapters.tracker.login import SignedInClient, login_seed, read_credentials
    from mamctl.adapters.tracker.session import SessionFile

    section = runtime.config.tracker
    email, password = read_credentials(section.username_env, section.password_file, section.password_env, os.environ)
    session = SessionFile(login_session(runtime), login_seed(email))
    return SignedInClient(session=session, email=email, password=password, **_common(runtime))


def _common(runtime: Runtime) -> dict[str, Any]:
    from mamctl.adapters.http.policy import Bounds
    from mamctl.adapters.tracker.client import Clock, RequestPolicy
    from mamctl.adapters.tracker.hosts import Hosts
    from mamctl.adapters.tracker.unknown_answers import UnknownAnswers

    section = runtime.config.tracker
    return {
        "hosts": Hosts(section.base_url, section.tracker_url),
        "policy": RequestPolicy(
            min_interval=section.min_interval, attempts=section.attempts, contact=section.user_agent_contact
        ),
        "clock": Clock(now=lambda: runtime.now().timestamp(), sleep=current_clock().sleep),
        "bounds": Bounds(total=section.timeout),
        "count_request": runtime.count_request,
        "record_exchange": runtime.record_exchange,
        "show": runtime.show_waiting,
        **(
            {}
            if runtime.options.dry_run
            else {"keep_copy": UnknownAnswers(_beside_store(runtime, "unknown-answers")).keep}
        ),
        "route": site_route(section),
    }


def site_route(section: TrackerSection) -> Route:
    """The way to the site: `tracker.proxy`, which is never gone around, else what the environment says.

    Raises ConfigInvalidError when the proxy's password cannot be read.
    """
    from mamctl.adapters.http.proxies import Proxy, always, by_environment
    from mamctl.config.secrets import proxy_password
    from mamctl.domain.secret import Secret

    if section.proxy is None:
        return by_environment
    password = proxy_password(section).read(os.environ) or Secret("")
    return always(Proxy(section.proxy, "tracker.proxy", section.proxy_username, password))


def _beside_store(runtime: Runtime, name: str) -> Path:
    return runtime.config.store.path.with_name(name)
