"""Run the practice tracker by itself: `python -m mamctl.practice.tracker --port 8080 --state FILE`."""

from __future__ import annotations

import argparse
import signal
import sys
import threading
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from mamctl.practice.clock import PracticeClock
from mamctl.practice.tracker.behaviour import Behaviour
from mamctl.practice.tracker.demo_world import demo_world
from mamctl.practice.tracker.memory import read_part, write_state
from mamctl.practice.tracker.server import PracticeTracker
from mamctl.practice.tracker.small import small_world
from mamctl.practice.tracker.state import World

if TYPE_CHECKING:
    from collections.abc import Sequence

_WORLDS = {"demo": demo_world, "small": small_world}


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until SIGTERM or SIGINT; the first line on stdout is the URL."""
    options = _parser().parse_args(arguments)
    tracker = open_tracker(options.world, options.port, options.state, options.now)
    done = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: done.set())
    with ExitStack() as stack:
        try:
            stack.enter_context(tracker)
        except OSError as error:
            sys.stderr.write(
                f"cannot listen on port {options.port}: {error.strerror}; choose another, or 0 for a free one\n"
            )
            return 1
        sys.stdout.write(f"{tracker.url}\n")
        sys.stdout.flush()
        sys.stderr.write(
            "# the practice site; Ctrl-C ends it\n"
            f"# beside mamctl.toml run: (umask 077; echo '{tracker.mam_id}' > practice-mam-id)\n"
            "# put these lines into mamctl.toml\n"
            f'[tracker]\nbase_url = "{tracker.url}"\ntracker_url = "{tracker.url}"\nmam_id_file = "practice-mam-id"\n'
            f"# its state and its faults: {tracker.url}/practice/state\n"
        )
        done.wait()
    return 0


def open_tracker(world: str, port: int, state: Path | None, now: datetime | None) -> PracticeTracker:
    """A tracker on a fresh world, or on the one that the state file holds; not started yet."""
    if state is None or not state.exists():
        fresh = _WORLDS[world](now or datetime.now(UTC))
        fresh.clock = PracticeClock(now)
        tracker = PracticeTracker(fresh, Behaviour(), port)
    else:
        tracker = PracticeTracker(read_part(state, "world", World), read_part(state, "behaviour", Behaviour), port)
    if state is not None:
        _remember(tracker, state)
    return tracker


def _remember(tracker: PracticeTracker, state: Path) -> None:
    def save() -> None:
        write_state(state, {"world": tracker.world, "behaviour": tracker.behaviour})

    save()
    tracker.site.on_change = save


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a time; write it as 2026-01-01T12:00:00+00:00") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m mamctl.practice.tracker", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="on loopback; 0 takes a free one")
    parser.add_argument("--state", type=Path, help="keep the world in this file, and go on from it")
    parser.add_argument("--world", choices=sorted(_WORLDS), default="demo")
    parser.add_argument("--now", type=_moment, help="let the clock stand at this time (without a zone: UTC)")
    return parser


if __name__ == "__main__":
    sys.exit(main())
