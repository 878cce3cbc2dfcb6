"""The one place that lets an act pass: each act of the program brings its facts here, and gets a permit or a refusal.

A call of an adapter that writes takes a permit, and only `ask` makes one. A refusal names the clause that the act would
break. Pausing and tagging are never refused: that is what a freeze does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any, Generic, TypeVar

from mamctl.dataclass import dataclass
from mamctl.domain.account.classes import VipTerms, vip_terms
from mamctl.domain.text.vocabulary import AUDIO_SUFFIX


@dataclass(frozen=True, slots=True)
class Act:
    """Something that changes the world."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BuyVip(Act):
    """Renew VIP. Points are seedbonus points; `left` is the VIP time that is left, None without any."""

    claimed: bool
    bought_before: bool
    points: float | None
    price: int
    keep: int
    left: timedelta | None
    within: timedelta
    shortage: int
    shortage_needed: bool
    user_class: str | None
    emergency: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TorrentAct(Act):
    """A change of torrents of one client. `strangers` are among `hashes` and neither on record nor tagged by mamctl.

    `restoring` is whether it restores a rollback point, which is your word; `emergency` whether that of the ratio is
    active.
    """

    client: str
    hashes: tuple[str, ...]
    strangers: tuple[str, ...] = ()
    restoring: bool = False
    emergency: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause(TorrentAct):
    """Stop torrents."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Resume(TorrentAct):
    """Start torrents; `downloads` are those among them that are not complete."""

    downloads: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Tag(TorrentAct):
    """Put a tag on torrents."""

    tag: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Untag(TorrentAct):
    """Take a tag off torrents."""

    tag: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Categorise(TorrentAct):
    """Put torrents into a category, made for them where it is not there."""

    category: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteSidecar(Act):
    """Write or remove a file beside a book; `restoring` is whether that restores a rollback point."""

    path: str
    restoring: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Correct(Act):
    """Correct a value of a book by a catalogue. `replaces` is whether there was a value; `recorded` whether the field
    before the correction is at hand, so that it can be undone.
    """

    book: int
    field: str
    protected: bool
    verified: bool
    replaces: bool
    source: str
    recorded: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Release(Act):
    """Take a waiting download out of the queue. `slot` is whether one of its kind is left; `blocked` is the site's
    word that it hands out no torrents.
    """

    title: str
    paid: bool
    slot: bool
    blocked: str | None
    emergency: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SpendWedge(Act):
    """Spend a freeleech wedge on a torrent of `size` bytes; `sent_before` is whether one was spent on this item."""

    enabled: bool
    free_already: bool
    sent_before: bool
    wedges: int | None
    reserve: int
    size: int
    min_size: int
    emergency: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOver(Act):
    """Hand a torrent to a client. `claimed` is whether its row, slot and bytes are reserved; `sent_before` whether it
    was sent already, in whatever run; `known_to` names the client that has it.
    """

    info_hash: str
    claimed: bool
    sent_before: bool
    known_to: str | None
    paid: bool
    emergency: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FileBook(Act):
    """File a download's book into the library; `checked` is whether it was found whole."""

    title: str
    checked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class UnfileBook(Act):
    """Take what was filed out of the library; `lacking` is what the download itself lacks, None when it is whole."""

    title: str
    filed: bool
    lacking: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterAddress(Act):
    """Register the seedbox's address with the site; `since_last` is the time since that was last asked for."""

    since_last: timedelta | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeShelf(Act):
    """Change an item of Audiobookshelf. `items` counts those that it changes; `recorded` is whether what stands there
    is written down, so that it can be undone; `words` counts the values among it that are somebody's word, which only
    `over`, your own choice, replaces.
    """

    item_id: str
    items: int
    recorded: bool
    words: int = 0
    over: bool = False


@dataclass(frozen=True, slots=True)
class Refused:
    """An act that would break a clause, and how."""

    clause: str
    reason: str


class _Key:
    """What makes a permit; this module has the only one."""


_KEY = _Key()
A_co = TypeVar("A_co", bound=Act, covariant=True)
A = TypeVar("A", bound=Act)


class Permit(Generic[A_co]):
    """Leave to do `act`, once its facts were looked at."""

    __slots__ = ("act",)

    def __init__(self, act: A_co, key: _Key) -> None:
        if key is not _KEY:
            raise TypeError("a permit comes from mamctl.domain.permits.ask")
        self.act = act


def ask(act: A, held: str | None = None) -> Permit[A] | Refused:
    """A permit for the act, or the clause that it would break.

    `held` is why nothing may be spent, handed over or written until you have mended or accepted a change (CHG-2). What
    the guard does goes on, and so do rollbacks and the registration of the address.
    """
    goes_on = isinstance(act, (TorrentAct, RegisterAddress)) or getattr(act, "restoring", False)
    if held is not None and not goes_on:
        return Refused("CHG-2", held)
    found = (rule(act) for rule in _RULES[type(act)])
    return next((refused for refused in found if refused is not None), None) or Permit(act, _KEY)


HOUR = timedelta(hours=1)


def _once(act: BuyVip) -> Refused | None:
    if act.bought_before:
        return Refused("VIP-8", "this window was renewed before")
    return None if act.claimed else Refused("VIP-8", "the renewal is not claimed")


def _due(act: BuyVip) -> Refused | None:
    if act.left is not None and act.left >= act.within:
        return Refused("VIP-3", f"{act.left.days} days of VIP are left")
    return None


def _affordable(act: BuyVip) -> Refused | None:
    # A price is a whole point, rounded up: a balance that is spent to the last point may have a fraction of one.
    if act.points is not None and act.points > act.price + act.keep - 1:
        return None
    known = "an unknown balance" if act.points is None else f"{act.points:,.0f} points"
    return Refused("VIP-4", f"{known} for a price of {act.price:,} and {act.keep:,} to keep")


def _needed(act: BuyVip) -> Refused | None:
    return Refused("VIP-5", "no wanted title needs VIP") if act.shortage_needed and not act.shortage else None


def _class_buys(act: BuyVip) -> Refused | None:
    terms = vip_terms(act.user_class)
    if terms not in (VipTerms.FOR_GOOD, VipTerms.MAY_NOT_BUY):
        return None
    has = "has VIP for good" if terms is VipTerms.FOR_GOOD else "may not buy VIP"
    return Refused("VIP-11", f"the class {act.user_class} {has}")


def _no_emergency(act: BuyVip) -> Refused | None:
    return Refused("VIP-6", "the ratio emergency is active") if act.emergency else None


def _restore(act: TorrentAct) -> Refused | None:
    if act.restoring and act.emergency:
        return Refused("CHG-3", "clients are not restored in the ratio emergency")
    return None


def _resume(act: Resume) -> Refused | None:
    if act.restoring:
        return Refused("CHG-3", "a rollback starts no incomplete download") if act.downloads else None
    if act.emergency and act.downloads:
        return Refused("RAT-4", f"{len(act.downloads)} of the torrents would download in the ratio emergency")
    return _stranger(act)


def _stranger(act: TorrentAct) -> Refused | None:
    if act.strangers and not act.restoring:
        return Refused("RAT-5", f"{len(act.strangers)} of the torrents are neither on record nor tagged by mamctl")
    return None


def _sidecar(act: WriteSidecar) -> Refused | None:
    return Refused("QUE-5", f"{act.path} is audio") if AUDIO_SUFFIX.search(act.path) else None


def _correct(act: Correct) -> Refused | None:
    if act.verified or (act.protected and act.replaces):
        return Refused("DRIFT-2", f"{act.field} of book {act.book} is {'verified' if act.verified else 'protected'}")
    if not act.source or not act.recorded:
        return Refused("DRIFT-3", f"{act.field} of book {act.book}: what was before, and by whom, is not on record")
    return None


def _release(act: Release) -> Refused | None:
    if act.paid and act.emergency:
        return Refused("RAT-6", f"“{act.title}” would be paid in the ratio emergency")
    if act.blocked is not None:
        return Refused("QUE-2", f"the site gives out no torrents: {act.blocked}")
    return None if act.slot else Refused("EVT-2", f"no slot is left for “{act.title}”")


def _wedge(act: SpendWedge) -> Refused | None:
    wrong = {
        "the ratio emergency is active": act.emergency,
        "queue.wedge.enabled is off": not act.enabled,
        "it is free already": act.free_already,
        "a wedge was sent for it before": act.sent_before,
        "it is smaller than queue.wedge.min_size": act.size < act.min_size,
        "the reserve of wedges must stay": act.wedges is None or act.wedges - act.reserve < 1,
    }
    return next((Refused("QUE-4", reason) for reason, holds in wrong.items() if holds), None)


def _hand_over(act: HandOver) -> Refused | None:
    if act.paid and act.emergency:
        return Refused("RAT-6", f"{act.info_hash} would be paid in the ratio emergency")
    if act.known_to is not None:
        return Refused("QUE-1", f"{act.known_to} has {act.info_hash} already")
    if act.sent_before or not act.claimed:
        return Refused("QUE-1", f"{act.info_hash} was {'sent before' if act.sent_before else 'not claimed'}")
    return None


def _file(act: FileBook) -> Refused | None:
    return None if act.checked else Refused("QUE-5", f"“{act.title}” has not been verified yet")


def _unfile(act: UnfileBook) -> Refused | None:
    if not act.filed:
        return Refused("QUE-5", f"nothing of “{act.title}” is filed")
    if act.lacking is not None:
        return Refused("QUE-5", f"what was filed of “{act.title}” may be the last copy: {act.lacking}")
    return None


def _register(act: RegisterAddress) -> Refused | None:
    if act.since_last is not None and act.since_last < HOUR:
        return Refused("OPS-3", f"the address was registered {act.since_last.total_seconds() / 60:.0f} minutes ago")
    return None


def _shelf(act: ChangeShelf) -> Refused | None:
    if act.items != 1:
        return Refused("OPS-5", f"{act.items} items would be changed at once")
    if act.words and not act.over:
        return Refused("OPS-5", f"{act.words} values of item {act.item_id} are somebody's word")
    return None if act.recorded else Refused("OPS-5", f"what stands in item {act.item_id} is not on record")


_RULES: Mapping[type[Act], Sequence[Callable[[Any], Refused | None]]] = {
    BuyVip: (_no_emergency, _once, _due, _affordable, _needed, _class_buys),
    Pause: (),
    Tag: (),
    Resume: (_restore, _resume),
    Untag: (_restore, _stranger),
    Categorise: (_restore,),
    WriteSidecar: (_sidecar,),
    Correct: (_correct,),
    Release: (_release,),
    SpendWedge: (_wedge,),
    HandOver: (_hand_over,),
    FileBook: (_file,),
    UnfileBook: (_unfile,),
    RegisterAddress: (_register,),
    ChangeShelf: (_shelf,),
}
