"""How well names, NFO files and strings are read, against labelled cases.

    python -m bench.reading --set DIR [--show] [--only names,nfo,strings]

A case is {"input", "gold"}, and a file of them is known by its name:
- `*names*.json`: paths of books; `gold` has title, subtitle, authors, narrators, series [[name, position]], year, asin,
  abridged. A value may be {"any of": [...]}; null means that the path states none.
- `*nfo*.json`: texts of NFO files; only the fields that `gold` has are compared.
- `*strings*.json`: written fields, whose `part` is series, position, people or people-goodreads.

The time of a path is the processor's, without that of compiling the patterns (0.2 s, once in a process).

Case, blanks, punctuation, and the order of people do not count; "1" and "01" are one position.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from mamctl.domain.library.nfo import parse_nfo
from mamctl.domain.library.paths.listing import read_listing
from mamctl.domain.library.paths.observe import observe_path, observe_readings
from mamctl.domain.metadata.merge import agree
from mamctl.domain.metadata.observation import Observation, Origin, Source
from mamctl.domain.text.credits import split_people
from mamctl.domain.text.normalize import fold
from mamctl.domain.text.series import SeriesEntry, fold_series, parse_position, parse_series

NOW = datetime(2024, 1, 1, tzinfo=UTC)
FIELDS = ("title", "subtitle", "authors", "narrators", "series", "year", "asin", "abridged")
TOGETHER = ("title", "authors", "series")


def squeeze(value: Any) -> Any:
    """A value without what does not count."""
    if isinstance(value, (list, tuple)):
        return sorted(squeeze(one) for one in value) or None
    return fold(value).replace(" ", "") if isinstance(value, str) else value


def alternatives(gold: Any) -> list[Any]:
    """The values of which each is right."""
    return gold["any of"] if isinstance(gold, dict) and "any of" in gold else [gold]


def same_series(read: tuple[SeriesEntry, ...], gold: Any) -> bool:
    """Whether the first series read is among the gold's, with its position; several there are one series' names."""
    if not read or not gold:
        return not read and not gold
    wanted = [(fold_series(name), parse_position(place) if place else None) for name, place in gold]
    return (fold_series(read[0].name), read[0].position) in wanted


def is_right(field: str, read: Any, gold: Any) -> bool:
    """Whether the field is read as one of the right values."""
    if field == "series":
        return any(same_series(read or (), one) for one in alternatives(gold))
    return squeeze(read) in [squeeze(one) for one in alternatives(gold)]


def values_of(said: Iterable[Observation]) -> dict[str, Any]:
    """The likeliest value of every field."""
    return {value.field.value: value.value for value in agree(tuple(said))}


class Score:
    """Right ones of all, and of those where a value is stated; one row per field."""

    def __init__(self) -> None:
        self.all: Counter[str] = Counter()
        self.right: Counter[str] = Counter()
        self.said: Counter[str] = Counter()
        self.found: Counter[str] = Counter()

    def add(self, name: str, *, right: bool, said: bool = True) -> None:
        """Count one answer."""
        self.all[name] += 1
        self.right[name] += right
        self.said[name] += said
        self.found[name] += said and right

    def lines(self) -> Iterable[str]:
        """One line per name: right of all, found of those stated."""
        for name in self.all:
            found = (
                f"{100 * self.found[name] / self.said[name]:5.1f} % of {self.said[name]:<5} found"
                if self.said[name]
                else ""
            )
            yield f"{name:<34}{100 * self.right[name] / self.all[name]:6.1f} % of {self.all[name]:<6} {found}"


def read_alone(paths: list[str]) -> list[dict[str, Any]]:
    """Every path by itself."""
    return [values_of(observe_path(path, NOW)) for path in paths]


def read_together(paths: list[str]) -> list[dict[str, Any]]:
    """All paths as one listing."""
    return [values_of(observe_readings(one, NOW, place=one.path)) if one else {} for one in read_listing(paths)]


def score_names(cases: list[dict[str, Any]], read: list[dict[str, Any]], *, show: bool) -> Score:
    """The figures for paths."""
    score = Score()
    for case, values in zip(cases, read, strict=True):
        right = {field: is_right(field, values.get(field), case["gold"].get(field)) for field in FIELDS}
        for field in FIELDS:
            said = all(one not in (None, []) for one in alternatives(case["gold"].get(field)))
            score.add(field, right=right[field], said=said)
        together = all(right[field] for field in TOGETHER)
        score.add("title, authors, series, position", right=together)
        wrong = [field for field in FIELDS if not right[field] and field != "subtitle"]
        if show and wrong:
            print(f"{'K ' if case.get('needs_knowledge') else ''}{case['input']}")
            for field in wrong:
                print(f"      {field}: {values.get(field)!r} instead of {case['gold'].get(field)!r}")
    return score


def score_nfo(cases: list[dict[str, Any]], *, show: bool) -> Score:
    """The figures for NFO texts."""
    score = Score()
    for case in cases:
        values = values_of(parse_nfo(case["input"], Origin(Source.NFO, "book.nfo", NOW)).observations)
        entries = values.get("series") or ()
        values |= {"series": entries[0].name if entries else None, "position": entries[0].position if entries else None}
        for field, gold in case["gold"].items():
            read = values.get(field)
            right = _nfo_right(field, read, gold)
            score.add(field, right=right)
            score.add("every field", right=right)
            if show and not right:
                print(f"{case.get('kind')}: {field} {read!r} instead of {gold!r}")
        if not case["gold"]:
            right = not ({"title", "authors", "narrators"} & {key for key, value in values.items() if value})
            score.add("nothing said, nothing read", right=right)
    return score


def _nfo_right(field: str, read: Any, gold: Any) -> bool:
    if field == "description":
        return squeeze(read or "").startswith(squeeze(gold))
    if field == "duration":
        return read is not None and abs(read - gold) < 60
    if field == "series":
        return fold_series(read or "") == fold_series(gold)
    return is_right(field, read, gold)


def read_string(part: str, text: str) -> Any:
    """What a written field of this part holds."""
    readers: dict[str, Callable[[str], Any]] = {
        "series": lambda one: [[entry.name, entry.position] for entry in parse_series(one)],
        "position": parse_position,
    }
    return readers.get(part, lambda one: list(split_people(one)))(text)


def _string_key(part: str, value: Any) -> Any:
    if part == "series":
        return [(fold_series(name), place) for name, place in value or []]
    return (value or "").replace(" ", "") if part == "position" else squeeze(value)


def score_strings(cases: list[dict[str, Any]], *, show: bool) -> Score:
    """The figures for written fields."""
    score = Score()
    for case in cases:
        part, read = case["part"], read_string(case["part"], case["input"])
        right = any(_string_key(part, read) == _string_key(part, one) for one in alternatives(case["gold"]))
        score.add(part, right=right)
        if part != "position":
            score.add("people, all" if part.startswith("people") else "series, all", right=right)
        if show and not right:
            print(f"{part}: {case['input']!r} read as {read!r} instead of {case['gold']!r}")
    return score


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--set", type=Path, required=True, help="a folder of case files")
    parser.add_argument("--only", default="names,nfo,strings")
    parser.add_argument("--show", action="store_true", help="print every wrong answer")
    options = parser.parse_args()
    for file in sorted(options.set.glob("*.json")):
        kind = next((kind for kind in options.only.split(",") if kind in file.name), None)
        if kind is None:
            continue
        cases = json.loads(file.read_text(encoding="utf-8"))
        if kind == "names":
            _print_names(file, cases, show=options.show)
        else:
            _print(file, "", (score_nfo if kind == "nfo" else score_strings)(cases, show=options.show))


def _print_names(file: Path, cases: list[dict[str, Any]], *, show: bool) -> None:
    paths = [case["input"] for case in cases]
    read_alone(["Mara Vell/Lantern Cycle/Book Two - Der Weg, Band 3: Zwölf, Vol. IV (Series, Book 1) by José Pérez"])
    for way, reader in (("each alone", read_alone), ("as one listing", read_together)):
        started = time.process_time()
        read = reader(paths)
        cost = 1000 * (time.process_time() - started) / max(1, len(paths))
        _print(file, f"{way}, {cost:.2f} ms a path", score_names(cases, read, show=show))


def _print(file: Path, way: str, score: Score) -> None:
    print(f"\n{file.name}{': ' if way else ''}{way}")
    for line in score.lines():
        print(f"  {line}")


if __name__ == "__main__":
    main()
