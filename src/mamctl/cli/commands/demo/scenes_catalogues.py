"""The catalogues' evening: asked through an outage, told apart from what a person said, and corrected a month later."""

from __future__ import annotations

from mamctl.cli.commands.demo.stage import Stage


def an_outage_of_one(stage: Stage) -> None:
    """One catalogue is down; the others answer, and the next run asks the one."""
    from mamctl.practice.catalogue.mood import TroubleKind

    stage.scene("The catalogues", "What the files do not tell is asked of catalogues. Audible is down at the moment.")
    stage.catalogue.mood.add(TroubleKind.OUTAGE, "audible")
    stage.run("meta", "enrich")
    stage.catalogue.mood.clear()
    stage.later(hours=1)
    stage.run("meta", "enrich")
    stage.notice(
        "Who is down never counts as disagreement. An hour later only Audible was asked, and only what it owed."
    )
    stage.run("meta", "match", "time machine")
    stage.run("meta", "series")


def a_change_of_mind(stage: Stage) -> None:
    """A catalogue corrects itself: what is safe is taken over, what a person said stays, and all can be undone."""
    from mamctl.practice.catalogue.shelf_world import a_month_later

    stage.later(days=31)
    stage.catalogue.tell(a_month_later(stage.catalogue.shelves.world))
    stage.scene("A month later", "The catalogues say otherwise: of a place in a series, a text, a title and a reader.")
    stage.run("drift", "fix")
    stage.notice("The reader is protected, and so is the title that a person set. A second run has nothing to say:")
    stage.run("drift", "check", "--all")
    stage.run("drift", "undo", "r1")


SCENES = (an_outage_of_one, a_change_of_mind)
