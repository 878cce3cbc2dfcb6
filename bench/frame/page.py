"""Renders docs/performance.md from the results in bench/results: nothing on the page is written by hand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bench.frame.model import Cell, Figure, Growth, Result, Setting, number, read_results
from bench.frame.targets import BY_NAME, TARGETS, Target, find_figure

_INTRO = """# Performance

Every figure is from `make bench`, which keeps what it measured in bench/results; this page is rendered from there. Most
are ratios against a reference that ran in turn with it on the same machine, and the least of several rounds: a ratio is
what holds on another machine. Times are the processor's where they say so, and otherwise the clock's.
Where the load was far above the number of cores, times are longer than on an idle machine; ratios are less so.
`python -m bench NAME` measures one section again, and `make bench ARGS=quick` tries all of them at small sizes.
"""


def performance_page(results: Sequence[Result] | None = None) -> str:
    """The page for these results; for those that are kept when none are given."""
    results = read_results() if results is None else tuple(results)
    return "\n".join([_INTRO, _targets(results), _growth(results), *(_section(result) for result in results)])


def _targets(results: Sequence[Result]) -> str:
    rows = [_target_row(target, find_figure(target, results)) for target in TARGETS]
    return "## Targets\n\n" + _table(("path", "before", "target", "measured", "reached"), rows)


def _target_row(target: Target, figure: Figure | None) -> tuple[Cell, ...]:
    bound = "published" if target.limit is None else f"{'≥' if target.least else '≤'} {_amount(target.limit, target)}"
    before = None if target.before is None else _amount(target.before, target)
    if figure is None:
        return target.path, before, bound, "not measured", "–"
    sizes = figure.what if target.name == "memory.peak" else _sizes(figure)
    measured = _amount(figure.value, target) + (f" ({sizes})" if sizes else "")
    reached = "–" if target.limit is None else ("yes" if target.is_reached(figure.value) else "**no**")
    return target.path, before, bound, measured, reached


def _amount(value: float, target: Target) -> str:
    return f"{number(value)} {target.unit}"


def _growth(results: Sequence[Result]) -> str:
    measured = [(row, result.setting) for result in results for row in result.growth]
    if not measured:
        return ""
    rows = [row for row, _ in measured]
    lines = [
        (
            row.job,
            f"{row.count:,} {row.of}",
            _seconds(row.seconds) + (" under load" if _is_loaded(setting) else ""),
            _share(row, rows),
            row.peak_mib and round(row.peak_mib),
            row.database_mb,
            row.requests,
        )
        for row, setting in measured
    ]
    columns = ("job", "size", "time", "× the size → × the time", "peak MiB", "MB on disk", "requests")
    return "## Growth\n\n" + _table(columns, lines)


def _is_loaded(setting: Setting) -> bool:
    """Whether other work took so much of the machine that times are longer for it."""
    return setting.load is not None and setting.load > 2 * setting.cores


def _share(row: Growth, rows: Sequence[Growth]) -> str | None:
    """How the time grew since the next smaller size of the same job."""
    smaller = [one for one in rows if (one.job, one.of) == (row.job, row.of) and one.count < row.count]
    if not smaller:
        return None
    last = max(smaller, key=lambda one: one.count)
    return f"{row.count / last.count:.0f} → {row.seconds / last.seconds:.1f}"


def _section(result: Result) -> str:
    parts = [f"## {result.title}\n", f"`python -m bench {result.name}`. {_where(result.setting)}\n"]
    if result.about:
        parts.append(f"{result.about}\n")
    if result.figures:
        parts.append(_figures(result.figures))
    parts += [
        (f"{table.title}\n\n" if table.title else "") + _table(table.columns, table.rows) for table in result.tables
    ]
    return "\n".join(parts)


def _where(setting: Setting) -> str:
    load = "" if setting.load is None else f"; load at the beginning {setting.load}"
    return (
        f"Measured on {setting.date}: mamctl {setting.release} (commit {setting.commit}), Python {setting.python},"
        f" {setting.system}, {setting.processor}, {setting.cores} cores, {setting.memory_gib} GiB{load}."
    )


def _figures(figures: Iterable[Figure]) -> str:
    columns = ("what", "sizes", "measured", "before", "target", "from", "peak MiB")
    return _table(columns, [_figure_row(figure) for figure in figures])


def _figure_row(figure: Figure) -> tuple[Cell, ...]:
    target = BY_NAME.get(figure.name)
    before = figure.before if figure.before is not None else (target and target.before)
    sign = "≥" if target and target.least else "≤"
    return (
        figure.what,
        _sizes(figure),
        f"{number(figure.value)} {figure.unit}{f' {figure.reference}' if figure.reference else ''}",
        before,
        f"{sign} {number(target.limit)}" if target and target.limit is not None else None,
        ", ".join(f"{number(amount)} {unit}" for unit, amount in figure.detail.items()),
        figure.peak_mib and round(figure.peak_mib),
    )


def _sizes(figure: Figure) -> str:
    return ", ".join(f"{count:,} {of}" for of, count in figure.sizes.items())


def _table(columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    """A Markdown table without the columns that are empty in all rows."""
    rows = list(rows)
    used = [at for at in range(len(columns)) if not rows or any(row[at] not in (None, "") for row in rows)]
    lines = [
        [_cell(columns[at]) for at in used],
        ["---"] * len(used),
        *([_cell(row[at]) for at in used] for row in rows),
    ]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _cell(value: Cell) -> str:
    if value is None or value == "":
        return "–"
    text = value if isinstance(value, str) else number(value)
    return text.replace("|", "\\|")


def _seconds(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms" if seconds < 1 else f"{seconds:,.1f} s"
