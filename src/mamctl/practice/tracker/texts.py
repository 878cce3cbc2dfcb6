"""The practice site's own words: its rules and answers, and sizes and ratios as it writes them."""

from __future__ import annotations

from mamctl.practice.tracker.state import Account, Section

_UNITS = ("KiB", "MiB", "GiB", "TiB")
_RULES = (
    ("general", "General rules", ["One account per person.", "Be kind in the forums."]),
    (
        "automation",
        "Automation",
        [
            "Only the functions listed in the API documentation may be automated.",
            "Gifts and wedges sent to others are a person's own doing, never a program's.",
        ],
    ),
    (
        "seeding",
        "Seeding",
        [
            "Seed every completed torrent for 72 hours within 30 days.",
            "Keep the ratio at 1.0 or above.",
            "Freeleech and VIP remove the download charge; the duty to seed stays.",
        ],
    ),
    ("audiobooks", "Audiobooks", ["Name the narrator.", "Do not mix editions in one torrent."]),
    ("ebooks", "E-books", ["One work per torrent, in as many formats as there are."]),
)

_QUESTIONS = (
    ("id_20", "What is VIP?", ["VIP is bought with bonus points: 1,250 a week, up to 90 days ahead."]),
    (
        "id_22",
        "Which classes are there?",
        ["User: 50 unsatisfied torrents.", "Power User: 100.", "VIP: 150.", "Elite VIP: 200."],
    ),
    ("id_30", "What is freeleech?", ["Nobody is charged for picks; they change about every two weeks."]),
    ("id_31", "What is a wedge?", ["It makes one torrent freeleech for you alone."]),
)


def site_texts() -> dict[str, list[Section]]:
    """The text pages by path."""
    return {"/rules.php": _sections(_RULES), "/faq.php": _sections(_QUESTIONS)}


def _sections(parts: tuple[tuple[str, str, list[str]], ...]) -> list[Section]:
    return [Section(anchor, title, list(paragraphs)) for anchor, title, paragraphs in parts]


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
