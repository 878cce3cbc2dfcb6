"""Writes the golden files: a folder for each form, a file for each command."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.golden.tour import tour
from tests.golden.world import Recorded, golden_world

HERE = Path(__file__).parent
ROOT = HERE.parent.parent


@dataclass(frozen=True)
class Form:
    """One way in which every command is recorded.

    Text has one order of hashing for all: plotext places an axis's labels by the order of a set. JSON has another each
    time, so that an order which is not a promise shows itself.
    """

    folder: str
    suffix: str
    json: bool

    def content(self, recorded: Recorded) -> str:
        """What the file says: the document alone, or the whole text with the command and its exit code."""
        return recorded.out if self.json else recorded.text


FORMS = {form.folder: form for form in (Form("json", ".json", True), Form("text", ".txt", False))}


def record(folder: Path) -> None:
    """Both forms below `folder`, each from a process of its own; files of commands that are gone are removed."""
    for form in FORMS.values():
        environ = os.environ | {"PYTHONHASHSEED": "random" if form.json else "0"}
        call = [sys.executable, "-m", "tests.golden", "--form", form.folder, str(folder.resolve())]
        subprocess.run(call, cwd=ROOT, env=environ, check=True)


def write_form(form: Form, folder: Path) -> None:
    """One form; changes this process's variables for good."""
    with golden_world(json=form.json) as world:
        tour(world)
        recorded = world.recorded
    target = folder / form.folder
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    for name, one in recorded.items():
        (target / f"{name}{form.suffix}").write_text(form.content(one), encoding="utf-8")
