"""When Python looks for garbage: hardly ever before a job begins, and never at what was there by then.

Modules, classes and the configuration stay to the end, and are most of what a short command makes. To look through them
for cycles again and again takes a tenth of its time, and a quarter where a client shows thousands of torrents.
"""

from __future__ import annotations

import gc

_USUAL = gc.get_threshold()
_AT_START = (50_000, 50, 50)


def spare_the_start() -> None:
    """From now on garbage is hardly looked for, until `begin_work`."""
    gc.set_threshold(*_AT_START)


def begin_work() -> None:
    """From now on garbage is looked for as usual, among what is made from here on.

    Once in a process: a second time would keep the garbage of the pass before.
    """
    if gc.get_threshold() == _AT_START:
        gc.freeze()
        gc.set_threshold(*_USUAL)


def spare_the_end() -> None:
    """What is there goes with the process, unlooked at."""
    gc.freeze()
