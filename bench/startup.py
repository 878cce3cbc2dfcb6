"""Start-up of whole processes, as ratios to `python -c "import typer"`, run in turn in the same minute."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

_ROUNDS = 15


def run() -> None:
    """Print the median of each command and its ratio to the reference."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        config = home / "mamctl.toml"
        config.write_text(f'[store]\npath = "{home}/mamctl.db"\n')
        mamctl = [sys.executable, "-m", "mamctl"]
        commands = {
            "python -c pass": [sys.executable, "-c", "pass"],
            'python -c "import typer"': [sys.executable, "-c", "import typer"],
            "mamctl --help": [*mamctl, "--help"],
            "mamctl vip history (reads the store)": [*mamctl, "vip", "history", "--config", str(config)],
        }
        environ = {**os.environ, "HOME": folder}
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
