"""The torrent clients' part of a rollback: categories, tags and states, only where they were not changed since.

Never in an emergency, never by starting an incomplete download; torrents that were added since stay as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from mamctl.domain.change.client_state import ClientState, ClientStep, plan_client_restore
from mamctl.domain.change.encoding import decode_client
from mamctl.domain.change.points import Part, Point
from mamctl.domain.permits import Categorise, Pause, Resume, Tag, Untag
from mamctl.errors import MamctlError
from mamctl.jobs.change.checkpoint import PointSources, read_client
from mamctl.jobs.change.ports import PointClient
from mamctl.jobs.permits import in_emergency, permit
from mamctl.store.change.acts import Act, own_client_values, settle_act
from mamctl.store.ratio.guard import read_guard
from mamctl.store.ratio.torrent_journal import read_journal

# Seconds between looks: most clients show a change within two.
_LOOKS = (0.2, 0.4, 0.8, 1.5, 3.0)


def plan_clients(sources: PointSources, point: Point, *, overwrite: bool) -> Iterator[Act]:
    """What would be restored at each client, and what not with the reason. A client that is down is one of those."""
    clients = {scoped.client.name: scoped for scoped in sources.clients}
    for state in states_of(sources, point):
        scoped = clients.get(state.name)
        if scoped is None:
            yield Act(Part.CLIENT, f"{state.name}/", "all", None, None, "it is no longer configured")
            continue
        try:
            steps = tuple(_plan(sources, state, scoped, {}, overwrite=overwrite))
        except MamctlError as error:
            yield Act(Part.CLIENT, f"{state.name}/", "all", None, None, error.message)
        else:
            yield from map(_act, steps)


def states_of(sources: PointSources, point: Point) -> tuple[ClientState, ...]:
    """Every client as the point remembers it."""
    files = [file for file in point.of(Part.CLIENT) if not file.name.endswith(".torrent")]
    return tuple(decode_client(sources.points.read(point, file.name)) for file in files)


def _plan(
    sources: PointSources,
    state: ClientState,
    scoped: PointClient,
    planned: Mapping[tuple[str, str], str],
    *,
    overwrite: bool,
) -> Iterator[ClientStep]:
    guard = read_guard(sources.db).guard
    journal = read_journal(sources.db, state.name, guard.emergency_id)
    own = {**own_client_values(sources.db).get(state.name, {}), **planned}
    yield from plan_client_restore(
        state,
        read_client(scoped),
        own=own,
        guarded=frozenset(journal.entries),
        emergency=guard.emergency_id is not None,
        overwrite=overwrite,
    )


def _act(step: ClientStep) -> Act:
    return Act(Part.CLIENT, f"{step.client}/{step.hash}", step.aspect, step.before, step.after, step.refused)


def restore_clients(
    sources: PointSources, point: Point, number: int, pending: Iterable[Act], wait: Callable[[float], None]
) -> None:
    """Do what was planned and still holds, and look until the clients show it. Each item is settled, done or not."""
    waiting = {(act.subject, act.aspect): act for act in pending}
    clients = {scoped.client.name: scoped for scoped in sources.clients}
    for state in states_of(sources, point):
        mine = {key: act for key, act in waiting.items() if key[0].startswith(f"{state.name}/")}
        if mine:
            try:
                left = _restore_client(sources, state, clients.get(state.name), mine, wait)
            except MamctlError as error:
                left = dict.fromkeys(mine, error.message)
            for key, act in mine.items():
                settle_act(sources.db, number, act, sources.clock(), left.get(key))


def _restore_client(
    sources: PointSources,
    state: ClientState,
    scoped: PointClient | None,
    mine: Mapping[tuple[str, str], Act],
    wait: Callable[[float], None],
) -> dict[tuple[str, str], str]:
    """What could not be restored, with the reason."""
    if scoped is None:
        return dict.fromkeys(mine, "it is no longer configured")
    planned = {(act.subject.rpartition("/")[2], act.aspect): act.before or "" for act in mine.values()}

    def steps() -> list[ClientStep]:
        found = _plan(sources, state, scoped, planned, overwrite=False)
        return [step for step in found if (_act(step).subject, step.aspect) in mine]

    now = steps()
    refused = {(_act(step).subject, step.aspect): step.refused for step in now if step.refused}
    todo = [step for step in now if not step.refused]
    _make_categories(sources, state, scoped, todo)
    unfinished = _unfinished(scoped, todo)
    for step in todo:
        _do(sources, scoped, step, unfinished)
    for pause in (*_LOOKS, None):
        left = [step for step in steps() if not step.refused] if todo else []
        if not left or pause is None:
            break
        wait(pause)
    late = {(_act(step).subject, step.aspect): "the client does not show it" for step in left}
    return {**late, **refused}


def _make_categories(
    sources: PointSources, state: ClientState, scoped: PointClient, steps: Iterable[ClientStep]
) -> None:
    wanted = {step.after for step in steps if step.aspect == "category" and step.after}
    if wanted:
        there = scoped.client.fetch_categories()
        for name in sorted(wanted - set(there)):
            leave = permit(sources, Categorise(client=state.name, hashes=(), category=name, restoring=True))
            scoped.client.create_category(name, state.categories.get(name, ""), leave)


def _unfinished(scoped: PointClient, steps: Iterable[ClientStep]) -> frozenset[str]:
    """Torrents that would download if they were started; nothing is asked where none is to be started."""
    if not any(step.aspect == "paused" and step.after == "running" for step in steps):
        return frozenset()
    snapshot, _ = scoped.client.fetch_snapshot(None)
    return frozenset(hash_ for hash_, torrent in snapshot.torrents.items() if torrent.amount_left > 0)


def _do(sources: PointSources, scoped: PointClient, step: ClientStep, unfinished: frozenset[str]) -> None:
    client, name, hashes = scoped.client, scoped.client.name, (step.hash,)
    emergency = in_emergency(sources.db)
    if step.aspect == "category":
        act = Categorise(client=name, hashes=hashes, category=step.after, restoring=True, emergency=emergency)
        client.set_category(permit(sources, act))
    elif step.aspect == "tags":
        before, after = _tags(step.before), _tags(step.after)
        for tag in sorted(after - before):
            client.add_tag(permit(sources, Tag(client=name, hashes=hashes, tag=tag, restoring=True)))
        for tag in sorted(before - after):
            untag = Untag(client=name, hashes=hashes, tag=tag, restoring=True, emergency=emergency)
            client.remove_tag(permit(sources, untag))
    elif step.after == "paused":
        client.pause(permit(sources, Pause(client=name, hashes=hashes, restoring=True)))
    else:
        downloads = hashes if step.hash in unfinished else ()
        start = Resume(client=name, hashes=hashes, downloads=downloads, restoring=True, emergency=emergency)
        client.resume(permit(sources, start))


def _tags(text: str) -> set[str]:
    return {tag for tag in text.split(", ") if tag}
