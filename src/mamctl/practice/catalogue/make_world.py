"""How the made-up world is made from a seed: works, their recordings and series, near-twins and omnibuses."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from random import Random

from mamctl.domain.text.series import SeriesEntry
from mamctl.practice.catalogue import names
from mamctl.practice.catalogue.world import REGIONS, Kinship, Recording, Rendering, Series, Work, World

_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_NEWEST = date(2025, 12, 31)


def make_world(books: int, seed: int = 1) -> World:
    """A world of `books` works; the same seed makes the same world."""
    rng = Random(f"mamctl world {seed}")  # noqa: S311 - made-up books need no secrecy
    maker = _Maker(rng, [names.make_person(rng) for _ in range(max(3, books // 9))], books)
    while len(maker.works) < books:
        maker.add_something()
    works = tuple(maker.works[:books])
    kept = {work.id for work in works}
    series = tuple(
        replace(one, work_ids=tuple(number for number in one.work_ids if number in kept)) for one in maker.series
    )
    return World(works, tuple(one for one in series if one.work_ids), seed)


class _Maker:
    """Works and series in the making."""

    def __init__(self, rng: Random, people: list[str], books: int) -> None:
        self.rng = rng
        self.people = people
        self.readers = [names.make_person(rng) for _ in range(max(3, books // 15))]
        self.works: list[Work] = []
        self.series: list[Series] = []
        self.taken: set[tuple[str, str]] = set()
        self.asins: set[str] = set()

    def add_something(self) -> None:
        roll = self.rng.random()
        if roll < 0.30:
            self.add_series()
        elif roll < 0.36 and self.works:
            self.add_twin(self.rng.choice(self.works))
        else:
            self.add_work(self.fresh_title(author := self.rng.choice(self.people)), (author, *self.co_author()))

    def add_series(self) -> None:
        rng, author = self.rng, self.rng.choice(self.people)
        name, number, length = names.make_series_name(rng), len(self.series) + 1, rng.randint(2, 8)
        numbered = self.fresh_title(author) if rng.random() < 0.12 else None
        members: list[int] = []
        for place in range(1, length + 1):
            title = self.volume_title(numbered, place, author)
            entry = SeriesEntry(name, str(place))
            kinship = Kinship.NUMBERED if numbered and place > 1 else Kinship.NONE
            twin = members[0] if numbered and place > 1 else None
            work = self.add_work(title, (author,), (entry,), (number,), kinship=kinship, twin_of=twin)
            members.append(work.id)
        if rng.random() < 0.15:
            members.append(self.add_novella(name, number, author).id)
        if length >= 3 and rng.random() < 0.2:
            self.add_omnibus(name, number, author, members[:3])
        self.series.append(Series(number, name, tuple(members)))

    def volume_title(self, numbered: str | None, place: int, author: str) -> str:
        if numbered is None:
            return self.fresh_title(author)
        return numbered if place == 1 else f"{numbered} {place}"

    def add_novella(self, name: str, number: int, author: str) -> Work:
        entry = SeriesEntry(name, f"{self.rng.randint(1, 3)}.5")
        return self.add_work(self.fresh_title(author), (author,), (entry,), (number,), length=0.3)

    def add_omnibus(self, name: str, number: int, author: str, members: list[int]) -> Work:
        entry = SeriesEntry(name, f"1-{len(members)}")
        title = f"{name}: Books 1-{len(members)}"
        return self.add_work(
            title, (author,), (entry,), (number,), length=3.0, kinship=Kinship.OMNIBUS, twin_of=members[0]
        )

    def add_twin(self, work: Work) -> None:
        if self.rng.random() < 0.5:
            author = self.rng.choice([name for name in self.people if name not in work.authors])
            self.add_work(work.title, (author,), kinship=Kinship.NAMESAKE, twin_of=work.id)
        else:
            longer = f"{work.title} and the {names.make_title(self.rng).split()[-1]}"
            self.add_work(longer, work.authors, kinship=Kinship.EXTENDED, twin_of=work.id)

    def co_author(self) -> tuple[str, ...]:
        return (self.rng.choice(self.people),) if self.rng.random() < 0.06 else ()

    def fresh_title(self, author: str) -> str:
        for _ in range(50):
            title = names.make_title(self.rng)
            if (title, author) not in self.taken:
                break
        else:
            title = f"{title} {len(self.works)}"
        self.taken.add((title, author))
        return title

    def add_work(
        self,
        title: str,
        authors: tuple[str, ...],
        series: tuple[SeriesEntry, ...] = (),
        series_ids: tuple[int, ...] = (),
        *,
        length: float = 1.0,
        kinship: Kinship = Kinship.NONE,
        twin_of: int | None = None,
    ) -> Work:
        rng = self.rng
        first = _NEWEST - timedelta(days=int(rng.random() ** 2 * 20_000))
        printed = min(_NEWEST, first + timedelta(days=rng.choice((0, 0, 0, 400, 2_000))))
        work = Work(
            id=len(self.works) + 1,
            title=title,
            authors=tuple(dict.fromkeys(authors)),
            first_published=rng.choice((f"{first:%Y}", f"{first:%Y-%m}", first.isoformat(), first.isoformat())),
            isbn=make_isbn(rng.randrange(10**9)),
            published=printed.isoformat(),
            publisher=names.make_publisher(rng, audio=False),
            subtitle=names.make_subtitle(rng) if rng.random() < 0.2 else None,
            series=series,
            series_ids=series_ids,
            language=rng.choices(("English", "German", "French", "Spanish"), (88, 6, 3, 3))[0],
            description=names.make_description(rng),
            genres=names.make_genres(rng),
            rating=round(rng.uniform(2.8, 4.8), 2),
            ratings_count=int(10 ** rng.uniform(0, 5.5)),
            kinship=kinship,
            twin_of=twin_of,
        )
        work = replace(work, recordings=tuple(self.make_recordings(work, length, first)))
        self.works.append(work)
        return work

    def make_recordings(self, work: Work, length: float, first: date) -> Iterator[Recording]:
        rng = self.rng
        hours = min(60.0, max(0.4, rng.lognormvariate(2.2, 0.45) * length))
        yield self.make_recording(work, hours, first, Rendering.UNABRIDGED)
        if rng.random() < 0.12:
            yield self.make_recording(work, hours * rng.choice((0.82, 0.87, 1.14, 1.2)), first, Rendering.UNABRIDGED)
        if rng.random() < 0.06:
            yield self.make_recording(work, hours * 0.45, first, Rendering.ABRIDGED)
        if rng.random() < 0.03:
            yield self.make_recording(work, hours * 0.7, first, Rendering.DRAMATISED)

    def make_recording(self, work: Work, hours: float, first: date, rendering: Rendering) -> Recording:
        rng = self.rng
        readers = rng.sample(self.readers, rng.choices((1, 2, 3), (85, 12, 3))[0])
        if rendering is Rendering.UNABRIDGED and rng.random() < 0.04:
            readers = [work.authors[0]]
        return Recording(
            work_id=work.id,
            asins=tuple((region, self.fresh_asin()) for region in REGIONS if region == "us" or rng.random() < 0.7),
            narrators=tuple(readers),
            duration_s=int(hours * 3600),
            rendering=rendering,
            publisher=names.make_publisher(rng, audio=True),
            released=min(_NEWEST, first + timedelta(days=rng.randint(0, 3_000))).isoformat(),
            isbn=make_isbn(rng.randrange(10**9)) if rng.random() < 0.3 else None,
        )

    def fresh_asin(self) -> str:
        while (asin := "B0" + "".join(self.rng.choices(_ALPHABET, k=8))) in self.asins or asin[2:].isalpha():
            pass
        self.asins.add(asin)
        return asin


def make_isbn(body: int) -> str:
    """A valid ISBN-13 from nine digits."""
    digits = f"978{body:09}"
    total = sum(int(digit) * (3 if index % 2 else 1) for index, digit in enumerate(digits))
    return digits + str(-total % 10)
