"""What points buy and how they grow, by the practice site's rules; purchases change the account."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from mamctl.practice.tracker.state import BELOW_POWER_USER, GIB, Account, Exchange, Purchase, Torrent, World

if TYPE_CHECKING:
    from mamctl.practice.tracker.behaviour import Behaviour

POINTS_CAP = 99_999.9
VIP_WEEK_PRICE = 1_250
VIP_CAP = timedelta(days=90)
WEEK = timedelta(days=7)
GIB_PRICE = 500
WEDGE_PRICE = 50_000
WEDGE_CHEESE = 5
SMALLEST_UPLOAD = 50
ACCRUAL_STEP = timedelta(minutes=15)
SATISFIED_AFTER = timedelta(hours=72)

MIN_VIP = "Min VIP is 1 week purchased for Automated methods"
INVALID_DURATION = "Invalid duration specified"
MIN_UPLOAD = "Automated spenders are limited to buying at least 50 GB of upload at a time, due to log spam"
TORRENT_IS_VIP = "This Torrent is VIP"
TORRENT_IS_PICK = "Cannot spend FL Wedges on Freeleech Picks"
ALREADY_PERSONAL = "This is already a personal freeleech"
# The site's own words for the next ones are not on record.
TOO_FEW_POINTS = "Not enough bonus points"
VIP_NEEDS_RANK = "You must be at least a Power User to buy VIP"
NO_WEDGES = "You do not have any FL Wedges"


class RefusedError(Exception):
    """The store refuses, in the given words."""


def accrue(account: Account, now: datetime) -> None:
    """Credit the points of every whole quarter of an hour gone by."""
    steps = max(0, (now - account.points_at) // ACCRUAL_STEP)
    account.points_at += steps * ACCRUAL_STEP
    earned = account.points_per_hour / 4 * steps
    account.points = round(min(POINTS_CAP, account.points + earned), 3)


def vip_milliweeks(left: timedelta, points: float, *, partly: bool = True) -> int:
    """Thousandths of a week that `max` buys: up to 90 days in all, as far as the points reach."""
    room = int((VIP_CAP - left).total_seconds()) * 1000 // int(WEEK.total_seconds())
    affordable = round(points * 1000) // VIP_WEEK_PRICE
    if not partly and affordable < room:
        raise RefusedError(TOO_FEW_POINTS)
    return max(0, min(room, affordable))


def buy_vip(world: World, account: Account, behaviour: Behaviour, now: datetime) -> float:
    """Buy as much VIP as goes; the weeks bought."""
    if account.rank in BELOW_POWER_USER or (behaviour.vip_needs_ratio and not _has_renewal_ratio(account)):
        raise RefusedError(VIP_NEEDS_RANK)
    begins = max(now, account.vip_until or now)
    milliweeks = vip_milliweeks(begins - now, account.points, partly=behaviour.vip_partly)
    if milliweeks < 1000:
        raise RefusedError(MIN_VIP)
    weeks = milliweeks / 1000
    account.vip_until = (begins + weeks * WEEK).replace(microsecond=0)
    _spend(world, account, now, "VIP", weeks, weeks * VIP_WEEK_PRICE)
    return weeks


def buy_upload(world: World, account: Account, gib: int, now: datetime) -> None:
    """Buy upload credit."""
    if gib < SMALLEST_UPLOAD:
        raise RefusedError(MIN_UPLOAD)
    if gib * GIB_PRICE > account.points:
        raise RefusedError(TOO_FEW_POINTS)
    account.uploaded += gib * GIB
    _spend(world, account, now, "upload", gib, gib * GIB_PRICE)


def buy_wedge(world: World, account: Account, source: str, now: datetime) -> None:
    """Buy one freeleech wedge, for points or cheese."""
    if source == "cheese":
        if account.cheese < WEDGE_CHEESE:
            raise RefusedError("Not enough cheese")
        account.cheese -= WEDGE_CHEESE
    elif account.points < WEDGE_PRICE:
        raise RefusedError(TOO_FEW_POINTS)
    account.wedges += 1
    _spend(world, account, now, "wedges", 1, 0 if source == "cheese" else WEDGE_PRICE)


def make_personal(world: World, account: Account, torrent: Torrent, now: datetime) -> None:
    """Spend a wedge on a torrent through the store, which refuses to waste it."""
    if torrent.id in account.personal_freeleech:
        raise RefusedError(ALREADY_PERSONAL)
    if torrent.is_vip(now):
        raise RefusedError(TORRENT_IS_VIP)
    if world.is_free(torrent, now):
        raise RefusedError(TORRENT_IS_PICK)
    spend_wedge(world, account, torrent, now)


def spend_wedge(world: World, account: Account, torrent: Torrent, now: datetime) -> None:
    """Spend a wedge, wasted or not, as the download link's `&fl` does."""
    if account.wedges < 1:
        raise RefusedError(NO_WEDGES)
    account.wedges -= 1
    account.personal_freeleech[torrent.id] = now
    world.exchanges.append(Exchange(now, account.uid, "wedgePF", -1, torrent.id))
    _spend(world, account, now, "personalFL", 1, 0, torrent.id)


def is_charged(world: World, account: Account, torrent: Torrent, now: datetime) -> bool:
    """Whether downloading it counts against this account."""
    covered = torrent.is_vip(now) and account.is_vip(now)
    return not (world.is_free(torrent, now) or torrent.id in account.personal_freeleech or covered)


def unsatisfied(account: Account, now: datetime, lag: timedelta = timedelta(0)) -> int:
    """How many torrents still owe seed time, as counted `lag` ago."""
    owing = [at for at in account.grabs.values() if lag <= now - at < SATISFIED_AFTER]
    return account.unsatisfied + len(owing)


def _has_renewal_ratio(account: Account) -> bool:
    return account.uploaded >= 25 * GIB and account.uploaded >= 2 * account.downloaded


def _spend(
    world: World,
    account: Account,
    now: datetime,
    kind: str,
    amount: float,
    points: float,
    tid: int | None = None,
) -> None:
    account.points = round(account.points - points, 3)
    world.purchases.append(Purchase(now, account.uid, kind, amount, points, tid))
