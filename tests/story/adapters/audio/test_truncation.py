"""What a file lacks by its own structure is counted to the byte."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mamctl.adapters.audio.truncation import ContainerEnd, read_container_end


@pytest.mark.real("ffmpeg")
@pytest.mark.spec("META-4")
@pytest.mark.parametrize(
    "name", ["mp3.mp3", "vbr.mp3", "m4b.m4b", "fast.m4b", "wma.wma", "wav.wav", "aiff.aiff", "flac.mka"]
)
@pytest.mark.parametrize("share", [0.3, 0.5, 0.99])
def test_missing_bytes_are_counted(audio_kit: Path, tmp_path: Path, name: str, share: float):
    whole = (audio_kit / name).read_bytes()
    kept = int(len(whole) * share)
    (tmp_path / name).write_bytes(whole[:kept])
    missing = read_container_end(str(tmp_path / name)).missing_bytes
    if name == "m4b.m4b":  # the index after the sound is not announced by what comes before it
        assert missing > 0 or share == 0.99
    else:
        assert missing == pytest.approx(len(whole) - kept, abs=2)


@pytest.mark.real("ffmpeg")
@pytest.mark.parametrize("name", ["opus.opus", "vorbis.ogg"])
def test_an_ogg_stream_that_stops_is_seen(audio_kit: Path, tmp_path: Path, name: str):
    assert read_container_end(str(audio_kit / name)) == ContainerEnd()
    for share in (0.3, 0.9):
        whole = (audio_kit / name).read_bytes()
        (tmp_path / name).write_bytes(whole[: int(len(whole) * share)])
        assert not read_container_end(str(tmp_path / name)).end_marked


@pytest.mark.parametrize(
    "data",
    [
        b"",
        bytes.fromhex("1a45dfa3801853806701ffffffffffffff") + bytes(100),  # a segment whose end nobody wrote
        b"RIFF\xff\xff\xff\xffWAVE",  # streamed: nobody went back to fill the size in
        b"\0\0\0\x18ftypM4B \0\0\0\0M4A isom" + b"\0\0\0\0mdat" + bytes(100),  # "to the end of the file"
        b"ID3\x04\0\0\0\0\0\x0a" + bytes(10),
        b"\xff\xfb\x90\0" + bytes(32) + b"Info\0\0\0\x01",
    ],
)
def test_what_is_not_counted_is_not_missing(tmp_path: Path, data: bytes):
    (tmp_path / "x").write_bytes(data)
    assert read_container_end(str(tmp_path / "x")) == ContainerEnd()


HEADS = [
    b"",
    b"RIFF",
    b"OggS",
    b"ID3",
    b"\xff\xfb",
    b"\0\0\0\x20ftyp",
    b"FORM",
    bytes.fromhex("1a45dfa3"),
    bytes.fromhex("1a45dfa38018538067"),
    bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c"),
]


@given(head=st.sampled_from(HEADS), rest=st.binary(max_size=300))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_no_file_makes_it_raise(tmp_path: Path, head: bytes, rest: bytes):
    (tmp_path / "x").write_bytes(head + rest)
    assert read_container_end(str(tmp_path / "x")).missing_bytes >= 0
