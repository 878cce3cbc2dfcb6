"""Real files, really damaged, get the right verdict, by PyAV and by the ffmpeg program."""

from __future__ import annotations

from pathlib import Path

import pytest
from mutagen.apev2 import APEv2

from mamctl.adapters.audio import ffmpeg as audio_ffmpeg
from mamctl.adapters.audio import pyav as audio_av
from mamctl.domain.library.audio_integrity import AudioIntegrity
from mamctl.domain.library.book import AudioFile, judge_file
from mamctl.domain.library.files import FoundFile
from tests.kit.audio import RECIPES, SECONDS

pytestmark = [pytest.mark.real("ffmpeg"), pytest.mark.spec("META-4")]

MEASURES = {"av": audio_av.measure, "ffmpeg": audio_ffmpeg.measure}
# Without a header that counts, a cut leaves no trace inside the file: only the torrent's size tells.
TRACELESS = {"headerless.mp3", "headerless_vbr.mp3"}
UNCHECKABLE = {"wav.wav", "aiff.aiff"}  # samples have no checksum: noise is as good as sound
UNTOLD = {("wma.wma", "ffmpeg")}


def verdict(path: Path, *, whole: bool, by: str = "av") -> AudioFile:
    facts = MEASURES[by](str(path), whole=whole)
    found = FoundFile(str(path), path.stat().st_size, 0, 0, 0, 1)
    return judge_file(found, facts, whole=whole)


@pytest.mark.parametrize("whole", [False, True], ids=["edges", "whole"])
@pytest.mark.parametrize("name", [*RECIPES, "m4b_named.mp3"])
def test_a_good_file_is_good(audio_kit: Path, name: str, whole: bool):
    file = verdict(audio_kit / name, whole=whole)
    assert (file.sound, file.detail) == (AudioIntegrity.GOOD, "")
    assert file.duration == pytest.approx(SECONDS, rel=0.01)
    assert (file.channels, file.sample_rate) == (1, 48_000 if "opus" in name else 44_100)


@pytest.mark.parametrize("by", MEASURES)
@pytest.mark.parametrize("whole", [False, True], ids=["edges", "whole"])
@pytest.mark.parametrize("cut", ["cut", "docked"])
@pytest.mark.parametrize("name", sorted(set(RECIPES) - TRACELESS))
def test_audio_verification(audio_kit: Path, name: str, cut: str, whole: bool, by: str):
    file = verdict(audio_kit / f"{cut}_{name}", whole=whole, by=by)
    assert file.sound is (AudioIntegrity.UNREADABLE if name == "m4b.m4b" else AudioIntegrity.DAMAGED), file
    assert file.detail


@pytest.mark.parametrize("by", MEASURES)
@pytest.mark.parametrize("name", sorted(set(RECIPES) - UNCHECKABLE))
def test_noise_in_the_middle_is_found_by_the_whole_decode(audio_kit: Path, name: str, by: str):
    if (name, by) in UNTOLD:
        pytest.xfail("this ffmpeg passes over it without a word")
    assert verdict(audio_kit / f"overwritten_{name}", whole=True, by=by).sound is AudioIntegrity.DAMAGED


@pytest.mark.parametrize("name", ["mp3.mp3", "vbr.mp3", "headerless.mp3", "flac.flac", "opus.opus", "vorbis.ogg"])
def test_noise_near_the_beginning_is_found_by_the_quick_check(audio_kit: Path, name: str):
    file = verdict(audio_kit / f"scratched_{name}", whole=False)
    assert file.sound is not AudioIntegrity.GOOD, file


@pytest.mark.parametrize("by", MEASURES)
@pytest.mark.parametrize("whole", [False, True], ids=["edges", "whole"])
@pytest.mark.parametrize("name", ["zeros.mp3", "random.mp3", "text.mp3", "empty.mp3", "hundred.mp3", "picture.mp3"])
def test_what_is_no_audio_is_unreadable(audio_kit: Path, name: str, whole: bool, by: str):
    file = verdict(audio_kit / name, whole=whole, by=by)
    assert (file.sound, file.duration) == (AudioIntegrity.UNREADABLE, None)
    assert file.detail


JOINED = [
    ("mp3.mp3", "vbr.mp3"), ("headerless.mp3", "headerless_vbr.mp3"), ("headerless.mp3", "mp3.mp3", "mp3.mp3"),
    ("ape", "v1", "mp3.mp3"),
]  # fmt: skip


@pytest.fixture(scope="module")
def tagged(audio_kit: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """MP3s whose tags stand at their end, one of them larger than a frame."""
    folder = tmp_path_factory.mktemp("tagged")
    sound = (audio_kit / "headerless.mp3").read_bytes()
    (folder / "v1").write_bytes(sound + b"TAG" + b"The Salt Road".ljust(125, b"\0"))
    (folder / "ape").write_bytes(sound)
    tags = APEv2()
    tags["Album"] = "The Salt Road " * 400
    tags.save(folder / "ape")
    return folder


@pytest.mark.parametrize("by", MEASURES)
@pytest.mark.parametrize("whole", [False, True], ids=["edges", "whole"])
@pytest.mark.parametrize("parts", JOINED, ids="+".join)
def test_joined_mp3s_are_valid(audio_kit: Path, tagged: Path, tmp_path: Path, parts, whole: bool, by: str):
    path = tmp_path / "joined.mp3"
    pieces = (audio_kit / name if "." in name else tagged / name for name in parts)
    path.write_bytes(b"".join(piece.read_bytes() for piece in pieces))
    file = verdict(path, whole=whole, by=by)
    assert (file.sound, file.detail) == (AudioIntegrity.GOOD, "")
    assert file.duration == pytest.approx(SECONDS * len(parts), rel=0.01)


@pytest.mark.parametrize("by", MEASURES)
def test_damage_in_a_joined_mp3_is_still_found(audio_kit: Path, tmp_path: Path, by: str):
    path = tmp_path / "joined.mp3"
    path.write_bytes((audio_kit / "overwritten_mp3.mp3").read_bytes() + (audio_kit / "mp3.mp3").read_bytes())
    assert verdict(path, whole=True, by=by).sound is AudioIntegrity.DAMAGED


@pytest.mark.parametrize("by", MEASURES)
@pytest.mark.parametrize("sparse", [True, False], ids=["hole", "zeros"])
@pytest.mark.parametrize("name", ["mp3.mp3", "m4b.m4b", "fast.m4b", "flac.flac", "opus.opus", "vorbis.ogg"])
def test_a_piece_that_never_came_is_found_by_the_quick_check(audio_kit, tmp_path, name: str, sparse: bool, by: str):
    whole = (audio_kit / name).read_bytes()
    first, last = len(whole) // 4, len(whole) * 3 // 4
    path = tmp_path / name
    with path.open("wb") as file:
        file.write(whole[:first])
        file.seek(last) if sparse else file.write(bytes(last - first))
        file.write(whole[last:])
    file = verdict(path, whole=False, by=by)
    assert file.sound is AudioIntegrity.DAMAGED
    assert "never written, from byte" in file.detail


def test_the_fault_is_told_with_its_position(audio_kit: Path):
    assert "cannot be decoded at 0:00:19" in verdict(audio_kit / "overwritten_mp3.mp3", whole=True).detail
    assert "audio ends at 0:00:19" in verdict(audio_kit / "cut_mp3.mp3", whole=False).detail


@pytest.mark.parametrize("by", MEASURES)
def test_what_the_file_claims_is_read(audio_kit: Path, by: str):
    file = verdict(audio_kit / "m4b.m4b", whole=False, by=by)
    assert (file.container, file.codec, file.header_duration) == ("mp4", "aac", SECONDS)
    assert [mark.title for mark in file.chapters] == ["Chapter 1", "Chapter 2"]
    assert file.chapters[1].start == 20
    assert file.has_cover
    assert 50_000 < (file.bit_rate or 0) < 80_000


@pytest.mark.parametrize("whole", [False, True], ids=["edges", "whole"])
@pytest.mark.parametrize("name", RECIPES)
def test_the_ffmpeg_program_says_the_same_of_good_files(audio_kit: Path, name: str, whole: bool):
    file = verdict(audio_kit / name, whole=whole, by="ffmpeg")
    assert (file.sound, file.detail) == (AudioIntegrity.GOOD, "")
    assert file.duration == pytest.approx(SECONDS, rel=0.01)
