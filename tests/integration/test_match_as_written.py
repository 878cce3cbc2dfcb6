"""`meta match` over HTTP, with titles as files have them and neighbours that may not be taken for the book."""

from __future__ import annotations

from tests.kit.catalogue_member import CatalogueMember, catalogue_member

__all__ = ["catalogue_member"]


WRITTEN = [
    ("Barsoom 02 The Gods of Mars", "E.R. Burroughs", "B0SHELF005"),
    ("02 The Gods of Mars", "Burroughs, Edgar Rice", "B0SHELF005"),
    ("The Gods of Mars, Barsoom Book 2", "Edgar Burroughs", "B0SHELF005"),
    ("Gods of Mars, The (Barsoom, No. 2)", "Edgar Rice Burroughs", "B0SHELF005"),
    ("Barsoom #3 - The Warlord of Mars (Unabridged) [64k]", "E. R. Burroughs", "B0SHELF006"),
    ("Around the World in 80 Days", "Verne, Jules", "B0SHELF007"),
    ("A Study in Scarlet: A Novel", "Sir Arthur Conan Doyle & co", "B0SHELF001"),
    ("The Lost World; or, The Plateau", "A. Conan Doyle", "B0SHELF008"),
    ("The Time Machine (Young Readers Edition)", "H. G. Wells", None),
    ("The Time Machine: A Full-Cast Dramatisation", "H. G. Wells", None),
    ("The Time Machine II", "HG Wells", None),
    ("Barsoom Books 1-3", "Edgar Rice Burroughs", None),
    ("The Time Ship", "H. G. Wells", None),
    ("The Lost World", "Michael Crichton", None),
]


def test_titles_as_written(catalogue_member: CatalogueMember) -> None:
    for title, author, asin in WRITTEN:
        data = catalogue_member("meta", "match", "--title", title, "--author", author).data
        assert (title, data["verdict"] == "match") == (title, asin is not None)
        assert (title, (data["chosen"] or {}).get("asin")) == (title, asin)
