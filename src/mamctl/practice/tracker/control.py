"""`/practice/…`: state, behaviour and journal for tests and demos in other processes.

| request | does |
|---|---|
| GET `/practice/state` | the whole world |
| GET `/practice/purchases` | what was really bought |
| GET `/practice/journal`, DELETE | the requests seen; forget them |
| GET, POST `/practice/behaviour` | the knobs; change some |
| POST `/practice/fault`, DELETE | plan one; forget all |
| POST `/practice/account/UID`, `/practice/session/NAME` | change fields |
| POST `/practice/torrent/ID` | change fields, or list a new one |
| POST `/practice/events`, `/practice/caller` | change fields |
| POST `/practice/pages` | `{"path": "/rules.php", "sections": [...]}` |
| POST `/practice/clock` | `{"advance_seconds": N}` or `{"move_to": "2026-12-01T12:00:00+00:00"}` |
| GET `/practice/held` | how many requests wait (`?count=N&timeout=S` waits for them) |
| POST `/practice/release` | let held requests go |
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from mamctl.domain.json_values import Json
from mamctl.practice.tracker.behaviour import SiteFault
from mamctl.practice.tracker.memory import change, freeze, thaw
from mamctl.practice.tracker.state import Section, Torrent
from mamctl.practice.web import Answer, Request, json_answer

if TYPE_CHECKING:
    from collections.abc import Callable

    from mamctl.practice.tracker.site import Site

CONTROL_PREFIX = "/practice/"
_FORMER_NAMES = {"mood": "behaviour", "trouble": "fault"}


def control(site: Site, request: Request) -> Answer:
    """Do as the control request asks; 404 for an unknown one, 400 with the reason for an unfit one."""
    what, _, which = request.path.removeprefix(CONTROL_PREFIX).partition("/")
    if (request.method, what) == ("GET", "held"):
        return json_answer(_held(site, request))
    order = _ORDERS.get((request.method, _FORMER_NAMES.get(what, what)))
    if order is None:
        return json_answer({"error": f"no such control: {request.method} {request.path}"}, 404)
    try:
        with site.world.lock:
            found = order(site, which, json.loads(request.body or b"{}"))
            site.on_change()
    except (KeyError, ValueError, TypeError) as error:
        return json_answer({"error": f"{type(error).__name__}: {error}"}, 400)
    return json_answer(found)


def _held(site: Site, request: Request) -> dict[str, int]:
    """Not under the world's lock: a held request may need it before it can be held."""
    wanted = request.query_fields
    site.gate.wait_until_held(int(str(wanted.get("count", 0))), float(str(wanted.get("timeout", 0))))
    return {"held": site.gate.held}


def _change_mood(site: Site, _: str, values: dict[str, Json]) -> Json:
    change(site.behaviour, values)
    return freeze(site.behaviour)


def _plan_fault(site: Site, _: str, values: dict[str, Json]) -> Json:
    site.behaviour.add(thaw(SiteFault, values))
    return freeze(site.behaviour.faults)


def _clear(site: Site, *_: object) -> Json:
    site.behaviour.clear()
    return []


def _change_account(site: Site, which: str, values: dict[str, Json]) -> Json:
    account = site.world.accounts[int(which)] if which else site.world.member
    change(account, values)
    return freeze(account)


def _change_session(site: Site, which: str, values: dict[str, Json]) -> Json:
    change(site.world.sessions[which], values)
    return freeze(site.world.sessions[which])


def _change_torrent(site: Site, which: str, values: dict[str, Json]) -> Json:
    number = int(which)
    if number in site.world.torrents:
        change(site.world.torrents[number], values)
    else:
        site.world.list_torrent(thaw(Torrent, {"id": number, "added": site.world.clock().isoformat(), **values}))
    return freeze(site.world.torrents[number])


def _change_events(site: Site, _: str, values: dict[str, Json]) -> Json:
    change(site.world.events, values)
    return freeze(site.world.events)


def _change_caller(site: Site, _: str, values: dict[str, Json]) -> Json:
    change(site.world.caller, values)
    return freeze(site.world.caller)


def _change_page(site: Site, _: str, values: dict[str, Json]) -> Json:
    path = str(values["path"])
    site.world.pages[path] = thaw(list[Section], values["sections"])
    return freeze(site.world.pages[path])


def _move_clock(site: Site, _: str, values: dict[str, Json]) -> Json:
    if "move_to" in values:
        site.world.clock.move_to(datetime.fromisoformat(str(values["move_to"])))
    site.world.clock.advance(timedelta(seconds=float(str(values.get("advance_seconds", 0)))))
    return {"now": site.world.clock().isoformat()}


def _release(site: Site, *_: object) -> Json:
    site.gate.release()
    return {}


def _forget_journal(site: Site, *_: object) -> Json:
    site.journal.clear()
    return []


_ORDERS: dict[tuple[str, str], Callable[[Site, str, dict[str, Json]], Json]] = {
    ("GET", "state"): lambda site, *_: freeze(site.world),
    ("GET", "behaviour"): lambda site, *_: freeze(site.behaviour),
    ("GET", "journal"): lambda site, *_: freeze(site.journal.entries),
    ("GET", "purchases"): lambda site, *_: freeze(site.world.purchases),
    ("POST", "behaviour"): _change_mood,
    ("POST", "fault"): _plan_fault,
    ("DELETE", "fault"): _clear,
    ("POST", "account"): _change_account,
    ("POST", "session"): _change_session,
    ("POST", "torrent"): _change_torrent,
    ("POST", "events"): _change_events,
    ("POST", "caller"): _change_caller,
    ("POST", "pages"): _change_page,
    ("POST", "clock"): _move_clock,
    ("POST", "release"): _release,
    ("DELETE", "journal"): _forget_journal,
}
