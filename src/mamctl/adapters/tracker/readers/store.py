"""store.php, version 1: what is sold and for how much."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mamctl.adapters.tracker.readers.page import ParsedPage, attempt, figure, words
from mamctl.domain.site.pages import Price
from mamctl.domain.text.quantities import parse_integer

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

# The account's own figures on this page: they change daily and are not rules.
PERSONAL = "#currentBonusPoints, #currentCheese, .vipStatusContent, .cheeseWedgesContent"


def read_prices(page: ParsedPage) -> tuple[Price, ...] | None:
    """The prices; None when the page has none in the known way."""
    prices = [_price(cell) for cell in page.tree.css("td.cost")]
    found = tuple(price for price in prices if price is not None)
    return found or None


def _price(cell: LexborNode) -> Price | None:
    cost = attempt(parse_integer, figure(words(cell)))
    row = cell.parent
    if cost is None or row is None:
        return None
    others = [words(other) for other in row.css("td, th") if other.mem_id != cell.mem_id]
    item = " ".join(text for text in others if text)
    return Price(item, cost) if item else None
