"""Secrets as containers mount them: readable by all where nobody can change it."""

from __future__ import annotations

import subprocess
import sys

import pytest


def test_a_read_only_mount_is_accepted_and_a_writable_file_on_it_is_not(tmp_path):
    """In a mount namespace of its own, as containers mount their secrets."""
    script = (
        "import sys, pathlib\n"
        "from mamctl.adapters.private_files import exposure_of, read_secret_file\n"
        "from mamctl.errors import MamctlError\n"
        "folder = pathlib.Path(sys.argv[1])\n"
        "print(exposure_of(folder / 'good'), read_secret_file(folder / 'good').reveal())\n"
        "try: read_secret_file(folder / 'bad')\n"
        "except MamctlError as error: print(error.slug)\n"
    )
    for name, mode in (("good", 0o444), ("bad", 0o666)):
        (tmp_path / name).write_text("hush")
        (tmp_path / name).chmod(mode)
    mount = f"mount --bind {tmp_path} {tmp_path} && mount -o remount,bind,ro {tmp_path} && "
    done = subprocess.run(
        ["unshare", "-rm", "sh", "-c", mount + 'exec "$0" -c "$1" "$2"', sys.executable, script, str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
    )
    if "unshare" in done.stderr or "mount:" in done.stderr:
        pytest.skip("no mount namespaces here")
    assert done.stdout.split() == ["mounted", "hush", "secret_file_open"], done.stderr
