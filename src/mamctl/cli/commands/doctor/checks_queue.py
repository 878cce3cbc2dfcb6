"""The checks of `mamctl doctor` on the download queue: seeding time, whether the site reaches the client, the place to
file into, what is unclear.
"""

from __future__ import annotations

import os
import shlex

from mamctl.cli.commands.doctor.checks import Check, Grade
from mamctl.cli.runtime import Runtime
from mamctl.cli.wiring.queue import queue_clients
from mamctl.domain.queue.share_limits import early_ends
from mamctl.domain.queue.states import State
from mamctl.errors import MamctlError
from mamctl.store.account.readings import last_connectable
from mamctl.store.queue.items import list_items


def seeding(runtime: Runtime) -> Check:
    """No share limit of a client ends the 72 hours early (QUE-6)."""
    clients = queue_clients(runtime)
    if not clients:
        return Check("seeding", Grade.SKIPPED, "no torrent client is configured")
    early = []
    for client in clients:
        try:
            limits = client.downloads.share_limits()
        except MamctlError:
            continue  # the check of the clients says so
        early += [f"{client.name} ends torrents {words}" for words in early_ends(limits)]
    if early:
        remedy = "remove the limit, or set it above 75 h; what the queue adds is exempt, other torrents are not"
        return Check("seeding", Grade.WARN, "; ".join(early), remedy)
    return Check("seeding", Grade.OK, "no share limit ends 72 hours of seeding early")


def reachable(runtime: Runtime) -> Check:
    """Whether the site could connect to the client when the account was read last (EVT-1)."""
    newest = last_connectable(runtime.store, 1)
    if not newest:
        return Check("reachable", Grade.SKIPPED, "the account was not read yet: mamctl vip check reads it")
    if newest[0]:
        return Check("reachable", Grade.OK, "the site can connect to your client")
    detail = "the site could not connect to your client when the account was read last"
    remedy = "open the port that your client listens on, in the router or at the VPN; then run: mamctl vip check"
    return Check("reachable", Grade.WARN, detail, remedy)


def queue(runtime: Runtime) -> Check:
    """Finished books can be filed, and no hand-over is unclear."""
    unclear = list_items(runtime.store, State.UNCLEAR)
    if unclear:
        return Check("queue", Grade.WARN, f"{len(unclear)} hand-overs are unclear", "mamctl queue list --state unclear")
    folder = runtime.config.library.filing_folder
    if folder is None:
        detail = "finished books are not filed: no folder is set"
        return Check("queue", Grade.SKIPPED, detail, "set library.file_into")
    if not folder.exists():
        return Check("queue", Grade.FAIL, f"{folder} does not exist", f"mkdir -p {shlex.quote(str(folder))}")
    if not os.access(folder, os.W_OK):
        return Check("queue", Grade.FAIL, f"{folder}: books cannot be filed there", "let mamctl's user write there")
    return Check("queue", Grade.OK, f"finished books are filed into {folder}")
