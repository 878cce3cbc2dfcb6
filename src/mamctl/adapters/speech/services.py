"""Azure's and Google's speech services, by their REST calls for short audio. The sound leaves this machine.

Azure: "Speech to text REST API for short audio" (at most 60 s a request, `NBest` with `format=detailed`). Google:
Cloud Speech-to-Text v1 `speech:recognize` (at most 60 s of inline LINEAR16).
"""

from __future__ import annotations

import base64
import json
import struct
from collections.abc import Mapping
from importlib.util import find_spec
from typing import Any, Protocol

from mamctl.adapters.documents import decode_json
from mamctl.adapters.http.client import WayOut
from mamctl.adapters.http.exchange import ExchangeError, Reply, Request, exchange
from mamctl.adapters.http.policy import Bounds
from mamctl.adapters.speech.cutter import WindowCutter
from mamctl.dataclass import dataclass
from mamctl.domain.speech.engine import EngineInfo, EngineStoppedError, Unusable
from mamctl.domain.speech.transcript import Segment, Transcript

LONGEST_WINDOW = 55.0
"""Seconds a request; both services take up to 60."""

_LARGEST_REPLY = 1024 * 1024
_LOCALES = {"en": "en-US", "de": "de-DE", "fr": "fr-FR", "es": "es-ES", "it": "it-IT", "nl": "nl-NL", "pl": "pl-PL"}


class _Service(Protocol):
    @property
    def name(self) -> str: ...
    def request(self, samples: bytes, locale: str) -> Request: ...
    def read(self, answer: Any) -> tuple[Segment, ...] | None: ...


@dataclass(frozen=True)
class Azure:
    """One resource of Azure's speech service; `base_url` without a path, for tests another than the region's."""

    key: str
    region: str
    base_url: str = ""
    name: str = "azure"

    def request(self, samples: bytes, locale: str) -> Request:
        """The request for one window."""
        host = self.base_url or f"https://{self.region}.stt.speech.microsoft.com"
        return Request(
            url=f"{host}/speech/recognition/conversation/cognitiveservices/v1?language={locale}&format=detailed",
            method="POST",
            headers={
                "Ocp-Apim-Subscription-Key": self.key,
                "Content-Type": "audio/wav; codecs=audio/pcm; samplerate=16000",
                "Accept": "application/json",
            },
            body=wav(samples),
        )

    def read(self, answer: Any) -> tuple[Segment, ...] | None:
        """What was heard; None for an answer in no documented form."""
        match answer:
            case {"RecognitionStatus": "Success", "NBest": [{"Display": str(text), **best}, *_]}:
                sure = best.get("Confidence")
                seconds = answer.get("Duration", 0) / 10_000_000 if isinstance(answer.get("Duration"), int) else 0.0
                return (Segment(text, 0.0, seconds, 0.0, _as_log(sure)),)
            case {"RecognitionStatus": "Success", "DisplayText": str(text)}:
                return (Segment(text),)
            case {"RecognitionStatus": "NoMatch" | "InitialSilenceTimeout" | "BabbleTimeout" | "EndOfDictation"}:
                return ()
        return None


@dataclass(frozen=True)
class Google:
    """One API key of Google's Cloud Speech-to-Text."""

    key: str
    base_url: str = ""
    name: str = "google"

    def request(self, samples: bytes, locale: str) -> Request:
        """The request for one window."""
        config = {
            "encoding": "LINEAR16",
            "sampleRateHertz": 16_000,
            "languageCode": locale,
            "enableAutomaticPunctuation": True,
        }
        audio = {"content": base64.b64encode(samples).decode("ascii")}
        return Request(
            url=f"{self.base_url or 'https://speech.googleapis.com'}/v1/speech:recognize",
            method="POST",
            headers={"X-Goog-Api-Key": self.key, "Content-Type": "application/json; charset=utf-8"},
            body=json.dumps({"config": config, "audio": audio}).encode("ascii"),
        )

    def read(self, answer: Any) -> tuple[Segment, ...] | None:
        """What was heard; None for an answer in no documented form. Silence has no `results` at all."""
        if not isinstance(answer, dict) or not isinstance(answer.get("results", []), list):
            return None
        found = []
        for result in answer.get("results", [])[:100]:
            match result:
                case {"alternatives": [{"transcript": str(text), **best}, *_]}:
                    found.append(Segment(text, log_probability=_as_log(best.get("confidence"))))
        return tuple(found)


def wav(samples: bytes) -> bytes:
    """The samples (mono, 16 kHz, 16 bits) with a RIFF header."""
    head = struct.pack(
        "<4sI4s4sIHHIIHH4sI", b"RIFF", 36 + len(samples), b"WAVE", b"fmt ", 16, 1, 1, 16_000, 32_000, 2, 16, b"data",
        len(samples),
    )  # fmt: skip
    return head + samples


def _as_log(confidence: Any) -> float:
    import math

    sure = isinstance(confidence, int | float) and 0 < confidence <= 1
    return math.log(confidence) if sure else 0.0


def describe_service(
    name: str, variable: str, environ: Mapping[str, str], region: str, base_url: str | None
) -> EngineInfo:
    """The service as it could be used now, or what is missing."""
    unavailable = remedy = None
    if not environ.get(variable, "").strip():
        unavailable, remedy = (
            f"no key: the variable {variable} is not set",
            f"set {variable}, or speech.service = whisper",
        )
    elif name == "azure" and not (region or base_url):
        unavailable, remedy = "speech.azure_region is not set", "set it to the region of the resource, e.g. westeurope"
    elif absent := [package for package in ("av", "jellyfish") if find_spec(package) is None]:
        unavailable, remedy = f"{absent[0]} is not installed", "install mamctl with its extra speech: docs/install.md"
    return EngineInfo(name=name, model="", languages=frozenset(_LOCALES), unavailable=unavailable, remedy=remedy)


class ServiceEngine(WindowCutter):
    """A speech service as an engine; windows are cut in a child process as for a local engine."""

    takes_hotwords = False
    longest_window = LONGEST_WINDOW

    def __init__(self, service: _Service, way: WayOut) -> None:
        super().__init__()
        self._service = service
        self._way = way
        self.info = EngineInfo(name=service.name, model="", languages=frozenset(_LOCALES))

    def transcribe(self, seconds: float, *, language: str | None, hotwords: str = "") -> Transcript | Unusable:
        """Send what was cut last. Raises EngineStoppedError when no further request makes sense."""
        handed = self._ask({"act": "samples"}, seconds)
        if isinstance(handed, Unusable):
            return handed
        spoken = language or "en"
        request = self._service.request(base64.b64decode(handed["samples"]), _LOCALES[spoken])
        bounds = Bounds(silence=seconds, total=seconds, largest_body=_LARGEST_REPLY, redirects=0)
        try:
            reply = exchange(self._way, request, bounds)
        except ExchangeError as error:
            raise EngineStoppedError(f"{self._service.name}: {error.words}") from None
        return self._read(reply, spoken)

    def _read(self, reply: Reply, language: str) -> Transcript | Unusable:
        if reply.status != 200:
            raise EngineStoppedError(f"{self._service.name} {_refusal(reply)}")
        try:
            segments = self._service.read(decode_json(reply.body))
        except (ValueError, RecursionError):
            segments = None
        if segments is None:
            raise EngineStoppedError(f"{self._service.name} answered in an undocumented form")
        return Transcript(segments, language)


def _refusal(reply: Reply) -> str:
    """A status in words; never the body's, which may quote the request."""
    words = {
        400: "did not accept the request (400): check the key, the language and the audio",
        401: "did not accept the key (401)",
        403: "refused the key (403): check that it is right, and that the service is enabled for it",
        404: "was not found (404): check azure_region",
        429: "accepts no more requests now (429): its quota is used up",
    }
    return words.get(reply.status, f"answered {reply.status}")
