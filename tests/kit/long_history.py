"""Three years of figures and a large library in a store: what the daily task, the guard and the scan would leave."""

from __future__ import annotations

import json
import math
import sqlite3
from datetime import datetime, timedelta
from random import Random

from mamctl.domain.timestamps import timestamp
from mamctl.sqlite import transaction

_DAY = timedelta(days=1)
_GIB = 2**30
_SOURCES = ("tags", "tracker", "audible", "speech", "goodreads", "person", None)
_SHARES = (34, 25, 22, 8, 4, 2, 5)
_WORDS = "salt road lantern winter harbour quiet mirror copper field orchard night river glass tower garden".split()


def fill_history(db: sqlite3.Connection, now: datetime, *, days: int = 3 * 365, books: int = 5_000) -> None:
    """The same for the same `now`."""
    rng = Random("three years")
    with transaction(db):
        _account(db, now, days, rng)
        _guard(db, now, days)
        _site(db, now, days, rng)
        _library(db, now, books, rng)
        _queue(db, now)


def _ratio_on(day: float) -> float:
    """A slow wave with a fall below the floor every now and then."""
    fall = max(0.0, 1 - abs((day % 170) - 150) / 4) * 0.75
    return 1.62 + 0.28 * math.sin(day / 47) + 0.06 * math.sin(day / 5.3) - fall


def _account(db: sqlite3.Connection, now: datetime, days: int, rng: Random) -> None:
    points, expires = 9_000.0, now - days * _DAY + 40 * _DAY
    for day in range(days, -1, -1):
        at = now - day * _DAY
        run = _run(db, "vip", at, "ok" if rng.random() > 0.01 else "failed")
        points += 175 + rng.random() * 60
        if (expires - at) / _DAY < 25 and points > 15_000 and day > 40:
            _renewal(db, run, at, points, expires)
            points -= 12_500
            expires += 84 * _DAY
        down = int((400 + (days - day) * 1.9) * _GIB)
        up = int(down * _ratio_on(days - day))
        db.execute(
            "INSERT INTO standings (run_id, seen_at, vip_status, vip_expires_at, points, ratio, ratio_text,"
            " uploaded_bytes, downloaded_bytes, user_class, wedges, unsatisfied_count, unsatisfied_limit, hit_and_runs,"
            " connectable) VALUES (?, ?, 'active', ?, ?, ?, ?, ?, ?, 'VIP', 7, ?, 150, 0, 1)",
            (run, timestamp(at), timestamp(expires), points, up / down, f"{up / down:.3f}", up, down,
             int(20 + 15 * math.sin(day / 11) + rng.random() * 8)),
        )  # fmt: skip
    db.execute(
        "INSERT INTO vip_decisions (run_id, decided_at, outcome, reason) VALUES (?, ?, 'skipped', ?)",
        (run, timestamp(now), "VIP is not due yet"),
    )
    for job, ago in (("meta.scan", 9), ("drift", 32), ("ratio", 0), ("queue", 0)):
        _run(db, job, now - timedelta(hours=ago, minutes=3), "attention" if job == "meta.scan" else "ok")


def _run(db: sqlite3.Connection, job: str, at: datetime, status: str) -> int:
    row = db.execute(
        'INSERT INTO runs (job, started_at, finished_at, status, exit_code, "trigger")'
        " VALUES (?, ?, ?, ?, 0, 'scheduled')",
        (job, timestamp(at), timestamp(at + timedelta(seconds=20)), status),
    )
    return int(row.lastrowid or 0)


def _renewal(db: sqlite3.Connection, run: int, at: datetime, points: float, expires: datetime) -> None:
    db.execute(
        "INSERT INTO purchases (run_id, kind, window, state, claimed_at, settled_at, points_before, points_after,"
        " price, ring_fence, spent) VALUES (?, 'vip', ?, 'confirmed', ?, ?, ?, ?, 12500, 0, 12500)",
        (run, timestamp(expires), timestamp(at), timestamp(at + timedelta(minutes=1)), points, points - 12_500),
    )


def _guard(db: sqlite3.Connection, now: datetime, days: int) -> None:
    raw, hourly = 21 * 24 * 15, 160 * 24
    for day in range(days, 180, -1):
        at = now.replace(hour=0, minute=0, second=0, microsecond=0) - day * _DAY
        ratio = _ratio_on(days - day)
        db.execute("INSERT INTO figures_daily VALUES (?, 360, 0, ?, ?, ?, ?, 1, 1, 1e6, 4e5, 0)",
            (timestamp(at), int(ratio < 1), ratio - 0.01, ratio + 0.01, ratio))  # fmt: skip
    begin = now.replace(minute=0, second=0, microsecond=0) - timedelta(days=180)
    for hour in range(hourly):
        at = begin + timedelta(hours=hour)
        ratio = _ratio_on(days - (now - at) / _DAY)
        db.execute("INSERT INTO figures_hourly VALUES (?, 15, 0, ?, ?, ?, ?, 1, 1, 1e6, 4e5, 0)",
            (timestamp(at), int(ratio < 1), ratio - 0.004, ratio + 0.004, ratio))  # fmt: skip
    for number in range(raw):
        at = now - timedelta(minutes=4) * (raw - number - 1)
        ratio = _ratio_on(days - (now - at) / _DAY)
        down = (400 + (days - (now - at) / _DAY) * 1.9) * _GIB
        sizes = (int(down * ratio), int(down), 2_400_000, 700_000)
        db.execute(
            "INSERT INTO figures (seen_at, state, source, ratio, uploaded_bytes, downloaded_bytes, upspeed, dlspeed,"
            " active_uploads, active_downloads, frozen, torrents, flowing_left_bytes, frozen_left_bytes, clients,"
            " clients_unknown) VALUES (?, 'normal', 'qbittorrent', ?, ?, ?, ?, ?, 30, 1, 0, 800, ?, 0, 1, 0)",
            (timestamp(at), ratio, *sizes, 60 * _GIB),
        )
        db.execute("INSERT INTO client_figures (client, seen_at, uploaded_bytes, downloaded_bytes, upspeed, dlspeed,"
            " torrents) VALUES ('home', ?, ?, ?, ?, ?, 800)", (timestamp(at), *sizes))  # fmt: skip
    state, follows = "normal", 0
    for hour in range(days * 24):
        at = now - days * _DAY + timedelta(hours=hour)
        ratio = _ratio_on(hour / 24)
        wanted = "emergency" if ratio < 1 else "normal" if ratio >= 1.05 else state
        if wanted != state:
            row = db.execute("INSERT INTO guard_transitions (follows, at, from_state, to_state, decided_by, reason,"
                " ratio) VALUES (?, ?, ?, ?, 'guard', ?, ?)",
                (follows, timestamp(at), state, wanted, f"the ratio {ratio:.4f} crossed its line", ratio))  # fmt: skip
            state, follows = wanted, int(row.lastrowid or 0)


def _site(db: sqlite3.Connection, now: datetime, days: int, rng: Random) -> None:
    for number in range(8, days, 61):
        kind = "freeleech" if number % 3 else "bonus"
        begin = now - number * _DAY
        db.execute("INSERT INTO site_events (kind, source, starts_at, ends_at, note, added_at)"
            " VALUES (?, 'site', ?, ?, ?, ?)",
            (kind, timestamp(begin), timestamp(begin + 3 * _DAY), "<b>season</b>", timestamp(begin)))  # fmt: skip
    for day in range(120):
        at = timestamp(now - day * _DAY)[:10]
        for service, good in (("tracker", 9), ("audible", 30), ("goodreads", 12), ("home", 360)):
            db.execute("INSERT INTO exchange_counts VALUES (?, ?, 'answered', ?)", (at, service, good))
            if rng.random() < 0.12:
                db.execute("INSERT INTO exchange_counts VALUES (?, ?, 'unreachable', ?)", (at, service, 2))


def _library(db: sqlite3.Connection, now: datetime, books: int, rng: Random) -> None:
    at = timestamp(now)
    drift = db.execute("INSERT INTO drift_runs (begun_at) VALUES (?)", (at,)).lastrowid
    for number in range(1, books + 1):
        title = f"The {rng.choice(_WORDS).title()} of the {rng.choice(_WORDS).title()} {number}"
        db.execute("INSERT INTO books (id, path, root, stamp, duration, size, added_at, scanned_at) VALUES"
            " (?, ?, '/library', 'x', ?, ?, ?, ?)",
            (number, f"/library/Author {number % 700}/{title}", 36_000.0 + number, 4 * 10**8, at, at))  # fmt: skip
        source = rng.choices(_SOURCES, _SHARES)[0]
        values = {"title": title, "authors": [f"Author {number % 700}"]} | (
            {"narrators": ["Una Fell"]} if source else {}
        )
        db.executemany(
            "INSERT INTO agreed (book_id, field, value, confidence, source, reason, changed_at)"
            " VALUES (?, ?, ?, 0.9, ?, 'the best source', ?)",
            [(number, name, json.dumps(value), source if name == "narrators" else "tags", at)
             for name, value in values.items()],
        )  # fmt: skip
        db.executemany(
            "INSERT INTO observations (book_id, field, value, source, place, confidence, seen_at)"
            " VALUES (?, ?, ?, ?, ?, 0.9, ?)",
            [(number, name, json.dumps(value), place, title, at) for name, value in values.items()
             for place in ("tags", "folder")],
        )  # fmt: skip
        sound = rng.choices(("good", "damaged", "unreadable", "unchecked"), (970, 8, 2, 20))[0]
        db.execute("INSERT INTO files (book_id, position, path, size, mtime_ns, device, inode, links, sound) VALUES"
            " (?, 0, ?, 1, 1, 1, ?, 1, ?)", (number, f"/library/{number}.m4b", number, sound))  # fmt: skip
        outcome = rng.choices(("match", "none", "ambiguous", None), (90, 5, 2, 3))[0]
        if outcome:
            db.execute("INSERT INTO catalogue_answers (book_id, catalogue, outcome, chosen_by, reason, record_id,"
                " asked_at) VALUES (?, 'audible', ?, 'search', 'found', ?, ?)",
                (number, outcome, f"B{number}", at))  # fmt: skip
        if number % 190 == 0:
            db.execute(
                "INSERT INTO drift_changes (drift_run_id, book_id, field, old, new, source, kind, reason, state,"
                " made_at) VALUES (?, ?, 'year', '2011', '2012', 'goodreads', ?, 'two catalogues agree', ?, ?)",
                (drift, number, *(("safe", "made") if number % 380 else ("needs_person", "told")), at),
            )


def _queue(db: sqlite3.Connection, now: datetime) -> None:
    items = (
        ("Harbour of Glass", "downloading", 0.42, None),
        ("The Copper Orchard", "filed", 1.0, 100_000.0),
        ("A Quiet Mirror <i>unabridged</i>", "filed", 1.0, 240_000.0),
        ("Winter's Lantern", "waiting", None, None),
    )
    for number, (title, state, progress, seeding) in enumerate(items, 1):
        db.execute(
            "INSERT INTO queue_items (book_key, title, author, added_at, state, since, reason, size_bytes, progress,"
            " seeding_s, torrent_id, info_hash, client, paid, free, claimed_at, handed_over_at, folder) VALUES"
            " (?, ?, 'Mara Vell', ?, ?, ?, 'on its way', ?, ?, ?, ?, ?, 'home', 0, 'site', ?, ?, '/library/x')",
            (title, title, timestamp(now - _DAY), state, timestamp(now - number * timedelta(hours=5)), 700_000_000,
             progress, seeding, 900_000 + number, f"{number:040x}", timestamp(now - _DAY), timestamp(now - _DAY)),
        )  # fmt: skip
