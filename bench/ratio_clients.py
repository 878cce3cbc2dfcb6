"""Passes of the ratio guard at real qBittorrents, beside a bare list of the same client and qbit_manage.

    python -m bench.ratio_clients [--sizes 100,1000,5000] [--clients 4,5,next]

Every pass is a process of its own, as cron starts it; half of the torrents download, half are complete and paused.
qbit_manage comes from PyPI into a virtual environment that is thrown away afterwards; $QBIT_MANAGE names one that is
there already.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.integration.qbt.daemon import Daemon, Program, programs
from tests.integration.qbt.profile import PASSWORD, USER
from tests.integration.qbt.swarm import put
from tests.integration.qbt.torrents import make_torrent
from tests.integration.qbt.tracker import Tracker
from tests.integration.qbt.waiting import wait_until
from tests.integration.ratio.runner import Runner

from bench.counting import Counted, CountingProxy
from bench.qbit_manage import QbitManage, find_qbit_manage

SIZES = (100, 1_000, 5_000)
CLIENTS = ("4", "5", "next")
VERSIONS = {"4": "4.5", "5": "5.1", "next": "5.3"}
PASSKEY = "bench"
RUNS = 3
CHUNK = 200  # torrents in one request while the client is being filled
SETTINGS = {"Session\\RefreshInterval": "1500", "WebUI\\HostHeaderValidation": "false"}
CALM = {"stalledDL", "pausedUP", "stoppedUP"}
LIST = """
import sys, httpx
with httpx.Client(base_url=sys.argv[1] + "/api/v2/", trust_env=False, timeout=60, verify=False) as client:
    client.post("auth/login", data={"username": sys.argv[2], "password": sys.argv[3]})
    client.get("torrents/info").json()
"""


Act = Callable[[str], None]  # something that is done by way of an address of the client


def nothing(url: str) -> None:
    """Nothing needs to be done."""


@dataclass(frozen=True)
class Took:
    """Median seconds of some runs, and what one of them sent and received."""

    seconds: float
    counted: Counted


def run(sizes: tuple[int, ...] = SIZES, clients: tuple[str, ...] = CLIENTS) -> None:
    """Print a row a client, size and pass, and how the time grows from the fewest torrents to the most."""
    with find_qbit_manage() as peer:
        print("| client | torrents | pass | seconds | × the list | requests | sent | received |")
        print("|---|---|---|---|---|---|---|---|")
        taken: dict[tuple[str, str], dict[int, float]] = {}
        for program in (found for name, found in programs().items() if name in clients):
            for size in sizes:
                for what, took in passes(program, size, peer):
                    taken.setdefault((VERSIONS[program.name], what), {})[size] = took.seconds
        print_growth(taken, min(sizes), max(sizes))


def print_growth(taken: dict[tuple[str, str], dict[int, float]], few: int, many: int) -> None:
    """What every further thousand torrents cost."""
    if few == many:
        return
    print(f"\n| client | pass | {many:,} torrents in {few:,}'s time | ms for a thousand more |\n|---|---|---|---|")
    for (version, what), times in taken.items():
        more = (times[many] - times[few]) / (many - few) * 1_000_000
        print(f"| {version} | {what} | × {times[many] / times[few]:.1f} | {more:,.0f} |")


def passes(program: Program, size: int, peer: QbitManage | None) -> Iterator[tuple[str, Took]]:
    """Every pass at one filled client, printed as it is done."""
    with (
        tempfile.TemporaryDirectory(prefix="mamctl-bench-") as folder,
        Tracker(passkeys={PASSKEY}, interval=1_800) as tracker,
        Daemon(program, Path(folder) / "client", settings=SETTINGS, totals=(95 * 10**9, 10**11)) as client,
    ):
        fill(client, Path(folder), tracker, size)
        bare = 0.0
        for what, took in Bench(client, Path(folder), peer).rows():
            bare = bare or took.seconds
            counted = took.counted
            print(
                f"| {VERSIONS[program.name]} | {size:,} | {what} | {took.seconds:.2f} | {took.seconds / bare:.2f} "
                f"| {counted.requests:,} | {counted.sent:,} | {counted.received:,} |",
                flush=True,
            )
            yield what, took
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
        self.size = len(client.states())

    def rows(self) -> Iterator[tuple[str, Took]]:
        """The reference first, then mamctl, then the peer."""
        [took] = self.take(self.list_all)
        yield "the list alone, by a script", took
        [took] = self.take(self.watch, before=self.forget)
        yield "`ratio watch`, first", took
        [took] = self.take(self.watch)
        yield "`ratio watch`, later", took
        freezing, thawing = self.take(self.freeze, self.watch)
        yield "`ratio watch`, freezing", freezing
        yield "`ratio watch`, thawing", thawing
        if self.peer:
            try:
                [took] = self.take(self.qbit_manage)
                yield "qbit_manage, tags in place", took
            except subprocess.CalledProcessError as error:
                print(f"\nqbit_manage ended with {error.returncode}; its row is left out\n", flush=True)

    def take(self, *acts: Act, before: Act = nothing) -> list[Took]:
        """The acts in turn, some times over. What comes before them, and a first turn, are not measured: sessions are
        opened, caches filled.
        """
        url = self.client.url
        self.turn(url, acts, before)
        times = zip(*(self.turn(url, acts, before) for _ in range(RUNS)), strict=True)
        with CountingProxy(self.client.web_port) as proxy:
            self.turn(proxy.url, acts, before)
            before(proxy.url)
            return [Took(statistics.median(taken), count(proxy, act)) for taken, act in zip(times, acts, strict=True)]

    @staticmethod
    def turn(url: str, acts: tuple[Act, ...], before: Act) -> list[float]:
        before(url)
        return [seconds_of(act, url) for act in acts]

    def list_all(self, url: str) -> None:
        subprocess.run([sys.executable, "-c", LIST, url, USER, PASSWORD], check=True)

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


def seconds_of(act: Act, url: str) -> float:
    begin = time.perf_counter()
    act(url)
    return time.perf_counter() - begin


def count(proxy: CountingProxy, act: Act) -> Counted:
    proxy.reset()
    act(proxy.url)
    return proxy.counted


def expect(runner: Runner, code: int) -> None:
    done = runner.watch()
    if done.code != code:
        raise SystemExit(f"ratio watch ended with {done.code} instead of {code}: {done.err or done.out}")


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--sizes", default=",".join(map(str, SIZES)))
    options.add_argument("--clients", default=",".join(CLIENTS))
    given = options.parse_args()
    run(tuple(int(size) for size in given.sizes.split(",")), tuple(given.clients.split(",")))
