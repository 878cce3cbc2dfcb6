"""People in written lists: splits "Vell, Mara & Penn, Jo" into names, and tells people from roles and publishers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from mamctl.dataclass import dataclass
from mamctl.domain.text.common_names import is_given_name
from mamctl.domain.text.normalize import fold, tidy
from mamctl.domain.text.person_names import DEGREES, GENERATIONS, PARTICLES, same_people, same_person, unite_people
from mamctl.domain.text.placeholders import is_placeholder
from mamctl.domain.text.publishers import find_joined_publishers, is_publisher
from mamctl.domain.text.vocabulary import A_READING
from mamctl.regex import regex

__all__ = [
    "Credit",
    "looks_like_names",
    "normalise_name",
    "parse_credits",
    "same_people",
    "same_person",
    "split_people",
    "unite_people",
]

AUTHOR, NARRATOR, PUBLISHER, NO_PERSON = "author", "narrator", "publisher", "no person"


@dataclass(frozen=True, slots=True)
class Credit:
    """A name and, when the text says so, what they did: "author", "narrator", "translator", "introduction" …

    "publisher" is a company, "no person" a placeholder or a cast without names.
    """

    name: str
    role: str | None = None


_ROLE_WORDS = {
    AUTHOR: "author authors writer written autor autorin auteur autore schriftsteller aut",
    NARRATOR: "narrator narrators narrated narration reader read performer performed voice voiced sprecher sprecherin "
    "gelesen gesprochen stimme voz voce voix erzahler narrateur narrateurs lu raconte narrador narradora "
    "narrado leido letto voorgelezen verteller nrt told",
    "translator": "translator translators translated translation ubersetzer ubersetzerin ubersetzt ubersetzung "
    "traducteur traduit traductor traduttore vertaler trans transl trl",
    "editor": "editor editors edited ed eds hrsg herausgeber",
    "illustrator": "illustrator illustrated illustrations",
    "introduction": "introduction intro foreword foreward forward preface afterword epilogue vorwort nachwort",
    "adaptor": "adaptor adapter adapted adaptation dramatized dramatised dramatisation dramatization abridged",
    "contributor": "contributor contributors contribution director directed producer produced composer essay",
}
_ROLES = {word: role for role, words in _ROLE_WORDS.items() for word in words.split()}
_ROLE_WORD = r"[^\W\d_]{2,14}"
_ROLE_AFTER = regex(
    rf"(?P<name>.+?)\s*(?:[(\[]\s*(?P<a>{_ROLE_WORD})\.?\s*[)\]]|\s[-–—]\s*(?P<b>{_ROLE_WORD})\.?"
    rf"|[-–—](?P<c>introductions?|forewo?rd|forward|foreward|translator|editor|illustrator|afterword|preface)s?)\s*",
    re.DOTALL | re.IGNORECASE,
)
_ROLE_BEFORE = regex(
    rf"(?P<role>{_ROLE_WORD})(?:\s*:\s*|\s+(?:for you\s+)?(?:by|von|par|por|da|door)\s*:?\s+)(?P<name>.+)", re.DOTALL
)
_BY = regex(r"(?:by|von|par|por|da|av|af|door)(?:\s*:\s*|\s+)(?P<name>\S.*)", re.IGNORECASE | re.DOTALL)
_CAST = regex(
    r"(?:(?:a|the) )?(?:full|multi|ensemble|various|entire|complete|all star)? ?(?:cast|ensemble)(?: recording)?"
    r"|multiple (?:narrators|readers)|(?:and )?(?:others|more|many others)|et al|u a|uvm|diverse sprecher"
)
_STRONG = regex(r"\s*[;；／|\n\r\x00、•·・]\s*|\s*/+\s*|\s*\\\\\s*|,?\s+writing\s+as\s+", re.IGNORECASE)
_CONJUNCTION = regex(
    r"\s*,?\s*[&+＆]\s*|\s*,?\s+(?:and|und|et(?!\s+al)|with|mit|avec|feat\.?|featuring)\s+|,\s*(?:and|und|et)\s+",
    re.IGNORECASE,
)
_OTHERS = regex(
    r"(?<=\w)[\s,]*\b(?:et al|u\.\s?a|u\.\s?v\.\s?a|m\.\s?fl|и др|and others|and more|uvm)\b\.?\s*$", re.IGNORECASE
)
_BRACKET = regex(r"\s*[(\[]([^()\[\]]*)[)\]]")
_LIFE = regex(
    r"(?:ca?\.?\s*|b\.?\s*|\*\s*|fl\.\s*)?-?\d{1,4}\??\s*(?:[-–—]\s*(?:ca?\.?\s*)?(?:\d{1,4})?\??)?(?:\s*(?:bc|ad|bce))?",
    re.IGNORECASE,
)
_NO_CREDIT = regex(
    r"goodreads author|(?:writing )?as .+|pseudonym.*|pen name.*|né[e]? .+|a\.?\s?k\.?\s?a\.? .+|alias .+",
    re.IGNORECASE,
)
_READ_BY = regex(
    r"(?<=\w)[\s,;–—-]+(?:as\s+)?(?:read|narrated|performed|gelesen|gesprochen)\s+(?:by|von)\s+",
    re.IGNORECASE,
    needs=A_READING,
)
_CAST_BEFORE = regex(
    r"^\s*(?:(?:an?|the)\s+)?(?:(?:full|multi|ensemble|star)[ -]?)*cast"
    r"(?:\s+(?:including|with|featuring|of)\s+|\s*:\s*)(?=\S+\s+\S)",
    re.IGNORECASE,
)
_AS_ROLE = regex(r"(?<=\w)\s+as\s+(?:the\s+)?[^\W\d].*$", re.IGNORECASE)
_INITIALS = regex(r"(?:[^\W\d_]\.\s?){2,}")
_FOREIGN_AND = regex(r"\s+(?:y|e|en|i|og|och|и)\s+", re.IGNORECASE)
_HONORIFICS = frozenset({"sir", "dame", "lord", "lady"})
# Writers of one word who sign with it beside their names, and are not family names.
_PEN_NAMES = frozenset("shirtaloon zogarth wildbow pirateaba cerim sleyca selkie macronomicon".split())
_COMMA = regex(r"\s*[,，،]\s*")
_WITHOUT_BLANKS = regex("[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_BLANKS = regex(r"[^\S\r\n]+")
_SHORT = 200  # characters: names of one or two people are split again and again
_LONGEST_LIST = 5000  # characters: a cast of two hundred
_LONGEST_CREDIT = 200  # characters; longer is not a name with a role
_LONGEST_NAME = 8  # words; longer is prose that a comma does not turn round


def split_people(text: str, role: str = AUTHOR) -> tuple[str, ...]:
    """The people a field of `role` names, in order, none twice; publishers, other roles, placeholders left out."""
    return _split_short(text, role) if len(text) <= _SHORT else _split(text, role)


def _split(text: str, role: str) -> tuple[str, ...]:
    return unite_people(credit.name for credit in parse_credits(text) if credit.role in {None, role})


_split_short = lru_cache(maxsize=8_192)(_split)


def parse_credits(text: str) -> tuple[Credit, ...]:
    """Everyone and everything a list of names holds, in its order; names are turned to "First Last".

    A text too long for a list of names names no one.
    """
    return _credits_of_short(text) if len(text) <= _SHORT else _parse_credits(text)


def _parse_credits(text: str) -> tuple[Credit, ...]:
    text = _BLANKS.sub(" ", text)
    if len(text) > _LONGEST_LIST:
        return (Credit(tidy(text), NO_PERSON),)
    if is_placeholder(text):
        return (Credit(tidy(text), NO_PERSON),) if tidy(text) else ()
    text = _BRACKET.sub(_plain_bracket, text)
    if reader := _READ_BY.search(text):
        before, behind = text[: reader.start()], text[reader.end() :]
        readers = (Credit(one.name, NARRATOR) if one.role is None else one for one in parse_credits(behind))
        return (*parse_credits(before), *readers)
    return tuple(credit for part in _parts(_CAST_BEFORE.sub("", text)) for credit in _credits_of(part))


_credits_of_short = lru_cache(maxsize=8_192)(_parse_credits)


def _plain_bracket(found: re.Match[str]) -> str:
    """A bracket behind a name: life dates, "Goodreads Author", another name of the same person are not part of it, and
    of several roles the one that counts here."""
    content = found[1].strip()
    if _LIFE.fullmatch(content) or _NO_CREDIT.fullmatch(content):
        return ""
    words = re.split(r"\s*(?:,|/|&|\band\b|\bund\b)\s*", content)
    roles = [role_of(word) for word in words]
    if len(roles) > 1 and all(roles):
        return "" if {AUTHOR, NARRATOR} <= set(roles) else f" ({words[0]})"
    before = found.string[: found.start()].rpartition(";")[2]
    if " " in content and roles == [None] and same_person(before, content):
        return ""
    return found[0]


def normalise_name(text: str) -> str:
    """One person's name with single blanks, "Vell, Mara" as "Mara Vell", "Smith, John Jr." as "John Smith Jr."."""
    pieces = _join_suffixes([piece for piece in _COMMA.split(tidy(text)) if piece])
    if len(pieces) == 2:
        return _turn(*pieces)
    return pieces[0] if len(pieces) == 1 else tidy(text)


def _is_two_people(last: str) -> bool:
    """Whether a word is a pen name rather than a family name turned round: "nobody103", "QuinRose"."""
    if fold(last) in _PEN_NAMES or re.search(r"\d", last):
        return True
    inner = re.search(r"(?<=[a-z])[A-Z]", last)
    return inner is not None and not re.match(r"(?:Mac|Mc|Le|La|De|Di|Van|Von|Fitz|O)[A-Z]", last)


def _parts(text: str) -> Iterator[str]:
    """The text at its strong separators, with publishers that hold "&" taken out whole."""
    for part in _STRONG.split(text):
        line, at = _OTHERS.sub("", tidy(part)), 0
        for start, end in find_joined_publishers(line):
            yield line[at:start].strip(" ,&+")
            yield line[start:end]
            at = end
        yield line[at:].strip() if at == 0 else line[at:].strip(" ,&+")


def _credits_of(part: str) -> Iterator[Credit]:
    if is_publisher(part):
        yield Credit(part, PUBLISHER)
        return
    groups = [group for whole in _CONJUNCTION.split(part) if whole for group in _split_foreign(whole)]
    groups = _share_family_name(groups)
    # "Vell, Asher and Penn" is a list of surnames, not "Asher Vell" and "Penn".
    listed = len(groups) > 1 and len(groups[-1].split()) == 1 and "," not in groups[-1]
    role: str | None = None
    for group in groups:
        for name in _names_of(group, listed=listed):
            credit = _credit(name)
            # "read by A and B": what stands before a list holds for all of it.
            role = credit.role if credit.role and _ROLE_BEFORE.fullmatch(name) else role
            yield Credit(credit.name, credit.role or role) if credit.name else Credit(name, NO_PERSON)


def _split_foreign(group: str) -> list[str]:
    """ "A Bell e C Dorn", where both sides are full names: one letter may be part of a name otherwise."""
    sides = _FOREIGN_AND.split(group)
    full = len(sides) > 1 and all(len(side.split()) > 1 and "," not in side for side in sides)
    return sides if full else [group]


def _share_family_name(groups: list[str]) -> list[str]:
    """ "Jacob and Wilhelm Grimm": the given name before the conjunction has the same family name."""
    shared = list(groups)
    for at in range(len(groups) - 2, -1, -1):
        words, alone = shared[at + 1].split(), groups[at].split()
        if len(alone) == 1 and is_given_name(fold(alone[0])) and len(words) == 2 and is_given_name(fold(words[0])):
            shared[at] = f"{alone[0]} {words[-1]}"
    return shared


def _names_of(group: str, *, listed: bool) -> list[str]:
    """The names between conjunctions, where a comma either parts names or turns one round."""
    pieces = _join_suffixes([piece for piece in _COMMA.split(group) if piece])
    if len(pieces) == 2 and _is_role_as_family_name(*pieces):
        return [_turn(*pieces)]
    if listed or len(pieces) < 2 or any(_is_not_a_name(piece) or role_of(piece) for piece in pieces):
        return pieces
    if len(pieces) == 2 and _is_turned(*pieces):
        return [_turn(*pieces)]
    pairs = list(zip(pieces[::2], pieces[1::2], strict=False))
    if len(pieces) % 2 == 0 and all(_is_surname(last) and _is_turned(last, first) for last, first in pairs):
        return [_turn(last, first) for last, first in pairs]
    return pieces


def _is_role_as_family_name(last: str, first: str) -> bool:
    """ "Cast, P. C.", "Lu, Marie": a role word before a comma and nothing but given names is a family name."""
    if not (role_of(last) or _is_not_a_name(last)) or " " in last or role_of(first) or _is_not_a_name(first):
        return False
    return all(_is_initial(word) or is_given_name(fold(word)) for word in first.split())


def _join_suffixes(pieces: list[str]) -> list[str]:
    """ "Ben Bova", "PhD" → "Ben Bova, PhD"; "Smith", "John", "Jr." → "Smith", "John Jr.".

    Behind a family name alone, letters with points are initials: "Marlow, J. D.", not a doctor of law.
    """
    joined: list[str] = []
    for piece in pieces:
        kind = fold(piece).replace(" ", "")
        if len(joined) % 2 and " " not in joined[-1] and _INITIALS.fullmatch(piece):
            joined.append(piece)
            continue
        if joined and kind in _HONORIFICS:
            joined[-1] = f"{piece} {joined[-1]}"
        elif joined and kind in GENERATIONS:
            joined[-1] = f"{joined[-1]} {piece}"
        elif joined and (kind in DEGREES or kind in {"inc", "llc", "ltd", "etal"}):
            joined[-1] = f"{joined[-1]}, {piece}"
        else:
            joined.append(piece)
    return joined


def _is_turned(last: str, first: str) -> bool:
    """Whether "last, first" is one name turned round: a surname, or a bare given name after two words."""
    first_words = [word for word in _COMMA.split(first)[0].split() if fold(word) not in GENERATIONS]
    if not first_words or _WITHOUT_BLANKS.search(last) or len(first.split()) + len(last.split()) > _LONGEST_NAME:
        return False
    if _is_two_people(last) and len(first_words) > 1:
        return False
    if _is_surname(last):
        return len(first_words) <= 4
    given_only = len(first_words) == 1 or all(_is_initial(word) for word in first_words)
    return given_only and len(last.split()) <= 3 and not any(_is_initial(word) for word in last.split())


def _is_surname(text: str) -> bool:
    words = text.split()
    return bool(words) and not _is_initial(text) and all(fold(word) in PARTICLES for word in words[:-1])


def _is_initial(word: str) -> bool:
    return bool(re.fullmatch(r"(?:[^\W\d_]\.)+-?(?:[^\W\d_]\.?)*|[^\W\d_]", word))


def _turn(last: str, first: str) -> str:
    """ "First Last", with Jr. and degrees behind."""
    name, *degrees = first.split(", ")
    words = name.split()
    behind = [words.pop()] if len(words) > 1 and fold(words[-1]) in GENERATIONS else []
    return ", ".join([" ".join([*words, last, *behind]), *degrees])


def _credit(text: str) -> Credit:
    name, role = text, None
    if len(text) > _LONGEST_CREDIT:
        return Credit(text, NO_PERSON)
    if (before := _ROLE_BEFORE.fullmatch(name)) and (found := role_of(before["role"])):
        name, role = before["name"], found
    elif by := _BY.fullmatch(name):
        name = by["name"]
    if (after := _ROLE_AFTER.fullmatch(name)) and (found := role_of(after["a"] or after["b"] or after["c"])):
        name, role = after["name"], found
    name = normalise_name(_AS_ROLE.sub("", name).strip(" -–—:*•"))
    if not name or _is_not_a_name(name) or (role_of(name) and role is None):
        return Credit(name or text, NO_PERSON)
    return Credit(name, PUBLISHER if is_publisher(name) else role)


def role_of(word: str) -> str | None:
    """The role that a word alone names: "editor" of "(ed.)"; None for other words."""
    return _ROLES.get(fold(word))


def _is_not_a_name(text: str) -> bool:
    """Whether the text is a placeholder, a word such as "full cast", or has no letter or digit."""
    return is_placeholder(text) or bool(_CAST.fullmatch(fold(text))) or not any(char.isalnum() for char in text)


_SMALL = frozenset(
    "the a an of in on to for with from at is are who what how my your our no not der die das ein eine im und dem "
    "les une des en book volume part chapter series novel story stories tales guide life war world".split()
)


def looks_like_names(text: str) -> bool:
    """Whether a text can be one or several people's names: few words, no numbers, none of a title's little words."""
    if not text or any(char.isdigit() for char in text) or len(text) > 200:
        return False
    people = split_people(text, "narrator")
    return bool(people) and all(_looks_like_name(name) for name in people)


def _looks_like_name(name: str) -> bool:
    words = name.split()
    return 1 <= len(words) <= 6 and not any(fold(word) in _SMALL for word in words) and not re.search(r"[!?:]", name)
