"""The MediaInfo text that an uploader's torrent carries, as figures."""

from __future__ import annotations

import re

from mamctl.adapters.tracker.json_text import read_json
from mamctl.domain.json_values import Json
from mamctl.domain.site.search import MediaInfo
from mamctl.regex import regex

_QUANTITY = regex(r"(\d[\d ,]*(?:\.\d+)?)\s*([a-z/]*)", re.IGNORECASE | re.ASCII)
_CLOCK = regex(r"(?:(\d{1,4}):)?(\d{1,4}):(\d{1,2}(?:\.\d+)?)", re.ASCII)
_SPELT = regex(r"(\d{1,6}(?:\.\d+)?)\s*(ms|h|min|mn|m|s)\b", re.IGNORECASE | re.ASCII)
_SECONDS = {"h": 3600.0, "min": 60.0, "mn": 60.0, "m": 60.0, "s": 1.0, "ms": 0.001}
_BITS = {"": 1, "b/s": 1, "bps": 1, "kb/s": 1000, "kbps": 1000, "mb/s": 1_000_000, "mbps": 1_000_000}


def read_media_info(value: object) -> MediaInfo | None:
    """Codec, bit rate, channels and duration where they can be read; None when nothing can."""
    found = _unwrapped(value)
    general, audio = _section(found, "General"), _section(found, "Audio1") or _section(found, "Audio")
    info = MediaInfo(
        codec=_text(audio.get("Format")) or _codec_of_file(_text(general.get("Format"))),
        bitrate=_bitrate(audio.get("BitRate")),
        channels=_channels(audio.get("Channels")),
        duration=_duration(general.get("Duration", audio.get("Duration"))),
    )
    return None if info == MediaInfo() else info


# What the sound is packed in says nothing of its codec: AAC, ALAC and others lie in MPEG-4, Vorbis and Opus in Ogg.
_CONTAINERS = frozenset({"mpeg-4", "quicktime", "ogg", "matroska", "webm", "wave"})


def _codec_of_file(form: str | None) -> str | None:
    return None if form is None or form.lower() in _CONTAINERS else form


def _unwrapped(value: object) -> dict[str, Json]:
    if isinstance(value, str):
        try:
            value = read_json(value)
        except (ValueError, RecursionError):
            return {}
    return value if isinstance(value, dict) else {}


def _section(found: dict[str, Json], name: str) -> dict[str, Json]:
    section = found.get(name)
    return section if isinstance(section, dict) else {}


def _text(value: object) -> str | None:
    return value.strip()[:40] or None if isinstance(value, str) else None


def _bitrate(value: object) -> int | None:
    """128000, "128000" or "128 kb/s"; below 1000 without a unit is taken as kbit/s."""
    match = _QUANTITY.match(str(value)[:40].strip()) if isinstance(value, str | int | float) else None
    factor = _BITS.get(match[2].lower()) if match else None
    if not match or factor is None:
        return None
    bits = float(match[1].replace(" ", "").replace(",", "")) * factor
    return round(bits * 1000 if not match[2] and bits < 1000 else bits) or None


def _channels(value: object) -> int | None:
    match = re.match(r"\s*(\d{1,2})\b", str(value)[:40], re.ASCII) if isinstance(value, str | int) else None
    return int(match[1]) or None if match else None


def _duration(value: object) -> float | None:
    """Seconds from 3723.5, "3723.5", "1:02:03" or "1 h 2 min 3 s"."""
    text = str(value)[:60].strip() if isinstance(value, str | int | float) else ""
    if re.fullmatch(r"\d{1,9}(?:\.\d+)?", text, re.ASCII):
        return float(text) or None
    if clock := _CLOCK.fullmatch(text):
        hours, minutes, seconds = clock.groups()
        return int(hours or 0) * 3600 + int(minutes) * 60 + float(seconds)
    parts = _SPELT.findall(text)
    return sum(float(number) * _SECONDS[unit.lower()] for number, unit in parts) or None
