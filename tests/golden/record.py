"""Records what every command prints, and says what of it the golden files keep.

The folders `json`, `text` (a terminal of 80 columns), `text-60`, `text-120` and `text-piped` are of the small world's
tour, those of `stocked` of the stocked one's. Kept are all files of `json`, `text` and `stocked`; of the other forms
those that another width's file does not repeat. Long texts are kept by their beginning and end, except in `text`.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.golden.stocked import stocked_tour
from tests.golden.tour import tour
from tests.golden.world import PIPED, golden_world

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
TOURS = {"json": (tour, True), "text": (tour, False), "stocked": (stocked_tour, False)}
"""Each tour by the folder of its main form, and whether it prints JSON."""
COLUMNS = {"": 80, "-60": 60, "-120": 120, "-piped": PIPED}
"""The forms of a text by what is added to the name of the folder."""
_MAY_REPEAT = {"-60": "", "-120": "", "-piped": "-120"}
_BEGINNING, _END = 40, 12


def record(folder: Path) -> None:
    """Every form of every command below `folder`, whole; each tour in a process of its own.

    Text has one order of hashing for all: plotext places an axis's labels by the order of a set. JSON has another each
    time, so that an order which is not a promise shows itself.
    """
    for main, (_, json) in TOURS.items():
        environ = os.environ | {"PYTHONHASHSEED": "random" if json else "0"}
        call = [sys.executable, "-m", "tests.golden", "--tour", main, str(folder.resolve())]
        subprocess.run(call, cwd=ROOT, env=environ, check=True, stdin=subprocess.DEVNULL)


def record_tour(main: str, folder: Path) -> None:
    """One tour in all its forms; changes this process's variables for good."""
    visit, json = TOURS[main]
    with golden_world(json=json) as world:
        visit(world)
    for added, columns in COLUMNS.items():
        if json and added:
            break
        target = folder / f"{main}{added}"
        target.mkdir(parents=True)
        for name, one in world.recorded.items():
            text = one.shown[PIPED] if json else one.text(columns)
            (target / f"{name}.{'json' if json else 'txt'}").write_text(text, encoding="utf-8")


def renew_golden_files() -> None:
    """What is kept of a new recording in place of the golden files; files of commands that are gone go."""
    with TemporaryDirectory() as folder:
        record(Path(folder))
        for main in TOURS:
            for old in folders_of(HERE, main):
                shutil.rmtree(old)
            for name, text in kept(Path(folder), main).items():
                (HERE / name).parent.mkdir(exist_ok=True)
                (HERE / name).write_text(text, encoding="utf-8")


def folders_of(where: Path, main: str) -> list[Path]:
    """The folders of a tour's forms that there are."""
    return [folder for added in COLUMNS if (folder := where / f"{main}{added}").is_dir()]


def files_of(where: Path, main: str) -> dict[str, str]:
    """The texts of a tour by their paths below `where`."""
    return {
        str(file.relative_to(where)): file.read_text(encoding="utf-8")
        for folder in folders_of(where, main)
        for file in folder.iterdir()
    }


def kept(recorded: Path, main: str) -> dict[str, str]:
    """What the golden files keep of a recorded tour, by their paths."""
    if TOURS[main][1]:
        return files_of(recorded, main)
    whole = files_of(recorded, main)
    texts = {}
    for path, text in whole.items():
        form, _, name = path.partition("/")
        other = _MAY_REPEAT.get(form.removeprefix(main))
        if other is None or whole[f"{main}{other}/{name}"] != text:
            texts[path] = text if form == "text" else abridged(text)
    return texts


def abridged(text: str) -> str:
    """A long text by its beginning and its end, and how many lines stand between."""
    lines = text.splitlines(keepends=True)
    left_out = len(lines) - _BEGINNING - _END
    return text if left_out <= 1 else "".join([*lines[:_BEGINNING], f"[{left_out} lines]\n", *lines[-_END:]])
