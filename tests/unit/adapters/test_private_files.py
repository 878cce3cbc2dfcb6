"""Secrets at rest: private, whole, or refused with the command that mends it."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from mamctl.adapters.private_files import (
    SecretForm,
    SecretSource,
    judge_exposure,
    read_secret_file,
    shown_variable,
    write_private,
)
from mamctl.domain.secret import Secret
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


@pytest.mark.parametrize(
    ("mode", "mounted", "exposure"),
    [
        (0o600, False, "private"),
        (0o400, True, "private"),
        (0o444, False, "readable"),
        (0o640, False, "readable"),
        (0o610, False, "readable"),
        (0o444, True, "mounted"),
        (0o644, True, "mounted"),
        (0o440, True, "mounted"),
        (0o666, True, "writable"),
        (0o620, True, "writable"),
        (0o777, False, "writable"),
    ],
)
def test_what_others_can_do(mode, mounted, exposure):
    assert judge_exposure(mode, mounted=mounted) == exposure


def test_a_pipe_is_no_secret_and_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe", 0o600)
    for path in (tmp_path / "pipe", Path("/dev/zero")):
        with pytest.raises(ConfigInvalidError) as refused:
            read_secret_file(path)
        assert refused.value.slug in ("secret_file_unreadable", "secret_file_open")


@pytest.mark.parametrize(
    ("text", "form", "words"),
    [
        ("SECRETAPIKEY123\nsecond", SecretForm.HEADER, "one line, but has 2"),
        ("SECRETAPIKEY123\nsecond", SecretForm.LINE, "one line, but has 2"),
        ("SECRET\u2028second", SecretForm.HEADER, "one line, but has 2"),
        ("SECRETÄ", SecretForm.HEADER, "not ASCII"),
        ("SECRET\x00x", SecretForm.LINE, "control character"),
        ("SECRET\x1b[0m", SecretForm.HEADER, "control character"),
    ],
)
def test_a_secret_that_cannot_be_sent_names_the_key_and_never_the_value(tmp_path, text, form, words):
    file = tmp_path / "key"
    write_private(file, text)
    for source in (SecretSource("client.api_key", file, "", form), SecretSource("client.api_key", None, "KEY", form)):
        with pytest.raises(ConfigInvalidError, match=words) as refused:
            source.read({"KEY": text})
        assert refused.value.message.startswith("client.api_key: ")
        assert "SECRET" not in f"{refused.value}{refused.value.remedy}"
        assert refused.value.exit_code == 10


def test_a_secret_from_file_or_variable(tmp_path):
    write_private(tmp_path / "key", " pass wörd%\n")
    assert SecretSource("k", tmp_path / "key", "KEY").read({"KEY": "other"}) == Secret("pass wörd%")
    assert SecretSource("k", None, "KEY").read({"KEY": " other\n"}) == Secret("other")
    assert SecretSource("k", None, "KEY").read({}) is None
    assert SecretSource("k").read({"": "x"}) is None


def test_a_variable_is_shown_only_when_it_looks_like_one():
    assert shown_variable("MAM_ID", "tracker.mam_id_env") == "the variable MAM_ID"
    assert "AIzaSy" not in shown_variable("AIzaSyA_secretkey", "catalogues.google_books_key_env")


def test_what_a_killed_run_left_is_swept_and_nothing_else(tmp_path):
    left, fresh, own = tmp_path / ".s.json.0123456789ab", tmp_path / ".s.json.ba9876543210", tmp_path / ".s.json.bak"
    for path in (left, fresh, own):
        path.write_text("cookie")
    for path in (left, own):
        os.utime(path, (1, 1))
    write_private(tmp_path / "s.json", "new")
    assert sorted(path.name for path in tmp_path.iterdir()) == [fresh.name, own.name, "s.json"]
