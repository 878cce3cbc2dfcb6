"""Azure and Google over HTTP: what they hear, and every refusal in words for people, without the key."""

from __future__ import annotations

import wave
from collections.abc import Iterator
from pathlib import Path

import pytest

from mamctl.adapters.http.client import WayOut
from mamctl.adapters.speech.services import Azure, Google, ServiceEngine, describe_service
from mamctl.domain.speech.engine import EngineStoppedError, SoundCut, Unusable, Window
from mamctl.domain.speech.transcript import Place, Transcript
from mamctl.practice.failures import FailureForm
from mamctl.practice.speech.server import PracticeSpeech, SpeechState

KEY = "SECRET-KEY"
TEXT = "The Salt Road by Mara Vell, narrated by Tom Asher."


@pytest.fixture(name="site")
def _site() -> Iterator[PracticeSpeech]:
    with PracticeSpeech(SpeechState(key=KEY, text=TEXT)) as site:
        yield site


@pytest.fixture(name="sound")
def _sound(tmp_path: Path) -> str:
    path = tmp_path / "sound.wav"
    with wave.open(str(path), "wb") as target:
        target.setnchannels(1)
        target.setsampwidth(2)
        target.setframerate(16_000)
        target.writeframes(b"\x10\x20" * 16_000 * 70)
    return str(path)


def service(name: str, url: str, key: str = KEY):
    return Azure(key, "westeurope", url) if name == "azure" else Google(key, url)


def listen(name: str, site: PracticeSpeech, sound: str, *, key: str = KEY, language: str | None = "en", seconds=20.0):
    way = WayOut(timeout=30)
    try:
        with ServiceEngine(service(name, site.url, key), way) as engine:
            cut = engine.cut(Window(sound, Place.OPENING, 0.0, 75.0), 30)
            assert isinstance(cut, SoundCut)
            return engine.transcribe(seconds, language=language)
    finally:
        way.close()


@pytest.mark.spec("META-5")
@pytest.mark.parametrize("name", ["azure", "google"])
def test_a_service_writes_down_what_is_spoken(name: str, site: PracticeSpeech, sound: str):
    heard = listen(name, site, sound)
    assert isinstance(heard, Transcript)
    assert heard.text == TEXT
    assert heard.language == "en"
    assert site.state.seconds == [55.0]  # within the services' minute


@pytest.mark.parametrize("name", ["azure", "google"])
def test_silence_is_an_empty_transcript(name: str, site: PracticeSpeech, sound: str):
    site.state.text = ""
    heard = listen(name, site, sound)
    assert isinstance(heard, Transcript)
    assert not heard.segments


@pytest.mark.parametrize("name", ["azure", "google"])
@pytest.mark.parametrize("trouble", ["wrong key", "quota", *FailureForm])
def test_every_refusal_ends_the_service_for_this_run_and_names_no_key(
    name: str, trouble: str | FailureForm, site: PracticeSpeech, sound: str
):
    key = KEY
    if trouble == "wrong key":
        key = "OTHER-SECRET"
    elif trouble == "quota":
        site.state.quota = 0
    else:
        site.fail_with(FailureForm(trouble))
    with pytest.raises(EngineStoppedError) as stopped:
        listen(name, site, sound, key=key, seconds=2.0)
    assert name in str(stopped.value)
    assert "SECRET" not in f"{stopped.value!r} {stopped.value}"


def test_what_cannot_be_decoded_is_unusable(site: PracticeSpeech, tmp_path: Path):
    path = tmp_path / "no.mp3"
    path.write_bytes(b"this is no sound")
    with ServiceEngine(Azure(KEY, "x", site.url), WayOut()) as engine:
        assert isinstance(engine.cut(Window(str(path), Place.OPENING, 0, 60), 20), Unusable)
        assert isinstance(engine.cut(Window(str(tmp_path / "gone.mp3"), Place.OPENING, 0, 60), 20), Unusable)


@pytest.mark.parametrize(
    ("environ", "region", "word"),
    [
        ({}, "x", "AZURE"),
        ({"AZURE": " "}, "x", "AZURE"),
        ({"AZURE": "k"}, "", "azure_region"),
        ({"AZURE": "k"}, "x", None),
    ],
)
def test_what_is_missing_is_named(environ: dict[str, str], region: str, word: str | None):
    info = describe_service("azure", "AZURE", environ, region, None)
    assert (info.unavailable is None) == (word is None)
    assert word is None or word in f"{info.unavailable}"
    assert (info.remedy is None) == (word is None)
