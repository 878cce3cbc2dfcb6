"""What was there when a job began is not looked through again; what the job makes is."""

from __future__ import annotations

import gc

from mamctl.cli.garbage import begin_work, spare_the_start


def test_the_first_pass_of_a_process_sets_aside_what_is_there_and_the_next_ones_nothing_more() -> None:
    spare_the_start()
    begin_work()
    assert gc.get_freeze_count() > 0
    assert gc.get_threshold() == (50_000, 10, 10)
    cycle: list[object] = []
    cycle.append(cycle)
    held = gc.get_freeze_count()
    begin_work()
    assert gc.get_freeze_count() <= held
    del cycle
    assert gc.collect() > 0


def test_a_process_that_did_not_begin_as_a_command_is_left_as_it_is() -> None:
    before, held = gc.get_threshold(), gc.get_freeze_count()
    begin_work()
    assert gc.get_threshold() == before
    assert gc.get_freeze_count() <= held  # what an earlier command of this process set aside may go
