"""Made spoken openings and endings of audiobooks, with what each says: several voices, speeds, noise, music, idents."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from bench.speech_voices import KOKORO, RATE, Voices, write_wav

if TYPE_CHECKING:
    from collections.abc import Iterator

GIVEN = (
    "Mara Thomas Ines Joseph Lena Edith Walter Nadia Oscar Hugo Greta Samuel Ruth Felix Clara Jonas Beatrice Florence "
    "Gideon Harriet Isaac Judith Lydia Magnus Owen Rosalind Silas Victor Robert Elizabeth Alexander Katherine Michael "
    "Daniel Rebecca Jonathan Margaret Theodore Christopher Anne"
).split()
FAMILY = (
    "Asher Penfold Okafor Lindquist Marchetti Ferreira Castellan Drummond Everhart Fairweather Goldsmith Holloway "
    "Ingram Kirkwood Langley Montrose Northcott Oakley Prescott Ravenscroft Sinclair Tremaine Underhill Westbrook "
    "Whitlock Blackwood Pemberton Bell Dane Frost Hale Marsh Reed Stone Podell Rivera Kowalski Bergman Novak"
).split()
TITLES = (
    "The Salt Road|A Winter Harbor|The Lantern Keeper|Nine Quiet Rivers|The Glass Orchard|Beneath the Iron Hill|"
    "The Last Cartographer|House of Small Fires|A Map of Sleep|The Clockmaker's Daughter|Ashes at Noon|"
    "The Hollow Crown|Letters from the Tide|The Long Thaw|Songs for a Drowned City"
).split("|")
SERIES = ("Lantern Cycle", "Harbor Chronicles", "Northern Watch")
PUBLISHERS = ("Recorded Books", "Tantor Audio", "Brilliance Audio", "Podium Audio", "Blackstone Publishing")

# Openings by pattern; {t}itle, {a}uthor, {n}arrator, {m}: a second narrator, {p}ublisher, {s}eries, {o}ther person.
OPENINGS = {
    "audible": "This is Audible. {t}. Written by {a}. Narrated by {n}.",
    "originals": "Audible Originals presents {t}, by {a}, performed by {n}.",
    "publisher": "{p} presents {t}, by {a}, read by {n}.",
    "for you": "{p} presents an unabridged recording of {t}, by {a}, read for you by {n}.",
    "acx": "This is {t}, by {a}, narrated by {n}.",
    "series": "{t}. Book two of the {s}. By {a}. Narrated by {n}. Chapter one. The road was long and dark.",
    "two": "This is Audible. {t}, by {a}. Narrated by {n} and {m}.",
    "your narrator": "{t}, by {a}. Your narrator is {n}. Chapter one. It had been raining for a week.",
    "translated": "{t}, by {a}. Translated by {o}. Read by {n}.",
    "librivox": "Chapter one of {t}. This is a LibriVox recording. All LibriVox recordings are in the public domain. "
    "Read by {n}. {t}, by {a}.",
    "voiced": "{t}, written by {a}, voiced by {n}. Prologue.",
}
ENDINGS = {
    "listening": "And the door closed behind her. The end. You have been listening to {t}, by {a}, narrated by {n}.",
    "has been": "This has been {t}, written by {a} and read by {n}. Published by {p}.",
    "hopes": "{t} was written by {a} and narrated by {n}. Audible hopes you have enjoyed this program.",
}
BY_AUTHOR = {
    "author": "This is {t}, written and read by {a}.",
    "the author": "{t}, by {a}, read by the author.",
}
SILENT = {  # no reader is named
    "prose": "Chapter one. The rain had not stopped for nine days, and the letter he had read by candlelight lay open "
    "on the table. Nobody spoke. Outside, a cart went by the window.",
    "author only": "{t}, by {a}. Chapter one. She had walked by the river since dawn.",
    "ident": "This is Audible.",
    "foreword": "{t}, by {a}, with a foreword by {o}. Chapter one. The house stood empty.",
    "made by": "{t}, by {a}. Translated by {o}. Produced by {p}. Chapter one.",
}
OTHERS = {  # language: voice of espeak-ng, openings
    "de": ("de", ("{t}. Von {a}. Gelesen von {n}.", "{p} präsentiert {t} von {a}, gesprochen von {n}. Kapitel eins.")),
    "fr": ("fr-fr", ("{t}, de {a}. Lu par {n}.", "{t}, écrit par {a}, raconté par {n}. Chapitre un.")),
    "es": ("es", ("{t}, de {a}. Narrado por {n}.", "{t}, escrito por {a}, leído por {n}. Capítulo uno.")),
}
NAMES = {
    "de": ("Jürgen Weber|Anna Schneider|Markus Lindner|Katrin Hoffmann|Stefan Brandt|Ulrike Vogel", "Der Salzweg"),
    "fr": ("Pierre Moreau|Camille Laurent|Julien Fournier|Claire Dubois|Antoine Girard|Sophie Marchand", "La Route"),
    "es": ("Javier Moreno|Lucía Herrera|Carlos Navarro|Elena Castillo|Miguel Romero|Carmen Delgado", "El Camino"),
}


@dataclass(frozen=True, kw_only=True)
class Spoken:
    """One recording to be made: its text, how it is spoken, and what it says of its people."""

    number: int
    language: str
    place: str  # opening, closing
    pattern: str
    text: str
    title: str
    author: str
    readers: tuple[str, ...]
    tagged: tuple[str, ...]  # the readers that the files' tags name
    voice: str  # of piper, Kokoro or espeak-ng (bench/speech_voices.py)
    speed: int
    noise: float  # of the whole range
    music: bool
    ident: bool = field(default=False)


def make_corpus(number: int, seed: int) -> Iterator[Spoken]:
    """`number` recordings; about four of five in English. The same seed makes the same."""
    chance = random.Random(seed)
    for at in range(number):
        yield _foreign(at, chance) if at % 5 == 4 else _english(at, chance)


def _person(chance: random.Random) -> str:
    return f"{chance.choice(GIVEN)} {chance.choice(FAMILY)}"


def _english(at: int, chance: random.Random) -> Spoken:
    author, reader, second, other = (_person(chance) for _ in range(4))
    words = {
        "t": chance.choice(TITLES), "a": author, "n": reader, "m": second, "o": other,
        "p": chance.choice(PUBLISHERS), "s": chance.choice(SERIES),
    }  # fmt: skip
    kind = chance.choices((OPENINGS, ENDINGS, BY_AUTHOR, SILENT), weights=(11, 4, 2, 4))[0]
    pattern = chance.choice(sorted(kind))
    readers: tuple[str, ...] = (reader,) if kind in (OPENINGS, ENDINGS) else (author,) if kind is BY_AUTHOR else ()
    if pattern == "two":
        readers = (reader, second)
    wrong = readers and chance.random() < 0.15
    return Spoken(
        number=at,
        language="en",
        place="closing" if kind is ENDINGS else "opening",
        pattern=pattern,
        text=kind[pattern].format(**words),
        title=words["t"],
        author=author,
        readers=readers,
        tagged=(_person(chance),) if wrong or not readers else readers,
        voice=chance.choice(("joe", "joe", "joe", "en-us", "en-us+m3", "en-gb")),
        speed=chance.choice((130, 145, 155)),
        noise=chance.choice((0.0, 0.0, 0.004, 0.012)),
        music=chance.random() < 0.2,
    )


def _foreign(at: int, chance: random.Random) -> Spoken:
    language = ("de", "fr", "es")[at // 5 % 3]
    espeak, texts = OTHERS[language]
    names, title = NAMES[language]
    author, reader, other = chance.sample(names.split("|"), 3)
    text = chance.choice(texts)
    return Spoken(
        number=at, language=language, place="opening", pattern="foreign",
        text=text.format(t=title, a=author, n=reader, p="Hörverlag"),
        title=title, author=author, readers=(reader,), tagged=(reader if chance.random() < 0.85 else other,),
        voice=KOKORO if at // 15 % 2 else espeak, speed=chance.choice((130, 145)), noise=0.0, music=False,
    )  # fmt: skip


class Speaker:
    """Speaks recordings into a folder, each once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._voices = Voices(folder)

    def speak(self, spoken: Spoken) -> Path:
        """A WAV file (mono, 16 bits, `RATE`) of the recording."""
        path = self._folder / f"{spoken.number:04}-{spoken.language}.wav"
        if not path.exists():
            language = "en-us" if spoken.language == "en" else OTHERS[spoken.language][0]
            sound = self._voices.speak(str(spoken.number), spoken.text, spoken.voice, language, spoken.speed)
            write_wav(path, dress(sound, spoken))
        return path


def dress(sound: np.ndarray[Any, Any], spoken: Spoken) -> np.ndarray[Any, Any]:
    """Silence around it, a bed of music under it, noise over it."""
    chance = np.random.default_rng(spoken.number)
    whole = np.concatenate([np.zeros(RATE, dtype=np.float32), sound * 0.7, np.zeros(RATE, dtype=np.float32)])
    at = np.arange(len(whole)) / RATE
    if spoken.music:
        whole = whole + sum(0.02 * np.sin(2 * np.pi * tone * at) for tone in (220.0, 277.18, 329.63))
    if spoken.noise:
        whole = whole + chance.normal(0, spoken.noise, len(whole))
    return np.clip(whole, -1, 1).astype(np.float32)
