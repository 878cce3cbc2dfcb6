"""The library scan beside bare references and beets, over the same made files in the same run.

    python -m bench library
    BEET=PATH python -m bench library      with a beets that is not on the PATH

The sounds take about 2 GB of the temporary folder. beets does not belong to mamctl's environment.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from bench.frame.measure import Spent, database_mb, environment, in_turn, run_process
from bench.frame.model import Benchmark, Figure, Growth

FILES_A_BOOK = 4
PARALLEL = 3  # decoders, as audio.parallel has it
SOUND = "aevalsrc=0.3*sin(2*PI*t*(200+50*sin(t)))+0.05*random(0):s=22050:d={seconds}"
KINDS = {
    "mp3": ("-c:a", "libmp3lame", "-b:a", "64k"),
    "m4b": ("-c:a", "aac", "-b:a", "64k", "-f", "mp4"),
    "opus": ("-c:a", "libopus", "-b:a", "48k"),
    "flac": ("-c:a", "flac"),
}
MUTAGEN = """
import os, sys, mutagen
for folder, _, names in os.walk(sys.argv[1]):
    for name in names:
        file = mutagen.File(os.path.join(folder, name))
        file.info.length, dict(file.tags or {})
"""
# Ten seconds at each end, as the scan decodes them.
BARE_ENDS = """
import multiprocessing, os, sys
def ends(path):
    import av
    with av.open(path) as container:
        stream = container.streams.audio[0]
        stream.codec_context.thread_count = 1
        for frame in container.decode(stream):
            if frame.time > 10:
                break
        container.seek(int((container.duration / 1e6 - 10) * 1e6))
        for frame in container.decode(stream):
            pass
if __name__ == "__main__":
    paths = [os.path.join(folder, name) for folder, _, names in os.walk(sys.argv[1]) for name in names]
    with multiprocessing.Pool(int(sys.argv[2])) as pool:
        for _ in pool.imap_unordered(ends, paths):
            pass
"""
BARE_WHOLE = (
    "find {folder} -type f -print0 | xargs -0 -I FILE -P {parallel}"
    " ffmpeg -v error -nostdin -threads 1 -i FILE -map 0:a -f null -"
)
# PyAV as though it were not installed: then nothing is decoded.
NO_PYAV = """
from importlib.machinery import PathFinder
_find = PathFinder.find_spec
PathFinder.find_spec = lambda name, *more: None if name == "av" else _find(name, *more)
"""
BEETS = "directory: {home}/beets\nlibrary: {home}/beets.db\nimport: {{copy: no, write: no, autotag: no, timid: no}}\n"


def measure(books: int, seconds: int, files: tuple[int, ...], rounds: int) -> Iterator[Figure | Growth]:
    """The real files first, then the many empty ones."""
    with tempfile.TemporaryDirectory(prefix="mamctl-bench-") as folder:
        home = Path(folder)
        library = make_library(home, books, seconds)
        yield from _sound(Bench(home, library), books * FILES_A_BOOK, rounds)
        shutil.rmtree(library)
        for count in files:
            tree = make_tree(home / f"tree-{count}", count)
            yield from _empty(Bench(home, tree), count, rounds, figures=count == files[-1])
            shutil.rmtree(tree)


@dataclass
class Bench:
    """One folder of books, and the programs that go through it; a first scan begins with a store of its own."""

    home: Path
    library: Path
    number: int = 0

    def first(self, *options: str, sound: bool = True) -> Spent:
        """A scan with an empty store."""
        self.number += 1
        return self.scan(*options, sound=sound)

    def again(self) -> Spent:
        """A scan with the store of the last one."""
        return self.scan()

    def scan(self, *options: str, sound: bool = True) -> Spent:
        environ = self._environ()
        if not sound:
            blocked = self.home / "no-pyav"
            blocked.mkdir(exist_ok=True)
            (blocked / "sitecustomize.py").write_text(NO_PYAV)
            environ |= {"PYTHONPATH": str(blocked), "FFMPEG_PATH": str(blocked / "none")}
        return run_process([sys.executable, "-m", "mamctl", "meta", "scan", self.library, *options], environ, ok=(0, 3))

    def other(self, *command: str | Path) -> Spent:
        """Another program."""
        return run_process(command, self._environ())

    @property
    def store(self) -> Path:
        """The database of the last scan."""
        return next(self._state().rglob("mamctl.db"))

    def _state(self) -> Path:
        return self.home / f"state-{self.library.name}-{self.number}"

    def _environ(self) -> dict[str, str]:
        return environment(self.home) | {"XDG_STATE_HOME": str(self._state())}


def _sound(bench: Bench, files: int, rounds: int) -> Iterator[Figure]:
    """Tags and both ends, tags alone, all of the sound; each beside its reference."""
    library, whole = bench.library, BARE_WHOLE.format(folder=bench.library, parallel=PARALLEL)
    bench.first()  # compiles modules, fills the page cache
    taken = in_turn(
        rounds,
        {
            "bare ends": partial(bench.other, sys.executable, "-c", BARE_ENDS, library, str(PARALLEL)),
            "ends": bench.first,
            "mutagen": partial(bench.other, sys.executable, "-c", MUTAGEN, library),
            "tags": partial(bench.first, sound=False),
        },
    )
    taken |= in_turn(
        1,
        {
            "bare whole": partial(bench.other, "sh", "-c", whole),
            "whole": partial(bench.first, "--full-decode"),
        },
    )
    sizes = {"files": files}
    yield _ratio("scan.ends", "`meta scan`, first, both ends decoded", taken, "ends", "bare ends",
                 f"PyAV decoding the same in {PARALLEL} processes", sizes)  # fmt: skip
    yield _ratio("scan.tags", "`meta scan`, first, without a decoder", taken, "tags", "mutagen", "mutagen alone", sizes)
    yield _ratio("scan.full_decode", "`meta scan --full-decode`, first", taken, "whole", "bare whole",
                 f"{PARALLEL} ffmpeg at once", sizes)  # fmt: skip
    beet = os.environ.get("BEET") or shutil.which("beet")
    if beet:
        (bench.home / "beets.yaml").write_text(BEETS.format(home=bench.home))
        beets = bench.other(beet, "-c", bench.home / "beets.yaml", "import", "-A", "-C", "-q", library)
        yield Figure("scan.tags_beets", "`meta scan`, first, without a decoder: times as fast as beets",
                     beets.processor / taken["tags"].processor, "×", "`beet import -A -C -q`", sizes,
                     _detail(taken["tags"], beets))  # fmt: skip


def _empty(bench: Bench, files: int, rounds: int, *, figures: bool) -> Iterator[Figure | Growth]:
    """The walk alone, beside `find`."""
    find = partial(bench.other, "find", bench.library, "-type", "f", "-printf", "%s %T@ %i %p\\n")
    taken = in_turn(rounds, {"find": find, "first": bench.first})
    taken |= in_turn(rounds, {"find": find, "again": bench.again})
    size = round(database_mb(bench.store), 1)
    for name, what in (("first", "`meta scan`, first, empty files"), ("again", "`meta scan`, nothing changed")):
        yield Growth(what, files, "files", taken[name].processor, taken[name].peak_mib, size)
    if figures:
        sizes, reference = {"files": files}, "`find -printf`"
        yield _ratio("scan.empty", "`meta scan`, first, empty files", taken, "first", "find", reference, sizes)
        yield _ratio("scan.unchanged", "`meta scan`, nothing changed", taken, "again", "find", reference, sizes)


def _ratio(
    name: str, what: str, taken: dict[str, Spent], ours: str, bare: str, reference: str, sizes: dict[str, int]
) -> Figure:
    value = taken[ours].processor / taken[bare].processor
    detail = _detail(taken[ours], taken[bare])
    return Figure(name, what, value, "×", reference, sizes, detail, taken[ours].peak_mib)


def _detail(ours: Spent, bare: Spent) -> dict[str, float]:
    return {
        "s": ours.processor,
        "s of the reference": bare.processor,
        "s on the clock": ours.wall,
        "s of the reference on the clock": bare.wall,
    }


def make_library(home: Path, books: int, seconds: int) -> Path:
    """Books of four files, of each kind in turn; every file is its own, with its own tags."""
    import mutagen

    models = {kind: make_model(home, kind, how, seconds) for kind, how in KINDS.items()}
    library = home / "library"
    for number in range(books):
        kind = list(KINDS)[number % len(KINDS)]
        folder = library / f"Author {number % 97}" / f"Book {number}"
        folder.mkdir(parents=True)
        for part in range(1, FILES_A_BOOK + 1):
            path = folder / f"{part:02} - Part.{kind}"
            shutil.copyfile(models[kind], path)
            file = mutagen.File(path, easy=True)
            if file.tags is None:
                file.add_tags()
            file["album"], file["artist"] = f"Book {number}", f"Author {number % 97}"
            file.save()
    return library


def make_model(home: Path, kind: str, how: tuple[str, ...], seconds: int) -> Path:
    """One file of this kind."""
    path = home / f"model.{kind}"
    command = ["ffmpeg", "-v", "error", "-nostdin", "-f", "lavfi", "-i", SOUND.format(seconds=seconds), *how, str(path)]
    subprocess.run(command, check=True)
    return path


def make_tree(root: Path, files: int) -> Path:
    """Twenty empty files a book, ten books an author."""
    for number in range(files // 20):
        folder = root / f"Author {number // 10}" / f"Book {number}"
        folder.mkdir(parents=True)
        for part in range(1, 21):
            (folder / f"{part:02}.mp3").touch()
    return root


BENCHMARK = Benchmark(
    "Library scan",
    measure,
    full={"books": 500, "seconds": 60, "files": (1_000, 10_000, 100_000), "rounds": 2},
    quick={"books": 4, "seconds": 30, "files": (500,), "rounds": 1},
    about=(
        "Files in the page cache. The real ones are MP3, M4B, Opus and FLAC with tags of their own, four a book; the"
        " empty ones show the walk and the store alone, twenty a book. Times are the processor's, decoders included;"
        " memory is the peak of the whole process tree."
    ),
)
