"""The practice catalogue as a real HTTP server on loopback; each catalogue lives under its own prefix."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator, Sequence
from urllib.parse import parse_qsl

from mamctl.practice.catalogue.misbehave import trouble_reply
from mamctl.practice.catalogue.mood import Mood, Trouble, TroubleKind
from mamctl.practice.catalogue.shelves import Shelves
from mamctl.practice.catalogue.wire.audible import answer_audible
from mamctl.practice.catalogue.wire.audnexus import answer_audnexus
from mamctl.practice.catalogue.wire.custom import answer_custom
from mamctl.practice.catalogue.wire.goodreads import answer_goodreads
from mamctl.practice.catalogue.wire.google_books import answer_google_books
from mamctl.practice.catalogue.wire.hardcover import answer_hardcover
from mamctl.practice.catalogue.wire.itunes import answer_itunes
from mamctl.practice.catalogue.wire.librivox import answer_librivox
from mamctl.practice.catalogue.wire.open_library import answer_open_library
from mamctl.practice.catalogue.wire.reply import Asked, Reply, reply_json
from mamctl.practice.catalogue.world import World
from mamctl.practice.holds import Holds
from mamctl.practice.loopback import LoopbackServer
from mamctl.practice.web import Answer, Request

WIRES: dict[str, Callable[[Asked], Reply]] = {
    "audible": answer_audible,
    "audnexus": answer_audnexus,
    "custom": answer_custom,
    "goodreads": answer_goodreads,
    "google_books": answer_google_books,
    "hardcover": answer_hardcover,
    "itunes": answer_itunes,
    "librivox": answer_librivox,
    "open_library": answer_open_library,
}


class PracticeCatalogue(LoopbackServer):
    """All catalogues of one world. Use it as a context manager; `mood` makes troubles and keeps the journal."""

    def __init__(self, world: World, *, share: dict[str, float] | None = None, port: int = 0) -> None:
        super().__init__(Holds(), port)
        self.mood = Mood()
        self.shelves = Shelves(world, share)

    @property
    def root(self) -> str:
        """`http://127.0.0.1:PORT`."""
        return self.url

    def base_url(self, catalogue: str) -> str:
        """What the adapter of the catalogue takes as its base_url."""
        return f"{self.root}/{catalogue}" + ("/{region}" if catalogue == "audible" else "")

    def tell(self, world: World) -> None:
        """Tell of another world from now on: this is how catalogues come to disagree with what was."""
        self.shelves = Shelves(world, self.shelves.share)

    def answer(self, catalogue: str, asked: Asked, trouble: Trouble | None) -> Reply | None:
        """The right answer, or what a trouble makes of it; None breaks the connection."""
        wire = WIRES.get(catalogue)
        if wire is None:
            return reply_json({"error": "no such catalogue"}, 404)
        return trouble_reply(trouble, catalogue, asked, wire) if trouble else wire(asked)

    def respond(self, request: Request) -> Answer | None:
        """The answer of the catalogue whose prefix the path bears; None breaks the connection."""
        name, _, path = request.path.lstrip("/").partition("/")
        params = dict(parse_qsl(request.query))
        agent = request.headers.get("user-agent", "")
        trouble = self.mood.meet(name, request.method, f"/{path}", params, agent, time.time())
        wrong = trouble is not None and trouble.kind is TroubleKind.WRONG_BOOK
        asked = Asked(f"/{path}", params, request.headers, request.body, self.shelves, wrong)
        reply = self.answer(name, asked, trouble)
        return None if reply is None else Answer(reply.status, reply.body, reply.content_type, _headers(trouble))

    def headers(self) -> Sequence[tuple[str, str]]:
        """As Audible says; mamctl's own time to live must win over it."""
        return (("Cache-Control", "private, no-store, max-age=0"),)


def _headers(trouble: Trouble | None) -> list[tuple[str, str]]:
    if trouble is None:
        return []
    retry = [("Retry-After", trouble.retry_after)] if trouble.retry_after else []
    return [*retry, *trouble.headers]


@contextlib.contextmanager
def practice_catalogue(world: World, share: dict[str, float] | None = None) -> Iterator[PracticeCatalogue]:
    """A running practice catalogue."""
    with PracticeCatalogue(world, share=share) as server:
        yield server
