"""Builds the adapters from the configuration; the one place that names them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from mamctl.adapters.http.policy import Bounds
from mamctl.adapters.http.proxies import Proxy, Route, always, by_environment
from mamctl.adapters.tracker.address import AddressApi
from mamctl.adapters.tracker.api import TrackerApi
from mamctl.adapters.tracker.client import Clock, RequestPolicy, TrackerClient
from mamctl.adapters.tracker.hosts import Hosts
from mamctl.adapters.tracker.login import SignedInClient, login_seed, marker_of, read_credentials
from mamctl.adapters.tracker.pages import SitePages
from mamctl.adapters.tracker.remote_curl import RemoteCurl
from mamctl.adapters.tracker.session import SessionFile, read_browser_seed, read_seed
from mamctl.adapters.tracker.unknown_answers import UnknownAnswers
from mamctl.cli.clock import current_clock
from mamctl.cli.context import Context
from mamctl.config.secrets import proxy_password
from mamctl.config.sections import TrackerSection
from mamctl.domain.secret import Secret

__all__ = [
    "login_session",
    "marker_of",
    "open_address",
    "open_address_lookup",
    "open_pages",
    "open_tracker",
    "read_credentials",
    "read_seed",
    "session_client",
    "site_route",
]


def open_tracker(context: Context) -> TrackerApi:
    """The documented API as this member. Raises ConfigInvalidError when there is no usable session."""
    return TrackerApi(_member_client(context))


def open_address(context: Context) -> AddressApi:
    """The two calls about addresses, sent from where the torrent client is: by `tracker.seedbox_command`, if set."""
    return _address_api(context, _member_client(context))


def open_address_lookup(context: Context) -> AddressApi:
    """The same for looking alone, which needs no session: none is read, and no cookie is sent."""
    no_session = SessionFile(_beside_store(context, "tracker-session.json"), {})
    return _address_api(context, TrackerClient(session=no_session, **_common(context)))


def _address_api(context: Context, client: TrackerClient) -> AddressApi:
    command = context.config.tracker.seedbox_command
    return AddressApi(replace(client, carry=RemoteCurl(command)) if command else client)


def open_pages(context: Context) -> SitePages:
    """The site's pages, with a browser session of their own; only where `rules.read_pages` allows it."""
    config = context.config
    if config.tracker.login == "password":  # what the form opens is a browser session
        return SitePages(_member_client(context), allowed=config.rules.read_pages)
    session = SessionFile(
        _beside_store(context, "browser-session.json"),
        read_browser_seed(config.rules.browser_session_file, config.rules.browser_session_env, os.environ),
    )
    client = TrackerClient(session=session, **_common(context))
    return SitePages(client, allowed=config.rules.read_pages)


def login_session(context: Context) -> Path:
    """Where the session that the login form opens is kept."""
    return _beside_store(context, "login-session.json")


def _member_client(context: Context) -> TrackerClient:
    section = context.config.tracker
    if section.login == "password":
        return _signed_in_client(context)
    return session_client(context, read_seed(section.mam_id_file, section.mam_id_env, os.environ))


def session_client(context: Context, seed: Mapping[str, Secret]) -> TrackerClient:
    """The API with this session; its cookies are kept where every later command looks for them."""
    session = SessionFile(_beside_store(context, "tracker-session.json"), seed)
    return TrackerClient(session=session, **_common(context))


def _signed_in_client(context: Context) -> TrackerClient:
    section = context.config.tracker
    email, password = read_credentials(section.username_env, section.password_file, section.password_env, os.environ)
    session = SessionFile(login_session(context), login_seed(email))
    return SignedInClient(session=session, email=email, password=password, **_common(context))


def _common(context: Context) -> dict[str, Any]:
    section = context.config.tracker
    return {
        "hosts": Hosts(section.base_url, section.tracker_url),
        "policy": RequestPolicy(
            min_interval=section.min_interval, attempts=section.attempts, contact=section.user_agent_contact
        ),
        "clock": Clock(now=lambda: context.now().timestamp(), sleep=current_clock().sleep),
        "bounds": Bounds(total=section.timeout),
        "count_request": context.count_request,
        "record_exchange": context.record_exchange,
        "show": context.show_waiting,
        **(
            {}
            if context.options.dry_run
            else {"keep_copy": UnknownAnswers(_beside_store(context, "unknown-answers")).keep}
        ),
        "route": site_route(section),
    }


def site_route(section: TrackerSection) -> Route:
    """The way to the site: `tracker.proxy`, which is never gone around, else the one of the environment.

    Raises ConfigInvalidError when the proxy's password cannot be read.
    """
    if section.proxy is None:
        return by_environment
    password = proxy_password(section).read(os.environ) or Secret("")
    return always(Proxy(section.proxy, "tracker.proxy", section.proxy_username, password))


def _beside_store(context: Context, name: str) -> Path:
    return context.config.store.path.with_name(name)
