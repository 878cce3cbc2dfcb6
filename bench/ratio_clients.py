"""Passes of the ratio guard at real qBittorrents, beside a bare list of the same client and qbit_manage.

    python -m bench ratio_clients

Every pass is a process of its own, as cron starts it; half of the torrents download, half are complete and paused.
qbit_manage comes from PyPI into a virtual environment that is thrown away afterwards; $QBIT_MANAGE names one that is
there already.
"""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial, reduce
from operator import or_
from pathlib import Path

from tests.integration.qbt.daemon import Daemon, Program, programs
from tests.integration.qbt.profile import PASSWORD, USER
from tests.integration.qbt.swarm import put
from tests.integration.qbt.torrents import make_torrent
from tests.integration.qbt.tracker import Tracker
from tests.integration.qbt.waiting import wait_until
from tests.integration.ratio.runner import Runner

from bench.counting import Counted, CountingProxy
from bench.frame.measure import Spent, in_turn
from bench.frame.model import Benchmark, Figure, Growth, Table
from bench.qbit_manage import QbitManage, find_qbit_manage

VERSIONS = {"4": "4.5", "5": "5.1", "next": "5.3"}
PASSKEY = "bench"
RUNS = 3
TURNS = 6  # of passes that are compared with each other
ALONE = 5.0  # seconds for which a client is watched that nothing is asked of
CHUNK = 200  # torrents in one request while the client is being filled
SETTINGS = {"Session\\RefreshInterval": "1500", "WebUI\\HostHeaderValidation": "false"}
CALM = {"stalledDL", "pausedUP", "stoppedUP"}
LIST_ALONE, LATER = "the list alone, by a script", "`ratio watch`, later"
FREEZING, BARE_FREEZE = "`ratio watch`, freezing half of them", "the same freeze by a script"
LIST = """
import sys, httpx
with httpx.Client(base_url=sys.argv[1] + "/api/v2/", trust_env=False, timeout=60, verify=False) as client:
    client.post("auth/login", data={"username": sys.argv[2], "password": sys.argv[3]})
    client.get("torrents/info").json()
"""
_SCRIPT = """
import sys, time, httpx
STOPPED = {"pausedDL", "stoppedDL", "pausedUP", "stoppedUP"}
with httpx.Client(base_url=sys.argv[1] + "/api/v2/", trust_env=False, timeout=60, verify=False) as client:
    client.post("auth/login", data={"username": sys.argv[2], "password": sys.argv[3]})
    def change(*words, **data):
        for word in words:  # 5.x knows the first, 4.x the second
            if client.post(f"torrents/{word}", data=data).status_code != 404:
                return
    def wait(shown):
        end = time.monotonic() + 60
        while not shown():
            if time.monotonic() > end:
                sys.exit("the client does not show it")
            time.sleep(0.1)
    def states(**params):
        return [one["state"] for one in client.get("torrents/info", params=params).json()]
"""
# What a freeze comes to by itself: two calls for all torrents, then the list until it shows them.
FREEZE = (
    _SCRIPT
    + """
    torrents = client.get("torrents/info").json()
    running = "|".join(one["hash"] for one in torrents if one["state"] not in STOPPED)
    change("stop", "pause", hashes=running)
    change("addTags", hashes=running, tags="frozen")
    wait(lambda: set(states()) <= STOPPED)
"""
)
THAW = (
    _SCRIPT
    + """
    ours = "|".join(one["hash"] for one in client.get("torrents/info", params={"tag": "frozen"}).json())
    change("start", "resume", hashes=ours)
    wait(lambda: set(states(tag="frozen")) <= {"stalledDL", "downloading"})
    change("removeTags", hashes=ours, tags="frozen")
"""
)


Act = Callable[[str], None]  # something that is done by way of an address of the client


def nothing(url: str) -> None:
    """Nothing needs to be done."""


@dataclass(frozen=True)
class Took:
    """The least seconds of some runs, on the clock and of the processor, and what one of them sent and received.

    The processor's are those of the pass and of the client together: whoever asks for less spares both. What the client
    does by itself in that time is left out.
    """

    seconds: float
    processor: float
    counted: Counted


def measure(sizes: tuple[int, ...], clients: tuple[str, ...]) -> Iterator[Figure | Growth | Table]:
    """The passes at each client and size; figures are those of the last client with the last size."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # an installed program has its modules compiled
    with find_qbit_manage() as peer:
        found = {name: program for name, program in programs().items() if name in clients}
        for name, program in found.items():
            version = VERSIONS[name]
            with ExitStack() as opened:
                benches = {size: opened.enter_context(filled(program, size, peer)) for size in sizes}
                taken = {}
                for size, bench in benches.items():
                    taken[size] = dict(bench.rows())
                    yield _table(version, size, taken[size])
                works = {size: partial(bench.spend, bench.watch, bench.client.url) for size, bench in benches.items()}
                most = benches[max(sizes)]
                works[0] = partial(most.spend, most.list_all, most.client.url)
                turns = in_turn(TURNS, works)
            for size in sizes:
                requests = taken[size][LATER].counted.requests
                yield Growth(f"{LATER}, qBittorrent {version}", size, "torrents", turns[size].processor,
                             requests=requests)  # fmt: skip
            if name == ("5" if "5" in found else max(found)):
                yield from _figures(taken[max(sizes)], turns, version)


def _figures(taken: dict[str, Took], turns: dict[int, Spent], version: str) -> Iterator[Figure]:
    """Of the most torrents; `turns` are the pass at each size and, as 0, the list, each in turn with the others."""
    few, many = min(turns.keys() - {0}), max(turns)
    sizes, later, bare = {"torrents": many}, f"{LATER}, qBittorrent {version}", turns[0]
    detail = {
        "s": turns[many].processor,
        "s of the reference": bare.processor,
        "s on the clock": turns[many].wall,
        "s of the reference on the clock": bare.wall,
    }
    healthy = turns[many].processor / bare.processor
    yield Figure("ratio.healthy", later, healthy, "×", "bare `torrents/info`", sizes, detail)
    flat = turns[many].processor / turns[few].processor
    detail = {"s": turns[many].processor, f"s with {few:,}": turns[few].processor}
    yield Figure("ratio.flat", later, flat, "×", f"with {few:,} torrents", sizes, detail)
    ours, its = taken[FREEZING], taken[BARE_FREEZE]  # until the client shows it: that is time on the clock
    detail = {
        "s on the clock": ours.seconds,
        "s of the reference on the clock": its.seconds,
        "s": ours.processor,
        "s of the reference": its.processor,
    }
    what = f"freezing half of them, qBittorrent {version}"
    yield Figure("ratio.freeze", what, ours.seconds / its.seconds, "×", "two bare batch calls", sizes, detail)


def _table(version: str, size: int, taken: dict[str, Took]) -> Table:
    bare = taken[LIST_ALONE].processor
    return Table(
        f"qBittorrent {version}, {size:,} torrents:",
        ("pass", "s on the clock", "s of the processor", "× the list", "requests", "bytes sent", "bytes received"),
        tuple(
            (
                what,
                f"{took.seconds:.2f}",
                f"{took.processor:.2f}",
                f"{took.processor / bare:.2f}",
                took.counted.requests,
                took.counted.sent,
                took.counted.received,
            )
            for what, took in taken.items()
        ),
    )  # fmt: skip


@contextmanager
def filled(program: Program, size: int, peer: QbitManage | None) -> Iterator[Bench]:
    """A client with so many torrents."""
    with (
        tempfile.TemporaryDirectory(prefix="mamctl-bench-") as folder,
        Tracker(passkeys={PASSKEY}, interval=1_800) as tracker,
        Daemon(program, Path(folder) / "client", settings=SETTINGS, totals=(95 * 10**9, 10**11)) as client,
    ):
        fill(client, Path(folder), tracker, size)
        try:
            yield Bench(client, Path(folder), peer)
        finally:
            client.kill()  # a clean stop would announce thousands of torrents once more


def fill(client: Daemon, home: Path, tracker: Tracker, size: int) -> None:
    """Torrents of one small file each."""
    url = tracker.announce_url(PASSKEY)
    made = [make_torrent(home / "shelf", f"Author - Book {number} [m4b]", 6, url) for number in range(size)]
    for at in range(0, size, CHUNK):
        half = at + min(CHUNK, size - at) // 2
        put(client, *made[at:half], tags="mam")
        put(client, *made[half : at + CHUNK], seeds=True, stopped=True, tags="mam")
    wait_until(f"{size} torrents settled", lambda: settled(client, size), seconds=120, pause=0.5)


def settled(client: Daemon, size: int) -> bool:
    states = client.states()
    return len(states) == size and set(states.values()) <= CALM


class Bench:
    """The passes at one client: each timed by itself, then once more through a proxy that counts."""

    def __init__(self, client: Daemon, home: Path, peer: QbitManage | None) -> None:
        self.client, self.home, self.peer = client, home, peer
        self.idle = self.work_alone()

    def work_alone(self) -> float:
        """Processor seconds a second of a client that is left alone."""
        begin, before = time.perf_counter(), self.client_seconds()
        time.sleep(ALONE)
        return (self.client_seconds() - before) / (time.perf_counter() - begin)

    def client_seconds(self) -> float:
        """Processor seconds of the client so far."""
        assert self.client.process is not None
        return processor_seconds(self.client.process.pid)

    def rows(self) -> Iterator[tuple[str, Took]]:
        """The reference first, then mamctl, then the peer."""
        [took] = self.take(self.list_all)
        yield LIST_ALONE, took
        [took] = self.take(self.watch, before=self.forget)
        yield "`ratio watch`, first", took
        [took] = self.take(self.watch)
        yield LATER, took
        freezing, thawing = self.take(self.freeze, self.watch)
        yield FREEZING, freezing
        yield "`ratio watch`, thawing", thawing
        bare, _ = self.take(self.script(FREEZE), self.script(THAW))
        yield BARE_FREEZE, bare
        if self.peer:
            try:
                [took] = self.take(self.qbit_manage)
                yield "qbit_manage, tags in place", took
            except subprocess.CalledProcessError as error:
                print(f"qbit_manage ended with {error.returncode}; its row is left out", flush=True)

    def take(self, *acts: Act, before: Act = nothing) -> list[Took]:
        """The acts in turn, some times over. What comes before them, and a first turn, are not measured: sessions are
        opened, caches filled.
        """
        url = self.client.url
        self.turn(url, acts, before)
        times = zip(*(self.turn(url, acts, before) for _ in range(RUNS)), strict=True)
        best = [reduce(or_, taken) for taken in times]
        with CountingProxy(self.client.web_port) as proxy:
            self.turn(proxy.url, acts, before)
            before(proxy.url)
            return [Took(spent.wall, spent.processor, count(proxy, act)) for spent, act in zip(best, acts, strict=True)]

    def turn(self, url: str, acts: tuple[Act, ...], before: Act) -> list[Spent]:
        before(url)
        return [self.spend(act, url) for act in acts]

    def spend(self, act: Act, url: str) -> Spent:
        wall, processor, its = time.perf_counter(), children_seconds(), self.client_seconds()
        act(url)
        wall = time.perf_counter() - wall
        asked = max(0.0, self.client_seconds() - its - self.idle * wall)
        return Spent(wall, children_seconds() - processor + asked)

    def list_all(self, url: str) -> None:
        self.script(LIST)(url)

    @staticmethod
    def script(code: str) -> Act:
        """A script that does without mamctl."""
        return lambda url: subprocess.run([sys.executable, "-c", code, url, USER, PASSWORD], check=True) and None

    def watch(self, url: str) -> None:
        """A pass that finds nothing to do, or an emergency that is over."""
        runner = self.runner(url)
        runner.relieve()
        expect(runner, 0)

    def freeze(self, url: str) -> None:
        runner = self.runner(url)
        runner.endanger()
        expect(runner, 3)

    def forget(self, url: str) -> None:
        """The session and what was saved with it."""
        shutil.rmtree(self.runner(url).home / "clients", ignore_errors=True)

    def runner(self, url: str) -> Runner:
        """mamctl with a store of its own for each address: what it remembers belongs to the address."""
        return Runner(self.home / f"mamctl-{url.rpartition(':')[2]}", {"bench": url})

    def qbit_manage(self, url: str) -> None:
        assert self.peer is not None
        self.peer.look(url, self.home)


def children_seconds() -> float:
    """Processor seconds of all processes that this one started and that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def processor_seconds(pid: int) -> float:
    """Processor seconds of a running process."""
    after_name = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, after_name[11:13])) / os.sysconf("SC_CLK_TCK")


def count(proxy: CountingProxy, act: Act) -> Counted:
    proxy.reset()
    act(proxy.url)
    return proxy.counted


def expect(runner: Runner, code: int) -> None:
    done = runner.watch()
    if done.code != code:
        raise SystemExit(f"ratio watch ended with {done.code} instead of {code}: {done.err or done.out}")


BENCHMARK = Benchmark(
    "Ratio guard",
    measure,
    full={"sizes": (100, 1_000, 5_000), "clients": ("5",)},
    about=(
        "Real qBittorrents, half of whose torrents download, half are complete and paused; every pass is a process of"
        " its own, as cron starts it, and counts its start. Beside it, in turn, a script that logs in and asks for"
        " `torrents/info` alone, one that stops and tags the downloads in two calls and asks until the client shows it,"
        " and qbit_manage with its tags in place (`--dry-run`). Times are the least of three; the processor's, by"
        " which passes are compared, are those of the pass and of the client together, without what the client does"
        " when it is left alone. A healthy pass is measured in turn with the list and at each size. Bytes are those"
        " on the wire, the client's compression included. A healthy pass is one request at any size: session and"
        " last answer are saved between processes, and the client is asked only for what changed. How soon the client"
        " shows that it stopped thousands differs from run to run: the script took 1.9 to 3.6 s in three, mamctl 2.8 to"
        " 3.1, so that this ratio was 0.8 to 1.6."
    ),
)
