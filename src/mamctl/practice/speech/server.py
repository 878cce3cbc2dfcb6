"""Azure's and Google's speech services on loopback: they answer each sound with what it is set to be."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from dataclasses import field
from typing import Any

from mamctl.dataclass import dataclass
from mamctl.practice.loopback import LoopbackServer
from mamctl.practice.request_gate import RequestGate
from mamctl.practice.web import Answer, Request

AZURE_PATH = "/speech/recognition/conversation/cognitiveservices/v1"
GOOGLE_PATH = "/v1/speech:recognize"
_LONGEST = 60.0  # seconds of sound; both services refuse more in one request
_RATE = 32_000  # bytes a second of mono, 16 kHz, 16 bits
_WAV_HEAD = 44


@dataclass
class SpeechState:
    """What the services hold to be right: the key, what is spoken, how many requests are left."""

    key: str = "practice-key"
    text: str = ""
    confidence: float = 0.9
    quota: int = 1_000
    languages: frozenset[str] = frozenset({"en-US", "de-DE", "fr-FR", "es-ES"})
    seconds: list[float] = field(default_factory=list)
    """Length of each sound that was sent."""


class PracticeSpeech(LoopbackServer):
    """Both services under one address. Use it as a context manager."""

    def __init__(self, state: SpeechState | None = None, port: int = 0) -> None:
        super().__init__(RequestGate(), port)
        self.state = state or SpeechState()

    def headers(self) -> Sequence[tuple[str, str]]:
        """Nothing to add."""
        return ()

    def respond(self, request: Request) -> Answer | None:
        """The answer by its path."""
        if request.method != "POST":
            return _json(405, {"error": {"code": 405, "message": "POST only"}})
        if request.path == AZURE_PATH:
            return self._azure(request)
        if request.path == GOOGLE_PATH:
            return self._google(request)
        return _json(404, {"error": {"code": 404, "message": "no such service"}})

    def _azure(self, request: Request) -> Answer:
        if request.headers.get("ocp-apim-subscription-key") != self.state.key:
            return _json(401, {"error": {"code": "401", "message": "Access denied due to invalid subscription key"}})
        locale = request.query_fields.get("language")
        if locale not in self.state.languages or not request.body.startswith(b"RIFF"):
            return _json(400, {"error": {"code": "400", "message": "Language or audio is not supported"}})
        if not self._take(len(request.body) - _WAV_HEAD):
            return _json(429, {"error": {"code": "429", "message": "Too many requests"}})
        if not self.state.text:
            return _json(200, {"RecognitionStatus": "InitialSilenceTimeout", "Offset": 0, "Duration": 50_000_000})
        best = {
            "Confidence": self.state.confidence,
            "Lexical": self.state.text.lower(),
            "Display": self.state.text,
        }
        answer = {"RecognitionStatus": "Success", "Offset": 500_000, "Duration": 61_000_000, "NBest": [best]}
        return _json(200, {**answer, "DisplayText": self.state.text})

    def _google(self, request: Request) -> Answer:
        if request.headers.get("x-goog-api-key") != self.state.key:
            return _google_error(400, "API key not valid. Please pass a valid API key.", "INVALID_ARGUMENT")
        samples, locale = _sound(request.body)
        if samples is None or locale not in self.state.languages or len(samples) / _RATE > _LONGEST:
            return _google_error(400, "Invalid recognition config, audio or length.", "INVALID_ARGUMENT")
        if not self._take(len(samples)):
            return _google_error(429, "Quota exceeded.", "RESOURCE_EXHAUSTED")
        if not self.state.text:
            return _json(200, {"totalBilledTime": "15s"})
        best = {"transcript": self.state.text, "confidence": self.state.confidence}
        return _json(200, {"results": [{"alternatives": [best], "resultEndTime": "6.1s", "languageCode": locale}]})

    def _take(self, size: int) -> bool:
        """Whether one more request is free, and note its sound."""
        if self.state.quota <= 0:
            return False
        self.state.quota -= 1
        self.state.seconds.append(size / _RATE)
        return True


def _sound(body: bytes) -> tuple[bytes | None, str]:
    """The samples and the language of one of Google's requests; None for what it does not accept."""
    try:
        asked: Any = json.loads(body)
        if asked["config"]["encoding"] != "LINEAR16":
            return None, ""
        return base64.b64decode(asked["audio"]["content"], validate=True), asked["config"]["languageCode"]
    except (ValueError, KeyError, TypeError):
        return None, ""


def _json(status: int, body: dict[str, Any]) -> Answer:
    return Answer(status, json.dumps(body).encode())


def _google_error(status: int, message: str, code: str) -> Answer:
    return _json(status, {"error": {"code": status, "message": message, "status": code}})
