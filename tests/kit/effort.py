"""How much a test marked `long` does: a sample from a fixed seed in CI, much more in `make test-long`.

`make test-long SEED=7` repeats what a seed led to; without one it takes the time of day, and prints it.
"""

from __future__ import annotations

import os
import random

EFFORT = int(os.environ.get("TEST_EFFORT", "1"))
"""1 in CI: how many times as much as there is done."""
SEED = os.environ.get("TEST_SEED", "1")


def chance(name: str) -> random.Random:
    """The random numbers of one test, by its `name` and the seed."""
    return random.Random(f"{SEED} {name}")
