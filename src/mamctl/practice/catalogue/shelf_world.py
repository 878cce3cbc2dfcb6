"""The world of the practice library's books: old novels that are real, with readers and houses that are not.

A few volumes that the library lacks are there too, so that series have gaps. `a_month_later` is the same world as
catalogues have it after some changes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from mamctl.domain.text.series import SeriesEntry
from mamctl.practice.catalogue.make_world import make_isbn
from mamctl.practice.catalogue.world import Recording, Rendering, Series, Work, World
from mamctl.practice.library import SECONDS

_HOLMES, _BARSOOM, _CHALLENGER = 1, 2, 3
_NAMES = {_HOLMES: "Sherlock Holmes", _BARSOOM: "Barsoom", _CHALLENGER: "Professor Challenger"}


def shelf_world() -> World:
    """What the catalogues know of the practice library."""
    works = (
        _work(1, "A Study in Scarlet", "Arthur Conan Doyle", "1887-12", "Ines Quill", (_HOLMES, "1")),
        _work(2, "The Sign of the Four", "Arthur Conan Doyle", "1890-02", "Ines Quill", (_HOLMES, "2")),
        _work(3, "The Time Machine", "H. G. Wells", "1895-05-07", "Tom Asher", None, files=3),
        _work(4, "A Princess of Mars", "Edgar Rice Burroughs", "1912-02", "Una Fell", (_BARSOOM, "1")),
        _work(5, "The Gods of Mars", "Edgar Rice Burroughs", "1913-01", "Una Fell", (_BARSOOM, "2")),
        _work(6, "The Warlord of Mars", "Edgar Rice Burroughs", "1913-12", "Una Fell", (_BARSOOM, "3")),
        _work(7, "Around the World in Eighty Days", "Jules Verne", "1872", "Ines Quill", None, files=2),
        _work(8, "The Lost World", "Arthur Conan Doyle", "1912-04", "Tom Asher", (_CHALLENGER, "2")),
        _work(9, "The Poison Belt", "Arthur Conan Doyle", "1913-03", "Tom Asher", (_CHALLENGER, "1")),
    )
    series = (
        Series(number, name, tuple(work.id for work in works if number in work.series_ids))
        for number, name in _NAMES.items()
    )
    return World(works, tuple(series))


def a_month_later(world: World) -> World:
    """Two places in a series corrected, a text written again; another title and reader where none was expected."""
    changes: dict[int, Callable[[Work], Work]] = {
        3: lambda work: replace(work, recordings=tuple(replace(r, narrators=("Ned Oaks",)) for r in work.recordings)),
        7: lambda work: replace(work, description="A wager, a train timetable, and a valet with presence of mind."),
        8: lambda work: replace(work, title=f"{work.title}, Illustrated", series=_challenger("1")),
        9: lambda work: replace(work, series=_challenger("2")),
    }
    return replace(world, works=tuple(changes[w.id](w) if w.id in changes else w for w in world.works))


def _challenger(position: str) -> tuple[SeriesEntry, ...]:
    return (SeriesEntry(_NAMES[_CHALLENGER], position),)


def _work(
    number: int, title: str, author: str, first: str, reader: str, place: tuple[int, str] | None, files: int = 1
) -> Work:
    recording = Recording(
        work_id=number,
        asins=(("us", f"B0SHELF{number:03}"),),
        narrators=(reader,),
        duration_s=files * SECONDS,
        rendering=Rendering.UNABRIDGED,
        publisher="Harbour Audio",
        released=f"20{10 + number}-05-14",
    )
    return Work(
        id=number,
        title=title,
        authors=(author,),
        first_published=first,
        isbn=make_isbn(number),
        published=first,
        publisher="Lantern House",
        series=(SeriesEntry(_NAMES[place[0]], place[1]),) if place else (),
        series_ids=(place[0],) if place else (),
        description=f"{title}, as {author} told it; nothing of it is left out in this reading by {reader}.",
        genres=("Classics",),
        ratings_count=1000 * number,
        recordings=(recording,),
    )
