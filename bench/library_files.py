"""The libraries that the scan is measured with: books of real sound with tags, and a big tree of empty files."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

FILES_A_BOOK = 4
FILES_AN_EMPTY_BOOK = 20
SOUND = "aevalsrc=0.3*sin(2*PI*t*(200+50*sin(t)))+0.05*random(0):s=22050:d={seconds}"
KINDS = {
    "mp3": ("-c:a", "libmp3lame", "-b:a", "64k"),
    "m4b": ("-c:a", "aac", "-b:a", "64k", "-f", "mp4"),
    "opus": ("-c:a", "libopus", "-b:a", "48k"),
    "flac": ("-c:a", "flac"),
}


def make_library(home: Path, books: int, seconds: int) -> Path:
    """Books of four files of so many seconds, of each kind in turn; every file is its own, with its own tags."""
    import mutagen

    models = {kind: _make_model(home, kind, how, seconds) for kind, how in KINDS.items()}
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


def _make_model(home: Path, kind: str, how: tuple[str, ...], seconds: int) -> Path:
    path = home / f"model.{kind}"
    sound = SOUND.format(seconds=seconds)
    subprocess.run(["ffmpeg", "-v", "error", "-nostdin", "-f", "lavfi", "-i", sound, *how, str(path)], check=True)
    return path


def make_tree(root: Path, files: int) -> Path:
    """Twenty empty files a book, ten books an author."""
    for number in range(files // FILES_AN_EMPTY_BOOK):
        folder = root / f"Author {number // 10}" / f"Book {number}"
        folder.mkdir(parents=True)
        for part in range(1, FILES_AN_EMPTY_BOOK + 1):
            (folder / f"{part:02}.mp3").touch()
    return root


def write_decoding(script: Path, library: Path, at_once: int) -> Path:
    """A script that decodes everything with so many ffmpegs at once, each of them the same number of files a kind."""
    parts = []
    for one in range(at_once):
        lines = []
        for kind in KINDS:
            names = script.with_name(f"{kind}-{one}.txt")
            files = sorted(library.rglob(f"*.{kind}"))[one::at_once]
            names.write_text("".join(f"file '{path}'\n" for path in files))
            if files:
                lines.append(
                    f"ffmpeg -v error -nostdin -threads 1 -f concat -safe 0 -i {names} -map 0:a -f null - || exit 1"
                )
        parts.append("(" + "\n".join(lines) + ') &\nall="$all $!"\n')
    script.write_text("".join(parts) + "for one in $all; do wait $one || exit 1; done\n")
    return script
