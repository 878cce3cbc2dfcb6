"""How time, memory and requests are measured: the least of several rounds, in turn with the reference.

On a busy machine the processor's time is what holds; the clock's is kept beside it for what waits.
"""

from __future__ import annotations

import os
import resource
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import TypeVar

K = TypeVar("K")
T = TypeVar("T")
_LOOK_EVERY = 0.02  # seconds between two looks at the memory of a process and its children


@dataclass(frozen=True)
class Spent:
    """Seconds on the clock and of the processor (children included), and the peak memory in MiB where it was seen."""

    wall: float
    processor: float
    peak_mib: float = 0.0

    def __or__(self, other: Spent) -> Spent:
        """The lesser time of each kind, and the greater peak."""
        return Spent(
            min(self.wall, other.wall), min(self.processor, other.processor), max(self.peak_mib, other.peak_mib)
        )


def run_process(
    command: Sequence[str | Path],
    environ: Mapping[str, str] | None = None,
    *,
    ok: Sequence[int] = (0,),
    cwd: Path | None = None,
) -> Spent:
    """One process to its end, output thrown away; the peak is that of the whole process tree at one moment,
    pages that its processes share counted once.

    Raises SystemExit with the end of its messages where it ends with another code than those in `ok`.
    """
    before, begin = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    with subprocess.Popen(
        list(map(str, command)), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        env=dict(environ) if environ is not None else None, cwd=cwd,
    ) as process:  # fmt: skip
        peak = _PeakWatch(process.pid)
        assert process.stderr
        messages = process.stderr.read()
        code = process.wait()
        wall = time.perf_counter() - begin
        peak.stop()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if code not in ok:
        raise SystemExit(f"{' '.join(map(str, command))} ended with {code}: {messages.decode(errors='replace')[-500:]}")
    processor = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Spent(wall, processor, peak.kib / 1024)


def in_turn(rounds: int, works: Mapping[K, Callable[[], Spent]]) -> dict[K, Spent]:
    """The least of several rounds of each, all in turn, so that what else the machine does falls on all alike."""
    taken: dict[K, Spent] = {}
    for _ in range(rounds):
        for name, work in works.items():
            spent = work()
            taken[name] = taken[name] | spent if name in taken else spent
    return taken


def least(work: Callable[[], object], rounds: int = 5) -> Spent:
    """The least time of several rounds of work in this process."""
    best = spend(work)
    for _ in range(rounds - 1):
        best |= spend(work)
    return best


def spend(work: Callable[[], object]) -> Spent:
    """The time of one round of work in this process; its memory is not looked at."""
    wall, processor = time.perf_counter(), time.process_time()
    work()
    return Spent(time.perf_counter() - wall, time.process_time() - processor)


def alone(work: Callable[..., T], *given: object, **named: object) -> T:
    """The work in a separate process, whose memory is then its own. It must be a function of a module."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(work, *given, **named).result()


def peak_memory() -> float:
    """What this process has held at most, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def database_mb(path: Path) -> float:
    """The size of a database with its log, in MB."""
    return sum(one.stat().st_size for one in path.parent.glob(f"{path.name}*")) / 1e6


def environment(home: Path, **more: str) -> dict[str, str]:
    """The environment of a measured command: a home of its own, and compiled modules kept, as an installed program has.

    The compiled modules must be there before the first round: begin with a round that does not count.
    """
    environ = {**os.environ, "HOME": str(home), "XDG_STATE_HOME": str(home / "state"), **more}
    environ.pop("PYTHONDONTWRITEBYTECODE", None)
    return environ


class _PeakWatch:
    """Looks at the memory of a process tree until it is stopped: of one process what is resident, of several their
    proportional shares, so that pages which they share (Python, a decoder's libraries) are not counted for each.
    Pages that other programs share, too, count in part.
    """

    def __init__(self, pid: int) -> None:
        self.kib = 0
        self._pid, self._over = pid, threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """The process has ended."""
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._over.wait(_LOOK_EVERY):
            tree = _tree(self._pid)
            held = sum(_kib(pid, "status", "VmRSS:") for pid in tree)
            # Shares are slow to read, and never more than what is resident.
            if len(tree) > 1 and held > self.kib:
                held = sum(_kib(pid, "smaps_rollup", "Pss:") for pid in tree)
            self.kib = max(self.kib, held)


def _tree(pid: int) -> list[int]:
    """The process and all its descendants; without those that have just ended."""
    try:
        # A child belongs to the thread that started it.
        children = [child for of in Path(f"/proc/{pid}/task").glob("*/children") for child in of.read_text().split()]
    except OSError:
        children = []
    return [pid, *(one for child in children for one in _tree(int(child)))]


def _kib(pid: int, file: str, field: str) -> int:
    """A field of a file in /proc; 0 for a process that has just ended."""
    try:
        lines = Path(f"/proc/{pid}/{file}").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith(field)), 0)
