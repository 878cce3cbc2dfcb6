"""`/tor/download.php`: torrent files, by cookie or by hash, and the tracker's refusals to hand them out."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from mamctl.practice.tracker import economy
from mamctl.practice.tracker.answers.rows import download_hash, torrent_file
from mamctl.practice.tracker.state import Account, Torrent, site_time
from mamctl.practice.web import Answer, html_answer

if TYPE_CHECKING:
    from mamctl.practice.tracker.state import Visit

PAST_LIMIT = "Attempted to Download Past Unsatisfied limit"
NOT_ACCEPTABLE = "<html><head><title>406 Not Acceptable</title></head><body><h1>406 Not Acceptable</h1></body></html>"
MISSING_TID = "<h1>Invalid download link: missing tid (torrent id)</h1>"
RATIO_TOO_LOW = "Your ratio is too low to download this torrent"  # wording not on record
BLOCK_LENGTH = timedelta(hours=26)


def answer_download(visit: Visit) -> Answer:
    """The file for the session's member."""
    return _hand_out(visit, visit.account)


def answer_hash_download(visit: Visit) -> Answer:
    """The file for anyone who has its hash."""
    given = visit.request.path.rpartition("/")[2]
    tid = str(visit.request.query_fields.get("tid", ""))
    if not tid.isdigit():
        return html_answer(MISSING_TID, 400, accepted=False)
    for account in visit.world.accounts.values():
        if download_hash(visit.world, account.uid, int(tid)) == given:
            answer = _hand_out(visit, account)
            answer.accepted = False
            return answer
    return html_answer("<h1>Invalid download link</h1>", 403, accepted=False)


def _hand_out(visit: Visit, account: Account) -> Answer:
    if visit.behaviour.picky_downloads and "*/*" not in visit.request.headers.get("accept", ""):
        return html_answer(NOT_ACCEPTABLE, 406)
    tid = str(visit.request.query_fields.get("tid", ""))
    torrent = visit.world.torrents.get(int(tid)) if tid.isdigit() else None
    if torrent is None:
        return html_answer("<h1>Torrent not found</h1>", 404)
    _spend_wedge(visit, account, torrent)
    reason = _why_refused(visit, account, torrent)
    if reason is not None:
        return html_answer(_refusal_page(reason), refused=reason)
    account.grabs.setdefault(torrent.id, visit.now)
    announce = visit.world.announce_url or f"{visit.base_url}/tracker.php/{{passkey}}/announce"
    body = torrent_file(torrent, announce.format(passkey=account.passkey))
    name = f"[{torrent.id}].torrent"
    disposition = ("Content-Disposition", f'attachment; filename="{name}"')
    return Answer(200, body, "application/x-bittorrent", [disposition])


def _spend_wedge(visit: Visit, account: Account, torrent: Torrent) -> None:
    """A wedge for `&fl`, even where it buys nothing; by the member's preference one where it buys something."""
    if torrent.id in account.personal_freeleech or not account.wedges:
        return
    charged = economy.is_charged(visit.world, account, torrent, visit.now)
    if "fl" in visit.request.query_fields or (account.automatic_wedges and charged):
        economy.spend_wedge(visit.world, account, torrent, visit.now)


def _refusal_page(reason: str) -> str:
    """The refusal as the site writes it: a label and its value stand in cells of their own."""
    cells = reason.replace(" Time Till Download Allowed: ", "</td></tr><tr><td>Time Till Download Allowed:</td><td>")
    return f"<h1>Error</h1><table><tr><td>{cells}</td></tr></table>"


def _why_refused(visit: Visit, account: Account, torrent: Torrent) -> str | None:
    if torrent.id in account.grabs:
        return None
    if blocked := _past_limit(visit, account):
        return blocked
    ratio_below_one = account.uploaded < account.downloaded
    if ratio_below_one and economy.is_charged(visit.world, account, torrent, visit.now):
        return RATIO_TOO_LOW
    return None


def _past_limit(visit: Visit, account: Account) -> str | None:
    now = visit.now
    until = account.downloads_blocked_until
    if until is None or until <= now:
        if economy.unsatisfied(account, now) < account.limit(now):
            return None
        until = now + BLOCK_LENGTH
        account.downloads_blocked_at, account.downloads_blocked_until = now, until
    happened = site_time(account.downloads_blocked_at or now)
    left = _duration(until - now)
    return f"{PAST_LIMIT}. Happened: {happened} Time Till Download Allowed: {left}"


def _duration(left: timedelta) -> str:
    hours, rest = divmod(left.seconds, 3600)
    clock = f"{hours:02d}:{rest // 60:02d}:{rest % 60:02d}"
    return f"{left.days}d {clock}" if left.days else clock
