"""`python -m bench [NAME…]`: every module of this package that has a `run()`; `make bench` runs them all."""

from __future__ import annotations

import importlib
import pkgutil
import sys

import bench


def main(wanted: list[str]) -> None:
    """Run the benchmarks named, or all."""
    for module in pkgutil.iter_modules(bench.__path__):
        if module.name == "__main__" or (wanted and module.name not in wanted):
            continue
        run = getattr(importlib.import_module(f"bench.{module.name}"), "run", None)
        if run is not None:
            print(f"\n## {module.name}", flush=True)
            run()


if __name__ == "__main__":
    main(sys.argv[1:])
