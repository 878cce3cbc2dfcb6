"""Where and when a benchmark runs."""

from __future__ import annotations

import os
import platform
import subprocess
from datetime import UTC, datetime
from pathlib import Path

from bench.frame.model import Setting
from mamctl import __version__

_ROOT = Path(__file__).parent.parent.parent


def describe_setting() -> Setting:
    """This machine, this moment, and the commit that is checked out; "+" after it where files differ from it."""
    return Setting(
        date=datetime.now(UTC).date().isoformat(),
        release=__version__,
        commit=_commit(),
        python=platform.python_version(),
        system=platform.freedesktop_os_release().get("PRETTY_NAME", platform.system()),
        processor=_processor(),
        cores=os.cpu_count() or 1,
        memory_gib=round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30),
        load=round(os.getloadavg()[0], 1),
    )


def _commit() -> str:
    def git(*words: str) -> str:
        return subprocess.run(["git", "-C", _ROOT, *words], capture_output=True, text=True, check=True).stdout.strip()

    try:
        # The results themselves are written by the run.
        changed = git("status", "--porcelain", "--untracked-files=no", "--", ".", ":!bench/results", ":!docs")
        return git("rev-parse", "--short", "HEAD") + ("+" if changed else "")
    except (OSError, subprocess.CalledProcessError):
        return "unknown"


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        lines = []
    named = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")
    return named or platform.machine()
