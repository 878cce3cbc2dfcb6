"""How the site is searched for a wanted title: plain words in the letters the site indexes, the likeliest first.

The site's search wants every word of the text to be there, knows the letters of every script as they are written, and
takes all else for blanks. So the text is the title without its subtitle, series and notes, and of the author the
family name alone: "R.A." and "Robert A." are one author, but not one word.
"""

from __future__ import annotations

import re
import unicodedata

from mamctl.domain.account.availability import split_place
from mamctl.domain.account.pending import Wanted
from mamctl.domain.site.search import SearchField, SearchQuery
from mamctl.domain.text.credits import split_people
from mamctl.domain.text.titles import parse_title

_LONGEST = 200  # characters of a search text
_PAGE = 100
_LARGEST_PAGE = 500  # of all that an author wrote
_GENERATIONS = frozenset({"jr", "sr", "ii", "iii", "iv"})


def queries_for(wanted: Wanted) -> tuple[SearchQuery, ...]:
    """The searches for a title, each to be made when those before it found nothing.

    By id when there is one. Else title and family name, the title alone, and at last all that the author wrote: that
    finds titles whose words the site spells otherwise ("Catch 22", "The Kings Road"). None where there is no word.
    """
    if wanted.torrent_id is not None:
        return (SearchQuery(torrent_id=wanted.torrent_id, per_page=5),)
    title = search_words(_core(wanted.title)) or search_words(wanted.title)
    author = _first_author(wanted.author)
    family = _family_name(author)
    texts = (_cut(f"{title} {family}"), _cut(title)) if family and title else (_cut(title),)
    queries = [SearchQuery(text=text, per_page=_PAGE) for text in texts if text]
    if family:
        queries.append(SearchQuery(text=_cut(author), fields=(SearchField.AUTHOR,), per_page=_LARGEST_PAGE))
    return tuple(queries)


def search_words(text: str) -> str:
    """Letters, marks and digits of every script as they are written; all else is a blank: "R.A." is "R A"."""
    kept = "".join(char if unicodedata.category(char)[0] in "LMN" else " " for char in text)
    return " ".join(kept.split())


def _core(title: str) -> str:
    """The title before its subtitle, series and notes."""
    return parse_title(split_place(title)[0]).title


def _first_author(author: str) -> str:
    people = split_people(author)
    return search_words(people[0] if people else author)


def _family_name(author: str) -> str:
    """The last word of a name that is neither an initial nor "Jr."."""
    words = [word for word in author.split() if word.casefold() not in _GENERATIONS]
    whole = [word for word in words if len(word) > 1 or not word.isascii()]
    return (whole or words or [""])[-1]


def _cut(text: str) -> str:
    """At most as long as a search text may be, at a blank where there is one."""
    return text if len(text) <= _LONGEST else re.sub(r"\s\S*$", "", text[: _LONGEST + 1])[:_LONGEST].strip()
