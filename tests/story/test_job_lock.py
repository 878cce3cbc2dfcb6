"""The lock of a job, which is taken without the library where that is as good as with it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import filelock
import pytest

from mamctl.errors import LockedError
from mamctl.store.runs import job_lock


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A store whose job has run before, so that the lock's file is there."""
    store = tmp_path / "mamctl.db"
    with job_lock(store, "vip"):
        pass
    assert (tmp_path / "locks" / "vip.lock").stat().st_mode & 0o777 == 0o600
    return store


def is_free(store: Path) -> bool:
    try:
        with job_lock(store, "vip"):
            return True
    except LockedError:
        return False


def test_with_and_without_the_library_each_keeps_the_other_out(store: Path) -> None:
    by_library = filelock.FileLock(store.parent / "locks" / "vip.lock", timeout=0)
    with by_library:
        assert not is_free(store)
    with job_lock(store, "vip"):
        with pytest.raises(filelock.Timeout):
            by_library.acquire()
        assert not is_free(store)
        with job_lock(store, "ratio"):
            pass
    assert is_free(store)


def test_the_first_lock_of_a_job_is_taken_without_the_library_too(tmp_path: Path) -> None:
    code = (
        "import sys\nfrom pathlib import Path\nfrom mamctl.store.runs import job_lock\n"
        "with job_lock(Path(sys.argv[1]), 'vip'):\n    print('filelock' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, tmp_path / "mamctl.db"], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "False"


def test_it_is_let_go_where_the_work_fails(store: Path) -> None:
    with pytest.raises(KeyError), job_lock(store, "vip"):
        raise KeyError
    assert is_free(store)


def test_a_file_that_was_removed_locks_nothing_any_more(store: Path) -> None:
    with job_lock(store, "vip"):
        (store.parent / "locks" / "vip.lock").unlink()
        with job_lock(store, "vip"):
            assert not is_free(store)
    assert is_free(store)


def test_a_child_that_goes_on_does_not_keep_it(store: Path) -> None:
    file = store.parent / "locks" / "vip.lock"
    with job_lock(store, "vip"):
        held = next(int(one.name) for one in Path("/proc/self/fd").iterdir() if _leads_to(one, file))
        child = subprocess.Popen(["sleep", "60"], pass_fds=[held])
    try:
        assert is_free(store)
    finally:
        child.kill()
        child.wait()


def _leads_to(descriptor: Path, path: Path) -> bool:
    try:
        return descriptor.readlink() == path
    except OSError:
        return False


def test_a_link_in_its_place_is_not_followed(store: Path, tmp_path: Path) -> None:
    file = store.parent / "locks" / "vip.lock"
    file.unlink()
    file.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OSError), job_lock(store, "vip"):
        pass
    assert not (tmp_path / "elsewhere").exists()
