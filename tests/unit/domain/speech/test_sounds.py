"""How engines mishear names: what sounds like a name counts, and what only looks like one does not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mamctl.domain.speech.sound_alike import most_similar, name_similarity, whole_similarity
from mamctl.domain.speech.sounds import sound_similarity, sounds


@pytest.mark.spec("META-5")
@pytest.mark.parametrize(
    ("heard", "name", "other"),  # what an engine wrote, who is meant, who is not
    [
        ("owen achafer", "Owen Okafor", "Owen Asher"),
        ("beaters prescott", "Beatrice Prescott", "Beatrice Frost"),
        ("margaret farrarer", "Margaret Ferreira", "Greta Rivera"),
        ("clara blackwood", "Clara Blackwood", "Greta Blackwood"),
        ("florence rivera", "Florence Rivera", "Felix Rivera"),
        ("see adoreyvens craft", "Theodore Ravenscroft", "Isaac Ravenscroft"),
        ("beatrice trimming", "Beatrice Tremaine", "Beatrice Ingram"),
        ("cathering akifer", "Katherine Okafor", "Katherine Asher"),
        ("greta kassel and", "Greta Castellan", "Greta Kowalski"),
        ("nick poe dale", "Nick Podehl", "Nicola Dale"),
        ("joanna lindqvist", "Johanna Lindquist", "Jonas Lindquist"),
    ],
)
def test_sounds_tell_people_apart(heard: str, name: str, other: str):
    best, rival = most_similar(heard.split(), [other, name])[:2]
    assert best[2] == name
    assert best[0] >= 75
    assert rival[0] <= best[0] - 10


@pytest.mark.parametrize(
    ("one", "other"),
    [("Catherine", "Katherine"), ("Stephen", "Steven"), ("Philip", "Filip"), ("Knox", "Nox"), ("Wright", "Right")],
)
def test_spellings_of_one_sound_are_alike(one: str, other: str):
    assert whole_similarity([one.lower()], other) >= 90


def test_a_word_border_is_where_the_sounds_have_it():
    whole, given_name, family = sound_similarity(sounds("tomaskarlisle"), (sounds("thomas"), sounds("carlisle")))
    assert min(whole, given_name, family) >= 90


@given(st.text("abcdefghijklmnopqrstuvwxyz ", max_size=30), st.text("abcdefghijklmnopqrstuvwxyz ", max_size=30))
def test_any_words_are_compared(one: str, other: str):
    score, end = name_similarity(one.split(), other)
    assert 0 <= score <= 100
    assert 0 <= end <= len(one.split())
    for part in sound_similarity(sounds(one), (sounds(other), sounds(one))):
        assert 0 <= part <= 100


@given(st.sampled_from(["Mara Vell", "Tom Asher", "Ines de Quill", "J. R. Walter Drummond", "Zoë"]))
def test_the_very_name_is_alike_in_full(name: str):
    heard = name.lower().replace(".", "").replace("ë", "e").split()
    assert name_similarity(heard, name)[0] == pytest.approx(100)
