"""Sizes and ratios as the site writes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mamctl.practice.tracker.state import Account

_UNITS = ("KiB", "MiB", "GiB", "TiB")


def pretty(size: int, places: int | None = None) -> str:
    """`1.234 TiB`, `56.78 GiB`, `0.00 KiB`: binary units, a thousands comma where it comes to that."""
    amount = size / 1024
    unit = 0
    while amount >= 1024 and unit < len(_UNITS) - 1:
        amount, unit = amount / 1024, unit + 1
    wanted = places if places is not None else (3 if _UNITS[unit] == "TiB" else 2)
    return f"{amount:,.{wanted}f} {_UNITS[unit]}"


def ratio_of(account: Account) -> float | None:
    """The ratio to two places; None while nothing was downloaded."""
    return round(account.uploaded / account.downloaded, 2) if account.downloaded else None


def ratio_text(account: Account, places: int) -> str:
    """The ratio for pages."""
    return f"{account.uploaded / account.downloaded:.{places}f}" if account.downloaded else "Inf."
