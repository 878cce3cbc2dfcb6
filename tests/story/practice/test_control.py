"""The control requests, the state file, and the server as its own process."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import contextmanager
from datetime import timedelta

import httpx
import pytest

from mamctl.practice.tracker import Behaviour, FaultKind, PracticeTracker, Shape, World, demo_world, small_world
from mamctl.practice.tracker.__main__ import open_tracker
from mamctl.practice.tracker.memory import freeze, read_part, thaw, write_state
from tests.kit.practice_fixtures import NOW, Visitor


@pytest.fixture
def control(tracker):
    with httpx.Client(base_url=f"{tracker.url}/practice", trust_env=False, verify=False) as client:
        yield client


def test_state_mood_and_journal_can_be_read(tracker, member, control):
    member.buy(spendtype="VIP", duration="max")
    assert control.get("/state").json()["accounts"]["123456"]["points"] == 48750.091
    assert control.get("/mood").json()["ratio"] == "number"
    assert [entry["path"] for entry in control.get("/journal").json()] == ["/json/bonusBuy.php"]
    assert control.get("/purchases").json()[0]["kind"] == "VIP"
    control.delete("/journal")
    assert control.get("/journal").json() == []


def test_everything_can_be_changed(tracker, member, control):
    changes = {
        "/mood": {"ratio": "string", "personal_lag": 0},
        "/account/123456": {"points": 5, "vip_until": None},
        "/account": {"wedges": 1},
        "/session/asn": {"alive": False},
        "/torrent/900001": {"free": True},
        "/torrent/900100": {"title": "Brand New", "authors": ["Some Body"], "category": 41, "size": 5},
        "/events": {"bonus": True, "freeleech_until": "2026-12-01T00:00:00+00:00"},
        "/caller": {"network": "Elsewhere"},
        "/pages": {"path": "/rules.php", "sections": [{"anchor": "one", "title": "One", "paragraphs": []}]},
        "/clock": {"advance_seconds": 3600},
    }
    for path, values in changes.items():
        assert control.post(path, json=values).status_code == 200, path
    facts = member.json("/jsonLoad.php")
    assert (facts["ratio"], facts["seedbonus"], facts["wedges"]) == ("3.4", 5, 1)
    assert Visitor(tracker, "asn").get("/jsonLoad.php").status_code == 403
    assert {row["id"] for row in member.search(searchType="fl")["data"]} == {900001, 900002, 900005}
    assert member.search(text="brand new")["found"] == 1
    assert tracker.world.events.bonus
    assert tracker.world.clock() == NOW + timedelta(hours=1)
    assert control.post("/clock", json={"move_to": "2027-01-01T00:00:00+00:00"}).json()["now"].startswith("2027-01-01")


def test_troubles_can_be_planned_and_forgotten(tracker, member, control):
    control.post("/trouble", json={"kind": "status", "path": "/jsonLoad.php", "status": 502, "times": 5})
    assert member.get("/jsonLoad.php").status_code == 502
    control.delete("/trouble")
    assert member.get("/jsonLoad.php").status_code == 200
    control.post("/fault", json={"kind": "hold_before", "times": 0})
    assert control.get("/held").json() == {"held": 0}
    assert control.post("/release", json={}).status_code == 200


@pytest.mark.parametrize(
    ("path", "values", "status"),
    [
        ("/behaviour", {"no_such_knob": 1}, 400),
        ("/mood", {"ratio": "no such shape"}, 400),
        ("/account/1", {}, 400),
        ("/trouble", {"kind": "nonsense"}, 400),
        ("/nowhere", {}, 404),
    ],
)
def test_unfit_controls_are_refused(control, path, values, status):
    answer = control.post(path, json=values)
    assert answer.status_code == status
    assert "error" in answer.json()


def test_control_requests_are_not_journaled_and_have_no_trouble(tracker, control):
    tracker.behaviour.plan(FaultKind.RESET, "/", times=None)
    assert control.get("/journal").json() == []


@pytest.mark.parametrize("build", [demo_world, small_world])
def test_a_world_survives_its_file(tmp_path, build):
    world, behaviour = build(NOW), Behaviour(ratio=Shape.INF)
    behaviour.plan(FaultKind.SLOW, "/x", seconds=2)
    world.torrents[min(world.torrents)].info = b"\x00d"
    path = tmp_path / "state.json"
    write_state(path, {"world": world, "behaviour": behaviour})
    assert read_part(path, "world", World) == world
    assert read_part(path, "behaviour", Behaviour) == behaviour
    assert freeze(thaw(World, freeze(world))) == freeze(world)


def test_a_restarted_tracker_goes_on(tmp_path):
    state = tmp_path / "state.json"
    with open_tracker("small", 0, state, NOW) as first:
        visitor = Visitor(first)
        visitor.buy(spendtype="VIP", duration="max")
        first.behaviour.ratio = Shape.INF
        visitor.get("/jsonLoad.php")
    with open_tracker("small", first.port, state, None) as second:
        visitor.tracker = second
        facts = visitor.json("/jsonLoad.php")
        assert (facts["seedbonus"], facts["ratio"]) == (48750, "Inf.")
        assert len(second.world.purchases) == 1


@contextmanager
def standalone(*arguments):
    command = [sys.executable, "-m", "mamctl.practice.tracker", *map(str, arguments)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process, process.stdout.readline().strip()
        finally:
            process.terminate()
            assert process.wait(60) == 0


def test_it_runs_by_itself_and_remembers(tmp_path):
    state = tmp_path / "state.json"
    with standalone("--state", state, "--world", "small", "--now", NOW.isoformat()) as (_, url):
        cookie = json.loads(state.read_text())["world"]["sessions"]["api"]["value"]
        answer = httpx.get(f"{url}/jsonLoad.php", headers={"Cookie": f"mam_id={cookie}"}, trust_env=False)
        assert answer.json()["username"] == "examplemouse"
        assert json.loads(state.read_text())["world"]["sessions"]["api"]["value"] != cookie
    with standalone("--state", state) as (_, url):
        assert "900001" in httpx.get(f"{url}/practice/state", trust_env=False).json()["torrents"]


def test_import_is_light():
    heavy = "httpx rich typer lxml sqlite_utils pydantic selectolax"
    code = f"import sys, mamctl.practice.tracker; print([m for m in {heavy.split()} if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_it_listens_on_loopback_only():
    with PracticeTracker(small_world(NOW)) as tracker:
        assert tracker.url.startswith("http://127.0.0.1:")
