"""Every number that names and titles spell: digits, words and ordinals of several languages, Roman numerals.

A number on one side only, or an unequal one, means another book, whatever a fuzzy score says; so numbers are
taken out of the words of a title and compared for themselves (`split_numbers`). After a label ("Book", "Band") any of
the languages may stand, and a Roman numeral of any size (`parse_count`).
"""

from __future__ import annotations

import re
from functools import lru_cache

from mamctl.dataclass import dataclass
from mamctl.domain.text.normalize import fold
from mamctl.regex import Rare, regex

# One line a number: English, German, French, Spanish, Italian, Dutch, Swedish and Danish, Polish, Russian.
_LOW = """
zero zeroth null nulte
one first eins erster erste erstes ein un une premier premiere uno una primero primera primo prima een eerste en
  ett forsta forste pierwszy pierwsza pierwsze jeden один первый первая первое
two second zwei zwo zweiter zweite zweites deux deuxieme second seconde dos segundo segunda due secondo seconda
  twee tweede tva to andra anden drugi druga drugie dwa два второй вторая второе
three third drei dritter dritte drittes trois troisieme tres tercero tercera tre terzo terza drie derde tredje
  trzeci trzecia trzy три третий третья третье
four fourth vier vierter vierte viertes quatre quatrieme cuatro cuarto cuarta quattro quarto quarta vierde fyra
  fire fjarde fjerde czwarty czwarta cztery четыре четвертый четвертая
five fifth funf funfter funfte funftes cinq cinquieme cinco quinto quinta cinque vijf vijfde fem femte piaty
  piata piec пять пятый пятая
six sixth sechs sechster sechste sechstes sixieme seis sexto sexta sei sesto sesta zes zesde sex seks sjatte
  szosty szosta szesc шесть шестой шестая
seven seventh sieben siebter siebte siebtes siebente sept septieme siete septimo septima sette settimo zeven
  zevende sju syv sjunde siodmy siodma siedem семь седьмой седьмая
eight eighth acht achter achte achtes huit huitieme ocho octavo octava otto ottavo achtste atta otte attonde
  osmy osma osiem восемь восьмой восьмая
nine ninth neun neunter neunte neuntes neuf neuvieme nueve noveno novena nove nono negen negende nio ni nionde
  dziewiaty dziewiec девять девятый девятая
ten tenth zehn zehnter zehnte zehntes dix dixieme diez decimo decima dieci tien tiende tio tionde dziesiaty
  dziesiec десять десятый десятая
eleven eleventh elf elfter elfte onze onzieme once undici undicesimo elfde elva elfte jedenasty одиннадцать
  одиннадцатый
twelve twelfth zwolf zwolfter zwolfte douze douzieme doce dodici dodicesimo twaalf twaalfde tolv tolfte dwunasty
  двенадцать двенадцатый
thirteen thirteenth dreizehn dreizehnte treize treizieme trece tredici dertien dertiende tretton trzynasty
  тринадцать
fourteen fourteenth vierzehn vierzehnte quatorze quatorzieme catorce quattordici veertien veertiende fjorton
  четырнадцать
fifteen fifteenth funfzehn funfzehnte quinze quinzieme quince quindici vijftien vijftiende femton пятнадцать
sixteen sixteenth sechzehn sechzehnte seize seizieme dieciseis sedici zestien zestiende sexton шестнадцать
seventeen seventeenth siebzehn siebzehnte diecisiete diciassette zeventien sjutton семнадцать
eighteen eighteenth achtzehn achtzehnte dieciocho diciotto achttien arton восемнадцать
nineteen nineteenth neunzehn neunzehnte diecinueve diciannove negentien nitton девятнадцать
"""
_HIGH = """
twenty twentieth zwanzig zwanzigster zwanzigste vingt vingtieme veinte vigesimo venti twintig twintigste tjugo двадцать
thirty thirtieth dreissig dreissigste trente trentieme treinta trenta dertig trettio тридцать
forty fortieth fourty vierzig vierzigste quarante cuarenta quaranta veertig fyrtio сорок
fifty fiftieth funfzig funfzigste cinquante cincuenta cinquanta vijftig femtio пятьдесят
sixty sixtieth sechzig soixante sesenta sessanta zestig sextio шестьдесят
seventy seventieth siebzig setenta settanta zeventig sjuttio семьдесят
eighty eightieth achtzig ochenta ottanta tachtig attio восемьдесят
ninety ninetieth neunzig noventa novanta negentig nittio девяносто
"""


def _read_rows(rows: str) -> list[list[str]]:
    return [row.split() for row in re.sub(r"\n +", " ", rows.strip()).split("\n")]


_ONES = {word: value for value, words in enumerate(_read_rows(_LOW)) for word in words}
_TENS = {word: 10 * value for value, words in enumerate(_read_rows(_HIGH), start=2) for word in words}
_SCALES = {"hundred": 100, "hundredth": 100, "thousand": 1_000, "thousandth": 1_000, "million": 1_000_000}
_ENGLISH = frozenset(words[index] for words in (*_read_rows(_LOW), *_read_rows(_HIGH)) for index in (0, 1))
# In a title these are words of their own: "The Elf", "Once Upon a Time", "La Prima Donna", "Ein Sommer".
_TITLE_NUMBERS = _ENGLISH | frozenset(
    "zwei zweite zweiter zweites drei dritte dritter drittes vierte vierter funf funfte sechs "
    "sechste sieben siebte zehn "
    "zehnte deux deuxieme trois troisieme quatre quatrieme cinq cinquieme huit dos cuatro cinco siete ocho nueve diez "
    "quattro cinque dieci".split()
)
_COMPOUND = {  # written as one word: "einundzwanzig", "veintiuno", "ventuno"
    **{
        f"{one}und{ten}{ending}": 10 * tens + value
        for tens, ten in enumerate(("zwanzig", "dreissig", "vierzig", "funfzig"), start=2)
        for value, one in enumerate(("ein", "zwei", "drei", "vier", "funf", "sechs", "sieben", "acht", "neun"), start=1)
        for ending in ("", "ste", "ster", "stes")
    },
    **{
        f"veinti{one}": 20 + value
        for value, one in enumerate(
            ("uno", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve"), start=1
        )
    },
    **{
        f"{ten}{one}": 10 * tens + value
        for tens, ten in ((2, "vent"), (2, "venti"), (3, "trent"), (3, "trenta"))
        for value, one in enumerate(("uno", "due", "tre", "quattro", "cinque", "sei", "sette", "otto", "nove"), start=1)
    },
}
_JOINS = frozenset({"and", "und", "et", "y", "e", "en", "og", "och"})
_SMALL_ROMAN = {
    "ii": 2, "iii": 3, "iv": 4, "vi": 6, "vii": 7, "viii": 8, "ix": 9, "xi": 11, "xii": 12, "xiii": 13,
    "xiv": 14, "xv": 15, "xvi": 16, "xvii": 17, "xviii": 18, "xix": 19, "xx": 20,
}  # fmt: skip
_ROMAN = regex(r"(?=[IVXLC])C{0,3}(XC|XL|L?X{0,3})(IX|IV|V?I{0,3})", re.IGNORECASE)
_ROMAN_VALUES = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}
_DIGITS = regex(r"(\d{1,12}(?:\.\d{1,6})?)(?:st|nd|rd|th)?")
_ORDINAL = regex(r"(\d{1,4})(?:st|nd|rd|th|\.|º|ª|e|er|ere|eme|de)", re.IGNORECASE)
# What a scanner or a hurried hand puts for a digit, believed only next to a true digit: "l984", "2OO1".
_LOOKALIKE = str.maketrans({"o": "0", "l": "1", "i": "1"})
_MANGLED = regex(r"(?=.*\d)[\doli]{2,12}")

_ACCENTED = (
    "première deuxième troisième quatrième cinquième sixième septième huitième neuvième dixième fünf "
    "fünfter fünfte fünfzehn "
    "fünfzig zwölf zwölfte dreißig två första fjärde sjätte åttonde décimo séptimo único piąty "
    "szósty siódmy ósmy dziewiąty"
)
_COUNT_WORDS = sorted({*_ONES, *_TENS, *_COMPOUND, *_SCALES, *_ACCENTED.split()})
COUNT_WORD = rf"(?:{'|'.join(_COUNT_WORDS)})"
"""A pattern for one word of a number; `parse_count` reads one or several of them."""

COUNT_WORDS = rf"(?![\s-])(?:(?:[\s-]+(?:(?:and|und|et|y)[\s-]+)?)?(?<!\w){COUNT_WORD}){{1,5}}\b"
"""A pattern for a number in words that no letter stands before: "Two", "Twenty-One", "One Hundred and Five".

It names the words once: with a thousand of them that is most of what a pattern costs.
"""
_COUNTS = frozenset(_COUNT_WORDS)
_WORD = regex(r"\w+")


@lru_cache(maxsize=4_096)
def may_count(text: str) -> bool:
    """Whether `COUNT_WORDS` may match in the text: never where none of its words stands alone."""
    return not text.isascii() or not _COUNTS.isdisjoint(_WORD.findall(text.lower()))


COUNTED = Rare(COUNT_WORDS, may_count)


@dataclass(frozen=True, slots=True)
class WordsAndNumbers:
    """A title's words without its numbers, and its numbers in their plainest spelling, in order."""

    words: tuple[str, ...]
    numbers: tuple[str, ...]


@lru_cache(maxsize=4_096)
def split_numbers(words: tuple[str, ...]) -> WordsAndNumbers:
    """`("catch", "twenty", "two")` → words `("catch",)`, numbers `("22",)`."""
    rest: list[str] = []
    numbers: list[str] = []
    at = 0
    while at < len(words):
        if words[at] == "a" and words[at + 1 : at + 2] and words[at + 1] in {"hundred", "thousand"}:
            words = (*words[:at], "one", *words[at + 1 :])
        number, used = _number_at(words, at)
        if number is None:
            rest.append(words[at])
        else:
            numbers.append(number)
        at += used
    return WordsAndNumbers(tuple(rest), tuple(numbers))


@lru_cache(maxsize=4_096)
def as_number(word: str) -> str | None:
    """One folded word of a title as a number: `"2nd"`, `"02"`, `"two"`, `"second"`, `"ii"` → `"2"`; else None.

    Words that also mean something else in another language ("once", "elf", "prima") are not numbers here.
    """
    if digits := _DIGITS.fullmatch(word):
        return plain_digits(digits.group(1))
    if word in _SMALL_ROMAN:
        return str(_SMALL_ROMAN[word])
    if word in _TITLE_NUMBERS:
        return str(_ONES[word] if word in _ONES else _TENS[word])
    return str(int(word.translate(_LOOKALIKE))) if _MANGLED.fullmatch(word) else None


@lru_cache(maxsize=4_096)
def parse_count(text: str) -> int | None:
    """A whole number as it stands after a label, in words of any known language or as a Roman numeral.

    `"Twenty-One"` → 21, `"zweiter"` → 2, `"XII"` → 12, `"4th"` → 4; None for everything else, digits alone included.
    """
    text = text.strip()
    if not text or len(text) > 60:
        return None
    if ordinal := _ORDINAL.fullmatch(text):
        return int(ordinal[1])
    roman = _parse_roman(text)
    if roman is not None:
        return roman
    words = tuple(word for word in fold(text).split() if word)
    if len(words) == 1:
        word = words[0]
        return _ONES.get(word, _TENS.get(word, _COMPOUND.get(word, _SCALES.get(word))))
    found = _spoken_at(words, 0, _ONES, _TENS)
    return int(found[0]) if found is not None and found[1] == len(words) else None


def parse_roman(text: str) -> int | None:
    """The value of a well-formed Roman numeral below 400; None for anything else."""
    return _parse_roman(text.strip())


def plain_digits(digits: str) -> str:
    """ "02" and "2.0" are "2"; "1.50" is "1.5"."""
    whole, _, part = digits.partition(".")
    part = part.rstrip("0")
    return f"{int(whole)}.{part}" if part else str(int(whole))


def _parse_roman(text: str) -> int | None:
    if not text.isascii() or len(text) > 12 or not _ROMAN.fullmatch(text) or text.lower() == "c":
        return None
    values = [_ROMAN_VALUES[char] for char in text.lower()]
    following = [*values[1:], 0]
    return sum(-value if value < after else value for value, after in zip(values, following, strict=True))


def _number_at(words: tuple[str, ...], at: int) -> tuple[str | None, int]:
    """The number that starts at this word, and how many words it takes (1 when there is none)."""
    spoken = _spoken_at(words, at, _ENGLISH_ONES, _ENGLISH_TENS)
    if spoken is not None:
        return spoken
    return as_number(words[at]), 1


_ENGLISH_ONES = {word: value for word, value in _ONES.items() if word in _ENGLISH}
_ENGLISH_TENS = {word: value for word, value in _TENS.items() if word in _ENGLISH}


def _spoken_at(words: tuple[str, ...], at: int, ones: dict[str, int], tens: dict[str, int]) -> tuple[str, int] | None:
    """A number in words, as long as it goes: "one hundred", "nineteen eighty four", "twenty thousand"."""
    total, group, used = 0, None, 0
    for word in words[at:]:
        if word in _SCALES and group is not None:
            total, group = total + group * _SCALES[word], 0
        elif word in _JOINS and _goes_on_after(words, at + used, group, total, ones, tens):
            pass
        elif word in tens and group is not None and 0 < group < 10 and used == 1:
            group = group * 100 + tens[word]  # "four fifty-one"
        elif word in tens and (group is None or group == 0):
            group = (group or 0) + tens[word]
        elif word in tens and group is not None and 10 < group < 100 and used == 1:
            group = group * 100 + tens[word]  # "nineteen eighty" is a year
        elif word in ones and (group is None or group == 0 or (group % 10 == 0 and ones[word] < 10)):
            group = (group or 0) + ones[word]
        else:
            break
        used += 1
    return None if group is None else (str(total + group), used)


def _goes_on_after(
    words: tuple[str, ...], at: int, group: int | None, total: int, ones: dict[str, int], tens: dict[str, int]
) -> bool:
    """ "one hundred and one", "treinta y uno"."""
    following = words[at + 1] if at + 1 < len(words) else ""
    if total > 0 and group == 0:
        return following in ones or following in tens
    return words[at] in {"et", "y", "en"} and bool(group) and following in ones and (group or 0) % 10 == 0
