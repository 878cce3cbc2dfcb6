"""A dozen made recordings, really written down: nobody is named who does not read."""

from __future__ import annotations

from pathlib import Path

import pytest
from bench.speech import find, measure
from bench.speech_corpus import make_corpus

pytestmark = [pytest.mark.real("espeak-ng"), pytest.mark.xdist_group("speech")]


@pytest.mark.spec("META-5")
def test_a_sample_of_the_benchmark_names_nobody_wrongly(tmp_path: Path) -> None:
    sample = [one for one in make_corpus(15, 3) if one.language == "en"]
    assert len(sample) == 12
    scores = measure(find(None), sample, tmp_path)
    for (way, _), score in scores.items():
        assert way == "none" or not score.wrong
    assert scores["known", "en"].right >= 4
