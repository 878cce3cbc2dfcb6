"""`python -m mamctl.practice.catalogue`: the practice catalogue on its own, with the configuration that reaches it."""

from __future__ import annotations

import argparse
import sys

from mamctl.practice.catalogue.server import WIRES, PracticeCatalogue
from mamctl.practice.catalogue.wire.reply import PRACTICE_KEY
from mamctl.practice.catalogue.world import make_world


def main() -> None:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(prog="python -m mamctl.practice.catalogue", description=__doc__)
    parser.add_argument("--books", type=int, default=500, help="size of the made-up world")
    parser.add_argument("--seed", type=int, default=1, help="which made-up world")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    chosen = parser.parse_args()
    server = PracticeCatalogue(make_world(chosen.books, chosen.seed), port=chosen.port)
    lines = [f"# {chosen.books} made-up books; the key or token is {PRACTICE_KEY}"]
    for name in WIRES:
        header = ["[[catalogues.custom]]", 'name = "practice"'] if name == "custom" else [f"[catalogues.{name}]"]
        lines += [*header, f'base_url = "{server.base_url(name)}"', "interval = 0"]
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()
    try:
        server.serve()
    except KeyboardInterrupt:
        sys.stderr.write("closed\n")


if __name__ == "__main__":
    main()
