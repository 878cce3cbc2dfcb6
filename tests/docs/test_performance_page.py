"""The page about performance shows what the benchmarks kept, and each target's row whether it was measured or not.

That the page is the one rendered from bench/results is checked with the other generated documents.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from bench.frame.model import Figure, Growth, Result, Setting, Table, read_result, read_results
from bench.frame.page import performance_page
from bench.frame.targets import BY_NAME, LIMITS, TARGETS, find_figure

SETTING = Setting("2026-01-02", "1.0", "abc", "3.11", "Debian", "a processor", 2, 8, 0.5)
RESULT = Result(
    "example",
    "An example",
    "About it.",
    SETTING,
    figures=(
        Figure(
            "scan.empty", "a scan", 29.5, reference="`find`", sizes={"files": 1_000}, detail={"s": 2.5}, peak_mib=40.0
        ),
        Figure("scan.unchanged", "once more", 3.507, reference="`find`"),
    ),
    growth=(Growth("a job", 1_000, "books", 1.0, 30.0, 2.5, 4), Growth("a job", 10_000, "books", 12.0, 151.0)),
    tables=(Table("Beside it:", ("what", "how | much"), (("a", 1_234), ("b", None))),),
)


def rows(page: str) -> list[str]:
    return [line for line in page.splitlines() if line.startswith("| ")]


def test_results_are_read_back_as_they_were_written(tmp_path: Path) -> None:
    (tmp_path / "example.json").write_text(RESULT.to_json(LIMITS))
    assert read_results(tmp_path) == (RESULT,)
    assert json.loads((tmp_path / "example.json").read_text())["figures"][0]["target"] == 30


def test_a_result_of_another_form_is_named_with_what_was_expected(tmp_path: Path) -> None:
    path = tmp_path / "example.json"
    path.write_text(RESULT.to_json(LIMITS).replace('"peak_mib"', '"peak"'))
    with pytest.raises(TypeError, match=r"example\.json: .*'peak'.*expected the keys name, title"):
        read_result(path)


def test_the_page_says_of_each_target_whether_it_is_reached() -> None:
    page = performance_page([RESULT])
    shown = rows(page)
    assert (
        "| `meta scan`, first, 100,000 empty files, × `find -printf` | 115 × | ≤ 30 × | 29.5 × (1,000 files) | yes |"
        in shown
    )
    assert (
        "| `meta scan`, nothing changed, 100,000 files, × `find -printf` | 9 × | ≤ 3.50 × | 3.51 × | **no** |" in shown
    )
    assert "| the peak memory of any job | 170 MiB | ≤ 150 MiB | 151 MiB (a job, 10,000 books) | **no** |" in shown
    assert all(any(row.startswith(f"| {target.path} |") for row in shown) for target in TARGETS)
    assert sum("| not measured |" in row for row in shown) == len(TARGETS) - 3


def test_the_page_shows_growth_figures_and_tables_with_their_setting() -> None:
    page = performance_page([RESULT])
    assert "| a job | 10,000 books | 12.0 s | 10 → 12.0 | 151 | – | – |" in rows(page)
    assert "| a scan | 1,000 files | 29.5 × `find` | 115 | ≤ 30 | 2.50 s | 40 |" in rows(page)
    assert "| b | – |" in rows(page)
    assert "| what | how \\| much |" in rows(page)
    assert "Measured on 2026-01-02: mamctl 1.0 (commit abc), Python 3.11, Debian, a processor, 2 cores" in page


def test_no_kept_figure_counts_towards_a_target_twice() -> None:
    results = read_results()
    names = [figure.name for result in results for figure in result.figures if figure.name in BY_NAME]
    assert sorted(set(names)) == sorted(names)
    assert find_figure(BY_NAME["requests.daily"], results) is not None


def test_a_time_that_was_measured_under_load_says_so() -> None:
    loaded = replace(RESULT, name="example --largest", setting=replace(SETTING, load=9.5))
    page = performance_page([RESULT, loaded])
    assert "| a job | 1,000 books | 1.0 s | – | 30 | 2.50 | 4 |" in rows(page)
    assert "| a job | 1,000 books | 1.0 s under load | – | 30 | 2.50 | 4 |" in rows(page)
    assert "`python -m bench example --largest`. Measured on" in page
