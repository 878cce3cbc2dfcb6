"""Every command about catalogues and drift that a document shows runs, on a scanned and enriched library."""

from __future__ import annotations

import shlex

import pytest

from tests.catalogue_member import CatalogueMember, catalogue_member
from tests.docs.test_documents import PAGES, blocks

__all__ = ["catalogue_member"]

GROUPS = ("meta scan --enrich", "meta enrich", "meta match", "meta catalogues", "meta series", "drift")


def _commands() -> list[str]:
    lines = (line.strip().removeprefix("$ ") for page in PAGES if page.name != "cli.md" for line in blocks(page))
    return sorted({line for line in lines if line.startswith(tuple(f"mamctl {group}" for group in GROUPS))})


COMMANDS = _commands()


def test_each_group_is_shown_somewhere() -> None:
    assert [group for group in GROUPS if not any(line.startswith(f"mamctl {group}") for line in COMMANDS)] == []


@pytest.mark.parametrize("line", COMMANDS)
def test_every_command_shown_runs(line: str, catalogue_member: CatalogueMember, monkeypatch) -> None:
    from mamctl.practice.catalogue.shelf_world import a_month_later

    monkeypatch.setenv("MAMCTL_CONFIG", str(catalogue_member.config))
    catalogue_member("meta", "scan", "--enrich")
    if line.startswith("mamctl drift"):
        catalogue_member.a_month_passes()
        catalogue_member.server.tell(a_month_later(catalogue_member.server.shelves.world))
    if line.startswith(("mamctl drift undo", "mamctl drift history")):
        catalogue_member("drift", "fix")
    assert catalogue_member.run(*shlex.split(line.partition(" #")[0])[1:]).code in {0, 3}
