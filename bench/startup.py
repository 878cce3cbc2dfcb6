"""Start-up of whole processes, as ratios to `python -c "import typer"`, run in turn."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from bench.frame.measure import environment, in_turn, run_process
from bench.frame.model import Benchmark, Figure
from mamctl.practice.tracker import PracticeTracker, demo_world

_CONFIG = """
[tracker]
base_url = "{url}"
tracker_url = "{url}"
mam_id_file = "{home}/mam_id"
min_interval = 0
[store]
path = "{home}/mamctl.db"
"""


def measure(rounds: int) -> Iterator[Figure]:
    """Each command's processor time against the reference's."""
    # The site answers from a thread of this process, which only waits meanwhile.
    with tempfile.TemporaryDirectory() as folder, PracticeTracker(demo_world(datetime.now(UTC))) as site:
        home = Path(folder)
        config = home / "mamctl.toml"
        config.write_text(_CONFIG.format(home=home, url=site.url))
        (home / "mam_id").write_text(site.mam_id)
        (home / "mam_id").chmod(0o600)
        mamctl = [sys.executable, "-m", "mamctl"]
        commands = {
            "reference": [sys.executable, "-c", "import typer"],
            "help": [*mamctl, "--help"],
            "store": [*mamctl, "vip", "history", "--config", str(config)],
            "vip_check": [*mamctl, "vip", "check", "--config", str(config)],
        }
        environ = environment(home)
        for command in commands.values():  # modules are compiled, the store is made
            run_process(command, environ)
        taken = in_turn(rounds, {name: partial(run_process, command, environ) for name, command in commands.items()})
    bare = taken.pop("reference")
    texts = {
        "help": "`mamctl --help`",
        "store": "`mamctl vip history`, which reads the store",
        "vip_check": "`mamctl vip check`, its waiting for three answers left out",
    }
    for name, spent in taken.items():
        yield Figure(
            name=f"startup.{name}",
            what=texts[name],
            value=spent.processor / bare.processor,
            reference="`import typer`",
            detail={
                "ms": 1000 * spent.processor,
                "ms of the reference": 1000 * bare.processor,
                "ms on the clock": 1000 * spent.wall,
            },
            peak_mib=spent.peak_mib,
        )


BENCHMARK = Benchmark(
    "Start-up",
    measure,
    full={"rounds": 25},
    quick={"rounds": 2},
    about=(
        'Whole processes, in turn with `python -c "import typer"`; times are the processor\'s, the least of all rounds.'
    ),
)
