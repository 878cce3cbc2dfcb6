"""The words around a credit, by language: who reads, who wrote, and who is named for something else."""

from __future__ import annotations

from functools import cached_property

from mamctl.dataclass import dataclass


@dataclass(frozen=True, kw_only=True)
class Cues:
    """All words are folded. A credit is role words, an agent and a name: "narrated", "by", and "Tom Asher" behind."""

    sure_agents: frozenset[str]
    """The word before a name: "by"."""
    other_agents: frozenset[str] = frozenset()
    """Words that stand before names and much else: "de"."""
    misheard_agents: frozenset[str] = frozenset()
    """What engines hear for one of them: it counts only behind a role word."""
    reads: tuple[str, ...]
    """Words that name the reader: "narrated"; compared by sound as well."""
    writes: frozenset[str]
    others: frozenset[str]
    """Words for other work on the book: "translated", "produced"."""
    prefaces: frozenset[str]
    """Words for a separate piece, which has its own author and reader: "foreword"."""
    announces: tuple[tuple[str, ...], ...]
    """Phrases straight before the reader without an agent: "your narrator is"."""
    by_author: tuple[tuple[str, ...], ...]
    """What stands for the author where the name of a reader is expected, such as "the author"."""
    joins: frozenset[str]
    """Between two names: "and"."""
    fillers: tuple[tuple[str, ...], ...] = ()
    """What may stand between a cue and its agent: "for you"."""
    ends: frozenset[str]
    """Words that no name holds, so that one ends there: "chapter"."""
    chapters: frozenset[str]
    """What a chapter's heading starts with: behind it the story is read."""

    @cached_property
    def every_agent(self) -> frozenset[str]:
        """All of them."""
        return self.sure_agents | self.other_agents | self.misheard_agents


def _phrases(text: str) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(phrase.split()) for phrase in text.split("|"))


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


_MISHEARD_READS = ("re", "red", "reed", "reid", "breed", "freed", "breathed", "rebuy", "braided", "raided", "graded")
"""What engines were seen to write for "read" and "narrated"; what else sounds like "narrated" counts, too."""

_ENGLISH = Cues(
    sure_agents=_set("by"),
    misheard_agents=_set("bye buy bi my"),
    reads=(
        "narrated",
        "narrator",
        "read",
        "performed",
        "voiced",
        "told",
        "reading",
        "recording",
        "narration",
        "reads",
        "narrates",
        "voice",
        *_MISHEARD_READS,
    ),
    writes=_set("written authored wrote author novel story book"),
    others=_set(
        "translated translation adapted abridged edited produced directed published composed created music copyright "
        "engineered mastered illustrated recorded presented cover distributed licensed"
    ),
    prefaces=_set("foreword forward introduction afterword preface"),
    announces=_phrases(
        "narrator is|narrator in|narrator was|your narrator today is|i m your narrator|i am your narrator|"
        "with the voice of|rebuy|reby"
    ),
    by_author=_phrases("the author|its author|the author himself|the author herself|himself|herself"),
    joins=_set("and with"),
    fillers=_phrases("for you|to you|here"),
    ends=_set(
        "chapter book part volume prologue epilogue introduction foreword copyright published produced production "
        "recording recorded unabridged abridged this is for audible the presents presented prologue preface section "
        "dedication one in translated read narrated performed written directed we you it an by arrangement music "
        "track disc audio end all she he they had has was"
    ),
    chapters=_set("chapter prologue"),
)

_GERMAN = Cues(
    sure_agents=_set("von"),
    misheard_agents=_set("fon vom"),
    reads=("gelesen", "gesprochen", "vorgelesen", "erzahlt", "eingelesen", "sprecher", "sprecherin", "erzahler"),
    writes=_set("geschrieben autor autorin roman krimi"),
    others=_set(
        "ubersetzt ubersetzung deutschen herausgegeben produziert produktion regie musik bearbeitung bearbeitet verlegt"
    ),
    prefaces=_set("vorwort nachwort einleitung"),
    announces=_phrases("es liest|es lesen|es spricht|ihr sprecher ist|sprecher ist|sprecher"),
    by_author=_phrases("der autor|dem autor|der autorin|autor selbst"),
    joins=_set("und mit"),
    fillers=_phrases("fur sie"),
    ends=_set(
        "kapitel teil band buch prolog vorwort ungekurzt ungekurzte gekurzte lesung horbuch verlag das ist ein eine "
        "gelesen gesprochen geschrieben aus erstes ubersetzt produziert"
    ),
    chapters=_set("kapitel prolog"),
)

_FRENCH = Cues(
    sure_agents=_set("par"),
    other_agents=_set("de d"),
    reads=("lu", "lue", "raconte", "racontee", "narre", "narree", "interprete", "interpretee", "dit", "lecture"),
    writes=_set("ecrit ecrite auteur roman"),
    others=_set("traduit traduite traduction adapte realise realisation musique produit edite publie"),
    prefaces=_set("preface postface introduction"),
    announces=_phrases("avec la voix de|votre narrateur est|votre narratrice est"),
    by_author=_phrases("l auteur|l autrice|son auteur|l auteure"),
    joins=_set("et avec"),
    fillers=_phrases("pour vous"),
    ends=_set(
        "chapitre partie tome livre prologue preface texte integral ceci est le la un une lu raconte ecrit traduit"
    ),
    chapters=_set("chapitre prologue"),
)

_SPANISH = Cues(
    sure_agents=_set("por"),
    other_agents=_set("de"),
    reads=("narrado", "narrada", "leido", "leida", "interpretado", "interpretada", "locucion", "lectura", "contado"),
    writes=_set("escrito escrita autor autora novela"),
    others=_set("traducido traducida traduccion editado producido produccion direccion musica adaptado publicado"),
    prefaces=_set("prologo epilogo introduccion"),
    announces=_phrases("con la voz de|en la voz de|su narrador es|narrador"),
    by_author=_phrases("el autor|la autora|su autor"),
    joins=_set("y e con"),
    fillers=_phrases("para usted"),
    ends=_set(
        "capitulo parte libro prologo tomo volumen este es el la una un narrado leido escrito traducido version integra"
    ),
    chapters=_set("capitulo prologo"),
)

CUES: dict[str, Cues] = {"en": _ENGLISH, "de": _GERMAN, "fr": _FRENCH, "es": _SPANISH}
"""By ISO 639-1 code."""

IDENTS = _phrases(
    "this is audible|audible studios|audible originals|audible hopes you have enjoyed this program|"
    "all librivox recordings are in the public domain|this is a librivox recording|recorded books|"
    "for more information or to volunteer please visit librivox org|a division of recorded books"
)
"""What publishers say in many books: it tells nothing of this one."""
