"""`mamctl doctor` on the queue: the place to file into, and hand-overs that are unclear."""

from __future__ import annotations

import pytest

from mamctl.domain.account.pending import Wanted
from mamctl.domain.queue.states import State
from mamctl.practice.client import ClientWorld, PracticeClient
from mamctl.practice.clock import PracticeClock
from mamctl.store.queue.items import NewItem, add_item, claim_item, find_item, move_item


def check(mamctl, config, name):
    found = mamctl("doctor", "--json", "--config", str(config)).json
    return next(one for one in found["data"]["checks"] if one["name"] == name)


def test_where_books_are_filed(mamctl, reader, tmp_path):
    assert check(mamctl, reader.config(), "queue")["grade"] == "skipped"
    library = tmp_path / "library"
    library.mkdir()
    assert check(mamctl, reader.config(library={"folders": [str(library)]}), "queue")["grade"] == "ok"
    config = reader.config(library={"folders": [str(library)], "file_into": str(tmp_path / "nowhere")})
    assert check(mamctl, config, "queue")["grade"] == "fail"


def test_an_unclear_hand_over(mamctl, reader):
    with reader.store() as db:
        item = find_item(db, add_item(db, NewItem(wanted=Wanted("T", "A"), reason="r"), reader.now()))
        item = claim_item(db, item, reader.now(), run_id=None, torrent_id=1, torrent_title="T", paid=False, free=None,
                          size_bytes=1, most_under_way=1, reason="r")  # fmt: skip
        move_item(db, item, State.UNCLEAR, "lost", reader.now())
    assert "1 hand-overs" in check(mamctl, reader.config(), "queue")["detail"]


@pytest.mark.spec("QUE-6")
def test_without_a_client_seeding_is_not_checked(mamctl, reader):
    assert check(mamctl, reader.config(), "seeding")["grade"] == "skipped"


@pytest.mark.spec("QUE-6")
def test_share_limits_of_the_client_and_its_categories_are_named(mamctl, reader, tmp_path):
    world = ClientWorld(PracticeClock(reader.now()), version="v5.3.0")
    with PracticeClient(world) as client:
        secret = tmp_path / "password"
        secret.write_text(world.password)
        secret.chmod(0o600)
        config = reader.config(qbittorrent=[{"name": "home", "url": client.url, "password_file": str(secret)}])
        assert check(mamctl, config, "seeding")["grade"] == "ok"
        world.preferences |= {"max_inactive_seeding_time_enabled": True, "max_inactive_seeding_time": 60}
        world.category_limits["books"] = {"ratio_limit": 1.5, "seeding_time_limit": -2}
        found = check(mamctl, config, "seeding")
        assert found["grade"] == "warn"
        assert "home ends torrents after 1 h without a transfer" in found["detail"]
        assert "home ends torrents at ratio 1.5 in category books" in found["detail"]
