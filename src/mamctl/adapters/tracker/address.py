"""`jsonIp.php` and `dynamicSeedbox.php`: the address that the tracker sees, and registering it as the seedbox's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mamctl.adapters.tracker.answers import (
    SESSION_REMEDIES,
    Answer,
    check_answer,
    object_of,
    session_refused,
    shape_changed,
)
from mamctl.adapters.tracker.exchange import Ask
from mamctl.adapters.tracker.hosts import Host
from mamctl.adapters.tracker.json_text import read_json
from mamctl.dataclass import dataclass
from mamctl.domain.account.address import AddressAnswer, SeenAddress
from mamctl.domain.redaction import excerpt
from mamctl.domain.text.quantities import parse_integer

if TYPE_CHECKING:
    from datetime import timedelta

    from mamctl.adapters.tracker.client import TrackerClient
    from mamctl.domain.permits import Permit, RegisterAddress
    from mamctl.errors import SessionRefusedError

_LOOK = Ask(path="/json/jsonIp.php", host=Host.TRACKER, with_cookie=False)
_REGISTER = Ask(path="/json/dynamicSeedbox.php", host=Host.TRACKER)

_ANSWERS = {
    "completed": AddressAnswer.COMPLETED,
    "no change": AddressAnswer.NO_CHANGE,
    "last change too recent": AddressAnswer.TOO_RECENT,
}
_PERMISSION = (
    "the session may not set the seedbox address, and that cannot be changed: create another API session on the site "
    "(Preferences, Security) with “Allow Session to set Dynamic Seedbox: Yes”, and put its value into the session file"
)
# The site's own words (MAM API documentation, dynamicSeedbox), in small letters, with the code and remedy of each.
_REFUSALS = {
    "no session cookie": (
        "session_cookie_lost",
        "mamctl sent the cookie: something on the way, such as a proxy or tracker.seedbox_command, drops it",
    ),
    "invalid session": ("session_dead", SESSION_REMEDIES["session_dead"]),
    "invalid session - ip mismatch": ("session_ip_mismatch", SESSION_REMEDIES["session_ip_mismatch"]),
    "invalid session - asn mismatch": ("session_asn_mismatch", SESSION_REMEDIES["session_asn_mismatch"]),
    "invalid session - invalid cookie": (
        "session_dead",
        "the site cannot decode the cookie: copy the session's value again, whole; if that does not help, create a new "
        "API session on the site (Preferences, Security)",
    ),
    "invalid session - other": (
        "session_refused_other",
        "the site gives no reason: look at the session on the site (Preferences, Security); ask its staff if it "
        "looks well",
    ),
    "incorrect session type - not allowed this function": ("session_not_allowed", _PERMISSION),
    "incorrect session type - non-api session": (
        "session_wrong_type",
        "this is a browser's session: create an API session on the site (Preferences, Security), with “Allow Session "
        "to set Dynamic Seedbox: Yes”, and put its value into the session file",
    ),
}


@dataclass(frozen=True, slots=True)
class AddressApi:
    """Each method is one request and raises MamctlError kinds only."""

    client: TrackerClient

    @property
    def clock_skew(self) -> timedelta | None:
        """This machine's clock minus the site's at the last answer; None before one."""
        return self.client.server_clock.skew

    def fetch_ip(self) -> SeenAddress:
        """The address the tracker sees; needs no session. The tracker allows one call a minute."""
        return self.client.ask(_LOOK, _read_address)

    def register_address(
        self,
        permit: Permit[RegisterAddress],
    ) -> AddressAnswer:
        """Make the address that the request comes from the seedbox's. Asked once, never repeated.

        SessionRefusedError says that nothing was changed, and so does any error with `maybe_sent` False.
        """
        return self.client.read(self.client.ask_once(_REGISTER), read_registration)


def read_registration(answer: Answer) -> AddressAnswer:
    """The outcome in an answer of `dynamicSeedbox.php`; its words decide, whatever the status is."""
    words = _words(answer)
    if words is not None:
        key = " ".join(words.lower().split()).rstrip(".")
        if (found := _ANSWERS.get(key)) is not None:
            return found
        if (refusal := _refusal(answer, key, words)) is not None:
            raise refusal
    check_answer(answer)
    raise shape_changed(answer, f"“{excerpt(words)}”" if words is not None else "no word on the change")


def _words(answer: Answer) -> str | None:
    try:
        found = read_json(answer.text)
    except (ValueError, RecursionError):
        return None
    words = found.get("msg") if isinstance(found, dict) else None
    return words if isinstance(words, str) else None


def _refusal(answer: Answer, key: str, words: str) -> SessionRefusedError | None:
    if key not in _REFUSALS:
        return None
    code, remedy = _REFUSALS[key]
    return session_refused(answer, code, words, remedy)


def _read_address(answer: Answer) -> SeenAddress:
    data = object_of(answer)
    ip, asn, network = data.get("ip"), data.get("ASN", data.get("asn")), data.get("AS")
    if not isinstance(ip, str) or not ip:
        raise shape_changed(answer, "no address")
    try:
        number = parse_integer(asn) if asn is not None else None
    except ValueError:
        number = None
    return SeenAddress(ip, number, network if isinstance(network, str) else None)
