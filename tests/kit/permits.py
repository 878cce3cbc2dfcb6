"""Permits for tests that call an adapter by itself: asked for as the program does, with facts that break nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import TypeVar

from mamctl.domain.permits import (
    Act,
    BuyVip,
    FileBook,
    HandOver,
    Pause,
    Permit,
    Resume,
    SpendWedge,
    Tag,
    UnfileBook,
    Untag,
    ask,
)

A = TypeVar("A", bound=Act)


def allow(act: A) -> Permit[A]:
    answer = ask(act)
    assert isinstance(answer, Permit), answer
    return answer


def may_pause(hashes: Sequence[str]) -> Permit[Pause]:
    return allow(Pause(client="home", hashes=tuple(hashes)))


def may_start(hashes: Sequence[str]) -> Permit[Resume]:
    return allow(Resume(client="home", hashes=tuple(hashes)))


def may_tag(hashes: Sequence[str], tag: str) -> Permit[Tag]:
    return allow(Tag(client="home", hashes=tuple(hashes), tag=tag))


def may_untag(hashes: Sequence[str], tag: str) -> Permit[Untag]:
    return allow(Untag(client="home", hashes=tuple(hashes), tag=tag))


def purchase(**facts: object) -> BuyVip:
    """A purchase that breaks nothing, but for what `facts` say."""
    fine = {
        "claimed": True, "bought_before": False, "points": 50_000.0, "price": 10_000, "keep": 500,
        "left": timedelta(days=5), "within": timedelta(days=30), "shortage": 1, "shortage_needed": True,
        "user_class": "VIP", "emergency": False,
    }  # fmt: skip
    return BuyVip(**fine | facts)


def may_buy() -> Permit[BuyVip]:
    return allow(purchase())


def wedge(**facts: object) -> SpendWedge:
    """A wedge that may be spent, but for what `facts` say."""
    fine = {"enabled": True, "free_already": False, "sent_before": False, "wedges": 5, "reserve": 1, "size": 2,
            "min_size": 1, "emergency": False}  # fmt: skip
    return SpendWedge(**fine | facts)


def may_spend_wedge() -> Permit[SpendWedge]:
    return allow(wedge())


def handing_over(**facts: object) -> HandOver:
    """A torrent that may be handed over, but for what `facts` say."""
    fine = {"info_hash": "a" * 40, "claimed": True, "sent_before": False, "known_to": None, "paid": False,
            "emergency": False}  # fmt: skip
    return HandOver(**fine | facts)


def may_hand_over() -> Permit[HandOver]:
    return allow(handing_over())


def may_file() -> Permit[FileBook]:
    return allow(FileBook(title="A Book", checked=True))


def may_unfile() -> Permit[UnfileBook]:
    return allow(UnfileBook(title="A Book", filed=True, lacking=None))
