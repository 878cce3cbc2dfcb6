"""The library scan beside bare references and beets, over the same made files in the same run.

    python -m bench.library [--books N] [--many N]

It writes about 5 GB into the temporary folder for the default of 500 books. beets runs when `beet` is on the PATH or
named by $BEET; it does not belong to mamctl's environment. Memory is the peak of the resident sets of a whole process
tree, looked at every 50 ms, so that decoders in child processes count.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

SECONDS = 120
FILES_A_BOOK = 4
SOUND = f"aevalsrc=0.3*sin(2*PI*t*(200+50*sin(t)))+0.05*random(0):s=22050:d={SECONDS}"
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
BEETS = "directory: {home}/beets\nlibrary: {home}/beets.db\nimport: {{copy: no, write: no, autotag: no, timid: no}}\n"


@dataclass(frozen=True)
class Took:
    """Wall-clock seconds, and the peak memory of the process tree in MiB."""

    seconds: float
    mebibytes: float


def run(books: int = 500, many: int = 100_000) -> None:
    """Print one table of the generated library, and one of the big synthetic tree."""
    with tempfile.TemporaryDirectory(prefix="mamctl-bench-") as folder:
        home = Path(folder)
        library = make_library(home, books)
        files = books * FILES_A_BOOK
        size = sum(path.stat().st_size for path in library.rglob("*.*")) / 1e9
        print(f"{books} books, {files} files of {SECONDS} s, {size:.1f} GB, in the page cache\n")
        print_table(library_runs(home, library), files)
        shutil.rmtree(library)
        tree = make_tree(home / "tree", many)
        print(f"\n{many} empty files in {many // 20} books\n")
        print_table(tree_runs(home, tree), many)


def print_table(runs: Iterator[tuple[str, Took]], files: int) -> None:
    """One row a run, as it is done."""
    print("| what | seconds | files/s | peak MiB |\n|---|---|---|---|")
    for name, took in runs:
        print(f"| {name} | {took.seconds:.1f} | {files / took.seconds:,.0f} | {took.mebibytes:.0f} |", flush=True)


def library_runs(home: Path, library: Path) -> Iterator[tuple[str, Took]]:
    """References first, then mamctl, then the peer."""
    yield "`find`, sizes and times", measure(home, *find(library))
    yield "mutagen alone, tags and length", measure(home, sys.executable, "-c", MUTAGEN, str(library))
    yield "`meta scan`, first: tags, both ends decoded", measure(home, *scan(library))
    yield "`meta scan`, nothing changed", measure(home, *scan(library))
    yield "one ffmpeg decoding all of it", measure(home, "sh", str(decode_all(home, library)))
    yield "`meta scan --full-decode`", measure(home, *scan(library, "--full-decode"))
    beet = os.environ.get("BEET") or shutil.which("beet")
    if beet:
        (home / "beets.yaml").write_text(BEETS.format(home=home))
        command = [beet, "-c", str(home / "beets.yaml"), "import", "-A", "-C", "-q", str(library)]
        yield "beets, `import -A -C -q`: tags only", measure(home, *command)


def tree_runs(home: Path, tree: Path) -> Iterator[tuple[str, Took]]:
    """The walk alone, beside `find`."""
    yield "`find`, sizes and times", measure(home, *find(tree))
    yield "`meta scan`, first", measure(home, *scan(tree))
    yield "`meta scan`, nothing changed", measure(home, *scan(tree))


def find(folder: Path) -> list[str]:
    return ["find", str(folder), "-type", "f", "-printf", "%s %T@ %i %p\\n"]


def scan(folder: Path, *more: str) -> list[str]:
    return [sys.executable, "-m", "mamctl", "meta", "scan", str(folder), *more]


def measure(home: Path, *command: str) -> Took:
    """Run it with its output thrown away; exit 3 (something needs a person) is fine."""
    environ = {**os.environ, "HOME": str(home), "XDG_STATE_HOME": str(home / "state")}
    begin, peak = time.perf_counter(), 0
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environ) as process:
        while process.poll() is None:
            peak = max(peak, resident(process.pid))
            time.sleep(0.05)
        seconds = time.perf_counter() - begin
    if process.returncode not in {0, 3}:
        raise SystemExit(f"{command[:5]} ended with {process.returncode}")
    return Took(seconds, peak / 1024)


def resident(pid: int) -> int:
    """KiB that the process and all its descendants hold; 0 for one that has just ended."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return 0
    own = next((int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS")), 0)
    return own + sum(resident(int(child)) for child in children)


def make_library(home: Path, books: int) -> Path:
    """Books of four files, of each kind in turn; every file is its own, with its own tags."""
    import mutagen

    models = {kind: make_model(home, kind, how) for kind, how in KINDS.items()}
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


def make_model(home: Path, kind: str, how: tuple[str, ...]) -> Path:
    path = home / f"model.{kind}"
    command = ["ffmpeg", "-v", "error", "-nostdin", "-f", "lavfi", "-i", SOUND, *how, str(path)]
    subprocess.run(command, check=True)
    return path


def decode_all(home: Path, library: Path) -> Path:
    """A script of one ffmpeg a kind, each decoding all files of it as one stream."""
    script = home / "decode.sh"
    lines = []
    for kind in KINDS:
        names = home / f"{kind}.txt"
        names.write_text("".join(f"file '{path}'\n" for path in sorted(library.rglob(f"*.{kind}"))))
        lines.append(f"ffmpeg -v error -nostdin -f concat -safe 0 -i {names} -map 0:a -f null -\n")
    script.write_text("".join(lines))
    return script


def make_tree(root: Path, files: int) -> Path:
    """Twenty empty files a book, ten books an author."""
    for number in range(files // 20):
        folder = root / f"Author {number // 10}" / f"Book {number}"
        folder.mkdir(parents=True)
        for part in range(1, 21):
            (folder / f"{part:02}.mp3").touch()
    return root


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--books", type=int, default=500)
    options.add_argument("--many", type=int, default=100_000)
    run(**vars(options.parse_args()))
