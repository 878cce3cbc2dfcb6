"""What somebody set at Audiobookshelf is evidence of the book, for as long as the server says it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from mamctl.practice.audiobookshelf.server import FaultKind
from mamctl.practice.audiobookshelf.state import Item
from mamctl.practice.faults import Fault
from tests.story.cli.abs.conftest import Reader

MARS = "A Princess of Mars"


def run(reader: Reader, *words: str) -> Any:
    return reader.program(*words, "--json", "--config", str(reader.home / "mamctl.toml"))


def shown(reader: Reader, field: str) -> dict[str, Any]:
    """The agreed value of a field of the book, and what the server is noted to say of it."""
    data = run(reader, "meta", "show", "princess of mars", "--evidence").data
    words = [one for one in data["evidence"] if one["source"] == "audiobookshelf" and one["field"] == field]
    found = data["agreed"].get(field) or {}
    return {
        "value": found.get("value"),
        "source": found.get("source"),
        "said": [(one["value"], one["place"]) for one in words],
    }


@pytest.fixture
def item(reader: Reader) -> Item:
    found = reader.item(MARS)
    found.metadata |= {"title": "The Princess (by hand)", "subtitle": "Set by hand", "publisher": "By Hand"}
    return found


@pytest.mark.spec("META-7")
def test_it_is_evidence_survives_a_scan_and_goes_when_the_server_says_so_no_more(reader: Reader, item: Item) -> None:
    checked = reader.mamctl("check")
    assert checked.data["words"] == 3
    assert reader.fields(checked, item)["title"] == {
        "field": "title",
        "ours": MARS,
        "theirs": "The Princess (by hand)",
        "whose": "somebody",
        "agreed": True,
    }
    place = f"audiobookshelf:{item.id}#"
    title = {
        "value": "The Princess (by hand)",
        "source": "audiobookshelf",
        "said": [("The Princess (by hand)", f"{place}title")],
    }
    publisher = {"value": "By Hand", "source": "audiobookshelf", "said": [("By Hand", f"{place}publisher")]}
    assert shown(reader, "title") == title
    (item.folder / "notes.txt").write_text("something new, so that the book is read again")
    try:
        run(reader, "meta", "scan")
        assert (shown(reader, "title"), shown(reader, "publisher")) == (title, publisher)
    finally:
        (item.folder / "notes.txt").unlink()
    # It is still listed and left, and what it is held against is what everything else says.
    pushed = reader.mamctl("push", "princess")
    assert {name: one["step"] for name, one in reader.fields(pushed, item).items()} == {
        "title": "leave",
        "narrators": "send",
    }
    item.metadata |= {"title": MARS, "publisher": None}
    assert reader.mamctl("check").data["words"] == 1
    assert shown(reader, "title")["value"] == MARS
    assert shown(reader, "publisher") == {"value": None, "source": None, "said": []}
    assert shown(reader, "subtitle")["value"] == "Set by hand"


@pytest.mark.spec("META-7")
def test_what_you_verified_stays_and_goes_there_only_with_over(reader: Reader, item: Item) -> None:
    run(reader, "meta", "set", "princess of mars", "title", "Mine")
    found = reader.fields(reader.mamctl("check"), item)["title"]
    assert (found["ours"], found["whose"], found["agreed"]) == ("Mine", "somebody", False)
    assert shown(reader, "title")["value"] == "Mine"
    assert shown(reader, "title")["said"] != []
    assert reader.mamctl("push", "mine", "--over").code == 0
    assert (item.metadata["title"], shown(reader, "title")["said"]) == ("Mine", [])


@pytest.mark.spec("OPS-5")
def test_over_sends_what_mamctl_says_without_them_and_undo_brings_their_word_back(reader: Reader, item: Item) -> None:
    dry = reader.mamctl("push", "princess of mars", "--over", "--dry-run")
    assert (shown(reader, "title")["value"], shown(reader, "title")["said"]) == (MARS, [])  # a dry run notes nothing
    pushed = reader.mamctl("push", "princess of mars", "--over")
    assert pushed.data["books"] == dry.data["books"]
    assert (item.metadata["title"], item.metadata["publisher"]) == (MARS, "By Hand")  # nothing of ours to send
    assert (shown(reader, "title")["value"], shown(reader, "title")["said"]) == (MARS, [])
    assert shown(reader, "publisher")["value"] == "By Hand"
    reader.mamctl("undo", pushed.data["run"])
    assert item.metadata["title"] == "The Princess (by hand)"
    reader.mamctl("check")
    assert shown(reader, "title")["value"] == "The Princess (by hand)"


@pytest.mark.spec("OPS-5")
def test_our_export_of_their_word_takes_it_from_nobody(reader: Reader, item: Item) -> None:
    reader.mamctl("check")
    try:
        run(reader, "meta", "export", "the princess")
        for _ in range(2):
            assert reader.mamctl("check").data["words"] == 3
            run(reader, "meta", "scan")
        assert shown(reader, "title")["value"] == "The Princess (by hand)"
    finally:
        for name in ("metadata.json", "metadata.opf"):
            (item.folder / name).unlink()


@pytest.mark.spec("OPS-5")
def test_another_library_takes_no_word_back_and_an_item_that_is_gone_does(reader: Reader, item: Item) -> None:
    reader.mamctl("check")
    config = reader.home / "mamctl.toml"
    text = config.read_text()
    config.write_text("\n".join(line for line in text.splitlines() if not line.startswith("path_map")))
    assert [one["code"] for one in reader.mamctl("check").json["problems"]] == ["abs_none_there"]
    config.write_text(text)
    with reader.shelf.unreachable():
        assert reader.mamctl("check").code == 13
    assert shown(reader, "title")["value"] == "The Princess (by hand)"
    del reader.shelf.world.items[item.id]
    reader.mamctl("check")
    assert shown(reader, "title") == {"value": MARS, "source": "tags", "said": []}


@pytest.mark.spec("OPS-5")
def test_what_was_replaced_while_a_check_was_looking_is_not_noted(reader: Reader, item: Item) -> None:
    reader.shelf.faults.add(Fault(FaultKind.HOLD_AFTER, "POST /api/items/batch/get"))
    with ThreadPoolExecutor(1) as beside:
        checked = beside.submit(reader.mamctl_process, "check")
        assert reader.shelf.wait_until_held(timeout=60)
        assert reader.mamctl("push", "princess of mars", "--over").data["sent"] >= 1
        reader.shelf.release()
        assert checked.result() == 0
    assert (shown(reader, "title")["value"], shown(reader, "title")["said"]) == (MARS, [])


@pytest.mark.spec("OPS-5")
def test_what_mamctl_sent_is_no_evidence_when_the_server_writes_it_beside_the_book(reader: Reader) -> None:
    reader.shelf.world.stores_with_item = True
    item = reader.item(MARS)
    run(reader, "meta", "set", "princess of mars", "publisher", "Mine Audio")
    reader.mamctl("push", "princess of mars")
    try:
        assert (item.folder / "metadata.json").exists()
        run(reader, "meta", "scan")
        data = run(reader, "meta", "show", "princess of mars", "--evidence").data
        assert {one["source"] for one in data["evidence"]}.isdisjoint({"abs_json", "audiobookshelf"})
    finally:
        (item.folder / "metadata.json").unlink()
