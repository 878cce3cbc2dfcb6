"""qbit_manage, a published manager of qBittorrent, in an environment of its own, and its pass over all torrents."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.integration.qbt.profile import PASSWORD, USER

from bench.frame.peers import find_peer

CONFIG = """\
commands:
  dry_run: true
  tag_update: true
  recheck: false
  cat_update: false
  rem_unregistered: false
  tag_tracker_error: false
  rem_orphaned: false
  tag_nohardlinks: false
  share_limits: false
  skip_cleanup: true
  skip_qb_version_check: true
qbt:
  host: "{url}"
  user: "{user}"
  pass: "{password}"
directory:
  root_dir: "{shelf}"
cat:
  Uncategorized: "{shelf}"
tracker:
  127.0.0.1:
    tag: mam
  other:
    tag: other
recyclebin:
  enabled: false
"""


@dataclass(frozen=True)
class QbitManage:
    """Its program."""

    program: str

    def look(self, url: str, home: Path) -> None:
        """One run that looks which torrents lack the tag of their tracker; all have it.

        Raises CalledProcessError.
        """
        folder = home / "qbit_manage"
        folder.mkdir(exist_ok=True)
        config = CONFIG.format(url=url, user=USER, password=PASSWORD, shelf=home / "shelf")
        (folder / "config.yml").write_text(config)
        options = ["--run", "--dry-run", "--skip-cleanup", "--web-server=False", "--config-dir", str(folder)]
        subprocess.run([self.program, *options], capture_output=True, check=True, cwd=home, stdin=subprocess.DEVNULL)


@contextmanager
def find_qbit_manage() -> Iterator[QbitManage | None]:
    """The one that $QBIT_MANAGE names, or one installed for the moment; None, said aloud, when that fails."""
    with find_peer("qbit-manage", "qbit-manage", named_by="QBIT_MANAGE") as program:
        yield QbitManage(program) if program else None
