"""Files for other programs: replaced whole, and nothing else is ever replaced."""

from __future__ import annotations

import os
import socket
import stat
from pathlib import Path

import pytest

from mamctl.adapters.private_files import write_private
from mamctl.adapters.published_files import PublishError, publish
from tests.kit.full_disk import full_disk


def test_everyone_can_read_what_is_published_whatever_the_mask(tmp_path):
    mask = os.umask(0o077)
    try:
        publish(tmp_path / "page.html", "page")
    finally:
        os.umask(mask)
    assert stat.S_IMODE((tmp_path / "page.html").stat().st_mode) == 0o644


@pytest.mark.parametrize("kind", ["pipe", "link to a device", "socket"])
def test_what_is_no_file_is_refused_and_stays(tmp_path, kind):
    target = tmp_path / "page.html"
    if kind == "pipe":
        os.mkfifo(target)
    elif kind == "socket":
        with socket.socket(socket.AF_UNIX) as made:
            made.bind(str(target))
    else:
        target.symlink_to("/dev/null")
    before = _marks(target)
    with pytest.raises(PublishError, match="pipe or device") as refused:
        publish(target, "page")
    assert "regular file" in (refused.value.remedy or "")
    with pytest.raises(OSError, match="pipe or device"):
        write_private(target, "secret")
    assert _marks(target) == before
    assert list(tmp_path.iterdir()) == [target]


def test_a_name_of_the_kernel_is_refused_even_where_it_leads_to_a_file(tmp_path):
    with (tmp_path / "output").open("w") as file:
        name = Path(f"/proc/self/fd/{file.fileno()}")
        with pytest.raises(PublishError, match="pipe or device"):
            publish(name, "page")
    assert (tmp_path / "output").read_text() == ""


def test_a_folder_and_a_missing_folder_are_named(tmp_path):
    with pytest.raises(PublishError) as refused:
        publish(tmp_path, "page")
    assert "name a file in it" in (refused.value.remedy or "")
    with pytest.raises(PublishError) as refused:
        publish(tmp_path / "none" / "page.html", "page")
    assert f"does the folder {tmp_path / 'none'} exist" in (refused.value.remedy or "")


def test_a_full_disk_asks_for_room_and_leaves_the_page_before(tmp_path):
    page = tmp_path / "page.html"
    publish(page, "before")
    with full_disk(), pytest.raises(PublishError) as refused:
        publish(page, "a longer page")
    assert refused.value.remedy == f"make room where {tmp_path} lies"
    assert page.read_text() == "before"
    assert list(tmp_path.iterdir()) == [page]


def _marks(path: Path) -> tuple[int, ...]:
    """What shows that nobody replaced or wrote to it; when it was read is no such mark."""
    found = path.lstat()
    return found.st_ino, found.st_mode, found.st_size, found.st_mtime_ns, found.st_ctime_ns
