"""When Python looks for garbage: seldom, and never at what was there before a job began.

Modules, classes and the configuration stay to the end, and are most of what a short command makes; what a job makes is
freed as soon as nothing refers to it. To look through all of it for cycles again and again took a tenth of a command's
time, a sixth of a scan's and an enrichment's, and a quarter where a client shows thousands of torrents.
"""

from __future__ import annotations

import gc

_AT_START = (50_000, 50, 50)
_AT_WORK = (50_000, 10, 10)  # new objects between two looks: a few MiB


def spare_the_start() -> None:
    """Collect garbage rarely until `begin_work`: start-up makes little of it."""
    gc.set_threshold(*_AT_START)


def begin_work() -> None:
    """Collect garbage at intervals, only among what is made from here on.

    Once in a process: a second time would keep the garbage of the pass before.
    """
    if gc.get_threshold() == _AT_START:
        gc.freeze()
        gc.set_threshold(*_AT_WORK)


def spare_the_end() -> None:
    """Skip the collection at exit: the memory goes with the process."""
    gc.freeze()
