"""One answer of a catalogue's server, and what can be told from it before its content is read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from mamctl.domain.matching.records import CatalogueUnavailableError, Unavailability


@dataclass(frozen=True, slots=True)
class Answer:
    """`body` is what the server sent, without our key in it; `fetched_at` is aware UTC."""

    status: int
    body: bytes
    fetched_at: datetime
    content_type: str = ""
    from_cache: bool = False

    @property
    def is_html(self) -> bool:
        """Whether a web page came where data belongs."""
        start = self.body[:200].lstrip().lower()
        return start.startswith((b"<!doctype html", b"<html")) or self.content_type.startswith("text/html")


def changed(catalogue: str, found: str) -> CatalogueUnavailableError:
    """The answer does not have the known shape."""
    return CatalogueUnavailableError(
        catalogue,
        Unavailability.CHANGED,
        f"an answer of unknown shape: {found}",
        remedy="look whether a newer mamctl knows it; until then take the catalogue out of catalogues.order",
    )


def refused(catalogue: str, said: str) -> CatalogueUnavailableError:
    """The catalogue does not accept our key, or asks for one."""
    return CatalogueUnavailableError(
        catalogue,
        Unavailability.KEYLESS,
        f"the key was not accepted: {said}",
        remedy="check the key that the configuration names, or take the catalogue out of catalogues.order",
    )


def check(catalogue: str, answer: Answer, *, allowed: tuple[int, ...] = (200,)) -> None:
    """Raise CatalogueUnavailableError for what no catalogue means as an answer about books."""
    if answer.status in {401, 403}:
        raise refused(catalogue, f"HTTP {answer.status}")
    if answer.status == 202 or (answer.status == 200 and not answer.body.strip()):
        raise CatalogueUnavailableError(
            catalogue, Unavailability.THROTTLED, "an empty answer, as when it blocks softly"
        )
    if answer.status not in allowed:
        raise changed(catalogue, f"HTTP {answer.status}")
