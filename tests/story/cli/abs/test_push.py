"""Audiobookshelf is sent agreed values that differ in meaning, over nobody's word, and all of it can be taken back."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest

from mamctl.adapters.audiobookshelf.client import ShelfClient
from mamctl.domain.secret import Secret
from mamctl.jobs.audiobookshelf.scan import announce_book
from mamctl.jobs.audiobookshelf.shelf import ShelfPlace
from mamctl.practice.audiobookshelf.server import FaultKind
from mamctl.practice.faults import Fault
from tests.story.cli.abs.conftest import SHOWN, Reader

pytestmark = pytest.mark.spec("OPS-5")
MARS, TIME, STUDY = "A Princess of Mars", "The Time Machine {Tom Asher}", "A Study in Scarlet"


def correct(reader: Reader, field: str, value: str) -> None:
    """A correction that the server does not get at once."""
    words = ("meta", "set", "princess of mars", field, value, "--config", str(reader.home / "mamctl.toml"))
    with reader.shelf.unreachable():
        assert reader.program(*words).code == 3


def test_check_says_what_differs_and_whose_it_is(reader: Reader) -> None:
    item = reader.item(MARS)
    item.metadata["publisher"] = "By hand"
    item.metadata["authors"] = [{"id": "x", "name": "edgar rice BURROUGHS"}]
    done = reader.mamctl("check")
    fields = reader.fields(done, item)
    # Case and order are no difference; what mamctl does not know is none either.
    assert set(fields) == {"narrators"}
    narrators = {"field": "narrators", "ours": ["Una Fell"], "theirs": [], "whose": "nobody", "agreed": False}
    assert fields["narrators"] == narrators
    assert reader.changes() == 0


def test_a_push_sends_what_differs_and_a_second_one_nothing(reader: Reader) -> None:
    first = reader.mamctl("push", "--all")
    assert first.code == 0
    assert first.data["sent"] > 0
    assert reader.item(MARS).metadata["narrators"] == ["Una Fell"]
    count = reader.changes()
    second = reader.mamctl("push", "--all")
    assert (second.data["sent"], second.data["books"], reader.changes()) == (0, [], count)
    assert reader.mamctl("check").data["books"] == []


def test_a_description_converges_although_the_server_stores_html(reader: Reader) -> None:
    correct(reader, "description", "A gate of tin. & a key.\n\nThen 3 < 4.")
    assert reader.mamctl("push", MARS).data["sent"] >= 1
    assert reader.item(MARS).metadata["description"] == "A gate of tin. &amp; a key.\n\nThen 3 &lt; 4."
    assert reader.mamctl("push", MARS).data["sent"] == 0


def test_a_dry_run_plans_the_same_and_sends_nothing(reader: Reader) -> None:
    dry = reader.mamctl("push", "--all", "--dry-run")
    assert reader.changes() == 0
    real = reader.mamctl("push", "--all")
    assert dry.data["books"] == real.data["books"]
    assert (dry.data["run"], real.data["run"][0]) == (None, "r")


def test_a_guess_is_no_correction(reader: Reader) -> None:
    """Of one book the folder's name is all that is known: what mamctl makes of it is not sent."""
    item = reader.item("New Folder (2)")
    reader.mamctl("push", "--all")
    assert item.metadata["title"] == "New Folder (2)"


def test_somebodys_word_is_left_and_listed_until_you_say_over(reader: Reader) -> None:
    item = reader.item(MARS)
    item.metadata["title"], item.metadata["narrators"] = "The Princess (by hand)", ["Somebody Else"]
    done = reader.mamctl("push", MARS)
    fields = reader.fields(done, item)
    assert {name: one["step"] for name, one in fields.items()} == {"title": "leave", "narrators": "leave"}
    assert {one["whose"] for one in fields.values()} == {"somebody"}
    assert (done.data["left"], reader.changes()) == (2, 0)
    assert reader.mamctl("push", MARS, "--over").data["sent"] == 2
    assert item.metadata["title"] == "A Princess of Mars"


def test_what_somebody_changes_after_a_push_is_theirs(reader: Reader) -> None:
    reader.mamctl("push", MARS)
    item = reader.item(MARS)
    item.metadata["narrators"] = []
    assert reader.fields(reader.mamctl("check"), item)["narrators"]["whose"] == "somebody"
    item.metadata["narrators"] = ["Una Fell"]
    correct(reader, "narrators", "Jo Penn")
    assert reader.fields(reader.mamctl("check"), item)["narrators"]["whose"] == "mamctl"
    assert reader.mamctl("push", MARS).data["sent"] == 1


def test_undo_puts_back_what_stood_there_where_it_still_holds(reader: Reader) -> None:
    item = reader.item(MARS)
    before = {**item.metadata}
    pushed = reader.mamctl("push", "--all")
    others = {one.id: {**one.metadata} for one in reader.shelf.world.items.values() if one is not item}
    item.metadata["narrators"] = ["Somebody Else"]
    undone = reader.mamctl("undo", "princess of mars")
    assert undone.data["changed"] >= 1
    assert item.metadata["narrators"] == ["Somebody Else"]
    assert {**item.metadata, "narrators": before["narrators"]} == before
    assert {one.id: one.metadata for one in reader.shelf.world.items.values() if one is not item} == others
    rest = reader.mamctl("undo", pushed.data["run"])
    assert rest.data["undone"] >= 1
    # What you took back is not sent again by itself.
    again = reader.mamctl("push", "--all")
    assert again.data["sent"] == 0


def test_undo_of_nothing_is_called_so(reader: Reader) -> None:
    done = reader.mamctl("undo", "r999")
    assert (done.code, done.json["problems"][0]["code"]) == (2, "usage")
    assert reader.mamctl("undo", MARS).json["problems"][0]["remedy"] == "mamctl abs check BOOK shows what differs"


def test_a_wrong_path_in_the_address_is_no_missing_item(reader: Reader) -> None:
    config = reader.home / "mamctl.toml"
    config.write_text(config.read_text().replace(reader.shelf.url, f"{reader.shelf.url}/elsewhere"))
    done = reader.mamctl("check")
    assert done.code == 5
    assert done.json["problems"][0]["remedy"].startswith("check that audiobookshelf.url is")


@pytest.mark.parametrize("kind", [FaultKind.LOST_ANSWER, FaultKind.RESET])
def test_a_lost_answer_is_settled_by_looking(reader: Reader, kind: FaultKind) -> None:
    reader.shelf.faults.add(Fault(kind, "PATCH "))
    lost = reader.mamctl("push", MARS)
    assert (lost.code, lost.json["problems"][0]["code"]) == (13, "abs_down")
    done = reader.mamctl("push", MARS)
    assert done.data["sent"] == (0 if kind is FaultKind.LOST_ANSWER else 1)
    assert reader.item(MARS).metadata["narrators"] == ["Una Fell"]
    assert reader.mamctl("undo", "princess of mars").data["undone"] == 1
    assert reader.item(MARS).metadata["narrators"] == []


def test_a_kill_in_the_middle_loses_no_image_of_before(reader: Reader) -> None:
    reader.shelf.faults.add(Fault(FaultKind.HOLD_AFTER, "PATCH "))
    words = ["abs", "push", MARS, "--config", str(reader.home / "mamctl.toml")]
    running = subprocess.Popen([sys.executable, "-m", "mamctl", *words])
    assert reader.shelf.wait_until_held(timeout=60)
    running.send_signal(signal.SIGKILL)
    running.wait()
    reader.shelf.release()
    assert reader.item(MARS).metadata["narrators"] == ["Una Fell"]
    assert reader.mamctl("push", MARS).data["sent"] == 0
    assert reader.mamctl("undo", "princess of mars").data["undone"] == 1
    assert reader.item(MARS).metadata["narrators"] == []


def test_an_outage_ends_the_run_and_the_next_one_goes_on(reader: Reader) -> None:
    with reader.shelf.unreachable():
        done = reader.mamctl("push", "--all")
    assert (done.code, done.json["problems"][0]["subject"]) == (13, "audiobookshelf.url")
    reader.shelf.faults.add(Fault(FaultKind.STATUS_502, "PATCH ", skip=1))
    half = reader.mamctl("push", "--all")
    assert (half.code, len(half.data["books"])) == (13, 1)
    assert reader.mamctl("push", "--all").code == 0
    assert reader.mamctl("check").data["books"] == []


def test_a_page_in_place_of_an_answer_is_called_so(reader: Reader) -> None:
    reader.shelf.faults.add(Fault(FaultKind.PAGE, "GET /api/libraries"))
    done = reader.mamctl("check")
    assert done.code == 14
    assert "returned something unexpected" in done.json["problems"][0]["message"]


@pytest.mark.parametrize(
    ("change", "code", "exit_code"),
    [
        ({"key_active": False}, "abs_key_refused", 12),
        ({"may_update": False}, "abs_not_allowed", 3),
        ({"libraries": {}}, "abs_library_missing", 10),
    ],
)
def test_a_key_that_may_not_is_named(reader: Reader, change: dict, code: str, exit_code: int) -> None:
    for name, value in change.items():
        setattr(reader.shelf.world, name, value)
    done = reader.mamctl("push", MARS)
    assert (done.code, done.json["problems"][0]["code"]) == (exit_code, code)


def test_a_book_without_an_item_of_its_own_is_not_pushed(reader: Reader) -> None:
    whole = reader.item(TIME)
    item = reader.item(STUDY)
    item.files.append(f"{item.path}/another book.m4b")
    del reader.shelf.world.items[whole.id]
    done = reader.mamctl("push", "--all")
    assert {(one["path"].rpartition("/")[2], one["match"]) for one in done.data["unmatched"]} == {
        ("1 - A Study in Scarlet", "part"),
        (TIME, "none"),
    }
    assert (done.code, done.json["problems"][0]["code"]) == (3, "abs_no_item")
    assert not [path for _, path in reader.shelf.changes() if item.id in path]


def test_without_a_server_or_the_right_paths_it_says_what_to_set(reader: Reader, mamctl) -> None:
    config = reader.home / "mamctl.toml"
    text = config.read_text()
    config.write_text("\n".join(line for line in text.splitlines() if not line.startswith("path_map")))
    lost = reader.mamctl("check")
    assert [one["code"] for one in lost.json["problems"]] == ["abs_none_there"]
    for words in (("check",), ("push", "--all")):
        assert "Nothing differs" not in mamctl("abs", *words, "--config", str(config)).out  # nothing was compared
    config.write_text(text.partition("[audiobookshelf]")[0])
    assert reader.mamctl("check").json["problems"][0]["code"] == "abs_not_configured"


def test_an_export_is_scanned_there_and_warns_that_it_hides_edits(reader: Reader) -> None:
    config = str(reader.home / "mamctl.toml")
    done = reader.program("meta", "export", MARS, "--json", "--config", config)
    try:
        assert (done.code, done.data["scanned_by_abs"], done.data["hides_edits"]) == (0, 1, True)
        assert reader.item(MARS).metadata["narrators"] == ["Una Fell"]
        # Read from mamctl's own file, it is nobody's word.
        correct(reader, "narrators", "Jo Penn")
        found = reader.fields(reader.mamctl("check"), reader.item(MARS))
        assert found["narrators"]["whose"] == "files"
        again = reader.program("meta", "export", MARS, "--config", config)
        assert "later edits are lost" in " ".join(again.out.split())
        reader.shelf.world.user_type = "user"
        correct(reader, "narrators", "Una Fell")
        forbidden = reader.program("meta", "export", MARS, "--json", "--config", config)
        assert (forbidden.code, forbidden.json["problems"][0]["code"]) == (3, "abs_not_allowed")
    finally:
        for name in ("metadata.json", "metadata.opf"):
            (reader.item(MARS).folder / name).unlink()


def test_a_new_book_is_announced_by_one_of_its_files(reader: Reader) -> None:
    world = reader.shelf.world
    root = world.roots["lib-1"][1]
    shelf = ShelfClient(url=reader.shelf.url, key=Secret(world.key))
    place = ShelfPlace(("lib-1",), ((SHOWN, str(root)),))
    assert announce_book(shelf, place, [f"{root}/New/b.mp3", f"{root}/New/a.mp3"]) is None
    told = next(one for one in reader.shelf.journal.entries if one.path == "/api/watcher/update")
    assert told.fields["path"] == f"{SHOWN}/New/a.mp3"
    world.tasks.clear()
    problem = announce_book(shelf, place, ["/elsewhere/a.mp3"])
    assert problem is not None
    assert problem.code == "abs_not_taken_up"


def test_doctor_looks_at_the_server_the_key_and_the_library(reader: Reader) -> None:
    def shelf() -> dict:
        found = reader.program("doctor", "--json", "--config", str(reader.home / "mamctl.toml")).data["checks"]
        return next(one for one in found if one["name"] == "audiobookshelf")

    assert (shelf()["grade"], shelf()["detail"]) == ("ok", "version 2.36.0, Audiobooks")
    reader.shelf.world.stores_with_item = True
    assert shelf()["grade"] == "warn"
    reader.shelf.world.key_active = False
    assert (shelf()["grade"], "active" in shelf()["remedy"]) == ("fail", True)
