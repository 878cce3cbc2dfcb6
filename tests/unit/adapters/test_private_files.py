"""Secrets at rest: private, whole, or refused with the command that mends it."""

from __future__ import annotations

import stat

import pytest

from mamctl.adapters.private_files import read_secret_file, write_private
from mamctl.errors import ConfigInvalidError
from tests.kit.full_disk import full_disk


def test_what_is_written_is_private_even_over_an_open_file(tmp_path):
    file = tmp_path / "new" / "secret"
    write_private(file, "one")
    file.chmod(0o644)
    write_private(file, "two")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert read_secret_file(file).reveal() == "two"


def test_a_full_disk_leaves_the_old_secret_whole(tmp_path):
    file = tmp_path / "secret"
    write_private(file, "old")
    with full_disk(), pytest.raises(OSError):
        write_private(file, "new and much longer")
    assert file.read_text() == "old"
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.parametrize("raw", [b"\xff\xfe\xfa", b"", b" \n\t", b"x" * 70_000])
def test_what_is_no_secret(tmp_path, raw):
    file = tmp_path / "secret"
    file.write_bytes(raw)
    file.chmod(0o600)
    with pytest.raises(ConfigInvalidError) as refused:
        read_secret_file(file)
    assert refused.value.slug == "secret_file_empty"


def test_a_directory_is_no_secret(tmp_path):
    with pytest.raises(ConfigInvalidError) as refused:
        read_secret_file(tmp_path)
    assert refused.value.slug == "secret_file_unreadable"


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o660, 0o610])
def test_any_permission_of_others_is_too_much(tmp_path, mode):
    file = tmp_path / "secret"
    file.write_text("hush")
    file.chmod(mode)
    with pytest.raises(ConfigInvalidError) as refused:
        read_secret_file(file)
    assert refused.value.slug == "secret_file_open"
    assert "hush" not in f"{refused.value} {refused.value.remedy}"


def test_a_windows_editor_leaves_a_mark_that_is_not_part_of_it(tmp_path):
    file = tmp_path / "secret"
    file.write_bytes(b"\xef\xbb\xbfhush\r\n")
    file.chmod(0o600)
    assert read_secret_file(file).reveal() == "hush"
