"""The library scan beside bare references and beets, over the same made files in the same run."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from bench.frame.measure import Spent, database_mb, environment, in_turn, run_process
from bench.frame.model import Benchmark, Figure, Growth, Row
from bench.frame.peers import find_peer
from bench.library_files import FILES_A_BOOK, make_library, make_tree, write_decoding

PARALLEL = 3  # decoders, as configured by default
ATTENTION = (0, 3)  # empty files are problems
_MUTAGEN = """
import os, sys, mutagen
for folder, _, names in os.walk(sys.argv[1]):
    for name in names:
        file = mutagen.File(os.path.join(folder, name))
        file.info.length, dict(file.tags or {})
"""
_DECODING = """
import os, sys
from functools import partial
from multiprocessing import get_context
from mamctl.adapters.audio.pyav import measure
if __name__ == "__main__":
    files = [os.path.join(folder, name) for folder, _, names in os.walk(sys.argv[1]) for name in names]
    with get_context("spawn").Pool(int(sys.argv[2])) as pool:
        for _ in pool.imap_unordered(partial(measure, whole=False), files):
            pass
"""
_BEETS = "directory: {home}/beets\nlibrary: {home}/beets.db\nimport: {{copy: no, write: no, autotag: no, timid: no}}\n"


@dataclass(frozen=True)
class _Place:
    """A folder of the run, and the environment of what is measured in it."""

    home: Path
    environ: Mapping[str, str]

    def run(self, *command: str | Path) -> Spent:
        return run_process(command, self.environ, ok=ATTENTION)

    def find(self, folder: Path) -> Spent:
        return self.run("find", folder, "-type", "f", "-printf", "%s %T@ %i %p\\n")

    def scan(self, folder: Path, *more: str) -> Spent:
        return self.run(sys.executable, "-m", "mamctl", "meta", "scan", folder, *more)

    def first_scan(self, folder: Path, *more: str) -> Spent:
        """As by a new user: the database is made, too."""
        shutil.rmtree(self.home / "state", ignore_errors=True)
        return self.scan(folder, *more)

    def first_scan_without_sound(self, folder: Path) -> Spent:
        """As where neither PyAV nor ffmpeg is installed."""
        silent = self.home / "silent"
        silent.mkdir(exist_ok=True)
        (silent / "sitecustomize.py").write_text("import sys\nsys.modules['av'] = None\n")
        config = self.home / "silent.toml"
        config.write_text('[audio]\nffmpeg_path = "/nonexistent/ffmpeg"\n')
        config.chmod(0o600)
        without = _Place(self.home, {**self.environ, "PYTHONPATH": str(silent)})
        return without.first_scan(folder, "--config", str(config))


def measure(books: int, seconds: int, many: int, rounds: int, *, peers: bool) -> Iterator[Row]:
    """The big tree first, then real files; `peers` are installed for it where they are not there."""
    with tempfile.TemporaryDirectory(prefix="mamctl-bench-") as folder:
        home = Path(folder)
        place = _Place(home, environment(home))
        (home / "one").mkdir()
        (home / "one" / "a.mp3").touch()
        place.first_scan(home / "one")  # modules are compiled
        yield from _empty_files(place, many, rounds)
        if shutil.which("ffmpeg"):
            yield from _real_files(place, books, seconds, rounds, peers=peers)


def _empty_files(place: _Place, many: int, rounds: int) -> Iterator[Row]:
    """Only the walk, the names and the store count: the growth, and with the most files the two figures."""
    for count in dict.fromkeys((max(100, many // 100), max(100, many // 10), many)):
        tree = make_tree(place.home / f"tree-{count}", count)
        works = {"find": partial(place.find, tree), "first": partial(place.first_scan, tree)}
        taken = in_turn(rounds if count == many else 1, works)
        size = database_mb(place.home / "state" / "mamctl" / "mamctl.db")
        place.scan(tree)
        taken |= in_turn(rounds + 2, {"find ": partial(place.find, tree), "again": partial(place.scan, tree)})
        first, again = taken["first"], taken["again"]
        yield Growth("`meta scan`, first, empty files", count, "files", first.processor, first.peak_mib, size, 0)
        yield Growth("`meta scan`, nothing changed", count, "files", again.processor, again.peak_mib, size, 0)
        if count == many:
            sizes = {"files": many}
            yield _figure(
                "scan.empty", "`meta scan`, first, empty files", first, taken["find"], "`find -printf`", sizes
            )
            what = "`meta scan`, nothing changed"
            yield _figure("scan.unchanged", what, again, taken["find "], "`find -printf`", sizes)
        shutil.rmtree(tree)


def _real_files(place: _Place, books: int, seconds: int, rounds: int, *, peers: bool) -> Iterator[Row]:
    library = make_library(place.home, books, seconds)
    sizes = {"files": books * FILES_A_BOOK}
    with find_peer("beets", "beet", named_by="BEET", install=peers) as beet:
        yield from _without_sound(place, library, sizes, rounds, beet)
    bare = place.home / "decoding.py"
    bare.write_text(_DECODING)
    works = {
        "bare": partial(place.run, sys.executable, bare, library, str(PARALLEL)),
        "scan": partial(place.first_scan, library),
    }
    taken = in_turn(max(1, rounds - 1), works)
    what = "`meta scan`, first: tags, both ends decoded"
    yield _figure("scan.ends", what, taken["scan"], taken["bare"], f"the same decoding in {PARALLEL} processes", sizes)
    cores = os.cpu_count() or 1
    script = write_decoding(place.home / "decode.sh", library, cores)
    works = {
        "bare": partial(place.run, "sh", script),
        "scan": partial(place.first_scan, library, "--full-decode"),
    }
    taken = in_turn(1, works)
    what, reference = "`meta scan --full-decode`, first", f"{cores} ffmpeg decoding the same"
    yield _figure("scan.full_decode", what, taken["scan"], taken["bare"], reference, sizes)


def _without_sound(
    place: _Place, library: Path, sizes: Mapping[str, int], rounds: int, beet: str | None
) -> Iterator[Row]:
    """The tags alone, and beets beside them where `beet` names its program."""
    works = {
        "mutagen": partial(place.run, sys.executable, "-c", _MUTAGEN, library),
        "scan": partial(place.first_scan_without_sound, library),
    }
    config = place.home / "beets.yaml"
    config.write_text(_BEETS.format(home=place.home))

    beets = _Place(place.home, {**place.environ, "BEETSDIR": str(place.home / "beets")})
    (place.home / "beets").mkdir(exist_ok=True)

    def import_with_beets() -> Spent:
        (place.home / "beets.db").unlink(missing_ok=True)
        return beets.run(str(beet), "-c", config, "import", "-A", "-C", "-q", library)

    if beet:
        works["beets"] = import_with_beets
    taken = in_turn(rounds, works)
    what = "`meta scan`, first, without a decoder"
    yield _figure("scan.tags", what, taken["scan"], taken["mutagen"], "mutagen alone, tags and length", sizes)
    if beet:
        times = taken["beets"].processor / taken["scan"].processor
        detail = {"s": taken["scan"].processor, "s of beets": taken["beets"].processor}
        yield Figure("scan.tags_beets", what, times, "times as fast as", "beets `import -A -C -q`", sizes, detail)


def _figure(name: str, what: str, spent: Spent, bare: Spent, reference: str, sizes: Mapping[str, int]) -> Figure:
    return Figure(
        name,
        what,
        spent.processor / bare.processor,
        reference=reference,
        sizes=sizes,
        detail={
            "s": spent.processor,
            "s of the reference": bare.processor,
            "s on the clock": spent.wall,
            "× on the clock": spent.wall / bare.wall,
        },
        peak_mib=spent.peak_mib,
    )


BENCHMARK = Benchmark(
    "Library scan",
    measure,
    full={"books": 500, "seconds": 40, "many": 100_000, "rounds": 2, "peers": True},
    quick={"books": 4, "seconds": 30, "many": 1_000, "rounds": 1, "peers": False},
    about=(
        "Made books, files in the page cache; times are the processor's, child processes included, the least of all"
        " rounds. Memory is the peak of the whole process tree, decoders included; what its processes share counts"
        " once (proportional set size).\n\n"
        "Empty files show what the walk, the names and the store cost: 20 of them a book, each a problem to record."
        " Real files are MP3, M4B, Opus and FLAC, four a book. Beets reads tags and decodes nothing."
    ),
)
