"""A change of the configuration that takes itself back, and the point that it leaves."""

from __future__ import annotations

from mamctl.cli.commands.demo.runner import Stage

COPY = "new_id"


def copy_session(stage: Stage) -> None:
    """A second file with a session, as an editor leaves it: others can read it."""
    new = stage.home / COPY
    new.write_text("copied from a browser")
    new.chmod(0o644)


def a_bad_change(stage: Stage) -> None:
    """A self-test that passed before fails after the change."""
    stage.scene("A bad change", "Another file with the session is named in the configuration; others can read it.")
    copy_session(stage)
    stage.run("config", "set", "tracker.mam_id_file", COPY)
    stage.run("change", "log", "--since", "1d")
    stage.notice(
        "Logged, a rollback point made, changed, tested, and taken back within a second; comments stay where they are."
        " `mamctl change rollback POINT` goes back to any point, and what was bought is never forgotten by that."
    )


SCENES = (a_bad_change,)
