"""The form of a benchmark and of its results, which are kept as JSON: bench/results/NAME.json.

    BENCHMARK = Benchmark("Library scan", measure, full={"files": 100_000}, quick={"files": 1_000}, about="…")

`measure(**sizes)` yields rows as they are measured: a `Figure` for each claim, a `Growth` for each size of a job, a
`Table` for what fits neither. A figure whose name is in bench/frame/targets.py counts towards that target.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any, TypeAlias

RESULTS = Path(__file__).parent.parent / "results"
Cell: TypeAlias = str | int | float | None


@dataclass(frozen=True)
class Figure:
    """One measured claim: `value` in `unit`, "×" being a multiple of `reference`.

    `detail` holds what the value was computed from, by unit ("s", "reference s", "processor s"); `peak_mib` is the peak
    memory of mamctl's own processes and is held against the memory target.
    """

    name: str
    what: str
    value: float
    unit: str = "×"
    reference: str | None = None
    sizes: Mapping[str, int] = field(default_factory=dict)
    detail: Mapping[str, float] = field(default_factory=dict)
    peak_mib: float | None = None
    before: float | None = None
    """The same figure before the last change to the path, in the same unit; the target's `before` where it is null."""

    def text(self) -> str:
        """The row as the run prints it."""
        sizes = "".join(f", {count:,} {of}" for of, count in self.sizes.items())
        value = f"{number(self.value)} {self.unit}{f' {self.reference}' if self.reference else ''}"
        detail = "  ".join(f"{number(amount)} {unit}" for unit, amount in self.detail.items())
        return f"{self.what}{sizes}: {value}{f'  ({detail})' if detail else ''}"


@dataclass(frozen=True)
class Growth:
    """What a job costs at one size; null where the measure means nothing for the job."""

    job: str
    count: int
    of: str
    """What is counted: "books", "torrents", "runs", "figures", "files"."""
    seconds: float
    peak_mib: float | None = None
    database_mb: float | None = None
    requests: int | None = None

    def text(self) -> str:
        """The row as the run prints it."""
        more = ((self.peak_mib, "MiB"), (self.database_mb, "MB on disk"), (self.requests, "requests"))
        rest = "  ".join(f"{number(amount)} {unit}" for amount, unit in more if amount is not None)
        return f"{self.job}, {self.count:,} {self.of}: {self.seconds:.2f} s  {rest}"


@dataclass(frozen=True)
class Table:
    """A table as the page shows it; `title` is a sentence above it, and may be empty."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]

    def text(self) -> str:
        """The table as the run prints it."""
        rows = (self.columns, *self.rows)
        return "\n".join([self.title, *("  ".join("–" if cell is None else str(cell) for cell in row) for row in rows)])


Row: TypeAlias = Figure | Growth | Table


@dataclass(frozen=True)
class Benchmark:
    """What one module measures. `quick` sizes take a few seconds; null leaves it out of the quick run. `largest` are
    those that take too long for every run, and are measured by themselves."""

    title: str
    measure: Callable[..., Iterator[Row]]
    full: Mapping[str, Any] = field(default_factory=dict)
    quick: Mapping[str, Any] | None = None
    largest: Mapping[str, Any] | None = None
    about: str = ""
    """What is measured and how, for the page; no figures, since those grow old. Blank lines part paragraphs."""


@dataclass(frozen=True)
class Setting:
    """Where and when a result was measured. `load` is the machine's average of runnable processes at the beginning."""

    date: str
    release: str
    commit: str
    python: str
    system: str
    processor: str
    cores: int
    memory_gib: int
    load: float | None = None


@dataclass(frozen=True)
class Result:
    """Everything that one run of a benchmark found."""

    name: str
    title: str
    about: str
    setting: Setting
    figures: tuple[Figure, ...] = ()
    growth: tuple[Growth, ...] = ()
    tables: tuple[Table, ...] = ()

    def to_json(self, targets: Mapping[str, float]) -> str:
        """The JSON of the file; a figure shows its target, for readers that do not have the list."""
        whole = _rounded(asdict(self))
        for figure in whole["figures"]:
            figure["target"] = targets.get(figure["name"])
        return json.dumps(whole, indent=1, ensure_ascii=False) + "\n"


def number(value: float) -> str:
    """Three digits that matter, without needless noughts."""
    if value == int(value) or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 20 else f"{value:.2f}"


def read_result(path: Path) -> Result:
    """A result as `Result.to_json` wrote it. Raises TypeError for a key too many or too few, naming the file."""
    whole = json.loads(path.read_text(encoding="utf-8"))
    try:
        return Result(
            name=whole["name"],
            title=whole["title"],
            about=whole["about"],
            setting=Setting(**whole["setting"]),
            figures=tuple(Figure(**_without(figure, "target")) for figure in whole["figures"]),
            growth=tuple(Growth(**row) for row in whole["growth"]),
            tables=tuple(
                Table(table["title"], tuple(table["columns"]), tuple(map(tuple, table["rows"])))
                for table in whole["tables"]
            ),
        )
    except (KeyError, TypeError) as error:
        known = ", ".join(one.name for one in fields(Result))
        raise TypeError(f"{path}: {error}; expected the keys {known}, as bench/frame/model.py has them") from error


def read_results(folder: Path = RESULTS) -> tuple[Result, ...]:
    """All results of a folder, by name."""
    return tuple(read_result(path) for path in sorted(folder.glob("*.json")))


def _rounded(value: Any) -> Any:
    """The value with four digits that matter in each of its measured numbers."""
    if isinstance(value, float):
        return float(f"{value:.4g}")
    if isinstance(value, dict):
        return {key: _rounded(one) for key, one in value.items()}
    return [_rounded(one) for one in value] if isinstance(value, (list, tuple)) else value


def _without(mapping: dict[str, Any], key: str) -> dict[str, Any]:
    return {name: value for name, value in mapping.items() if name != key}
