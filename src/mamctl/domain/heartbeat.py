"""Addresses of dead man's switches: which requests say that a job began, ended well, or failed."""

from __future__ import annotations

import re
from urllib.parse import SplitResult, parse_qsl, quote, urlencode, urlsplit, urlunsplit

from mamctl.dataclass import dataclass
from mamctl.regex import regex

JOB = "{job}"
_KUMA_PUSH = regex(r"/api/push/[^/]+/?")
_SUFFIXED = regex(r"/(start|fail|log|success)/?$|/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/\d{1,3}/?$", re.IGNORECASE)
# Words in a query that say how a run ended; only Uptime Kuma's are known well enough to be changed.
_VERDICTS = ("status", "state", "msg", "s")


@dataclass(frozen=True, slots=True)
class Ping:
    """One request: `body` is None where nothing is to be said, or the words are in the address."""

    url: str
    body: str | None


def address_fault(url: str) -> str | None:
    """What is expected, when a failure could not be said at this address; None when it can."""
    parts = urlsplit(url)
    if re.search(r"\{(?!job\})|(?<!\{job)\}", parts.netloc + parts.path + parts.query):
        return "an address in which {job} is the only word in braces"
    if _is_kuma(parts.path):
        return None
    if parts.fragment:
        return "an address without a part behind #"
    return _plain_fault(parts)


def _plain_fault(parts: SplitResult) -> str | None:
    if parts.query and not parts.path.strip("/"):
        return "an address whose path names the check: /start and /fail are added to the path"
    if _SUFFIXED.search(parts.path.lower()):
        return "the address of the check itself: mamctl adds /start and /fail"
    if stated := [name for name, _ in parse_qsl(parts.query, keep_blank_values=True) if name.lower() in _VERDICTS]:
        return f"an address whose query does not say how a run ended ({stated[0]}=…): a failure would read as a success"
    return None


def names_job(url: str) -> bool:
    """Whether each job has a separate address by `{job}`."""
    return JOB in url


def ping_for(url: str, job: str, signal: str, run_id: str, text: str = "") -> Ping | None:
    """The request for `signal` (start, success or fail); None where the service has no word for it.

    Uptime Kuma's push address is sent status and msg. Every other gets /start or /fail at the end of its path, and
    `rid` to match the end of a run with its start; its own query is kept. `{job}` becomes the job's name, with "-" for
    each ".". `run_id` is a UUID, `text` one short line.
    """
    filled = url.replace(JOB, quote(job.replace(".", "-"), safe=""))
    parts = urlsplit(filled)
    if _is_kuma(parts.path):
        if signal == "start":
            return None
        values = {"status": "down" if signal == "fail" else "up", "msg": text or signal}
        return Ping(urlunsplit(parts._replace(query=_with(parts.query, values), fragment="")), None)
    suffix = "" if signal == "success" else f"/{signal}"
    added = {"rid": run_id} if names_job(url) else {"job": job, "rid": run_id}
    path = parts.path.rstrip("/") + suffix
    return Ping(urlunsplit(parts._replace(path=path, query=_with(parts.query, added))), text or None)


def _is_kuma(path: str) -> bool:
    return re.search(_KUMA_PUSH.pattern + "$", path) is not None


def _with(query: str, values: dict[str, str]) -> str:
    """The query with these values, each in the place of an earlier one of its name; the rest is untouched."""
    kept = [part for part in query.split("&") if part and part.partition("=")[0] not in values]
    return "&".join([*kept, urlencode(values, quote_via=quote)])
