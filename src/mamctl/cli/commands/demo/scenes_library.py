"""Scenes of the demo: the library is scanned, catalogues fill in what the files lack, and drift is corrected."""

from __future__ import annotations

from importlib.util import find_spec

from mamctl.cli.commands.demo.runner import Stage
from mamctl.practice.catalogue.faults import FaultKind
from mamctl.practice.catalogue.shelf_world import a_month_later
from mamctl.practice.library import DOUBTFUL, make_library


def a_library(stage: Stage) -> None:
    """Scanned once, and again without reading anything."""
    root = str(make_library(stage.home / "library"))
    stage.scene(
        "A library", "Five books: one was cut short by a lost download, and hardly anything is known about one."
    )
    stage.run("meta", "scan", root)
    stage.notice("Each file was opened and decoded at both ends: that is how the cut one was found.")
    stage.run("meta", "scan", root, "--changed-only")
    stage.run("meta", "show", "time machine", "--evidence")


def the_last_word(stage: Stage) -> None:
    """What you set stays."""
    stage.scene("Your own values", "What you set is locked: the database itself refuses changes by later scans.")
    book = str(stage.home / "library" / DOUBTFUL)
    stage.run("meta", "set", book, "title", "The Lost World")
    stage.run("meta", "set", book, "authors", "Arthur Conan Doyle")
    stage.run("meta", "problems")


def the_recording_speaks(stage: Stage) -> None:
    """Nothing says who reads a book, but the recording does."""
    if find_spec("av") is None or find_spec("jellyfish") is None:
        return  # the extra "speech" is not installed
    stage.speech.state.text = "The Lost World, by Arthur Conan Doyle, and rated by Tom Asher. Chapter one."
    stage.scene("Who reads it?", "Nothing says who reads The Lost World, so its opening is transcribed.")
    stage.run("meta", "listen", "lost world")
    stage.run("meta", "narrator", "lost world")
    stage.notice("The engine misheard a word; the name is one that the library knows. By default the engine is local.")


def an_outage_of_one(stage: Stage) -> None:
    """One catalogue is down; the others answer, and the next run asks the one."""
    stage.scene("The catalogues", "What the files lack is looked up in catalogues. Audible is down at the moment.")
    stage.catalogue.behaviour.plan(FaultKind.OUTAGE, "audible")
    stage.run("meta", "enrich")
    stage.catalogue.reset()
    stage.later(hours=1)
    stage.run("meta", "enrich")
    stage.notice(
        "A catalogue that is down never counts as disagreement. An hour later only Audible was asked,"
        " and only for what it had missed."
    )
    stage.run("meta", "match", "time machine")
    stage.run("meta", "series")


def a_change_of_mind(stage: Stage) -> None:
    """A catalogue corrects itself: what is safe is taken over, what you set stays, and all can be undone."""
    stage.later(days=31)
    stage.catalogue.show(a_month_later(stage.catalogue.shelves.world))
    stage.scene("A month later", "The catalogues have changed: a place in a series, a text, a title and a narrator.")
    stage.run("drift", "fix")
    stage.notice("The narrator is protected, and so is the title that you set. A second run has nothing to report:")
    stage.run("drift", "check", "--all")
    stage.run("drift", "undo", "r1")


def the_shelf(stage: Stage) -> None:
    """Audiobookshelf shows the library: it is sent what it lacks, and what somebody set there stays."""
    world = stage.shelf.world
    world.shelve(stage.home / "library")
    world.of("A Study in Scarlet").metadata["title"] = "A Study in Scarlet (by hand)"
    stage.scene("Audiobookshelf", "A server shows the library, and somebody has corrected a title there by hand.")
    stage.run("abs", "push", "--all")
    stage.run("abs", "push", "--all")
    stage.run("abs", "undo", "princess of mars")
    stage.notice("What differs was sent once, the title was left and listed, and what was sent can be taken back.")


def one_page(stage: Stage) -> None:
    """Everything on one page."""
    stage.scene(
        "One page", "VIP, ratio, limits, queue, library, jobs and promises, in one file that needs nothing else."
    )
    stage.run("report", "--output", str(stage.home / "report.html"))


SCENES = (
    a_library, the_last_word, the_recording_speaks, an_outage_of_one, a_change_of_mind, the_shelf, one_page,
)  # fmt: skip
