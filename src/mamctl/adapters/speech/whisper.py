"""faster-whisper as a speech engine, in a child process: a file that kills it costs one book."""

from __future__ import annotations

import json
from importlib.util import find_spec
from pathlib import Path

from mamctl.adapters.speech.cutter import WindowCutter
from mamctl.dataclass import dataclass
from mamctl.domain.speech.engine import EngineInfo, Unusable
from mamctl.domain.speech.transcript import Segment, Transcript

_ENGLISH = frozenset({"en"})
_ENGLISH_WORDS = 51_864
_MODEL_FILES = ("model.bin", "config.json")


@dataclass(frozen=True, kw_only=True)
class WhisperModelFolder:
    """A model that faster-whisper can load: its folder, a name for people, and whether it knows English only."""

    folder: Path
    name: str
    english_only: bool


def find_model(model: str, model_size: str, search: tuple[Path, ...]) -> WhisperModelFolder | EngineInfo:
    """The model's folder: `model` when it is set, else a folder for `model_size` in one of `search`.

    An EngineInfo that says what is missing, and how to mend it, where there is none.
    """
    wanted = (
        [Path(model).expanduser()] if model else [folder / name for folder in search for name in _names(model_size)]
    )
    for folder in wanted:
        if all((folder / name).is_file() for name in _MODEL_FILES):
            return WhisperModelFolder(
                folder=folder, name=model_size if not model else folder.name, english_only=_english(folder)
            )
    shown = f"{model}: not a model folder" if model else f"no model “{model_size}” on this machine"
    return EngineInfo(
        name="whisper",
        model=model or model_size,
        unavailable=shown,
        remedy="put a CTranslate2 Whisper model (model.bin, config.json, tokenizer.json) into a folder and name it in "
        "speech.model",
    )


def _names(model_size: str) -> tuple[str, ...]:
    return (model_size, f"faster-whisper-{model_size}", f"models--Systran--faster-whisper-{model_size}")


def _english(folder: Path) -> bool:
    """English models know 51,864 words, multilingual ones more (openai/whisper, tokenizer.py)."""
    try:
        if (folder / "vocabulary.json").is_file():
            words = len(json.loads((folder / "vocabulary.json").read_text("utf-8")))
        else:
            words = len((folder / "vocabulary.txt").read_text("utf-8").rstrip("\n").split("\n"))
    except (OSError, ValueError):
        return folder.name.endswith(".en")
    return words <= _ENGLISH_WORDS


def whisper_missing() -> EngineInfo | None:
    """What is missing for faster-whisper to run here; None when it can."""
    for package in ("faster_whisper", "av", "jellyfish"):
        if find_spec(package) is None:
            words = f"{package} is not installed"
            return EngineInfo(
                name="whisper",
                model="",
                unavailable=words,
                remedy="install mamctl with its extra speech: docs/install.md",
            )
    return None


def describe_model(model: str, model_size: str, search: tuple[Path, ...]) -> EngineInfo:
    """The engine as it could be used now, or what is missing; imports nothing heavy."""
    missing = whisper_missing()
    if missing is not None:
        return missing
    found = find_model(model, model_size, search)
    return found if isinstance(found, EngineInfo) else _info(found)


def _info(model: WhisperModelFolder) -> EngineInfo:
    version = f"{(model.folder / 'model.bin').stat().st_size:x}"
    languages = _ENGLISH if model.english_only else None
    return EngineInfo(name="whisper", model=model.name, version=version, languages=languages)


class WhisperEngine(WindowCutter):
    """Cuts and transcribes windows, one at a time; use it as a context manager."""

    takes_hotwords = True
    failed_words = "the speech engine failed on it"

    def __init__(self, model: WhisperModelFolder, *, threads: int = 2) -> None:
        super().__init__(str(model.folder), threads)
        self.info = _info(model)

    def transcribe(self, seconds: float, *, language: str | None, hotwords: str = "") -> Transcript | Unusable:
        """Write down what was cut last, in at most `seconds`. Without a language the engine finds it."""
        spoken = "en" if self.info.languages == _ENGLISH else language
        answer = self._ask({"act": "transcribe", "language": spoken, "hotwords": hotwords}, seconds)
        if isinstance(answer, Unusable):
            return answer
        return Transcript(tuple(Segment(*one) for one in answer["segments"]), answer["language"], answer["spoken"])
