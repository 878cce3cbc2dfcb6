"""One pace for several processes."""

from __future__ import annotations

import subprocess
import sys

_ASKER = """
import sys
from pathlib import Path
from mamctl.adapters.http.pace import Pace
pace = Pace(Path(sys.argv[1]), lambda: 1000.0)
for _ in range(25):
    print(pace.reserve("catalogue.test", 1.0, 3600.0).wait)
"""


def test_two_processes_queue_up_behind_each_other(tmp_path):
    path = tmp_path / "pace.db"
    askers = [
        subprocess.Popen([sys.executable, "-c", _ASKER, str(path)], stdout=subprocess.PIPE, text=True) for _ in range(2)
    ]
    waits = [float(line) for asker in askers for line in asker.communicate()[0].split()]
    assert sorted(waits) == [float(number) for number in range(50)]
