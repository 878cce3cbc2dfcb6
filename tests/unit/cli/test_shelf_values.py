"""Two values of Audiobookshelf and of mamctl beside each other: what differs is seen."""

from __future__ import annotations

import pytest

from mamctl.cli.commands.abs.check import short_pair

LONG = "A story of a lighthouse and of all who lived there when the salt road was still open, "


@pytest.mark.parametrize(
    ("first", "second", "shown"),
    [
        ("A Study", None, ("A Study", "–")),
        (["Classics", "Sea"], [], ("Classics, Sea", "–")),
        ([{"name": "Barsoom", "sequence": "1"}], [{"name": "Mars"}], ("Barsoom #1", "Mars")),
        (f"{LONG}told by her", f"{LONG}told by him", ("…open, told by her", "…open, told by him")),
        (LONG, f"{LONG} told", ("…was still open,", "…was still open, told")),
        ("<p>debts &amp; old <i>friends</i></p>", "less < more", ("debts & old friends", "less < more")),
        (LONG, "Another", (LONG[:59] + "…", "Another")),
    ],
)
def test_what_differs_is_seen(first: object, second: object, shown: tuple[str, str]) -> None:
    assert short_pair(first, second) == shown
