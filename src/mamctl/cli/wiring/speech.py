"""Builds the speech engine of the configuration, or says what is missing for it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from mamctl.config.secrets import speech_key
from mamctl.domain.speech.engine import EngineInfo
from mamctl.paths import models_folder

if TYPE_CHECKING:
    from mamctl.cli.runtime import Runtime
    from mamctl.jobs.speech.listen import ListenPolicy
    from mamctl.jobs.speech.ports import SpeechEngine

_HUB = "models--Systran--faster-whisper-{}/snapshots"


def describe_engine(runtime: Runtime) -> EngineInfo:
    """The configured engine as `doctor` shows it; nothing heavy is imported."""
    section = runtime.config.speech
    if section.service == "whisper":
        from mamctl.adapters.speech.whisper import describe_model

        return describe_model(section.model, section.model_size, _folders(section.model_size))
    from mamctl.adapters.speech.services import describe_service

    source = speech_key(section)
    assert source is not None
    return describe_service(section.service, source.variable, os.environ, section.azure_region, section.azure_url)


@contextmanager
def open_engine(runtime: Runtime) -> Iterator[SpeechEngine | EngineInfo]:
    """The engine, to be closed; an EngineInfo that says what is missing where there is none."""
    info = describe_engine(runtime)
    if info.unavailable:
        yield info
        return
    section = runtime.config.speech
    if section.service == "whisper":
        from mamctl.adapters.speech.whisper import WhisperEngine, WhisperModelFolder, find_model

        model = find_model(section.model, section.model_size, _folders(section.model_size))
        assert isinstance(model, WhisperModelFolder)
        with WhisperEngine(model, threads=section.threads) as engine:
            yield engine
        return
    from mamctl.adapters.http.client import WayOut
    from mamctl.adapters.http.proxies import by_environment
    from mamctl.adapters.speech.services import Azure, Google, ServiceEngine

    source = speech_key(section)
    key = source.read(os.environ) if source else None
    assert key is not None
    way = WayOut(by_environment, timeout=section.timeout)
    service: Azure | Google
    if section.service == "azure":
        service = Azure(key.reveal(), section.azure_region, (section.azure_url or "").rstrip("/"))
    else:
        service = Google(key.reveal(), (section.google_url or "").rstrip("/"))
    try:
        with ServiceEngine(service, way) as remote:
            yield remote
    finally:
        way.close()


def listen_policy(runtime: Runtime) -> ListenPolicy:
    """How far listening goes, from `[speech]`."""
    from mamctl.domain.speech.narrators import Acceptance
    from mamctl.jobs.speech.listen import ListenPolicy

    section = runtime.config.speech
    return ListenPolicy(
        timeout=section.timeout,
        budget=section.max_minutes * 60 or None,
        acceptance=Acceptance(score=section.accept_score, margin=section.accept_margin),
        cache=section.cache,
    )


def _folders(model_size: str) -> tuple[Path, ...]:
    """Where models are looked for: mamctl's own folder, then what faster-whisper has downloaded before."""
    cache = Path(os.environ.get("HF_HOME", "~/.cache/huggingface")).expanduser() / "hub"
    downloaded = sorted((cache / _HUB.format(model_size)).glob("*")) if cache.is_dir() else []
    return (models_folder(), *downloaded)
