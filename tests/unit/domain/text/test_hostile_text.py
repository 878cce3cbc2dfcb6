"""Text made to take long is taken as text: no parser's time grows out of proportion."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime

import pytest

from mamctl.adapters.library.sidecars import parse_yaml
from mamctl.domain.library.nfo import parse_nfo
from mamctl.domain.library.paths.observe import observe_path
from mamctl.domain.metadata.observation import Origin, Source
from mamctl.domain.text.credits import parse_credits, same_person
from mamctl.domain.text.normalize import fold, plain_text
from mamctl.domain.text.series import parse_series
from mamctl.domain.text.titles import parse_title

NOW = datetime(2026, 11, 25, tzinfo=UTC)


def read_yaml(text: str) -> None:
    with contextlib.suppress(ValueError):
        parse_yaml(text.encode())


PARSERS = {
    "title": parse_title,
    "series": parse_series,
    "people": parse_credits,
    "person": lambda text: same_person(text, text + "x"),
    "nfo": lambda text: parse_nfo(text, Origin(Source.NFO, "x", NOW)),
    "path": lambda text: observe_path(text, NOW),
    "html": plain_text,
    "yaml": read_yaml,
}
SEEDS = ["a", "a ", "1 ", "[a", " - a", "Book ", "a,", "a & ", "<a", "&amp;", "read by ", "#1 ", "\t", "a" + " " * 50]


# A hundred thousand characters would take minutes if any pattern were quadratic.
@pytest.mark.timeout(60)
@pytest.mark.parametrize("parser", PARSERS)
@pytest.mark.parametrize("seed", SEEDS)
def test_long_monotonous_text_is_no_burden(parser, seed):
    PARSERS[parser](seed * (100_000 // len(seed)))


def test_what_is_too_long_is_kept_whole():
    text = "salt road " * 1000
    assert parse_title(text).title == text.strip()
    assert fold(" ".join(credit.name for credit in parse_credits(text))) == text.strip()
