"""Spoil right inputs of every reader at random: `python -m tests.fuzz [--seconds 60] [--seed 1] [--audio DIR]`.

Prints how many inputs each reader took and its slowest one. Ends with 1, and keeps the input, when a reader raises
anything but its own errors or one input takes more than `DEADLINE` seconds of the processor.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
import warnings
from pathlib import Path

from tests.fuzz.readers import Reader, readers

# Seconds of the processor: ten times the two that no input of one MiB may take, for machines are slow.
DEADLINE = 20.0
_PIECES = (
    b"\x00", b"\xff", b"\n", b"\r", b"\t", b" ", b'"', b"'", b"\\", b"{", b"}", b"[", b"]", b"<", b">", b"&", b"#",
    b",", b"null", b"true", b"-1", b"1e999", b"99999999999999999999999", b"NaN", b"[]", b"{}", b"\\ud800", b"&#0;",
    b"\xe2\x80\xae", b"0001-01-01 00:00:00", b"Book ", b" read by ", b"%", b"../", b"le", b"i0e", b"4:",
)  # fmt: skip


def main() -> int:
    """The exit status."""
    words = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    words.add_argument("--seconds", type=float, default=60.0, help="for all readers together")
    words.add_argument("--seed", type=int, default=1)
    words.add_argument("--audio", type=Path, default=None, help="a folder of audio files whose tags are spoilt")
    words.add_argument("--keep", type=Path, default=Path("fuzz-failures"), help="where inputs that broke a reader go")
    given = words.parse_args()
    warnings.simplefilter("ignore")
    every = readers(given.audio)
    failures = 0
    print(f"{'reader':<22}{'inputs':>9}{'refused':>9}{'slowest':>11}")  # noqa: T201
    for name, reader in every.items():
        failures += fuzz(name, reader, given.seconds / len(every), random.Random(f"{given.seed} {name}"), given.keep)
    return 1 if failures else 0


def fuzz(name: str, reader: Reader, seconds: float, chance: random.Random, keep: Path) -> int:
    """Feed one reader for some seconds; 1 when an input broke it."""
    count = refused = 0
    slowest = 0.0
    ends = time.perf_counter() + seconds
    while time.perf_counter() < ends:
        data = spoil(chance.choice(reader.seeds), chance)
        begun = time.process_time()  # of this process alone: what else the machine does is no fault of the reader
        try:
            reader.read(data)
        except reader.allowed:
            refused += 1
        except Exception as error:  # noqa: BLE001 - this is what is looked for
            return _report(name, data, keep, f"{type(error).__name__}: {error}")
        took = time.process_time() - begun
        slowest, count = max(slowest, took), count + 1
        if took > DEADLINE:
            return _report(name, data, keep, f"{took:.0f} s")
    print(f"{name:<22}{count:>9}{refused:>9}{slowest * 1000:>8.1f} ms")  # noqa: T201
    return 0


def spoil(data: bytes, chance: random.Random) -> bytes:
    """One to six changes: pieces put in, taken out, repeated (now and then very often), cut, or bits turned."""
    for _ in range(chance.randint(1, 6)):
        at = chance.randrange(len(data) + 1)
        end = min(len(data), at + chance.choice((1, 4, 20, 100)))
        match chance.randrange(5):
            case 0:
                data = data[:at] + chance.choice(_PIECES) + data[end if chance.random() < 0.5 else at :]
            case 1:
                data = data[:at] + data[end:]
            case 2:
                times = chance.choice((2, 3, 50, 2_000)) if end - at < 50 else 2
                data = data[:at] + data[at:end] * times + data[end:]
            case 3:
                data = data[:at]
            case _:
                data = (
                    data[:at] + bytes(byte ^ (1 << chance.randrange(8)) for byte in data[at:end][:3]) + data[at + 3 :]
                )
    return data[:1_048_576]


def _report(name: str, data: bytes, keep: Path, why: str) -> int:
    keep.mkdir(parents=True, exist_ok=True)
    path = keep / f"{name.replace(' ', '-')}-{abs(hash(data)) % 10**8}"
    path.write_bytes(data)
    print(f"{name:<22} BROKEN by {path} ({len(data)} bytes): {why[:300]}")  # noqa: T201
    return 1


if __name__ == "__main__":
    sys.exit(main())
