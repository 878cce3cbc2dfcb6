"""The demo in a minute's reading: the months that the scenes tell at length, with the lines that matter."""

from __future__ import annotations

from mamctl.cli.commands.demo import scenes_change, scenes_library, scenes_queue, scenes_ratio, scenes_vip
from mamctl.cli.commands.demo.runner import Stage
from mamctl.practice.catalogue.shelf_world import a_month_later
from mamctl.practice.library import make_library


def vip(stage: Stage) -> None:
    """A day on which nothing is due, a renewal, and one whose answer is lost."""
    stage.title("VIP never lapses, and is never bought twice")
    stage.run("vip", "check", keep="^(VIP|No renewal|Renewed)")
    with stage.hush():
        scenes_vip.a_wanted_title(stage)
    stage.later(days=12)
    stage.remark("twelve days later a wanted title is free for VIP only")
    stage.run("vip", "check", keep="^(VIP|No renewal|Renewed)")
    stage.later(days=84)
    scenes_vip.set_points(stage, 30_000)
    with stage.hush(), scenes_vip.answer_lost(stage):
        stage.run("vip", "check")
    stage.later(hours=1)
    stage.remark("in March the answer to a purchase is lost; the next run looks before it buys")
    stage.run("vip", "check", keep="^(VIP|Earlier)")


def ratio(stage: Stage) -> None:
    """The fall, the freeze and the recovery, as cron sees them and as the plot shows them."""
    with stage.hush():
        scenes_ratio.a_torrent_client(stage)
    before = scenes_ratio.torrent_states(stage)
    stage.title("A ratio that falls is caught at 1.00, and recovers")
    stage.run_by_cron("ratio", "watch", "--quiet", minutes=5, keep="^(Guard|  recovery)")
    with stage.hush():
        stage.run_by_cron("ratio", "watch", "--quiet", minutes=10)
    stage.run("ratio", "history", "--since", "1d", "--plot", keep="[├┤│]")
    stage.notice(scenes_ratio.show_difference(before, scenes_ratio.torrent_states(stage))[-1])


def queue(stage: Stage) -> None:
    """A wanted book becomes free, comes, is checked and is filed."""
    with stage.hush():
        torrent = scenes_queue.want_a_book(stage)
        stage.later(days=7)
        torrent.free = True
        stage.run("vip", "pending", "check")
    stage.title("What you want comes when it is free, is checked, and is filed")
    stage.run("queue", "run", keep="^Released")
    stage.later(minutes=10)
    stage.run("queue", "run", keep="^Filed")


def library(stage: Stage) -> None:
    """A damaged file is found, the catalogues fill in what is missing, and a correction can be undone."""
    root = str(make_library(stage.home / "library"))
    stage.title("The library is right, and stays right")
    stage.run("meta", "scan", root, keep="^  audio|cut:")
    with stage.hush():
        scenes_library.the_last_word(stage)
    with stage.hush():
        stage.run("meta", "enrich")
    stage.later(days=31)
    stage.catalogue.show(a_month_later(stage.catalogue.shelves.world))
    stage.run("drift", "fix", keep="corrected|^ .*protected")
    stage.run("drift", "undo", "r1", keep="^Undone")


def change(stage: Stage) -> None:
    """A bad change takes itself back."""
    stage.title("A bad change takes itself back")
    scenes_change.copy_session(stage)
    stage.run("config", "set", "tracker.mam_id_file", scenes_change.COPY, keep="undone")


STORY = (vip, ratio, queue, library, change)
