"""The living cookie over several processes and a kill."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

from mamctl.adapters.tracker.exchange import Ask
from tests.kit.practice_fixtures import tracker
from tests.kit.tracker_loopback import Scripted, as_json, client_for, serving

__all__ = ["tracker"]

ASK_FOUR_TIMES = """
import sys
from pathlib import Path
from tests.kit.tracker_loopback import client_for
from mamctl.adapters.tracker.api import TrackerApi
for _ in range(4):
    TrackerApi(client_for(sys.argv[1], Path(sys.argv[2]), seed=sys.argv[3])).fetch_account()
"""


def run_child(*arguments):
    root = Path(__file__).parents[2]
    return subprocess.Popen([sys.executable, "-c", *arguments], cwd=root, stderr=subprocess.PIPE, text=True)


def test_two_processes_never_race_a_rotation(tracker, tmp_path):
    children = [run_child(ASK_FOUR_TIMES, tracker.url, str(tmp_path), tracker.mam_id) for _ in range(2)]
    for child in children:
        assert child.communicate(timeout=60)[1] == ""
        assert child.returncode == 0
    assert len(tracker.journal.entries) == 8
    assert all(entry.status == 200 and not entry.overlapping for entry in tracker.journal.entries)


def test_killed_between_the_headers_and_the_body(tmp_path):
    hold, reached = threading.Event(), threading.Event()

    def wait():
        reached.set()
        hold.wait(60)

    rotated = as_json({"uid": 1}, cookie="second")
    with serving() as site:
        site.script = [Scripted(200, rotated.body, rotated.headers, before_body=wait), as_json({})]
        child = run_child(ASK_FOUR_TIMES, site.url, str(tmp_path), "first")
        assert reached.wait(60)
        for _ in range(2000):
            if (tmp_path / "session.json").exists():
                break
            threading.Event().wait(0.01)
        child.kill()
        child.communicate()
        hold.set()
        client_for(site.url, tmp_path, seed="first").ask_once(Ask(path="/jsonLoad.php"))
        assert site.journal[-1].cookie == "mam_id=second"
