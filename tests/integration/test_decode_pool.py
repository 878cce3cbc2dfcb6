"""The decoders work side by side, and outlive files that hang or kill them."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from mamctl.adapters.audio.pool import DecodePool, time_limit
from mamctl.domain.library.audio_facts import DecodeRequest
from mamctl.domain.library.audio_integrity import AudioIntegrity, judge_audio

pytestmark = [pytest.mark.real("ffmpeg"), pytest.mark.spec("META-4")]

# The real worker, but a file named "hang" stops it and one named "die" kills it, as a hostile file could.
HOSTILE = """
import os, signal, sys, time
from mamctl.adapters.audio import worker as audio_worker
real = audio_worker.find_measure
def find(ffmpeg):
    measure = real(ffmpeg)
    def hostile(path, *, whole):
        if path.endswith("hang.mp3"):
            time.sleep(600)
        if os.path.basename(path).startswith("die"):
            os.kill(os.getpid(), signal.SIGSEGV)
        if path.endswith("noise.mp3"):
            print("something on stdout", flush=True)
            os.write(1, b"more of it")
        return measure(path, whole=whole)
    return hostile
audio_worker.find_measure = find
audio_worker.main()
"""


def requests(*paths: Path) -> list[DecodeRequest]:
    return [DecodeRequest(path.name, str(path), path.stat().st_size) for path in paths]


@pytest.fixture
def hostile() -> Iterator[DecodePool]:
    with DecodePool(
        2,
        limit=lambda request: 2.0 if request.key == "hang.mp3" else 60.0,
        command=(sys.executable, "-c", HOSTILE, "ffmpeg"),
    ) as pool:
        yield pool


def test_every_file_gets_its_own_answer(audio_kit: Path):
    files = sorted(audio_kit.glob("*.mp3"))
    with DecodePool(2) as pool:
        answers = {
            request.key: judge_audio(facts, request.size) for request, facts in pool.measure_each(requests(*files))
        }
    assert set(answers) == {file.name for file in files}
    assert answers["mp3.mp3"].sound is AudioIntegrity.GOOD
    assert answers["cut_mp3.mp3"].sound is AudioIntegrity.DAMAGED
    assert answers["zeros.mp3"].sound is AudioIntegrity.UNREADABLE


def test_a_file_that_kills_the_decoder_costs_only_itself(hostile: DecodePool, audio_kit: Path, tmp_path: Path):
    names = ["one.mp3", "die.mp3", "two.mp3", "die_again.mp3", "three.mp3"]
    for name in names:
        os.link(audio_kit / "mp3.mp3", tmp_path / name)
    answers = {r.key: facts for r, facts in hostile.measure_each(requests(*(tmp_path / name for name in names)))}
    assert answers["die.mp3"].failure == "the decoder crashed (SIGSEGV)"
    assert answers["die_again.mp3"].failure == "the decoder crashed (SIGSEGV)"
    assert [answers[name].failure for name in ("one.mp3", "two.mp3", "three.mp3")] == [None, None, None]


def test_a_file_that_hangs_is_given_up(hostile: DecodePool, audio_kit: Path, tmp_path: Path):
    for name in ("hang.mp3", "good.mp3"):
        os.link(audio_kit / "mp3.mp3", tmp_path / name)
    found = hostile.measure_each(requests(tmp_path / "hang.mp3", tmp_path / "good.mp3"))
    answers = {request.key: facts for request, facts in found}
    assert answers["hang.mp3"].failure == "the decoder hung for 2 s"
    assert answers["good.mp3"].failure is None


def test_what_a_library_prints_is_no_answer(hostile: DecodePool, audio_kit: Path, tmp_path: Path):
    os.link(audio_kit / "mp3.mp3", tmp_path / "noise.mp3")
    ((_, facts),) = hostile.measure_each(requests(tmp_path / "noise.mp3"))
    assert facts.failure is None


def test_a_file_that_vanished_is_unreadable(tmp_path: Path):
    with DecodePool(1) as pool:
        ((_, facts),) = pool.measure_each([DecodeRequest(0, str(tmp_path / "gone.mp3"), 10)])
    assert facts.failure == "cannot be read: No such file or directory"


def test_a_name_that_is_no_utf8_is_decoded(audio_kit: Path, tmp_path: Path):
    path = os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.mp3")
    os.link(audio_kit / "mp3.mp3", path)
    with DecodePool(1) as pool:
        ((request, facts),) = pool.measure_each([DecodeRequest(0, path, 10)])
    assert (request.path, facts.failure) == (path, None)


def test_no_decoder_outlives_the_pool(audio_kit: Path):
    with DecodePool(3) as pool:
        list(pool.measure_each(requests(*audio_kit.glob("mp3.mp3"))))
        children = [decoder.child._process for decoder in pool._idle]
    assert children
    assert all(child.returncode == -signal.SIGKILL for child in children)


def test_requests_are_not_read_ahead(audio_kit: Path):
    asked: list[int] = []

    def endless() -> Iterator[DecodeRequest]:
        for number in range(1_000_000):
            asked.append(number)
            yield DecodeRequest(number, str(audio_kit / "mp3.mp3"), 10)

    with DecodePool(2) as pool:
        answers = pool.measure_each(endless())
        next(answers)
        answers.close()
    assert len(asked) <= 3


def test_a_whole_decode_may_take_longer_than_a_look_at_the_edges():
    edges, whole = (DecodeRequest(0, "x", 300_000_000, whole=whole) for whole in (False, True))
    assert time_limit(edges) == 60
    assert time_limit(whole) > 1000


def test_where_nothing_can_decode_each_file_is_said_not_to_be_tried(monkeypatch: pytest.MonkeyPatch):
    from mamctl.adapters.audio import worker

    monkeypatch.setattr(worker, "find_spec", lambda name: None)
    with DecodePool(2, ffmpeg="/nonexistent/ffmpeg") as pool:
        requests = [DecodeRequest(number, f"/{number}.mp3", 1, whole=False) for number in range(3)]
        answers = list(pool.measure_each(requests))
    assert [request.key for request, _ in answers] == [0, 1, 2]
    assert {facts.not_attempted for _, facts in answers} == {worker.NO_DECODER}
