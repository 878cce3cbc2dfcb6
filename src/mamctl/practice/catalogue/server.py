"""The practice catalogue as a real HTTP server on loopback; each catalogue lives under its own prefix."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from urllib.parse import parse_qsl

from mamctl.practice.catalogue.faults import Behaviour, CatalogueFault, FaultKind, fault_reply
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
from mamctl.practice.journal import Entry, Journal, masked
from mamctl.practice.loopback import LoopbackServer
from mamctl.practice.request_gate import RequestGate
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
    """All catalogues of one world, as a context manager; `behaviour` plans faults, `journal` has the requests."""

    def __init__(self, world: World, *, share: dict[str, float] | None = None, port: int = 0) -> None:
        super().__init__(RequestGate(), port)
        self.behaviour = Behaviour()
        self.journal = Journal()
        self.shelves = Shelves(world, share)

    @property
    def root(self) -> str:
        """`http://127.0.0.1:PORT`."""
        return self.url

    def base_url(self, catalogue: str) -> str:
        """What the adapter of the catalogue takes as its base_url."""
        return f"{self.root}/{catalogue}" + ("/{region}" if catalogue == "audible" else "")

    def show(self, world: World) -> None:
        """Answer from another world from now on: this is how catalogues come to disagree with what was."""
        self.shelves = Shelves(world, self.shelves.share)

    def asked(self, catalogue: str = "") -> list[Entry]:
        """The requests seen, those to one catalogue if it is named."""
        return self.journal.of(f"/{catalogue}/") if catalogue else list(self.journal.entries)

    def catalogues_asked(self) -> set[str]:
        """The names of the catalogues that requests came to."""
        return {entry.path.split("/")[1] for entry in self.journal.entries}

    def reset(self) -> None:
        """Behave well again, and forget the journal."""
        self.behaviour.clear()
        self.journal.clear()

    def answer(self, catalogue: str, asked: Asked, fault: CatalogueFault | None) -> Reply | None:
        """The right answer, or what a fault makes of it; None breaks the connection."""
        wire = WIRES.get(catalogue)
        if wire is None:
            return reply_json({"error": "no such catalogue"}, 404)
        return fault_reply(fault, catalogue, asked, wire) if fault else wire(asked)

    def respond(self, request: Request) -> Answer | None:
        """The answer of the catalogue whose prefix the path bears; None breaks the connection."""
        name, _, path = request.path.lstrip("/").partition("/")
        params = dict(parse_qsl(request.query))
        fault = self.behaviour.hit(f"{name}/")
        wrong = fault is not None and fault.kind is FaultKind.WRONG_BOOK
        asked = Asked(f"/{path}", params, request.headers, request.body, self.shelves, wrong)
        reply = self.answer(name, asked, fault)
        self.journal.note(
            at=datetime.now(UTC),
            method=request.method,
            path=request.path,
            fields=masked(params),
            status=reply.status if reply else None,
            session=None,
            user_agent=request.headers.get("user-agent", ""),
            host=request.headers.get("host", ""),
            trouble=fault.kind.value if fault else None,
        )
        self.gate.pause(fault.delay if fault else 0.0)
        return None if reply is None else Answer(reply.status, reply.body, reply.content_type, _headers(fault))

    def headers(self) -> Sequence[tuple[str, str]]:
        """As Audible says; mamctl's own time to live must win over it."""
        return (("Cache-Control", "private, no-store, max-age=0"),)


def _headers(fault: CatalogueFault | None) -> list[tuple[str, str]]:
    if fault is None:
        return []
    retry = [("Retry-After", fault.retry_after)] if fault.retry_after else []
    return [*retry, *fault.headers]


def catalogue_sections(server: PracticeCatalogue, *, custom: str = "") -> str:
    """A section of mamctl.toml for each catalogue, so that mamctl asks this server and no other, without a pace.

    `custom` names a custom provider, if any.
    """
    lines = []
    for name in WIRES:
        if name != "custom":
            lines += [f"[catalogues.{name}]", f'base_url = "{server.base_url(name)}"', "interval = 0"]
    if custom:
        lines += ["[[catalogues.custom]]", f'name = "{custom}"', f'base_url = "{server.base_url("custom")}"']
        lines += ["interval = 0"]
    return "\n".join(lines) + "\n"
