"""`python -m mamctl.practice.catalogue`: the practice catalogue on its own, with the configuration that reaches it."""

from __future__ import annotations

import argparse
import sys
import threading
from collections.abc import Sequence

from mamctl.practice.catalogue.make_world import make_world
from mamctl.practice.catalogue.server import PracticeCatalogue, catalogue_sections
from mamctl.practice.catalogue.wire.reply import PRACTICE_KEY


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(prog="python -m mamctl.practice.catalogue", description=__doc__)
    parser.add_argument("--books", type=int, default=500, help="size of the made-up world")
    parser.add_argument("--seed", type=int, default=1, help="which made-up world")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    chosen = parser.parse_args(arguments)
    server = PracticeCatalogue(make_world(chosen.books, chosen.seed), port=chosen.port)
    try:
        server.start()
    except OSError as error:
        sys.stderr.write(
            f"cannot listen on port {chosen.port}: {error.strerror}; choose another, or 0 for a free one\n"
        )
        return 1
    sys.stdout.write(f"# {chosen.books} made-up books; the key or token is {PRACTICE_KEY}\n")
    sys.stdout.write("# put these lines into mamctl.toml; Ctrl-C ends the server\n")
    sys.stdout.write(catalogue_sections(server, custom="practice"))
    sys.stdout.flush()
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        sys.stderr.write("closed\n")
    finally:
        server.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
