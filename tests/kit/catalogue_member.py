"""A person with the practice library and the practice catalogue; the program runs on them over HTTP."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from mamctl.domain.timestamps import timestamp
from mamctl.practice.catalogue.server import PracticeCatalogue, catalogue_sections
from mamctl.practice.catalogue.shelf_world import shelf_world
from mamctl.practice.library import make_library


@dataclass
class CatalogueMember:
    """Their files, their configuration, and the catalogues they reach."""

    home: Path
    server: PracticeCatalogue
    run: Callable[..., Any] = field(repr=False)

    @property
    def config(self) -> Path:
        return self.home / "mamctl.toml"

    @property
    def library(self) -> Path:
        return self.home / "library"

    def write_config(self, catalogues: str = "timeout = 60", custom: str = "") -> None:
        """What the program reads; `catalogues` are keys of that section."""
        self.config.write_text(
            f'[store]\npath = "{self.home}/mamctl.db"\n[library]\nfolders = ["{self.library}"]\n'
            f"[alerts]\ndisk_free = 0\n[catalogues]\n{catalogues}\n{catalogue_sections(self.server, custom=custom)}"
        )

    def __call__(self, *words: str) -> Any:
        """`mamctl WORDS --json` with this configuration."""
        return self.run(*words, "--json", "--config", str(self.config))

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """What the store says."""
        with closing(sqlite3.connect(self.home / "mamctl.db")) as db:
            return db.execute(query, values).fetchall()

    def a_month_passes(self) -> None:
        """As if all of it had been 40 days ago; no answer is kept that long."""
        with closing(sqlite3.connect(self.home / "mamctl.db")) as db, db:
            db.execute(
                "UPDATE catalogue_answers SET asked_at = ?", (timestamp(datetime.now(UTC) - timedelta(days=40)),)
            )
        for file in (self.home / "catalogues").glob("answers.db*"):
            file.unlink()


@pytest.fixture
def catalogue_member(tmp_path: Path, mamctl: Callable[..., Any]) -> Iterator[CatalogueMember]:
    """Nothing is scanned yet."""
    make_library(tmp_path / "library")
    with PracticeCatalogue(shelf_world()) as server:
        member = CatalogueMember(tmp_path, server, mamctl)
        member.write_config()
        yield member
