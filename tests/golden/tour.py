"""The tour of the golden files: each command at a moment of the practice world when it has something to show."""

from __future__ import annotations

import shlex
from collections.abc import Callable

from mamctl.practice.catalogue.shelf_world import a_month_later
from mamctl.practice.catalogue.world import World
from mamctl.practice.client.demo_torrents import fill_demo_torrents
from mamctl.practice.library import DOUBTFUL
from mamctl.practice.tracker import FaultKind
from mamctl.practice.tracker.contents import torrent_of_content
from mamctl.practice.wanted_book import AUTHOR, TITLE, list_wanted_book
from tests.golden.world import PIPED, WIDTHS, GoldenWorld, Recorded
from tests.kit.commands import every_call
from tests.kit.shown_commands import has_placeholder, options_of, shown_commands

_NFO = "Title: A Princess of Mars\nAuthor: Burroughs, Edgar Rice\nRead by: Una Fell\nSeries: Barsoom, Book 1\n"
_PAGE = """<html><head><title>Freeleech Picks</title></head><body><h1>Nothing known</h1></body></html>\n"""


def tour(world: GoldenWorld) -> None:
    """Every command once or more; what no scene calls is called at the end, with sample words."""
    world.dry_runs_first = not world.json
    set_up(world)
    account(world)
    rules(world)
    ratio(world)
    queue(world)
    library(world)
    catalogues(world)
    audiobookshelf(world)
    changes(world)
    lost_answer(world)
    address(world)
    trouble(world)
    world.show("spec check")
    world.show("spec show", "VIP-8")
    world.show("spec list", "--clause", "RAT", variant="some")
    world.show("status")
    world.show("tracker clear-login", "--yes")
    world.show("doctor")
    world.show("cron remove", "--yes")
    world.show("demo")
    rest(world)
    remedies(world)


def set_up(world: GoldenWorld) -> None:
    """A fresh home."""
    world.show("init", "--config", str(world.home / "new.toml"))
    world.show("config check")
    world.show("config show")
    world.show("config schema")
    world.show("status", variant="nothing-yet")
    world.show("cron show")
    world.show("run", "--dry-run")
    units = str(world.home / "units")
    world.show("systemd show", "--user")
    world.show("systemd install", "--user", "--folder", units, "--yes")
    world.show("systemd remove", "--folder", units, "--yes")
    world.show("cron install", "--yes")  # without lines in it, doctor would look into this machine's /etc
    world.show("doctor", variant="nothing-yet")


def account(world: GoldenWorld) -> None:
    """VIP with a title on the pending list: not due, then renewed."""
    title, author = vip_title(world, 0)
    world.show("vip check", variant="not-due")
    world.show("vip pending add", title, "--author", author)
    world.show("vip pending check")
    world.show("vip pending list")
    world.later(days=12)
    world.show("vip check")


def rules(world: GoldenWorld) -> None:
    """The categories' rules, and events noted by hand."""
    page = world.home / "freeleech.html"
    page.write_text(_PAGE)
    world.show("rules sync")
    world.show("rules list")
    world.show("rules show", "41")
    world.show("rules diff")
    world.show("rules import", str(page))
    world.show("rules event add", "bonus", "--until", "2026-12-24", "--note", "winter")
    world.show("rules event list")
    world.show("rules event end", "1")


def ratio(world: GoldenWorld) -> None:
    """A client whose ratio falls through the floor, and the emergency ended by hand."""
    client, member = world.client.world, world.tracker.world.member
    fill_demo_torrents(client)
    member.uploaded, member.downloaded = client.uploaded, client.downloaded
    world.show("ratio watch", variant="normal")
    world.later(hours=1)
    world.show("ratio watch")
    for _ in range(2):
        world.later(minutes=20)
        world.run("ratio", "watch")
    world.show("ratio ask", "The Invisible Man")
    world.show("ratio status")
    world.show("ratio forecast")
    world.show("ratio thaw", "--yes")
    world.show("ratio history", "--since", "2d")
    world.show("ratio points", "--since", "30d")


def queue(world: GoldenWorld) -> None:
    """A wanted book all the way, and one that a rule refuses."""
    (world.home / "books").mkdir()
    torrent = list_wanted_book(world.home, world.tracker.world, world.client.world)
    torrent.free = True
    world.show("queue find", TITLE, "--author", AUTHOR)
    world.show("queue add", str(torrent.id))
    world.show("queue plan")
    world.show("queue run")
    world.show("queue slots")
    world.later(minutes=10)
    world.show("queue run", variant="filed")
    world.show("queue list")
    world.show("queue show", "1")
    world.show("queue check", "1")
    world.show("queue unfile", "1", "--yes")
    world.show("queue remove", "1")


def library(world: GoldenWorld) -> None:
    """The practice library: scanned, corrected, exported."""
    nfo = world.home / "book.nfo"
    nfo.write_text(_NFO)
    doubtful = str(world.home / "library" / DOUBTFUL)
    world.show("meta scan")
    world.show("meta check")
    torrent, folder = half_a_download(world)
    world.show_errors("meta check", "--jsonl", "--torrent", torrent, folder)
    world.show_errors("meta scan", "--jsonl", folder)
    world.show("meta set", doubtful, "title", "The Lost World")
    world.run("meta", "set", doubtful, "authors", "Arthur Conan Doyle")
    world.show("meta verify", "time machine")
    world.show("meta unverify", "time machine")
    world.show("meta problems")
    world.show("meta parse-path", "Mara Vell/Lantern Cycle/Book 2 - The Salt Road {Tom Asher}")
    world.show("meta parse-nfo", str(nfo))


def half_a_download(world: GoldenWorld) -> tuple[str, str]:
    """A torrent file, and the folder of its download, where a link to nothing takes the place of a file."""
    folder = world.home / "downloads" / "The Salt Road and the Long Way Home Again"
    folder.mkdir(parents=True)
    first = next(iter(sorted((world.home / "library").rglob("*.m4b"))))
    for part in ("Part One", "Part Two"):
        (folder / f"The Salt Road and the Long Way Home Again - {part}.m4b").write_bytes(first.read_bytes())
    torrent = world.home / "download.torrent"
    torrent.write_bytes(torrent_of_content(folder, world.tracker.url))
    missing = folder / "The Salt Road and the Long Way Home Again - Part Two.m4b"
    missing.unlink()
    missing.symlink_to("gone.m4b")
    return str(torrent), str(folder)


def catalogues(world: GoldenWorld) -> None:
    """The catalogues are asked, and change their minds a month later."""
    world.show("meta enrich")
    world.show("meta match", "time machine")
    world.show("meta series")
    world.show("meta catalogues")
    which = "quit: "
    world.converse("meta match", "time machine", answers=[(which, "none?"), (which, "m"), (which, "2")])
    world.converse("meta match", "time machine", "--dry-run", answers=[(which, "n")], variant="asks-dry-run")
    world.show("meta show", "princess of mars", "--evidence")
    world.show("meta export", "--all")
    drift(world, a_month_later)
    world.show("drift undo", "r1")


def drift(world: GoldenWorld, changed: Callable[[World], World]) -> None:
    """A month later the catalogues have other words, and the books are corrected."""
    world.later(days=31)
    world.catalogue.show(changed(world.catalogue.shelves.world))
    world.show("drift check")
    world.show("drift fix")
    world.show("drift history")


def audiobookshelf(world: GoldenWorld) -> None:
    """A title set by hand in Audiobookshelf; the rest is sent, and taken back."""
    world.shelf.world.of("A Study in Scarlet").metadata["title"] = "A Study in Scarlet (by hand)"
    world.shelf.world.of("A Princess of Mars").metadata.update(narrators=[], asin=None)
    world.show("abs check")
    world.show("abs push", "--all")
    world.show("abs push", "--all", variant="again")
    world.show("abs undo", "princess of mars")


def changes(world: GoldenWorld) -> None:
    """A rollback point made and proved, a change tested, and the way back."""
    world.show("change checkpoint", "--label", "before-christmas")
    world.show("change points")
    world.show("change verify", "last")
    world.show("config set", "drift.max_changes", "90")
    world.show("change rollback", "before-christmas", "--yes")
    world.show("change log")
    world.show("change show", "2")
    world.show("change apply", "--accept")


def lost_answer(world: GoldenWorld) -> None:
    """A renewal whose answer was lost, settled by hand."""
    title, author = vip_title(world, -1)
    site = world.tracker
    world.later(days=60)
    site.world.member.points, site.world.member.points_at = 60_000, site.world.clock()
    world.run("vip", "pending", "add", title, "--author", author)
    site.behaviour.plan(FaultKind.LOST_ANSWER, "/json/bonusBuy.php")
    site.behaviour.plan(FaultKind.STATUS, "/jsonLoad.php", times=None, skip=1, status=503)
    world.show("vip check", variant="lost-answer")
    world.show("vip settle", "--applied", "--yes")
    site.behaviour.clear()
    world.show("vip history")
    world.show("vip pending remove", "1")


def address(world: GoldenWorld) -> None:
    """The seedbox address: registered, and another one two hours later."""
    world.show("tracker session")
    world.show("tracker ip update")
    world.later(hours=2)
    world.tracker.world.caller.ip = "203.0.113.8"
    world.show("tracker ip")
    world.run("tracker", "ip", "update")
    world.later(minutes=20)
    world.tracker.world.caller.ip = "203.0.113.9"
    world.show("tracker ip update", variant="waits")


def trouble(world: GoldenWorld) -> None:
    """What failures look like: a site and a client that are down, a broken configuration, a misspelt command."""
    world.later(days=1)
    with world.tracker.unreachable():
        world.show("vip check", variant="site-down")
    with world.client.unreachable():
        world.show("ratio watch", variant="client-down")
    config = world.home / "mamctl.toml"
    good = config.read_text()
    config.write_text(good.replace("min_interval = 0", 'min_interval = "soon"').replace("auto_renew", "auto_renw"))
    world.show("config check", variant="faults")
    world.show("vip check", variant="faults")
    config.write_text(good)
    world.show("vip check", "--dry-run", variant="dry-run")
    world.show("vip chek")
    world.show("meta show", "a book that is not there", variant="unknown")


def rest(world: GoldenWorld) -> None:
    """Each command that no scene has called."""
    empty = world.home / "empty"
    empty.write_bytes(b"")
    for path, words in every_call(empty):
        if ".".join(path) not in world.recorded:
            world.show(" ".join(path), *words)


def vip_title(world: GoldenWorld, place: int) -> tuple[str, str]:
    """A well-known title with its author that is free through VIP alone; `place` counts them."""
    torrents = list(world.tracker.world.torrents.values())
    titles = [torrent.title for torrent in torrents]
    chosen = [one for one in torrents if one.vip and titles.count(one.title) == 1]
    chosen.sort(key=lambda torrent: (torrent.title.startswith("The Practice Book"), torrent.id))
    return chosen[place].title, chosen[place].authors[0]


# Their text is for other programs, or is not about this world; and what conversations did was put back.
_NO_ADVICE = ("config.schema", "config.show", "cron.", "demo", "report.metrics", "systemd.")


def remedies(world: GoldenWorld) -> None:
    """Each command that the tour was advised to type, typed: a list of them with their exit codes."""
    if world.json:
        return
    texts = (one.shown[PIPED] for name, one in world.recorded.items() if not _is_put_aside(name))
    advised = {words for text in texts for line in text.splitlines() for words in shown_commands(world.as_typed(line))}
    typed = sorted({_carefully(words) for words in advised if not has_placeholder(words)})
    lines = [_typed(world, words) for words in typed]
    world.recorded["remedies"] = Recorded(("…",), 0, dict.fromkeys((PIPED, *WIDTHS), "".join(lines)))


def _is_put_aside(name: str) -> bool:
    return name.startswith(_NO_ADVICE) or name.endswith(".asks")


def _carefully(words: tuple[str, ...]) -> tuple[str, ...]:
    careful = next((option for option in ("--dry-run", "--yes") if option in options_of(words)), None)
    return (*words, careful) if careful and careful not in words else words


def _typed(world: GoldenWorld, words: tuple[str, ...]) -> str:
    done = world.run(*words)
    last = "" if done.code in {0, 3} else f"  {done.shown[PIPED].splitlines()[-2:]}"
    return f"{done.code:3} mamctl {shlex.join(done.words)}{last}\n"
