"""Start-up of whole processes, as ratios to `python -c "import typer"`, run in turn in the same minute."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from mamctl.practice.tracker import PracticeTracker, demo_world

_ROUNDS = 15
_CONFIG = """
[tracker]
base_url = "{url}"
tracker_url = "{url}"
mam_id_file = "{home}/mam_id"
min_interval = 0
[store]
path = "{home}/mamctl.db"
"""


def run() -> None:
    """Print the median of each command and its ratio to the reference."""
    # The site answers from a thread of this process, which only waits meanwhile.
    with tempfile.TemporaryDirectory() as folder, PracticeTracker(demo_world(datetime.now(UTC))) as site:
        home = Path(folder)
        config = home / "mamctl.toml"
        config.write_text(_CONFIG.format(home=home, url=site.url))
        (home / "mam_id").write_text(site.mam_id)
        (home / "mam_id").chmod(0o600)
        mamctl = [sys.executable, "-m", "mamctl"]
        commands = {
            "python -c pass": [sys.executable, "-c", "pass"],
            'python -c "import typer"': [sys.executable, "-c", "import typer"],
            "mamctl --help": [*mamctl, "--help"],
            "mamctl vip history (reads the store)": [*mamctl, "vip", "history", "--config", str(config)],
            "mamctl vip check (3 requests)": [*mamctl, "vip", "check", "--config", str(config)],
        }
        environ = {**os.environ, "HOME": folder}
        environ.pop("PYTHONDONTWRITEBYTECODE", None)  # an installed program is compiled once, not at every start
        subprocess.run(commands["mamctl vip history (reads the store)"], env=environ, capture_output=True, check=True)
        times: dict[str, list[float]] = {name: [] for name in commands}
        for _ in range(_ROUNDS):
            for name, command in commands.items():
                begin = time.perf_counter()
                subprocess.run(command, env=environ, capture_output=True, check=True)
                times[name].append(time.perf_counter() - begin)
    reference = statistics.median(times['python -c "import typer"'])
    print("| command | median ms | × import typer |\n|---|---|---|")
    for name, taken in times.items():
        median = statistics.median(taken)
        print(f"| `{name}` | {median * 1000:.0f} | {median / reference:.2f} |")
