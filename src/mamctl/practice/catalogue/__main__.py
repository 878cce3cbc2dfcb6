"""`python -m mamctl.practice.catalogue`: the practice catalogue on its own, with the configuration that reaches it."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from mamctl.practice.catalogue.make_world import make_world
from mamctl.practice.catalogue.server import PracticeCatalogue, catalogue_sections
from mamctl.practice.catalogue.wire.reply import PRACTICE_KEY
from mamctl.practice.serve import serve_until_stopped


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until a signal ends it."""
    parser = argparse.ArgumentParser(prog="python -m mamctl.practice.catalogue", description=__doc__)
    parser.add_argument("--books", type=int, default=500, help="size of the made-up world")
    parser.add_argument("--seed", type=int, default=1, help="which made-up world")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    chosen = parser.parse_args(arguments)
    server = PracticeCatalogue(make_world(chosen.books, chosen.seed), port=chosen.port)
    what = f"{chosen.books} made-up books; the key or token is {PRACTICE_KEY}"
    return serve_until_stopped(server, what, lambda: catalogue_sections(server, custom="practice"))


if __name__ == "__main__":
    sys.exit(main())
