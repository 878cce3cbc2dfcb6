"""Rollback points and the way back to them, with a real site, client and files of practice."""

from __future__ import annotations

import json
import os
import resource
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from mamctl.practice.client import FaultKind, Torrent
from mamctl.store.change.tables import digest_tables, ledgers_of, restored_of
from tests.kit.killed import KilledError, die_before
from tests.story.jobs.change.conftest import Household

POINT = {"id", "label", "made_at", "reason", "parts", "size_bytes", "verified_at", "version", "missing"}
PARTS = ["database", "config", "sidecars", "client"]
SIDECAR = "metadata.json"


def digests(house: Household) -> tuple[dict[str, str], dict[str, str]]:
    """The restored tables and the ledgers, as digests; those apart that a rollback adds its own rows to."""
    own = ("runs", "run_problems", "told", "exchange_counts", "exports")
    with house.member.store() as db:
        ledgers = [name for name in ledgers_of(db) if not name.startswith("change_") and name not in own]
        return digest_tables(db, restored_of(db)), digest_tables(db, ledgers)


def files(house: Household) -> dict[str, bytes]:
    found = {path.name: path.read_bytes() for path in house.book.iterdir()}
    return found | {"mamctl.toml": house.config.read_bytes()}


def disturb(house: Household) -> None:
    """Change everything that a point holds, as a bad change of mamctl would, and what it never holds."""
    house.call("vip", "pending", "add", "Another", "--author", "B")
    house.call("meta", "set", "1", "title", "The Road of Salt")
    house.call("meta", "export", "--all")
    house.call("config", "set", "vip.min_points", "700")


@pytest.mark.spec("CHG-3")
def test_rollback_creation(shelved: Household) -> None:
    """One point of everything, private, proved by restoring it aside; damage in any part of it is found."""
    made = shelved.call("change", "checkpoint", "--label", "good")
    point = made.data["point"]
    assert (made.code, set(point), point["parts"]) == (0, POINT, PARTS)
    folder = shelved.points / point["id"]
    assert stat.S_IMODE(shelved.points.stat().st_mode) == stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.rglob("*") if path.is_file()} == {0o600}
    torrents = {path.stem for path in folder.rglob("*.torrent")}
    ours = {one.hash for one in shelved.client.world.torrents.values() if one.name != "Other"}
    assert torrents == ours  # another tracker's torrents are never touched
    proved = shelved.call("change", "verify", "good")
    assert [(one["part"], one["equal"], one["differences"]) for one in proved.data["parts"]] == [
        (part, True, []) for part in PARTS
    ]
    (listed,) = shelved.call("change", "points").data["points"]
    assert listed["verified_at"]
    for name in ("mamctl.db", "mamctl.toml", "sidecars.jsonl", "client-0.json", f"client-0/{min(torrents)}.torrent"):
        path = folder / name
        whole = path.read_bytes()
        path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
        damaged = shelved.call("change", "verify", "good")
        assert damaged.code == 3
        assert [one["equal"] for one in damaged.data["parts"]].count(False) == 1
        refused = shelved.call("change", "rollback", "good", "--yes")
        assert (refused.code, refused.data["outcome"]) == (5, "refused")
        path.write_bytes(whole)
    assert shelved.call("change", "points").data["points"][0]["verified_at"] is None
    assert shelved.call("change", "checkpoint", "--label", "good").code == 2


@pytest.mark.spec("CHG-3")
def test_rollback_execution(shelved: Household) -> None:
    """Database, files and configuration are as at the point; the ledgers as before the rollback. Nothing is bought."""
    shelved.member.expire_in(days=10)
    shelved.member.points(190_000)
    point = shelved.point()
    restored, _ = digests(shelved)
    before = files(shelved)
    assert shelved.call("vip", "check").data["decision"]["outcome"] == "renewed"
    disturb(shelved)
    _, ledgers = digests(shelved)
    assert files(shelved) != before
    done = shelved.call("change", "rollback", point, "--yes")
    assert (done.code, done.data["outcome"], done.data["not_restored"]) == (0, "rolled_back", [])
    assert digests(shelved) == (restored, ledgers)
    assert files(shelved) == before
    shelved.member.expire_in(days=10)  # however the site looks: this window was bought
    assert shelved.call("vip", "check").data["decision"]["outcome"] == "skipped"
    assert shelved.member.bought() == 1
    logged = next(one for one in shelved.log() if one["kind"] == "rollback")
    assert (logged["outcome"], logged["point"]) == ("active", point)
    assert "noticed" not in [one["outcome"] for one in shelved.log()]
    back = shelved.call("change", "rollback", done.data["safety"], "--yes")  # a rollback has a way back, too
    assert back.data["outcome"] == "rolled_back"
    assert files(shelved) != before
    assert shelved.call("meta", "export", "--all").code == 0  # every sidecar is known as mamctl's own


@pytest.mark.spec("CHG-3")
@pytest.mark.parametrize("part", PARTS)
def test_each_part_by_itself(shelved: Household, part: str) -> None:
    point = shelved.point()
    (tables, _), before = digests(shelved), files(shelved)
    disturb(shelved)
    shelved.client.world.named("Dracula").tags.add("other")
    now = files(shelved)
    done = shelved.call("change", "rollback", point, "--only", part, "--overwrite", "--yes")
    assert (done.code, done.data["outcome"]) == (0, "rolled_back")
    assert {item["part"] for item in done.data["restored"]} == {part}
    assert (digests(shelved)[0] == tables) is (part == "database")
    expected = {
        "config": {**now, "mamctl.toml": before["mamctl.toml"]},
        "sidecars": {**before, "mamctl.toml": now["mamctl.toml"]},
    }
    assert files(shelved) == expected.get(part, now)
    assert ("other" in shelved.client.world.named("Dracula").tags) is (part != "client")


@pytest.mark.spec("CHG-3")
def test_a_sidecar_that_another_program_wrote_is_left(shelved: Household) -> None:
    point = shelved.point()
    (shelved.book / SIDECAR).write_text('{"title": "Theirs"}')
    preflight = shelved.call("change", "rollback", point, "--dry-run")
    (left,) = preflight.data["not_restored"]
    assert (left["part"], left["path"]) == ("sidecars", str(shelved.book / SIDECAR))
    assert "another program" in left["reason"]
    shown = shelved.run("change", "rollback", point, "--dry-run", "--config", str(shelved.config)).out
    assert f"Point {point}: would be incomplete" in shown  # a dry run has done nothing
    assert shelved.call("change", "rollback", point).code == 2  # a rollback is asked for twice
    done = shelved.call("change", "rollback", point, "--yes")
    assert (done.code, done.data["outcome"], done.data["not_restored"]) == (4, "incomplete", [left])
    assert (shelved.book / SIDECAR).read_text() == '{"title": "Theirs"}'
    assert next(one for one in shelved.log() if one["kind"] == "rollback")["outcome"] == "rollback_incomplete"
    done = shelved.call("change", "rollback", point, "--overwrite", "--yes")
    assert (done.code, json.loads((shelved.book / SIDECAR).read_text())["title"]) == (0, "Salt Road")


@pytest.mark.spec("CHG-3")
def test_what_a_client_gets_back_and_what_not(shelved: Household) -> None:
    world = shelved.client.world
    point = shelved.point()
    world.named("Dracula").category = "moved"
    world.named("Carmilla").stopped = False  # a seed that was paused
    world.named("Ivanhoe").tags = {"mine"}
    world.named("Dune").stopped = True  # a download that ran
    world.add(Torrent("Added since", 10))
    del world.torrents[world.named("Emma").hash]
    done = shelved.call("change", "rollback", point, "--only", "client", "--yes")
    assert (done.code, done.data["restored"]) == (4, [])
    done = shelved.call("change", "rollback", point, "--only", "client", "--overwrite", "--yes")
    reasons = {item["path"].rpartition("/")[2]: item["reason"] for item in done.data["not_restored"]}
    assert (done.code, done.data["outcome"]) == (4, "incomplete")
    assert "never starts a download" in reasons.pop(world.named("Dune").hash)
    assert [reason[:13] for reason in reasons.values()] == ["removed since"]
    assert world.named("Dracula").category == ""
    assert world.named("Ivanhoe").tags == set()
    assert world.named("Carmilla").stopped
    assert world.named("Dune").stopped
    assert not world.named("Added since").stopped


@pytest.mark.spec("CHG-3")
def test_in_an_emergency_no_torrent_is_touched(shelved: Household) -> None:
    world = shelved.client.world
    point = shelved.point()
    world.downloaded = world.uploaded * 2
    shelved.write_config(ratio={"min_downloaded": 0})
    assert shelved.call("ratio", "watch").data["guard"]["state"] == "emergency"
    frozen = {one.name: (one.stopped, set(one.tags)) for one in world.torrents.values()}
    done = shelved.call("change", "rollback", point, "--only", "client", "--overwrite", "--yes")
    assert (done.code, done.data["restored"]) == (4, [])
    assert {one.name: (one.stopped, set(one.tags)) for one in world.torrents.values()} == frozen


@pytest.mark.spec("CHG-4")
def test_a_client_that_is_down_is_left_out_and_said(shelved: Household) -> None:
    point = shelved.point()
    disturb(shelved)
    with shelved.client.unreachable():
        without = shelved.call("change", "checkpoint")
        assert (without.code, without.data["point"]["parts"]) == (3, PARTS[:3])
        done = shelved.call("change", "rollback", point, "--yes")
    assert (done.code, done.data["outcome"]) == (4, "incomplete")
    assert [(item["part"], item["path"]) for item in done.data["not_restored"]] == [("client", "home/")]
    assert {item["part"] for item in done.data["restored"]} == {"database", "config", "sidecars"}


@contextmanager
def _nearly_full_disk() -> Iterator[None]:
    """No file can become as large as a copy of the database."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.spec("CHG-4")
def test_a_full_disk_leaves_everything_as_it_is(shelved: Household) -> None:
    point = shelved.point()
    disturb(shelved)
    before = digests(shelved), files(shelved)
    with _nearly_full_disk():
        failed = shelved.call("change", "checkpoint")
        refused = shelved.call("change", "rollback", point, "--yes")
    assert failed.code == refused.code == 5
    assert (digests(shelved), files(shelved)) == before
    assert [path.name for path in shelved.points.iterdir() if path.name.startswith(".")] == []
    assert shelved.call("change", "rollback", point, "--yes").data["outcome"] == "rolled_back"


def killed_at(monkeypatch, number: int) -> list[str]:
    """The command dies before its `number`th step that changes something; the steps so far."""
    from mamctl.adapters import points
    from mamctl.adapters.library import export_files
    from mamctl.adapters.qbittorrent import client
    from mamctl.jobs.change import rollback

    return die_before(
        monkeypatch, number, (points.UnfinishedPoint, "finish"), (rollback, "begin_rollback"),
        (rollback, "restore_rows"), (rollback, "settle_act"), (rollback, "finish_change"),
        (client.QbittorrentClient, "remove_tag"), (export_files.DiskSidecars, "write"),
    )  # fmt: skip


@pytest.mark.spec("CHG-4")
def test_a_rollback_that_was_killed_at_any_step_goes_on_where_it_was(shelved: Household, monkeypatch) -> None:
    """The next call ends it, and everything is as if it had never been interrupted."""
    point = shelved.point()
    (tables, _), before = digests(shelved), files(shelved)
    disturb(shelved)
    ledgers = digests(shelved)[1]
    folder = shelved.member.home.parent / "disturbed"
    subprocess.run(["cp", "-a", shelved.member.home, folder], check=True)
    number = 0
    while True:
        subprocess.run(["rm", "-rf", shelved.member.home], check=True)
        subprocess.run(["cp", "-a", folder, shelved.member.home], check=True)
        shelved.client.world.named("Dracula").tags.add("other")
        with monkeypatch.context() as patch:
            steps = killed_at(patch, number)
            try:
                done = shelved.call("change", "rollback", point, "--overwrite", "--yes")
            except KilledError:
                done = None
        if done is not None:
            break
        if "begin_rollback" in steps:
            held = shelved.call("meta", "export", "--all")
            assert held.json["problems"][0]["code"] == "rollback_unfinished"
        done = shelved.call("change", "rollback", point, "--overwrite", "--yes")
        assert (done.code, done.data["outcome"], done.data["not_restored"]) == (0, "rolled_back", []), steps
        assert digests(shelved) == (tables, ledgers), steps
        assert files(shelved) == before, steps
        assert "other" not in shelved.client.world.named("Dracula").tags
        number += 1
    assert number >= 8


@pytest.mark.spec("CHG-4")
@pytest.mark.parametrize("pause", ["finish", "restore_rows"])
def test_kill_minus_nine_then_the_same_command_ends_it(shelved: Household, mamctl_process, pause: str) -> None:
    """The real program, killed by the kernel between two steps."""
    point = shelved.point()
    (tables, _), before = digests(shelved), files(shelved)
    disturb(shelved)
    program = (
        "import os, signal, sys\n"
        "from mamctl.adapters import points\n"
        "from mamctl.jobs.change import rollback\n"
        "def die(*args, **more): os.kill(os.getpid(), signal.SIGKILL)\n"
        f"setattr({'points.UnfinishedPoint' if pause == 'finish' else 'rollback'}, {pause!r}, die)\n"
        "from mamctl.cli.app import main\n"
        "main()\n"
    )
    words = ["change", "rollback", point, "--yes", "--config", str(shelved.config)]
    killed = subprocess.run([sys.executable, "-c", program, *words], check=False, capture_output=True, env=os.environ)
    assert killed.returncode == -signal.SIGKILL
    done = mamctl_process(*words, "--json")
    assert done.code == 0
    assert digests(shelved)[0] == tables
    assert files(shelved) == before


def test_another_run_keeps_a_rollback_waiting(shelved: Household) -> None:
    from mamctl.store.runs import job_lock

    point = shelved.point()
    with job_lock(shelved.member.store_path, "meta.export"):
        assert shelved.call("change", "rollback", point, "--yes").code == 11
    with job_lock(shelved.member.store_path, "ratio"):  # the guard goes on meanwhile
        assert shelved.call("change", "rollback", point, "--yes").code == 0


def test_a_configuration_that_is_no_toml_any_more_can_be_restored(shelved: Household) -> None:
    point = shelved.point()
    good = shelved.config.read_bytes()
    shelved.config.write_bytes(good + b"\n[broken\n")
    assert shelved.call("change", "rollback", point, "--yes").code == 10
    assert shelved.call("change", "points").data["points"][0]["id"] == point
    done = shelved.call("change", "rollback", point, "--only", "config", "--yes")
    assert (done.code, done.data["outcome"]) == (0, "rolled_back")
    assert shelved.config.read_bytes() == good


def test_old_points_are_thinned_and_labelled_ones_stay(shelved: Household) -> None:
    shelved.write_config(change={"keep": {"newest": 2, "weeks": 0, "months": 0}})
    labelled = shelved.call("change", "checkpoint", "--label", "stay").data["point"]["id"]
    made = [shelved.point() for _ in range(3)]
    listed = [one["id"] for one in shelved.call("change", "points").data["points"]]
    assert listed == [made[2], made[1], labelled]


def test_points_of_one_client_share_their_torrent_files(shelved: Household) -> None:
    first, second = shelved.point(), shelved.point()
    pair = [next((shelved.points / name).rglob("*.torrent")) for name in (first, second)]
    assert pair[0].stat().st_nlink == 2
    assert sum(path.endswith("torrents/export") for path in shelved.client.journal.paths()) == 5


def test_a_torrent_that_the_client_does_not_hand_out_costs_only_its_file(shelved: Household) -> None:
    """A magnet link before its metadata came."""
    shelved.client.behaviour.plan(FaultKind.STATUS, "torrents/export", status=409)
    made = shelved.call("change", "checkpoint")
    assert (made.code, made.data["point"]["parts"]) == (0, PARTS)
    assert [text[:25] for text in made.data["point"]["missing"]] == ["home: the .torrent file o"]
    assert shelved.call("change", "verify", "last").code == 0
