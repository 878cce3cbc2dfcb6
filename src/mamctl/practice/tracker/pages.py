"""The HTML of the practice site, with the ids and classes that saved pages of the real one show."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING
from urllib.parse import quote

from mamctl.domain.site.categories import KNOWN_CATEGORIES, MAIN_CATEGORIES
from mamctl.practice.tracker.economy import unsatisfied
from mamctl.practice.tracker.state import Account, Section, Torrent, World, site_time
from mamctl.practice.tracker.texts import pretty, ratio_text

if TYPE_CHECKING:
    from datetime import datetime

LOGIN_ERROR = "Error: The page you tried to view can only be used when you're logged in."
FIELDS_MISSING = "Error: Required fields are missing, please go back to Login page and try again"
LOGIN_WARNING = "excessive failed logins in a row will result in your ability to login being locked."


def login_page(target: str = "/", heading: str = "Not logged in!", error: str = LOGIN_ERROR) -> str:
    """The page that stands where a session is wanting; the form carries hidden values."""
    form = (
        '<form method="post" action="/takelogin.php"><input name="email">'
        '<input type="password" name="password">'
        '<input type="checkbox" name="rememberMe" value="yes">'
        + "".join(f'<input type="hidden" name="{name}" value="{value}">' for name, value in hidden_values().items())
        + '<input type="submit" value="Login"></form>'
    )
    link = f'<a href="/login.php?returnto={quote(target, safe="")}">Login</a>'
    body = f"<h1>{heading}</h1><p>{error}</p>{link}{form}<p>Note: {LOGIN_WARNING}</p>"
    refresh = '<meta http-equiv="refresh" content="570">'
    return _document("Login | My Anonamouse", f'<div id="mainBody" class="blockBodyCon">{body}</div>', refresh)


def hidden_values() -> dict[str, str]:
    """The login form's hidden fields."""
    return {"t": "practice-t", "j": "practice-j", "a": "practice-a"}


def text_page(title: str, sections: list[Section], account: Account, now: datetime) -> str:
    """A page of headed texts: the rules, the questions and answers."""
    body = "".join(
        f'<h2 id="{escape(part.anchor)}">{escape(part.title)}</h2>'
        + "".join(f"<p>{escape(paragraph)}</p>" for paragraph in part.paragraphs)
        for part in sections
    )
    return member_page(title, body, account, now)


def freeleech_page(world: World, account: Account, now: datetime) -> str:
    """The picks by category, and the site-wide event when there is one."""
    picks = [torrent for torrent in world.torrents.values() if torrent.free]
    notice = _event_notice(world, now)
    sections = "".join(_picks_of(category.id, category.row_name, picks) for category in KNOWN_CATEGORIES)
    return member_page("Freeleech", f"{notice}<h1>Freeleech picks</h1>{sections}", account, now)


def store_page(world: World, account: Account, now: datetime) -> str:
    """The store with its prices and the account's balance."""
    left = max(0.0, (account.vip_until - now).total_seconds()) / 604_800 if account.vip_until else 0.0
    rows = "".join(
        f'<tr class="{kind}"><td class="item">{item}</td><td class="cost">{cost:,}</td></tr>'
        for kind, item, cost in _STORE
    )
    vip = "".join(
        f'<button value="{value}">{text}</button>'
        for value, text in (("4", "4 Weeks"), ("8", "8 Weeks"), ("12", "12 Weeks"), ("max", "Max me out!"))
    )
    body = (
        f'<div>Bonus points: <span id="currentBonusPoints">{account.points:,.1f}</span> '
        f'Cheese: <span id="currentCheese">{account.cheese}</span></div>{_event_notice(world, now)}'
        f'<table class="storeTable">{rows}</table>'
        f'<div class="vipStatusContent">VIP expires in {left:.2f} weeks {vip}</div>'
        f'<div class="uploadCreditContent"><button value="max">All I can afford</button></div>'
        f'<div class="cheeseWedgesContent"></div>'
        '<button id="seedtimeButton">Fix</button><input id="giveTitle">'
    )
    return member_page("Store", body, account, now)


def browse_page(world: World, account: Account, now: datetime) -> str:
    """The search form with every category, and the newest torrents below."""
    newest = sorted(world.torrents.values(), key=lambda torrent: (torrent.added, torrent.id), reverse=True)
    rows = "".join(_row(torrent, now) for torrent in newest[:20])
    count = f'<div id="ssr"><h1>Search Results</h1>{len(newest[:20])} shown out of {len(newest)}'
    table = f'{count}<table class="newTorTable">{rows}</table></div>'
    return member_page("Browse Torrents", _search_form() + table, account, now)


def member_page(title: str, body: str, account: Account, now: datetime) -> str:
    """A page for a member who is signed in: user bar, menu, body, clock."""
    bar = _user_bar(account, now)
    clock = f'<div class="footRow"><span class="tP">{site_time(now)} UTC</span></div>'
    inner = f'<div class="blockCon"><div id="mainBody" class="blockBodyCon">{body}</div></div>'
    main = f'<div id="mainRight">{inner}</div>'
    content = f'{bar}<div id="mainTable">{main}</div><div id="dialog-message"></div>{clock}'
    return _document(f"{title} | My Anonamouse", content)


_STORE = (
    ("upload", "1 GB Upload Credit", 500),
    ("upload", "50 GB Upload Credit", 25_000),
    ("vip", "4 Weeks VIP", 5_000),
    ("wedge", "1 FL Wedge", 50_000),
    ("seedtime", "72 hours of seed time", 1_000),
)


def _document(title: str, content: str, head: str = "") -> str:
    return (
        f'<!DOCTYPE html><html><head><meta charset="utf-8"><title>{escape(title)}</title>{head}</head>'
        f'<body id="siteMain">{content}</body></html>'
    )


def _user_bar(account: Account, now: datetime) -> str:
    parts = (
        f'<a id="tmUS" href="/u/{account.uid}">{escape(account.username)}</a>',
        f'<span id="tmC">({account.classname(now)})</span>',
        f'<span id="tmR">{ratio_text(account, 6)}</span>',
        f'<span id="tmUP">{pretty(account.uploaded)}</span>',
        f'<span id="tmDL">{pretty(account.downloaded)}</span>',
        f'<a id="tmBP" href="/store.php">Bonus: {int(account.points)}</a>',
        f'<span id="tmFW">FL Wedges: {account.wedges}</span><span id="tmCh">Cheese: {account.cheese}</span>',
        f'<a id="tmUN" href="/snatch_summary.php#unsat">{unsatisfied(account, now)} Unsat(s)</a>',
    )
    menu = "".join(f'<a href="{path}">{path}</a>' for path in ("/rules.php", "/faq.php", "/freeleech.php"))
    rate = f"<li>B/hr: {account.points_per_hour:.3f}</li>"
    return f'<div id="userStat">{"".join(parts)}</div><ul id="menu">{rate}<li>{menu}</li></ul>'


def _event_notice(world: World, now: datetime) -> str:
    notices = []
    if world.events.is_freeleech(now):
        until = world.events.freeleech_until
        end = f" until {site_time(until)} UTC" if until else ""
        notices.append(f'<div id="siteFreeleech" class="siteEvent">Site-wide freeleech is active{end}</div>')
    if world.events.bonus:
        text = escape(world.events.bonus_text or "Bonus event: points count double")
        notices.append(f'<div id="bonusEvent" class="siteEvent">{text}</div>')
    return "".join(notices)


def _picks_of(category: int, name: str, picks: list[Torrent]) -> str:
    here = [torrent for torrent in picks if torrent.category == category]
    rows = "".join(
        f'<div class="torrent"><a class="torTitle" href="/t/{torrent.id}">{escape(torrent.title)}</a> by '
        f'<span class="author">{escape(", ".join(torrent.authors))}</span></div>'
        for torrent in here
    )
    return f'<div id="fl_cat{category}"><h3>{escape(name)} ({len(here)})</h3>{rows}</div>' if here else ""


def _search_form() -> str:
    mains = "".join(
        f'<div class="categoryHolder"><h4 id="mainCat{main}" class="torMainCatSel">{name}</h4>'
        + "".join(
            f'<div id="cat{category.id}" class="torCatSel"><input type="checkbox" id="selcat{category.id}" '
            f'name="tor[cat][]" value="{category.id}">'
            f'<label for="selcat{category.id}">{escape(category.name)}</label></div>'
            for category in KNOWN_CATEGORIES
            if category.main_id == main
        )
        + "</div>"
        for main, name in MAIN_CATEGORIES.items()
    )
    types = "".join(
        f'<option value="{kind}">{kind}</option>'
        for kind in ("all", "active", "inactive", "fl", "fl-VIP", "VIP", "nVIP", "nMeta")
    )
    return (
        '<form id="torSearch"><input id="torTitle" name="tor[text]">'
        f'<select id="dataSubset" name="tor[searchType]">{types}</select>{mains}'
        '<input type="hidden" name="tor[cat][]" value="0"><input type="hidden" id="sortType">'
        '<input type="hidden" id="viewPage" name="tor[startNumber]" value="0"></form>'
    )


def _row(torrent: Torrent, now: datetime) -> str:
    icons = ["freeleech"] if torrent.free else []
    if torrent.is_vip(now):
        icons.append(f"VIP expires {torrent.vip_expire:%Y-%m-%d}" if torrent.vip_expire else "VIP")
    marks = "".join(f'<img title="{icon}">' for icon in icons)
    people = "".join(f'<a class="author">{escape(name)}</a>' for name in torrent.authors)
    narrators = "".join(f'<a class="narrator">{escape(name)}</a>' for name in torrent.narrators)
    return (
        f'<tr id="tdr-{torrent.id}">'
        f'<td><a class="newCatLink"><div class="cat{torrent.category}"></div></a></td>'
        f'<td><a class="torTitle" href="/t/{torrent.id}">{escape(torrent.title)}</a>{people}{narrators}{marks}'
        f'<span class="torFileTypes">{escape(torrent.filetype)}</span></td>'
        f"<td>[{pretty(torrent.size, 1)}]</td><td>{site_time(torrent.added)}</td>"
        f"<td><p>{torrent.seeders}</p><p>{torrent.leechers}</p>"
        f"<p>{torrent.times_completed}</p></td></tr>"
    )
