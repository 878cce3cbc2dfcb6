"""Real audio made by ffmpeg in every container, whole and damaged in every way; built once a test run."""

from __future__ import annotations

import os
import random
import subprocess
from pathlib import Path

import filelock

SECONDS = 40
CHAPTERS = """;FFMETADATA1
title=The Salt Road
artist=Mara Vell
composer=Tom Asher
album=The Salt Road
[CHAPTER]
TIMEBASE=1/1000
START=0
END=20000
title=Chapter 1
[CHAPTER]
TIMEBASE=1/1000
START=20000
END=40000
title=Chapter 2
"""
_COVER = ("-map", "2:v", "-c:v", "copy", "-disposition:v", "attached_pic")
_TAGS = ("-map", "0:a", "-map_metadata", "1", "-map_chapters", "1")
# name → what ffmpeg is told; the sound is input 0, the tags are input 1, the cover is input 2
RECIPES: dict[str, tuple[str, ...]] = {
    "mp3.mp3": (*_COVER, *_TAGS, "-c:a", "libmp3lame", "-b:a", "64k", "-id3v2_version", "3"),
    "vbr.mp3": (*_COVER, *_TAGS, "-c:a", "libmp3lame", "-q:a", "5"),
    "headerless.mp3": ("-map", "0:a", "-c:a", "libmp3lame", "-b:a", "64k", "-write_xing", "0"),
    "headerless_vbr.mp3": ("-map", "0:a", "-c:a", "libmp3lame", "-q:a", "5", "-write_xing", "0"),
    "m4b.m4b": (*_COVER, *_TAGS, "-c:a", "aac", "-b:a", "64k", "-f", "mp4"),
    "fast.m4b": (*_COVER, *_TAGS, "-c:a", "aac", "-b:a", "64k", "-f", "mp4", "-movflags", "+faststart"),
    "flac.flac": (*_TAGS, "-c:a", "flac"),
    "opus.opus": (*_TAGS, "-c:a", "libopus", "-b:a", "48k"),
    "vorbis.ogg": (*_TAGS, "-c:a", "libvorbis"),
    "wma.wma": (*_TAGS, "-c:a", "wmav2"),
    "aac.aac": ("-map", "0:a", "-c:a", "aac", "-b:a", "64k"),
    "wav.wav": ("-map", "0:a"),
    "aiff.aiff": ("-map", "0:a"),
    "flac.mka": ("-map", "0:a", "-c:a", "flac"),
}
SOUND = f"aevalsrc=0.3*sin(2*PI*t*(200+50*sin(t)))+0.1*random(0):s=44100:d={SECONDS}"


def ffmpeg(folder: Path, *arguments: str) -> None:
    subprocess.run(["ffmpeg", "-v", "error", "-y", "-nostdin", *arguments], cwd=folder, check=True)


def build(folder: Path) -> Path:
    """The whole kit in `folder`; another process that asks at the same time waits and gets the same."""
    with filelock.FileLock(f"{folder}.lock"):
        if not (folder / "done").exists():
            folder.mkdir(exist_ok=True)
            _make(folder)
            for name in RECIPES:
                _damage(folder, name)
            _make_strange(folder)
            (folder / "done").touch()
    return folder


def _make(folder: Path) -> None:
    (folder / "chapters.txt").write_text(CHAPTERS)
    ffmpeg(folder, "-f", "lavfi", "-i", "color=c=red:s=64x64", "-frames:v", "1", "cover.jpg")
    ffmpeg(folder, "-f", "lavfi", "-i", SOUND, "sound.wav")
    for name, how in RECIPES.items():
        inputs = ["-i", "sound.wav", "-i", "chapters.txt", "-i", "cover.jpg"]
        ffmpeg(folder, *inputs, *how, name)


def _damage(folder: Path, name: str) -> None:
    whole = (folder / name).read_bytes()
    noise, middle = random.Random(name).randbytes(4096), len(whole) // 2
    (folder / f"cut_{name}").write_bytes(whole[:middle])
    (folder / f"docked_{name}").write_bytes(whole[: -len(whole) // 10])
    (folder / f"overwritten_{name}").write_bytes(whole[:middle] + noise + whole[middle + len(noise) :])
    near = len(whole) // 20
    (folder / f"scratched_{name}").write_bytes(whole[:near] + noise + whole[near + len(noise) :])


def _make_strange(folder: Path) -> None:
    (folder / "zeros.mp3").write_bytes(bytes(200_000))
    (folder / "random.mp3").write_bytes(random.Random(1).randbytes(200_000))
    (folder / "text.mp3").write_text("<html><body>Not found</body></html>\n")
    (folder / "empty.mp3").touch()
    (folder / "hundred.mp3").write_bytes((folder / "mp3.mp3").read_bytes()[:100])
    (folder / "picture.mp3").write_bytes((folder / "cover.jpg").read_bytes())
    os.link(folder / "m4b.m4b", folder / "m4b_named.mp3")
