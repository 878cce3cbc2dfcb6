"""Measures one audio file with PyAV: what it claims to be, and what comes out when it is decoded.

Packets are decoded one by one, so that a bad one is counted instead of ending the reading. Call it in a child process
only (adapters/audio.py): a hostile file may hang or crash the decoder's C code.
"""

from __future__ import annotations

from dataclasses import field, replace
from typing import TYPE_CHECKING, Any

from mamctl.adapters.audio.embedded_tags import tag_end
from mamctl.adapters.audio.truncation import ContainerEnd, read_container_end
from mamctl.adapters.audio.zero_regions import find_zeros
from mamctl.dataclass import dataclass
from mamctl.domain.library.audio_facts import AudioFacts, Chapter, DecodeError

if TYPE_CHECKING:
    from collections.abc import Iterator

END = 10.0  # seconds decoded at each end
WHOLE_BELOW = 25.0  # a file about as short as its two edges is decoded in one go
MAX_ERRORS = 20
# Frames follow each other within a few milliseconds; a lost packet leaves at least one frame (20 ms and more).
JUMP = 0.05
AFTER_SEEK = 1.0  # the first second after a seek may lack its bit reservoir
FATAL_DEMUX_ERRORS = 50
MP3_SYNC = b"\xff"  # every frame begins with it
ESTIMATE_NOTE = "Estimating duration from bitrate"


def measure(path: str, *, whole: bool) -> AudioFacts:
    """Opens and decodes the file at `path`. Whatever is wrong with it is in the facts; only OSError is raised."""
    import av
    from av import logging

    end = read_container_end(path)
    logging.set_level(logging.WARNING)
    logging.set_skip_repeated(False)  # otherwise a note on the former file may come with this one
    with logging.Capture(local=False) as notes:
        try:
            # Without fastseek an MP3 is read from its beginning to find a time.
            with av.open(path, metadata_errors="replace", options={"fflags": "+fastseek"}) as container:
                estimated = any(ESTIMATE_NOTE in text for _level, _name, text in notes)
                logging.set_level(logging.PANIC)  # a bad file may have a million things to say
                facts = _measure_open(container, _claims(container, end, estimated=estimated), whole=whole)
        except av.FFmpegError as error:
            return AudioFacts(failure=_why_closed(error, notes))
    zeros = find_zeros(path)
    return replace(facts, zero_bytes=zeros.size, zeros_from=zeros.first)


def _measure_open(container: Any, facts: AudioFacts, *, whole: bool) -> AudioFacts:
    if not container.streams.audio:
        return AudioFacts(failure=f"contains no audio (it is {container.format.name})")
    claimed = facts.header_duration or 0
    whole = whole or claimed <= WHOLE_BELOW
    context = container.streams.audio[0].codec_context
    context.thread_count = 1  # the pool is what runs in parallel
    # FLAC only counts as broken when its checksum failure is an error; MP3s of old encoders have wrong ones and play.
    context.options = {"err_detect": "crccheck+explode" if context.name == "flac" else "crccheck"}
    if whole:
        return _with(facts, (_run(container, None, None),), whole=True)
    opening, ending = _run(container, None, END), _run(container, claimed - END, None)
    if ending.decoded_until is None:  # cut: only decoding it all tells where
        return _with(facts, (_run(container, 0, None),), whole=True)
    if facts.estimated:
        ending.decoded_until = _packet_time(container)
    return _with(facts, (opening, ending), whole=False)


def _packet_time(container: Any) -> float:
    """Seconds that the packets last together, read but not decoded: no header says it."""
    container.seek(0)
    stream = container.streams.audio[0]
    return sum(float((packet.duration or 0) * packet.time_base) for packet in container.demux(stream))


def _why_closed(error: Any, notes: list[Any]) -> str:
    from av import logging

    noted = next((text.strip() for level, _name, text in notes if level <= logging.ERROR), None)
    return f"cannot be opened: {noted or error.strerror or type(error).__name__}"


def _claims(container: Any, end: ContainerEnd, *, estimated: bool) -> AudioFacts:
    if not container.streams.audio:
        return AudioFacts()
    stream = container.streams.audio[0]
    codec = stream.codec_context
    claimed = stream.duration * stream.time_base if stream.duration else (container.duration or 0) / 1_000_000
    return AudioFacts(
        container=_container_name(container.format.name),
        codec=codec.codec.canonical_name if codec else None,
        bit_rate=stream.codec_context.bit_rate or container.bit_rate or None,
        channels=codec.channels or None,
        sample_rate=codec.sample_rate or None,
        header_duration=round(float(claimed), 3) or None,
        estimated=estimated,
        chapters=tuple(_chapters(container)),
        has_cover=any(part.type == "video" for part in container.streams),
        missing_bytes=end.missing_bytes,
        end_marked=end.end_marked,
    )


def _container_name(names: str) -> str:
    return "mp4" if "mp4" in names.split(",") else names.split(",", maxsplit=1)[0]


def _chapters(container: Any) -> Iterator[Chapter]:
    for mark in container.chapters():
        base = mark["time_base"]
        title = str(mark["metadata"].get("title", ""))
        yield Chapter(round(float(mark["start"] * base), 3), round(float(mark["end"] * base), 3), title)


@dataclass
class _Stretch:
    """One stretch of decoding, with the counts of what it gave.

    In an MP3 of several joined files (`may_hold_tags`) no sound is expected before the offset `tags_until`.
    """

    started_at: float | None
    may_hold_tags: bool = False
    tags_until: int = 0
    in_tags: bool = False
    decoded: float = 0.0
    first: float | None = None
    decoded_until: float | None = None
    spots: list[DecodeError] = field(default_factory=list)
    count: int = 0

    def fault(self, at: float | None, message: str) -> None:
        """Counts one fault; only the first few are kept."""
        self.count += 1
        if len(self.spots) < MAX_ERRORS:
            self.spots.append(DecodeError(None if at is None else round(at, 3), message))

    def settling(self, at: float | None) -> bool:
        """Whether this is so soon after a seek that faults say nothing."""
        return self.started_at is not None and (self.first is None or (at is not None and at - self.first < AFTER_SEEK))

    def update(self, frame: Any) -> None:
        """Counts one decoded frame, and notices when time jumps."""
        if not frame.sample_rate:
            return
        length, at = frame.samples / frame.sample_rate, frame.time
        self.decoded += length
        if at is None:
            return
        until = self.decoded_until
        if until is not None and at - until > JUMP and not self.in_tags and not self.settling(at):
            self.fault(until, f"{at - until:.1f} s of audio lost")
        if self.first is None:
            self.first = at
        self.decoded_until, self.in_tags = at + length, False

    def passes_tags(self, packet: Any) -> bool:
        """Whether the packet lies in a tag between two joined files, or is what the tag left of the next frame."""
        if not self.may_hold_tags or packet.pos is None:
            return False
        data = bytes(packet)
        if data[:1] != MP3_SYNC:
            self.tags_until = max(self.tags_until, tag_end(data, packet.pos))
        inside = packet.pos < self.tags_until or (self.in_tags and data[:1] != MP3_SYNC)
        self.in_tags |= inside
        return inside


def _run(container: Any, start: float | None, stop_after: float | None) -> _Stretch:
    """Decodes from `start` (seconds; None: where it stands) until `stop_after` seconds came out, or to the end."""
    import av

    stretch = _Stretch(start, may_hold_tags=container.format.name == "mp3")
    if start is not None:
        try:
            container.seek(int(start * 1_000_000), backward=True)
        except (av.FFmpegError, EOFError):  # the place lies beyond what is there
            return stretch
    for packet in _packets(container, stretch):
        in_tags = stretch.passes_tags(packet)
        try:
            frames = packet.decode()
        except av.FFmpegError:
            at = _time(packet, stretch)
            if not in_tags and not stretch.settling(at):
                stretch.fault(at, "a packet cannot be decoded")
        else:
            if packet.is_corrupt and not stretch.settling(at := _time(packet, stretch)):
                stretch.fault(at, "a packet is incomplete")
            for frame in frames:
                stretch.update(frame)
        if stop_after is not None and stretch.decoded >= stop_after:
            break
    return stretch


def _time(packet: Any, stretch: _Stretch) -> float | None:
    """Seconds from the beginning. It costs as much as the demuxing, so it is called only where something is wrong."""
    return float(packet.pts * packet.time_base) if packet.pts is not None else stretch.decoded_until


def _packets(container: Any, stretch: _Stretch) -> Iterator[Any]:
    import av

    stream = container.streams.audio[0]
    source = container.demux(stream)
    failures = 0
    while failures < FATAL_DEMUX_ERRORS:
        try:
            yield from source
        except av.FFmpegError as error:
            failures += 1
            stretch.fault(stretch.decoded_until, f"cannot be read any further: {error.strerror}")
            source = container.demux(stream)
        else:
            return


def _with(facts: AudioFacts, stretches: tuple[_Stretch, ...], *, whole: bool) -> AudioFacts:
    return replace(
        facts,
        whole=whole,
        decoded=round(sum(stretch.decoded for stretch in stretches), 3),
        decoded_until=stretches[-1].decoded_until,
        errors=tuple(spot for stretch in stretches for spot in stretch.spots)[:MAX_ERRORS],
        error_count=sum(stretch.count for stretch in stretches),
    )
