"""The site's ladder of classes, and what each means for VIP: has it for good, may buy it, or may not."""

from __future__ import annotations

from enum import StrEnum

# The ladder from the bottom: Mouse, (New Member,) User | Power User, VIP | Elite VIP and all above it.
_BELOW_POWER_USER = frozenset({"mouse", "new member", "user"})
_MAY_BUY = frozenset({"power user", "vip"})
_VIP_FOR_GOOD = frozenset(
    {
        "elite vip", "elite", "supporter", "mouseketeer", "uploader", "entry level staff", "support staff",
        "forum mod", "torrent mod", "moderator", "sr moderator", "uploader coordinator", "administrator",
        "sr administrator", "sysop", "dev",
    }
)  # fmt: skip


class VipTerms(StrEnum):
    """What a class means for VIP; `unknown` is a class that is not on the ladder, or none at all."""

    FOR_GOOD = "for_good"
    MAY_BUY = "may_buy"
    MAY_NOT_BUY = "may_not_buy"
    UNKNOWN = "unknown"


def vip_terms(user_class: str | None) -> VipTerms:
    """The terms of a class as the site writes it; case, dots, dashes and blanks do not matter."""
    held = folded_class(user_class)
    if held in _VIP_FOR_GOOD:
        return VipTerms.FOR_GOOD
    if held in _MAY_BUY:
        return VipTerms.MAY_BUY
    return VipTerms.MAY_NOT_BUY if held in _BELOW_POWER_USER else VipTerms.UNKNOWN


def folded_class(user_class: str | None) -> str:
    """A class for comparing: lower case, with single blanks for all that is not a letter; "" without one."""
    letters = "".join(char if char.isalpha() else " " for char in (user_class or "").casefold())
    words = letters.split()
    return " ".join("sr" if word == "senior" else word for word in words)
