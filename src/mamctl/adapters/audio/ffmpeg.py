"""Measures one audio file with the ffmpeg and ffprobe programs, where PyAV cannot be installed.

Slower (a process start costs more than the work), and faults come without a position: ffmpeg's own words are kept.
"""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from mamctl.adapters.audio.embedded_tags import holds_tags_inside, without_tags
from mamctl.adapters.audio.truncation import ContainerEnd, read_container_end
from mamctl.adapters.audio.zero_regions import find_zeros
from mamctl.domain.library.audio_facts import AudioFacts, Chapter, DecodeError

END = 10.0
WHOLE_BELOW = 25.0
MAX_ERRORS = 20
ESTIMATE_NOTE = "Estimating duration from bitrate"
# A seek may land without the bit reservoir that the first frames refer to; that is not a fault of the file.
HARMLESS = ("invalid new backstep", ESTIMATE_NOTE, "timescale not set")


def measure(path: str, *, whole: bool, ffmpeg: str = "ffmpeg") -> AudioFacts:
    """Opens and decodes the file at `path`. Whatever is wrong with it is in the facts; only OSError is raised."""
    end = read_container_end(path)
    probe = _run([_ffprobe(ffmpeg), "-v", "warning", *_PROBE, "file:" + path])
    notes = probe.stderr.decode(errors="replace")
    data = json.loads(probe.stdout or b"{}")
    sound = next((part for part in data.get("streams", ()) if part.get("codec_type") == "audio"), None)
    if probe.returncode != 0:
        return AudioFacts(failure=f"cannot be opened: {_first_line(notes)}")
    if sound is None:
        return AudioFacts(failure=f"contains no audio (it is {data.get('format', {}).get('format_name')})")
    facts = _claims(data, sound, end, estimated=ESTIMATE_NOTE in notes)
    decoded = _decode(ffmpeg, path, facts, whole=whole)
    if decoded.error_count and facts.container == "mp3":
        decoded = _decode_joined(ffmpeg, path, facts) or decoded
    zeros = find_zeros(path)
    return replace(decoded, zero_bytes=zeros.size, zeros_from=zeros.first)


_PROBE = ("-show_format", "-show_streams", "-show_chapters", "-of", "json")


def _ffprobe(ffmpeg: str) -> str:
    return str(Path(ffmpeg).with_name("ffprobe")) if os.sep in ffmpeg else "ffprobe"


def _run(command: list[str]) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False)


def _first_line(notes: str) -> str:
    return next((line.partition("] ")[2] or line for line in notes.splitlines() if line.strip()), "no reason given")


def _claims(data: dict[str, Any], sound: dict[str, Any], end: ContainerEnd, *, estimated: bool) -> AudioFacts:
    form = data["format"]
    names = form["format_name"].split(",")
    claimed = float(sound.get("duration") or form.get("duration") or 0)
    return AudioFacts(
        container="mp4" if "mp4" in names else names[0],
        codec=sound.get("codec_name"),
        bit_rate=_whole(sound.get("bit_rate") or form.get("bit_rate")),
        channels=_whole(sound.get("channels")),
        sample_rate=_whole(sound.get("sample_rate")),
        header_duration=round(claimed, 3) or None,
        estimated=estimated,
        chapters=tuple(
            Chapter(float(mark["start_time"]), float(mark["end_time"]), mark.get("tags", {}).get("title", ""))
            for mark in data.get("chapters", ())
        ),
        has_cover=any(part.get("codec_type") == "video" for part in data["streams"]),
        missing_bytes=end.missing_bytes,
        end_marked=end.end_marked,
    )


def _whole(text: str | int | None) -> int | None:
    return int(text) or None if text is not None else None


def _decode(ffmpeg: str, path: str, facts: AudioFacts, *, whole: bool) -> AudioFacts:
    claimed = facts.header_duration or 0
    if whole or claimed <= WHOLE_BELOW:
        seconds, faults = _play(ffmpeg, path)
        return _with(facts, seconds, seconds, faults, whole=True)
    opening, faults = _play(ffmpeg, path, "-t", str(END), seek=())
    start = claimed - END
    ending, more = _play(ffmpeg, path, seek=("-ss", str(start)))
    if ending <= 0 or facts.estimated:  # only decoding it all tells where the sound ends
        return _decode(ffmpeg, path, facts, whole=True)
    return _with(facts, opening + ending, start + ending, faults + more, whole=False)


def _play(ffmpeg: str, path: str, *limit: str, seek: tuple[str, ...] = ()) -> tuple[float, list[str]]:
    """Seconds that came out, and what ffmpeg had to say."""
    done = _run(_command(ffmpeg, "file:" + path, *seek, limit=limit))
    return _outcome(done.stdout, done.stderr)


def _command(ffmpeg: str, source: str, *before: str, limit: tuple[str, ...] = ()) -> list[str]:
    """ffmpeg's command line: decode `source`, after the options `before` it, and write nothing."""
    command = [ffmpeg, "-v", "error", "-nostdin", "-err_detect", "crccheck", *before, "-i", source]
    return [*command, "-map", "0:a:0", *limit, "-f", "null", "-progress", "pipe:1", "-nostats", "-"]


def _outcome(progress: bytes, notes: bytes) -> tuple[float, list[str]]:
    """Seconds that came out, and the faults among ffmpeg's notes."""
    times = [line.partition("=")[2] for line in progress.decode().splitlines() if line.startswith("out_time_us=")]
    lines = [line for line in notes.decode(errors="replace").splitlines() if line.strip()]
    return _microseconds(times[-1] if times else ""), [
        line for line in lines if not any(note in line for note in HARMLESS)
    ]


def _decode_joined(ffmpeg: str, path: str, facts: AudioFacts) -> AudioFacts | None:
    """All of an MP3 that was joined from several files, without the tags between them; None for any other."""
    with open(path, "rb") as file:  # noqa: PTH123  a path may hold bytes that are not UTF-8
        if not holds_tags_inside(file):
            return None
        file.seek(0)
        command = _command(ffmpeg, "pipe:0", "-f", "mp3")
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=out, stderr=err)
            assert process.stdin is not None
            with suppress(BrokenPipeError), process.stdin as pipe:
                for part in without_tags(file):
                    pipe.write(part)
            process.wait()
            out.seek(0)
            err.seek(0)
            seconds, faults = _outcome(out.read(), err.read())
    return _with(facts, seconds, seconds, faults, whole=True)


def _microseconds(text: str) -> float:
    return max(0, int(text)) / 1_000_000 if text.lstrip("-").isdigit() else 0.0


def _with(facts: AudioFacts, decoded: float, decoded_until: float, faults: list[str], *, whole: bool) -> AudioFacts:
    spots = tuple(DecodeError(None, line.partition("] ")[2] or line) for line in faults[:MAX_ERRORS])
    return replace(
        facts,
        whole=whole,
        decoded=round(decoded, 3),
        decoded_until=round(decoded_until, 3) if decoded > 0 else None,
        errors=spots,
        error_count=len(faults),
    )
