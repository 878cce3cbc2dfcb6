"""The practice Audiobookshelf has the ways and the traps of the real one (2.36.0)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from mamctl.practice.audiobookshelf.server import PracticeShelf
from mamctl.practice.audiobookshelf.state import ShelfWorld

BOOK = "Kim Ota/Lamps/Lamps - Book 3 - The Last Wick {Tom Asher}"


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[PracticeShelf]:
    root = tmp_path / "books"
    for name in (f"{BOOK}/a.mp3", "Mara Vell/Reeds/CD 1/1.mp3", "Mara Vell/Reeds/CD 2/1.mp3", "loose.mp3"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).touch()
    world = ShelfWorld()
    world.shelve(root, "/audiobooks")
    with PracticeShelf(world) as server:
        yield server


def ask(shelf: PracticeShelf, method: str, path: str, body: object = None, key: str | None = None) -> httpx.Response:
    headers = {"Authorization": f"Bearer {key or shelf.world.key}"}
    return httpx.request(method, shelf.url + path, json=body, headers=headers, trust_env=False)


def patch(shelf: PracticeShelf, **metadata: object) -> dict:
    number = shelf.world.of(BOOK).id
    return ask(shelf, "PATCH", f"/api/items/{number}/media", {"metadata": metadata}).json()


def test_folders_are_read_by_its_rules_and_discs_are_one_item(shelf: PracticeShelf) -> None:
    item = shelf.world.of(BOOK)
    assert item.metadata["title"] == "Lamps - The Last Wick"
    assert item.metadata["series"][0]["sequence"] == "3"
    assert len(shelf.world.of("Reeds").files) == 2
    assert len(shelf.world.items) == 3


def test_a_wrong_or_inactive_key_is_refused(shelf: PracticeShelf) -> None:
    assert ask(shelf, "GET", "/api/libraries", key="other").status_code == 401
    assert httpx.get(shelf.url + "/status", trust_env=False).json()["serverVersion"] == "2.36.0"


def test_the_list_has_no_files_and_batch_get_leaves_out_what_it_does_not_know(shelf: PracticeShelf) -> None:
    rows = ask(shelf, "GET", "/api/libraries/lib-1/items?limit=0&minified=1").json()["results"]
    assert all("audioFiles" not in row["media"] for row in rows)
    found = ask(shelf, "POST", "/api/items/batch/get", {"libraryItemIds": [rows[0]["id"], "nowhere"]})
    assert len(found.json()["libraryItems"]) == 1
    assert ask(shelf, "POST", "/api/items/batch/get", {"libraryItemIds": []}).status_code == 403


def test_the_traps_of_a_patch(shelf: PracticeShelf) -> None:
    metadata = shelf.world.of(BOOK).metadata
    patch(shelf, authors=["Kim Ota"])
    assert metadata["authors"] == []
    patch(shelf, authors=[{"name": "Kim Ota"}])
    assert "updated" not in patch(shelf, authors=[{"name": "kim ota"}])
    assert metadata["authors"][0]["name"] == "Kim Ota"
    patch(shelf, series=[{"name": "Lamps", "sequence": 3.5}])
    assert metadata["series"][0]["sequence"] is None
    patch(shelf, series=["Lamps #3"], narrators=["A", None])
    assert metadata["narrators"] == ["Tom Asher"]
    assert patch(shelf, description="Tin & key")["updated"] is patch(shelf, description="Tin & key")["updated"] is True
    assert metadata["description"] == "Tin &amp; key"
    patch(shelf, title="", explicit="false")
    assert (metadata["title"], metadata["explicit"]) == (None, True)
    assert ask(shelf, "PATCH", "/api/items/nowhere/media", {}).status_code == 404


def test_scans_are_for_administrators_and_a_loose_file_fails(shelf: PracticeShelf) -> None:
    loose = next(item for item in shelf.world.items.values() if item.folder is None)
    assert ask(shelf, "POST", f"/api/items/{loose.id}/scan").status_code == 500
    item = shelf.world.of("Reeds")
    assert ask(shelf, "POST", f"/api/items/{item.id}/scan").json() == {"result": "UPTODATE"}
    shelf.world.user_type = "user"
    assert ask(shelf, "POST", f"/api/items/{item.id}/scan").status_code == 403
    shelf.world.user_type = "root"


def test_the_watcher_answers_well_and_a_task_is_the_only_sign(shelf: PracticeShelf) -> None:
    def announce(path: str) -> int:
        body = {"libraryId": "lib-1", "path": path, "type": "add"}
        assert ask(shelf, "POST", "/api/watcher/update", body).status_code == 200
        return len(ask(shelf, "GET", "/api/tasks").json()["tasks"])

    assert announce("/elsewhere/a.mp3") == announce("/audiobooks/.hidden/a.mp3") == announce("/audiobooks/x") == 0
    assert announce("/audiobooks/New/a.mp3") == 1
    assert ask(shelf, "POST", "/api/watcher/update", {"type": "add"}).status_code == 400


def test_what_was_announced_is_shown_with_the_next_listing(tmp_path: Path) -> None:
    (tmp_path / "filed").mkdir()
    world = ShelfWorld()
    world.shelve(tmp_path / "filed", library_id="lib-2")
    with PracticeShelf(world) as server:

        def listed() -> list[str]:
            return [one["path"] for one in ask(server, "GET", "/api/libraries/lib-2/items").json()["results"]]

        new = tmp_path / "filed/Kim Ota/Lamps/a.mp3"
        new.parent.mkdir(parents=True)
        new.touch()
        assert listed() == []
        ask(server, "POST", "/api/watcher/update", {"libraryId": "lib-2", "path": str(new), "type": "add"})
        assert len(world.tasks) == 1
        assert listed() == [str(new.parent)]
        assert (world.tasks, world.libraries["lib-2"]) == ([], "filed")
        world.items["li-1"].metadata["title"] = "By Hand"
        world.look_again("lib-2")
        assert [item.metadata["title"] for item in world.items.values()] == ["By Hand"]


def test_a_blind_match_ends_it(tmp_path: Path) -> None:
    with PracticeShelf() as server:
        ask(server, "POST", "/api/items/li-1/match", {})
        with pytest.raises(httpx.HTTPError):
            ask(server, "GET", "/status")
