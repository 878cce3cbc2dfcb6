"""Where messages go and how often a problem is repeated; an address with a password must be private."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import timedelta

from mamctl.adapters.notify.apprise import holds_secret
from mamctl.adapters.private_files import Exposure, exposure_of
from mamctl.config import Loaded
from mamctl.config.secrets import SecretFinding, find_secret_faults, notify_source
from mamctl.config.sections import NotifySection
from mamctl.domain.problem import Problem
from mamctl.domain.reporting import ReminderPolicy
from mamctl.errors import MamctlError

_KEY = "notify.urls"


def examine_secrets(loaded: Loaded) -> Iterator[SecretFinding]:
    """Everything about secrets that `config check` and `doctor` name, the configuration file itself first."""
    exposed = _exposed_addresses(loaded)
    if exposed:
        yield _finding(loaded, exposed)
    yield from find_secret_faults(loaded.config, os.environ)


def usable_addresses(loaded: Loaded) -> tuple[tuple[str, ...], Problem | None]:
    """The addresses that messages go to, and why some are left out. Never raises.

    Those of a configuration that others can read are left out when they hold a password: a job goes on without them.
    """
    exposed = _exposed_addresses(loaded)
    finding = _finding(loaded, exposed) if exposed else None
    own = loaded.config.notify.urls
    if finding is not None and finding.fault:
        own = tuple(url for url in own if url not in exposed)
        return own + _further(loaded)[0], Problem(finding.code, finding.text, _KEY, finding.remedy)
    further, problem = _further(loaded)
    return own + further, problem


def _further(loaded: Loaded) -> tuple[tuple[str, ...], Problem | None]:
    try:
        text = notify_source(loaded.config.notify).read(os.environ)
    except MamctlError as error:
        return (), Problem.of(error)
    return tuple(text.reveal().split()) if text else (), None


def _exposed_addresses(loaded: Loaded) -> frozenset[str]:
    """The addresses in the file that hold a password, while others can read the file."""
    urls = loaded.config.notify.urls
    if not urls or not loaded.exists or exposure_of(loaded.path) is Exposure.PRIVATE:
        return frozenset()
    return frozenset(url for url in urls if holds_secret(url))


def _finding(loaded: Loaded, exposed: frozenset[str]) -> SecretFinding:
    mounted = exposure_of(loaded.path) is Exposure.MOUNTED
    many = "an address that holds" if len(exposed) == 1 else f"{len(exposed)} addresses that hold"
    text = f"others can use {loaded.path}, and it has {many} a password or token"
    if mounted:
        return SecretFinding("secret_mounted", _KEY, text, "put them into the file of notify.urls_file", fault=False)
    remedy = f"chmod 600 {loaded.path}; or put them into the file of notify.urls_file"
    return SecretFinding("notify_exposed", _KEY, text, remedy, fault=True)


def reminder_policy(notify: NotifySection, job: str) -> ReminderPolicy:
    """The reminders of a job, or of the command that runs it: "vip" and "vip.check" are the same.

    All but the guard's passes are daily or rarer, so that their reminders count local days.
    """
    if job.startswith("meta.scan"):
        return _library(notify.remind_after_scan, "mamctl meta problems")
    if job.startswith("drift"):
        return _library(notify.remind_after_drift, "mamctl drift history --state proposed")
    if job.startswith("abs"):
        return _library(notify.remind_after_scan, "mamctl abs check")
    return ReminderPolicy(
        timedelta(seconds=notify.remind_after),
        daily=not job.startswith("ratio"),
        asks_site=job.startswith(("vip", "rules", "pending")),
    )


def _library(seconds: float, command: str) -> ReminderPolicy:
    return ReminderPolicy(timedelta(seconds=seconds), daily=True, summary=command)
