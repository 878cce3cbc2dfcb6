"""Other programs that a benchmark runs beside mamctl: the one you name, or one installed for the moment.

They do not belong to mamctl's environment: each has one of its own, which is gone afterwards.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def find_peer(package: str, program: str, *, named_by: str, install: bool = True) -> Iterator[str | None]:
    """The path of the peer's `program`: what the variable `named_by` holds, the one on the PATH, or with `install` one
    from `package`, just installed.

    None where there is none; why it could not be installed is printed, and the peer's rows are left out.
    """
    found = os.environ.get(named_by) or shutil.which(program)
    if found or not install:
        yield found
        return
    with tempfile.TemporaryDirectory(prefix="mamctl-bench-venv-") as folder:
        bin_ = Path(folder) / "bin"
        pip = [bin_ / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", package]
        try:
            subprocess.run([sys.executable, "-m", "venv", folder], check=True, capture_output=True)
            subprocess.run(pip, check=True, capture_output=True)
        except (OSError, subprocess.CalledProcessError) as error:
            said = (getattr(error, "stderr", None) or b"").decode(errors="replace").strip().rpartition("\n")[2]
            print(f"{package} could not be installed ({said or error}); its rows are left out\n", flush=True)
            yield None
            return
        yield str(bin_ / program)
