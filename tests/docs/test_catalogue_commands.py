"""Every command about catalogues and drift that a document shows runs, on a scanned and enriched library."""

from __future__ import annotations

import re
import shlex

import pytest

from tests.docs.test_documents import CATALOGUE_GROUPS, PAGES, blocks
from tests.kit.catalogue_member import CatalogueMember, catalogue_member

__all__ = ["catalogue_member"]


def _commands() -> list[str]:
    lines = (line.strip().removeprefix("$ ") for page in PAGES if page.name != "cli.md" for line in blocks(page))
    # What follows three blanks explains the command.
    return sorted({re.split(r" {3,}", line)[0] for line in lines if line.startswith(CATALOGUE_GROUPS)})


COMMANDS = _commands()


def test_each_group_is_shown_somewhere() -> None:
    assert [group for group in CATALOGUE_GROUPS if not any(line.startswith(group) for line in COMMANDS)] == []


@pytest.mark.parametrize("line", COMMANDS)
def test_every_command_shown_runs(line: str, catalogue_member: CatalogueMember, monkeypatch) -> None:
    from mamctl.practice.catalogue.shelf_world import a_month_later

    monkeypatch.setenv("MAMCTL_CONFIG", str(catalogue_member.config))
    catalogue_member("meta", "scan", "--enrich")
    if line.startswith("mamctl drift"):
        catalogue_member.a_month_passes()
        catalogue_member.server.show(a_month_later(catalogue_member.server.shelves.world))
    if line.startswith(("mamctl drift undo", "mamctl drift history")):
        catalogue_member("drift", "fix")
    assert catalogue_member.run(*shlex.split(line)[1:]).code in {0, 3}
