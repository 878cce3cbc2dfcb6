"""The check of Audiobookshelf in `mamctl doctor`."""

from __future__ import annotations

from mamctl.cli.commands.doctor.checks import Check, Grade
from mamctl.cli.runtime import Runtime

_NAME = "audiobookshelf"
TRIED = (2, 36)
"""The version that the calls were tried on."""


def audiobookshelf(runtime: Runtime) -> Check:
    """The server answers, is of a known version, takes the key, and has the library; nothing is changed."""
    if runtime.config.audiobookshelf.url is None:
        return Check(_NAME, Grade.SKIPPED, "none configured (audiobookshelf.url)")
    from mamctl.cli.wiring.shelf import chosen_libraries, open_shelf

    shelf = open_shelf(runtime)
    about = shelf.fetch_about()
    libraries = chosen_libraries(runtime, shelf)
    names = ", ".join(one.name for one in libraries)
    detail = f"version {about.version or 'unknown'}, {names}"
    if not about.may_update:
        remedy = "create a key for a user with the permission to update"
        return Check(_NAME, Grade.WARN, f"{detail}; the key may not change anything", remedy)
    if about.stores_with_item:
        remedy = "no action needed if you want it so; otherwise turn off “store metadata with item” in its settings"
        return Check(_NAME, Grade.WARN, f"{detail}; it writes metadata.json into the books' folders", remedy)
    if not about.may_scan:
        detail = f"{detail}; without an administrator's key no book is scanned after an export"
    if _parsed(about.version) < TRIED:
        return Check(
            _NAME, Grade.WARN, f"{detail}; older than the oldest tested version (2.36)", "update Audiobookshelf"
        )
    return Check(_NAME, Grade.OK, detail)


def _parsed(version: str | None) -> tuple[int, ...]:
    parts = (version or "").split(".")[:2]
    return tuple(int(part) for part in parts) if all(part.isdecimal() for part in parts) else (0,)
