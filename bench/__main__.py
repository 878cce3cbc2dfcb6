"""Runs the benchmarks and keeps what they found: `python -m bench [quick] [NAME…] [--largest] [--json FOLDER]`.

    python -m bench                   every benchmark, in full; results go to bench/results, then run `make docs`
    python -m bench startup requests  these two
    python -m bench --largest growth_books    sizes that take half an hour; kept beside the others
    python -m bench quick             every one at small sizes, in under a minute; nothing is kept
    python -m bench quick --json DIR  the same, kept in DIR

A benchmark is a module of this package with a BENCHMARK (bench/frame/model.py). One that fails is reported, the others
still run, and the exit status is 1.
"""

from __future__ import annotations

import argparse
import importlib
import pkgutil
import sys
import time
import traceback
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import bench
from bench.frame.model import RESULTS, Benchmark, Figure, Growth, Result, Table
from bench.frame.setting import describe_setting
from bench.frame.targets import LIMITS

QUICK, LARGEST = "quick", "largest"


def find_benchmarks(wanted: list[str]) -> dict[str, Benchmark]:
    """The benchmarks named, or all, by the names of their modules. Raises SystemExit for a name that none has."""
    names = [module.name for module in pkgutil.iter_modules(bench.__path__) if module.name != "__main__"]
    modules = {name: importlib.import_module(f"bench.{name}") for name in wanted or names if name in names}
    found = {name: module.BENCHMARK for name, module in modules.items() if hasattr(module, "BENCHMARK")}
    if unknown := [name for name in wanted if name not in found]:
        raise SystemExit(f"no benchmark is named {', '.join(unknown)}; there are: {', '.join(find_benchmarks([]))}")
    return found


def measure(name: str, benchmark: Benchmark, sizes: Mapping[str, Any]) -> Result:
    """Run one benchmark at these sizes, printing each row as it is measured."""
    setting, began = describe_setting(), time.perf_counter()
    print(f"\n## {name}: {benchmark.title}", flush=True)
    rows = []
    for row in benchmark.measure(**sizes):
        rows.append(row)
        print(row.text(), flush=True)
    print(f"({time.perf_counter() - began:.1f} s)", flush=True)
    return Result(
        name=name,
        title=benchmark.title,
        about=benchmark.about,
        setting=setting,
        figures=tuple(row for row in rows if isinstance(row, Figure)),
        growth=tuple(row for row in rows if isinstance(row, Growth)),
        tables=tuple(row for row in rows if isinstance(row, Table)),
    )


def main(words: list[str]) -> int:
    """The command line; the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m bench", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--largest", action="store_true", help="the sizes that take too long for every run, alone")
    parser.add_argument("--json", type=Path, metavar="FOLDER", help="where to write NAME.json")
    options = parser.parse_args(words)
    quick = QUICK in options.names
    folder = options.json or (None if quick else RESULTS)
    failed = []
    for name, benchmark in find_benchmarks([name for name in options.names if name != QUICK]).items():
        sizes = benchmark.quick if quick else benchmark.largest if options.largest else benchmark.full
        if sizes is None:
            continue
        try:
            result = measure(f"{name} --{LARGEST}" if options.largest else name, benchmark, sizes)
        except (Exception, SystemExit):  # noqa: BLE001 - the others still run
            traceback.print_exc()
            failed.append(name)
            continue
        if folder:
            folder.mkdir(parents=True, exist_ok=True)
            file = f"{name}_{LARGEST}.json" if options.largest else f"{name}.json"
            (folder / file).write_text(result.to_json(LIMITS), encoding="utf-8")
    if failed:
        print(f"failed: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
