"""What the world remembers, and so is never rolled back; and what a rollback restores.

A ledger says what happened outside of the database: points that were spent, torrents that were handed over, torrents
that were paused, requests that were made, messages that were sent. Taking one back would make mamctl do it again.
"""

from __future__ import annotations

from collections.abc import Iterable

_LEDGERS = frozenset(
    {
        # runs, what was reported of them, and how often others were asked
        "runs", "run_problems", "told", "requests", "site_requests", "exchange_counts",
        # the account as it was seen, what was decided on it, and what was bought
        "standings", "purchases", "vip_decisions", "vip_conditions",
        # the guard: its state, its journal, its figures, its answers
        "guard_transitions", "torrent_journal", "emergency_clients", "figures", "client_figures", "client_baselines",
        "figures_hourly", "figures_daily", "paid_answers",
        # addresses as the site saw them and as they were registered, and the alerts that were sent
        "seen_addresses", "address_registrations", "alerts",
        # what was sent to Audiobookshelf
        "shelf_pushes",
        # sidecars that were written: a file that mamctl wrote stays known as its own
        "exports",
    }
)  # fmt: skip
# The download queue (claims, info-hashes, what was tried and filed), and the log of changes.
_LEDGER_FAMILIES = ("queue_", "change_", "clause_", "spec_")

RESTORED = frozenset(
    {
        "pending", "pending_matches", "categories", "category_rules", "site_events", "rule_texts", "library_roots",
        "books", "files", "chapters", "observations", "person_edits", "agreed", "library_problems", "catalogue_answers",
        "drift_runs", "drift_changes", "looked_at", "compared_books", "transcripts", "book_speech", "book_windows",
        "shelf_values",
    }
)  # fmt: skip


def is_ledger(table: str) -> bool:
    """Whether the table is carried into a restored database. One that is not classified is: that is the safe side.

    The tables of SQLite and of the migrations' history belong to the schema, and are neither.
    """
    return table in _LEDGERS or table.startswith(_LEDGER_FAMILIES) or (table not in RESTORED and not _of_schema(table))


def is_restored(table: str) -> bool:
    """Whether a rollback replaces the rows of this table by those of the point."""
    return table in RESTORED


def unclassified(tables: Iterable[str]) -> tuple[str, ...]:
    """Tables that are named neither as ledgers nor as restored; a test finds them."""
    known = _LEDGERS | RESTORED
    return tuple(
        sorted(t for t in tables if t not in known and not t.startswith(_LEDGER_FAMILIES) and not _of_schema(t))
    )


def _of_schema(table: str) -> bool:
    return table.startswith(("sqlite_", "_sqlite_"))
