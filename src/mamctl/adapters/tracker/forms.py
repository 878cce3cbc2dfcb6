"""The forms of the tracker's answers that are understood, each with a name and a number.

Readers take what they need from any of them. When one fails, the nearest form and what differs from it are more than
the reader knows, and what a report needs. A form that the site begins to use gets the next number; old ones stay.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from mamctl.dataclass import dataclass
from mamctl.domain.json_values import JsonObject
from mamctl.domain.redaction import excerpt

_MOST_NAMED = 6  # keys in one message
_LONGEST_KEY = 40

Kinds = frozenset[str]
_TEXT = frozenset({"text"})
_NUMBER = frozenset({"number"})
_FIGURE = frozenset({"number", "text"})
_FLAG = frozenset({"flag", "number", "text"})
_OBJECT = frozenset({"object"})
_LIST = frozenset({"list"})
_NULL = frozenset({"null"})


@dataclass(frozen=True, slots=True)
class Form:
    """A JSON object: the kinds of value that its keys hold, those it must have and those it may have."""

    name: str
    required: Mapping[str, Kinds]
    optional: Mapping[str, Kinds] = field(default_factory=dict)

    def differences(self, data: JsonObject) -> Differences:
        """What an object has that this form has not, and the other way round."""
        known = {**self.optional, **self.required}
        return Differences(
            self.name,
            missing=tuple(key for key in self.required if key not in data),
            extra=tuple(key for key in data if key not in known),
            changed=tuple(
                (key, kind_of(data[key]), kinds)
                for key, kinds in known.items()
                if key in data and kind_of(data[key]) not in kinds
            ),
        )


@dataclass(frozen=True, slots=True)
class Differences:
    """Keys by which an object differs from a form; `changed` has the kind found and the kinds expected."""

    form: str
    missing: tuple[str, ...]
    extra: tuple[str, ...]
    changed: tuple[tuple[str, str, Kinds], ...]

    @property
    def fits(self) -> bool:
        """Whether the object has this form; keys in addition do no harm."""
        return not self.missing and not self.changed

    @property
    def distance(self) -> tuple[int, int]:
        """How far the object is from the form."""
        return len(self.missing) + len(self.changed), len(self.extra)

    def __str__(self) -> str:
        changed = [f"{_shown(key)} ({found}, not {' or '.join(sorted(kinds))})" for key, found, kinds in self.changed]
        parts = [("missing", [_shown(key) for key in self.missing]), ("changed", changed)]
        parts.append(("additional", [_shown(key) for key in self.extra]))
        words = "; ".join(f"{word}: {_listed(keys)}" for word, keys in parts if keys)
        return (
            f"nearest to {self.form}: {words}" if words else f"of the form {self.form}, with values that are not valid"
        )


def kind_of(value: object) -> str:
    """The kind of a JSON value in one word."""
    if value is None:
        return "null"
    kinds = ((bool, "flag"), (int | float, "number"), (str, "text"), (list, "list"))
    return next((word for kind, word in kinds if isinstance(value, kind)), "object")


_ACCOUNT = {"uid": _FIGURE, "username": _FIGURE, "classname": _TEXT, "seedbonus": _FIGURE, "ratio": _FIGURE | _NULL}
_ACCOUNT_MORE = {
    **dict.fromkeys(("uploaded", "downloaded", "uploaded_bytes", "downloaded_bytes", "wedges"), _FIGURE | _NULL),
    **dict.fromkeys(("country_code", "country_name", "vip_until", "connectable"), _TEXT | _NULL),
}
_SUMMARY = {
    **dict.fromkeys(
        "leeching sSat seedHnr seedUnsat upAct upInact inactHnr inactSat inactUnsat duplicates reseed ite".split(),
        _OBJECT,
    ),
    **dict.fromkeys(("created", "update", "recently_deleted"), _FIGURE | _NULL),
    **dict.fromkeys(("ipv6_mac", "v6_connectable", "partial"), _FLAG | _NULL),
    **dict.fromkeys(("last_access", "last_access_ago"), _FIGURE | _NULL),
}

# By the path of the endpoint, the newest form first.
FORMS: dict[str, tuple[Form, ...]] = {
    "/jsonLoad.php": (
        Form("account/2", {**_ACCOUNT, "snatch_summary": _OBJECT}, _ACCOUNT_MORE),
        Form("account/1", {**_ACCOUNT, "unsat": _OBJECT}, {**_ACCOUNT_MORE, **_SUMMARY}),
    ),
    "/tor/js/loadSearchJSONbasic.php": (
        Form(
            "search/1",
            {"data": _LIST},
            dict.fromkeys(("found", "total", "total_found", "perpage", "start"), _FIGURE),
        ),
        Form("search_empty/1", {"error": _TEXT}),
    ),
    "/json/bonusBuy.php": (
        Form(
            "bonus_buy/1",
            {"success": _FLAG, "seedbonus": _FIGURE},
            {
                "type": _TEXT,
                "uploadFancy": _TEXT,
                "downloadFancy": _TEXT,
                **dict.fromkeys(("amount", "uploaded", "downloaded", "ratio", "FLleft"), _FIGURE),
            },
        ),
        Form("bonus_buy_refused/1", {"success": _FLAG, "error": _TEXT}),
    ),
    "/json/jsonIp.php": (Form("address/1", {"ip": _TEXT}, {"ASN": _FIGURE | _NULL, "AS": _TEXT | _NULL}),),
}


def recognize(path: str, data: JsonObject) -> str | None:
    """The name of the form that an answer of this endpoint has; None when it has none that is understood."""
    return next((form.name for form in FORMS.get(path, ()) if form.differences(data).fits), None)


def compare(path: str, data: object) -> str | None:
    """The nearest form and what differs from it, in words without any value; None where no form is known."""
    forms = FORMS.get(path, ())
    if not forms or not isinstance(data, Mapping):
        return None
    return str(min((form.differences(data) for form in forms), key=lambda one: one.distance))


def _shown(key: str) -> str:
    """A key of a stranger's object: a value may stand in its place."""
    return excerpt(key, _LONGEST_KEY) or "(blank)"


def _listed(keys: list[str]) -> str:
    more = len(keys) - _MOST_NAMED
    return ", ".join(keys[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
