"""`mamctl config set` and `edit`: one key or the whole file, changed as `change apply` does it."""

from __future__ import annotations

import os
import shlex
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path
from tempfile import mkdtemp
from typing import Annotated, Any

import typer

from mamctl.cli.command import command
from mamctl.cli.runtime import Runtime
from mamctl.cli.wiring.apply import change_config, render_apply
from mamctl.cli.wiring.change import config_file
from mamctl.cli.wiring.own_files import read_config, set_key, write_private
from mamctl.config import parse
from mamctl.domain.outcome import Result
from mamctl.errors import ConfigInvalidError, UsageError

app = typer.Typer()


@command(app, "set", schema="mamctl.config.set/1", render=render_apply, dry_run=True)
def set_(
    runtime: Runtime,
    key: Annotated[str, typer.Argument(metavar="KEY", help="Such as vip.auto_renew or qbittorrent[0].scope_tag.")],
    value: Annotated[
        str, typer.Argument(metavar="VALUE", help="As in TOML; text needs no quotes, one entry of a list no brackets.")
    ],
) -> Result:
    """Set one key; comments stay.

    A rollback point is made and the self-tests run, as with change apply.
    """
    file = config_file(runtime)
    return change_config(runtime, _with_key(file.read() or b"", file.path, key, value))


def _with_key(content: bytes, path: Path, key: str, value: str) -> bytes:
    """The file with the key set to what the text means: the first reading that the key takes."""
    text = content.decode("utf-8-sig")
    first: ConfigInvalidError | None = None
    for reading in _readings(value):
        changed = set_key(text, key, reading).encode("utf-8")
        try:
            parse(changed, path)
        except ConfigInvalidError as error:
            first = first or error
        else:
            return changed
    assert first is not None  # there is one reading at least
    raise first


def _readings(value: str) -> Iterator[Any]:
    """As TOML has it, else as text, or as a list of this one text."""
    try:
        yield tomllib.loads(f"x = {value}")["x"]
    except tomllib.TOMLDecodeError:
        yield value
        yield [value]
    else:
        yield value


@command(app, "edit", schema="mamctl.config.edit/1", render=render_apply, dry_run=True)
def edit(runtime: Runtime) -> Result:
    """Edit the file with $VISUAL or $EDITOR.

    What you saved is put in place as with change apply; a draft with faults is kept, and the configuration stays.
    """
    file = config_file(runtime)
    old = file.read() or b""
    editor = os.environ.get("VISUAL") or os.environ.get("EDITOR")
    if not editor:
        raise UsageError("there is no editor", remedy="set EDITOR, or use: mamctl config set KEY VALUE")
    draft = Path(mkdtemp(prefix="mamctl-")) / file.path.name
    write_private(draft, old)
    kept = f"; the draft is {draft}"
    try:
        subprocess.run([*shlex.split(editor), str(draft)], check=True)
        new = read_config(draft) or b""
        result = change_config(runtime, new)
    except (OSError, ValueError, subprocess.CalledProcessError) as error:
        raise UsageError(f"the editor failed: {error}{kept}", subject=editor, remedy="set EDITOR to another") from error
    except ConfigInvalidError as error:
        error.remedy = f"correct the draft, then run: mamctl change apply {shlex.quote(str(draft))}"
        raise
    draft.unlink(missing_ok=True)
    draft.parent.rmdir()
    return result
