"""Start-up of whole processes, as ratios to `python -c "import typer"`, run in turn."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import partial
from itertools import pairwise
from operator import itemgetter
from pathlib import Path

from bench.frame.measure import Spent, environment, in_turn, run_process
from bench.frame.model import Benchmark, Figure, Table
from bench.frame.peers import find_peer
from bench.frame.targets import LIMITS
from mamctl.practice.tracker import PracticeTracker, demo_world

READERS = tuple(
    words.strip()
    for words in """
    status
    vip history
    vip pending list
    rules list
    rules event list
    ratio status
    ratio forecast
    ratio history
    ratio points
    meta list
    meta problems
    drift history
    queue list
    queue slots
    queue plan
    change log
    change points
    config check
    spec list
    report metrics
    report
    """.strip().split("\n")
)
"""Commands that read the store, and make no request."""

WHOLE = ("spec list", "report metrics", "report")
"""Those among them that judge every clause; each does what the one before it does, and more."""

PARTS = (
    ("start, configuration and store, as in `rules event list`", "rules event list"),
    ("judging every clause, as in `spec list`", "spec list"),
    ("the figures, the alerts and the crontab, as in `report metrics`", "report metrics"),
    ("the page, and a run on record", "report"),
)
"""What `report` is made of, each part with the command that does it and those before it."""

_OK = (0, 3)  # 3: something needs attention

_CONFIG = """
[tracker]
base_url = "{url}"
tracker_url = "{url}"
mam_id_file = "{home}/mam_id"
min_interval = 0
[store]
path = "{home}/mamctl.db"
"""


def measure(rounds: int, *, peers: bool) -> Iterator[Figure | Table]:
    """Each command's processor time against the reference's."""
    with (
        tempfile.TemporaryDirectory() as folder,
        # The site answers from a thread of this process, which only waits meanwhile.
        PracticeTracker(demo_world(datetime.now(UTC))) as site,
        find_peer("flexget", "flexget", named_by="FLEXGET", install=peers) as flexget,
    ):
        home = Path(folder)
        config = home / "mamctl.toml"
        config.write_text(_CONFIG.format(home=home, url=site.url))
        (home / "mam_id").write_text(site.mam_id)
        (home / "mam_id").chmod(0o600)
        mamctl = [sys.executable, "-m", "mamctl"]
        environ = environment(home, MAMCTL_CONFIG=str(config))
        commands = {
            "reference": [sys.executable, "-c", "import typer"],
            "help": [*mamctl, "--help"],
            "vip_check": [*mamctl, "vip", "check"],
            **{words: [*mamctl, *words.split()] for words in READERS},
        }
        commands["report"] += ["--output", str(home / "report.html")]
        if flexget:
            commands["flexget"] = [flexget, "--version"]
        for command in commands.values():  # modules are compiled, the store is made
            run_process(command, environ, ok=_OK)
        taken = in_turn(
            rounds, {name: partial(run_process, command, environ, ok=_OK) for name, command in commands.items()}
        )
    bare = taken.pop("reference")
    yield _figure("help", "`mamctl --help`", taken.pop("help"), bare)
    yield _figure(
        "vip_check", "`mamctl vip check`, its waiting for three answers left out", taken.pop("vip_check"), bare
    )
    if "flexget" in taken:
        yield _figure("flexget", "`flexget --version`, for comparison", taken.pop("flexget"), bare, ours=False)
    others = [name for name in taken if name not in WHOLE]
    for name, words in (("store", taken), ("store.others", others)):
        slowest = max(words, key=lambda one: taken[one].processor)
        yield _figure(name, f"the slowest of {len(words)}, `mamctl {slowest}`", taken[slowest], bare)
    for words in WHOLE:
        yield _figure(f"store.{words.replace(' ', '_')}", f"`mamctl {words}`", taken[words], bare)
    limit = LIMITS["startup.store"]
    rows = sorted(((name, spent.processor) for name, spent in taken.items()), key=itemgetter(1))
    yield Table(
        "Commands that read the store and make no request, with a store that holds next to nothing:",
        ("command", "ms", "× `import typer`", f"within {limit:g} ×", "peak MiB"),
        tuple(
            (
                f"`{name}`",
                round(1000 * seconds),
                round(seconds / bare.processor, 2),
                "yes" if round(seconds / bare.processor, 2) <= limit else "**no**",
                round(taken[name].peak_mib),
            )
            for name, seconds in rows
        ),
    )
    yield _made_of({name: spent.processor for name, spent in taken.items()}, bare.processor)


def _made_of(taken: Mapping[str, float], bare: float) -> Table:
    """What `report` is made of: the differences between commands of which each does more than the one before."""
    steps = [("`import typer`, the reference", bare), *((part, taken[words]) for part, words in PARTS)]
    spent = [("`import typer`, the reference", bare)]
    spent += [(part, until - before) for (_, before), (part, until) in pairwise(steps)]
    return Table(
        "What `mamctl report` is made of on such a store:",
        ("part", "ms", "× `import typer`"),
        tuple((part, round(1000 * seconds), round(seconds / bare, 2)) for part, seconds in spent),
    )


def _figure(name: str, what: str, spent: Spent, bare: Spent, *, ours: bool = True) -> Figure:
    return Figure(
        name=f"startup.{name}",
        what=what,
        value=spent.processor / bare.processor,
        reference="`import typer`",
        detail={
            "ms": 1000 * spent.processor,
            "ms of the reference": 1000 * bare.processor,
            "ms on the clock": 1000 * spent.wall,
        },
        peak_mib=spent.peak_mib if ours else None,
    )


BENCHMARK = Benchmark(
    "Start-up",
    measure,
    full={"rounds": 10, "peers": True},
    quick={"rounds": 1, "peers": False},
    about=(
        'Whole processes, in turn with `python -c "import typer"`; times are the processor\'s, the least of all rounds.'
        " Of flexget, where it can be installed, it is `flexget --version`."
    ),
)
