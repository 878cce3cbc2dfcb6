"""The configuration that makes mamctl ask the practice catalogue and no other."""

from __future__ import annotations

from mamctl.practice.catalogue.server import WIRES, PracticeCatalogue


def catalogue_sections(server: PracticeCatalogue, *, custom: str = "") -> str:
    """A section of mamctl.toml for each catalogue, without a pace; `custom` names a custom provider, if any."""
    lines = []
    for name in WIRES:
        if name != "custom":
            lines += [f"[catalogues.{name}]", f'base_url = "{server.base_url(name)}"', "interval = 0"]
    if custom:
        lines += ["[[catalogues.custom]]", f'name = "{custom}"', f'base_url = "{server.base_url("custom")}"']
        lines += ["interval = 0"]
    return "\n".join(lines) + "\n"
