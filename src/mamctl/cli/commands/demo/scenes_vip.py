"""The account over the weeks: skips with reasons, a renewal, a block, a title that becomes free, trouble survived."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Iterator

from mamctl.cli.commands.demo.runner import Stage
from mamctl.practice.tracker import FaultKind

_BUY = "/json/bonusBuy.php"


def first_day(stage: Stage) -> None:
    """Nothing to do, and why."""
    stage.scene(
        "The first day", "VIP runs another 40 days. The daily task reads the account, and says why it renews nothing."
    )
    stage.run("vip", "check")
    stage.notice("Every condition is stated, not only the first that fails.")


def a_wanted_title(stage: Stage) -> None:
    """A title goes on the list."""
    stage.scene("A wanted title", "A book that is free on the site only with VIP goes on the pending list.")
    title, author = _vip_titles(stage)[0]
    stage.run("vip", "pending", "add", title, "--author", author)
    stage.run("vip", "pending", "check")
    stage.run("vip", "pending", "list")


def renewal(stage: Stage) -> None:
    """Due, needed, affordable: renewed once."""
    stage.later(days=12)
    stage.scene("Twelve days later", "Fewer than 30 days are left, a wanted title needs VIP, and the points suffice.")
    stage.run("vip", "check")
    stage.run("vip", "check", "--quiet")
    stage.notice(
        "Claimed on disk, bought once, confirmed by reading the account again. The second run had nothing to do, and"
        " printed nothing: so it is under cron."
    )


def another_address(stage: Stage) -> None:
    """The seedbox address changes, and is registered once."""
    stage.scene("Another address", "The provider gives this machine another address; the site must know it.")
    stage.run("tracker", "ip", "update")
    stage.later(hours=2)
    stage.tracker.world.caller.ip = "203.0.113.24"
    stage.run("tracker", "ip", "update")
    stage.notice("The site allows one change an hour, over all tools: mamctl keeps count of it over restarts.")


def low_points(stage: Stage) -> None:
    """A block by low points, reported for your attention."""
    stage.later(days=84)
    set_points(stage, 4_000)
    stage.scene("Low on points", "VIP ends within a week, and the balance does not cover a renewal.")
    stage.run("vip", "check")
    stage.notice(
        "Exit code 3 means that something needs your attention: cron's mail or a notification would say just this."
    )
    set_points(stage, 30_000)


def became_free(stage: Stage) -> None:
    """A pick of the site; and what changed in the rules."""
    title, _ = _vip_titles(stage)[0]
    next(torrent for torrent in stage.tracker.world.torrents.values() if torrent.title == title).free = True
    stage.scene(
        "A wanted title becomes free", "The site picks it for freeleech; mamctl sees it in the search it makes anyway."
    )
    stage.run("rules", "sync")
    stage.run("rules", "diff")
    stage.run("vip", "pending", "check")


def outage(stage: Stage) -> None:
    """The site is down."""
    stage.scene(
        "An outage", "The site cannot be reached. Nothing is lost, and the exit code says which kind of trouble it is."
    )
    with stage.tracker.unreachable():
        stage.run("vip", "check")


def lost_answer(stage: Stage) -> None:
    """A purchase that took effect while its answer was lost."""
    stage.later(days=1)
    stage.scene(
        "An answer is lost",
        "The renewal takes effect, but the connection breaks before the answer, and the account cannot be read.",
    )
    title, author = _vip_titles(stage)[-1]
    stage.run("vip", "pending", "add", title, "--author", author)
    stage.run("vip", "pending", "check")
    with answer_lost(stage):
        stage.run("vip", "check")
    stage.later(hours=1)
    stage.run("vip", "check")
    stage.run("vip", "history", "--limit", "3")
    stage.notice("The next run looks, finds the renewal on the account, and does not buy again.")


@contextlib.contextmanager
def answer_lost(stage: Stage) -> Iterator[None]:
    """In the block a purchase takes effect, its answer is lost, and the account cannot be read after it."""
    stage.tracker.behaviour.plan(FaultKind.LOST_ANSWER, _BUY)
    stage.tracker.behaviour.plan(FaultKind.STATUS, "/jsonLoad.php", times=None, skip=1, status=503)
    try:
        yield
    finally:
        stage.tracker.behaviour.clear()


def one_glance(stage: Stage) -> None:
    """All of it at a glance."""
    stage.scene("One glance", "What is known after these months, read from the store alone; and whether promises held.")
    stage.run("status")
    stage.run("spec", "check")


SCENES = (first_day, a_wanted_title, renewal, another_address, low_points, became_free, outage, lost_answer)


def set_points(stage: Stage, points: float) -> None:
    """The member's points, from now on."""
    member = stage.tracker.world.member
    member.points, member.points_at = points, stage.tracker.world.clock()


def _vip_titles(stage: Stage) -> list[tuple[str, str]]:
    """Titles with their authors whose only torrent is free through VIP; well-known books before fillers."""
    torrents = list(stage.tracker.world.torrents.values())
    counts = Counter(torrent.title for torrent in torrents)
    chosen = [torrent for torrent in torrents if torrent.vip and counts[torrent.title] == 1]
    chosen.sort(key=lambda torrent: (torrent.title.startswith("The Practice Book"), torrent.id))
    return [(torrent.title, torrent.authors[0]) for torrent in chosen]
