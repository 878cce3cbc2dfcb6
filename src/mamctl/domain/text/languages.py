"""Languages as sources write them (en, eng, en-US, English, Deutsch) → one English name."""

from __future__ import annotations

from functools import cache, lru_cache

from mamctl.domain.text.normalize import fold, tidy

# code-2, code-3 (and its bibliographic twin), English name, other names
_TABLE = """
af afr Afrikaans | ar ara Arabic العربية | bg bul Bulgarian Български | bn ben Bengali বাংলা Bangla
br bre Breton Brezhoneg | bs bos Bosnian Bosanski | ca cat Catalan Català
cs ces,cze Czech Čeština Česky | cy cym,wel Welsh Cymraeg | da dan Danish Dansk
de deu,ger German Deutsch | el ell,gre Greek Ελληνικά | en eng English Anglais Englisch Inglés
eo epo Esperanto | es spa Spanish Español Castellano Castilian Spanisch | et est Estonian Eesti
eu eus,baq Basque Euskara | fa fas,per Persian Farsi فارسی | fi fin Finnish Suomi
fr fra,fre French Français Französisch | ga gle Irish Gaeilge | gl glg Galician Galego
gu guj Gujarati | he heb Hebrew עברית | hi hin Hindi हिन्दी | hr hrv Croatian Hrvatski
hu hun Hungarian Magyar | hy hye,arm Armenian | id ind Indonesian Bahasa
is isl,ice Icelandic Íslenska | it ita Italian Italiano | ja jpn Japanese 日本語
ka kat,geo Georgian | ko kor Korean 한국어 | la lat Latin Latina | lt lit Lithuanian Lietuvių
lv lav Latvian Latviešu | mk mkd,mac Macedonian | ml mal Malayalam | mr mar Marathi
ms msa,may Malay | nl nld,dut Dutch Nederlands Niederländisch | nb nob Bokmål
no nor Norwegian Norsk | nn nno Nynorsk | pa pan Punjabi Panjabi | pl pol Polish Polski
pt por Portuguese Português | ro ron,rum Romanian Română | ru rus Russian Русский
sk slk,slo Slovak Slovenčina | sl slv Slovenian Slovene Slovenščina | sq sqi,alb Albanian Shqip
sr srp Serbian Srpski Српски | sv swe Swedish Svenska | sw swa Swahili Kiswahili
ta tam Tamil தமிழ் | te tel Telugu | th tha Thai ไทย | tl tgl Tagalog Filipino
tr tur Turkish Türkçe | uk ukr Ukrainian Українська | ur urd Urdu | vi vie Vietnamese
yi yid Yiddish | zh zho,chi Chinese 中文 Mandarin | gd gla Gaelic | sco sco Scots | zu zul Zulu
"""


@cache
def _names() -> dict[str, str]:
    names: dict[str, str] = {}
    for row in _TABLE.replace("\n", "|").split("|"):
        words = row.split()
        if words:
            code, codes, name, *others = words
            names |= dict.fromkeys((code, *codes.split(","), *(fold(word) for word in (name, *others))), name)
    return names


@cache
def _codes() -> dict[str, str]:
    rows = (row.split() for row in _TABLE.replace("\n", "|").split("|"))
    return {row[2]: row[1].split(",")[0] for row in rows if row}


@lru_cache(maxsize=512)
def parse_language(text: str) -> str | None:
    """The English name; an unknown language is kept as written; None for nothing and for "undetermined"."""
    written = tidy(text)
    folded = fold(written)
    if folded in {"", "und", "undetermined", "mul", "zxx", "mis", "unknown", "none", "xxx"} or not written:
        return None
    main = folded.split(" ")[0]
    return _names().get(folded) or _names().get(main) or written


def language_code(name: str) -> str | None:
    """The three-letter ISO 639-2/T code of a language named in English."""
    return _codes().get(name)


@cache
def _short_codes() -> dict[str, str]:
    rows = (row.split() for row in _TABLE.replace("\n", "|").split("|"))
    return {row[2]: row[0] for row in rows if row and len(row[0]) == 2}


def short_language_code(name: str) -> str | None:
    """The two-letter ISO 639-1 code of a language named in English."""
    return _short_codes().get(name)
