"""Builds the adapters from the configuration; the one place that names them."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mamctl.adapters.tracker.api import TrackerApi
    from mamctl.cli.runtime import Runtime


def connect_tracker(runtime: Runtime) -> TrackerApi:
    """The documented API as this member. Raises ConfigInvalidError when there is no usable session."""
    from mamctl.adapters.tracker.api import TrackerApi
    from mamctl.adapters.tracker.client import Manners, TrackerClient
    from mamctl.adapters.tracker.hosts import Hosts
    from mamctl.adapters.tracker.session import SessionFile, read_seed
    from mamctl.adapters.tracker.wire import Limits

    section = runtime.config.tracker
    seed = read_seed(section.mam_id_file, section.mam_id_env, os.environ)
    client = TrackerClient(
        hosts=Hosts(section.base_url, section.tracker_url),
        session=SessionFile(runtime.config.store.path.with_name("tracker-session.json"), seed),
        manners=Manners(
            min_interval=section.min_interval, attempts=section.attempts, contact=section.user_agent_contact
        ),
        limits=Limits(total=section.timeout),
        count_request=runtime.count_request,
    )
    return TrackerApi(client)
