"""The library's evening: a scan that finds a broken file and a doubtful book, and a person's last word."""

from __future__ import annotations

from mamctl.cli.commands.demo.stage import Stage
from mamctl.practice.library import DOUBTFUL, make_library


def a_library(stage: Stage) -> None:
    """Scanned once, and again without reading anything."""
    root = str(make_library(stage.home / "library"))
    stage.scene("A library", "Five books: one was cut short by a lost download, and of one hardly anything is known.")
    stage.run("meta", "scan", root)
    stage.notice("Each file was opened and decoded at both ends: that is how the cut one was found.")
    stage.run("meta", "scan", root, "--changed-only")
    stage.run("meta", "show", "time machine", "--evidence")


def the_last_word(stage: Stage) -> None:
    """What a person sets stays."""
    stage.scene("A person's last word", "What a person sets is locked: the database itself refuses every later scan.")
    book = str(stage.home / "library" / DOUBTFUL)
    stage.run("meta", "set", book, "title", "The Lost World")
    stage.run("meta", "set", book, "authors", "Arthur Conan Doyle")
    stage.run("meta", "problems")


SCENES = (a_library, the_last_word)
