"""The lock between processes."""

from __future__ import annotations

import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from mamctl.file_lock import file_lock

_HOLD = "import sys, time\nfrom pathlib import Path\nfrom mamctl.file_lock import file_lock\n" \
        "with file_lock(Path(sys.argv[1])):\n    print('held', flush=True)\n    time.sleep(60)\n"  # fmt: skip


def is_free(path: Path) -> bool:
    try:
        with file_lock(path):
            return True
    except TimeoutError:
        return False


def test_one_holds_it_at_a_time(tmp_path: Path) -> None:
    path = tmp_path / "job.lock"
    with file_lock(path):
        assert not is_free(path)
        assert is_free(tmp_path / "other.lock")
    assert is_free(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_it_is_let_go_when_its_holder_raises_or_is_killed(tmp_path: Path) -> None:
    path = tmp_path / "job.lock"
    with pytest.raises(KeyError), file_lock(path):
        raise KeyError
    assert is_free(path)
    with subprocess.Popen([sys.executable, "-c", _HOLD, str(path)], stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        assert not is_free(path)
        holder.kill()
        holder.wait()
        assert is_free(path)


def test_a_child_that_goes_on_does_not_keep_it(tmp_path: Path) -> None:
    path = tmp_path / "job.lock"
    with file_lock(path):
        held = next(int(one.name) for one in Path("/proc/self/fd").iterdir() if _leads_to(one, path))
        child = subprocess.Popen(["sleep", "60"], pass_fds=[held])
    try:
        assert is_free(path)
    finally:
        child.kill()
        child.wait()


def _leads_to(descriptor: Path, path: Path) -> bool:
    try:
        return descriptor.readlink() == path
    except OSError:
        return False


def test_the_patient_get_it_when_it_is_let_go(tmp_path: Path) -> None:
    path, order = tmp_path / "session.lock", []

    def wait() -> None:
        with file_lock(path, patience=30):
            order.append("second")

    with file_lock(path):
        waiting = threading.Thread(target=wait)
        waiting.start()
        waiting.join(0.1)
        order.append("first")
    waiting.join()
    assert order == ["first", "second"]


def test_a_file_that_was_removed_locks_nothing_any_more(tmp_path: Path) -> None:
    path = tmp_path / "job.lock"
    with file_lock(path):
        path.unlink()
        with file_lock(path):
            assert not is_free(path)
    assert is_free(path)


def test_a_link_and_a_missing_folder_are_errors_that_name_the_path(tmp_path: Path) -> None:
    link = tmp_path / "job.lock"
    link.symlink_to(tmp_path / "elsewhere")
    for path in (link, tmp_path / "none" / "job.lock"):
        with pytest.raises(OSError) as error, file_lock(path):
            pass
        assert error.value.filename in (path, str(path))
    assert not (tmp_path / "elsewhere").exists()
