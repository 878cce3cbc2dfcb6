"""Making rollback points, thinning old ones, and proving one by restoring it aside and comparing."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from pathlib import Path

from mamctl import __version__
from mamctl.dataclass import dataclass
from mamctl.domain.change.client_state import ClientState, mark_torrents
from mamctl.domain.change.encoding import (
    CONFIG,
    DATABASE,
    SIDECARS,
    KeptSidecar,
    client_file,
    decode_client,
    decode_sidecars,
    encode_client,
    encode_sidecars,
    torrent_file,
)
from mamctl.domain.change.points import LAST, Part, PartProof, Point, StoredFile, plan_thinning, point_id
from mamctl.domain.change.policy import KeepPolicy
from mamctl.domain.problem import Problem
from mamctl.errors import (
    ConfigInvalidError,
    MamctlError,
    SessionRefusedError,
    StoreError,
    UnreachableError,
    UsageError,
)
from mamctl.jobs.change.ports import ConfigFile, NewPoint, PointClient, Points, Sidecars
from mamctl.store.change.log import ChangeKind, ChangeOutcome, begin_change, open_changes
from mamctl.store.change.restore import prepare_copy
from mamctl.store.change.tables import copy_database, examine_copy
from mamctl.store.database import file_of
from mamctl.store.library.exports import known_exports
from mamctl.store.migrate import schema_version


@dataclass(frozen=True, slots=True)
class PointSources:
    """Everything that a point is made of."""

    db: sqlite3.Connection
    config: ConfigFile
    sidecars: Sidecars
    clients: tuple[PointClient, ...]
    points: Points
    keep: KeepPolicy
    clock: Callable[[], datetime]
    read_config: Callable[[bytes], object]
    """Parses a configuration; raises MamctlError."""
    read_torrent: Callable[[Path], object]
    """Parses a .torrent file; raises OSError or ValueError."""


@dataclass(frozen=True, slots=True)
class Made:
    """A new point, the points that were removed for it, and what could not be kept in it."""

    point: Point
    removed: tuple[Point, ...]
    problems: tuple[Problem, ...]


def make_point(
    sources: PointSources, *, label: str | None, reason: str, run_id: int | None = None, needed: str | None = None
) -> Made:
    """One consistent point of everything, logged; then old ones are thinned, the point `needed` never. The caller holds
    the lock of changes.

    A client that does not answer is left out, and said. Raises StoreError, and leaves nothing then.
    """
    known = sources.points.list_points()
    now = sources.clock()
    if label is not None and any(point.label == label for point in known):
        raise UsageError(f"there is a point labelled {label} already", subject=label, remedy="choose another label")
    name = point_id(now, (point.id for point in known))
    new = sources.points.begin(name)
    problems: list[Problem] = []
    try:
        tables = copy_database(sources.db, new.folder / DATABASE)
        new.add_made(Part.DATABASE, DATABASE)
        if (text := sources.config.read()) is not None:
            new.add(Part.CONFIG, CONFIG, text)
        new.add(Part.SIDECARS, SIDECARS, encode_sidecars(_sidecars(sources, problems)))
        held_back = tuple(_keep_clients(sources, new, known, problems))
        point = Point(name, now, label, reason, __version__, schema_version(sources.db), str(sources.config.path),
                      new.files, tables, (*(problem.message for problem in problems), *held_back))  # fmt: skip
        new.finish(point)
    except sqlite3.Error as error:
        new.give_up()
        raise StoreError(f"rollback point: the database cannot be copied: {error}", remedy="check the disk") from error
    except BaseException:
        new.give_up()
        raise
    begin_change(sources.db, ChangeKind.POINT, f"rollback point {name}: {reason}", now, point=name, run_id=run_id,
                 outcome=ChangeOutcome.ACTIVE)  # fmt: skip
    return Made(point, thin_points(sources, needed), tuple(problems))


def adopt_backup(sources: PointSources, schema: int) -> str | None:
    """The backup that a migration from `schema` made becomes a rollback point; its id, None where there is none.

    It holds the database as it was before, and the configuration as it is. A disk that is full costs only the point.
    """
    store = file_of(sources.db)
    backup = store.with_name(f"{store.name}.schema-{schema}.bak")
    if not backup.is_file():
        return None
    now = sources.clock()
    name = point_id(now, (point.id for point in sources.points.list_points()))
    try:
        new = sources.points.begin(name)
    except StoreError:
        return None
    try:
        with contextlib.closing(sqlite3.connect(backup)) as db:
            tables = copy_database(db, new.folder / DATABASE)
        new.add_made(Part.DATABASE, DATABASE)
        if (text := sources.config.read()) is not None:
            new.add(Part.CONFIG, CONFIG, text)
        reason = f"before the database went from schema {schema} to {schema_version(sources.db)}"
        path = str(sources.config.path)
        new.finish(Point(name, now, None, reason, __version__, schema, path, new.files, tables))
    except (sqlite3.Error, MamctlError, OSError):
        new.give_up()
        return None
    return name


def thin_points(sources: PointSources, also: str | None = None) -> tuple[Point, ...]:
    """Remove the points that `change.keep` no longer keeps; those that were removed."""
    needed = frozenset(filter(None, [also, *(change.point for change in open_changes(sources.db))]))
    removed = []
    for verdict in plan_thinning(sources.points.list_points(), sources.keep, needed):
        if not verdict.keep:
            sources.points.remove(verdict.point)
            removed.append(verdict.point)
    return tuple(removed)


def find_point(points: Points, text: str) -> Point:
    """The point of this id or label, or the newest for "last". Raises UsageError."""
    known = points.list_points()
    if text == LAST and known:
        return known[0]
    found = [point for point in known if text in (point.id, point.label)]
    if not found:
        remedy = "mamctl change points lists them" if known else "mamctl change checkpoint makes one"
        raise UsageError(f"there is no rollback point “{text}”", subject=text, remedy=remedy)
    return found[0]


def _sidecars(sources: PointSources, problems: list[Problem]) -> Iterator[KeptSidecar]:
    for export in known_exports(sources.db):
        text = None
        try:
            content = sources.sidecars.read(export.path)
            text = None if content is None else content.decode("utf-8")
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
            problems.append(Problem("point_sidecar", f"{export.path}: not kept in the point: {reason}", export.path))
        yield KeptSidecar(export.path, export.root, export.book, export.sha256, text)


def _keep_clients(
    sources: PointSources, new: NewPoint, known: Iterable[Point], problems: list[Problem]
) -> Iterator[str]:
    """Each client that answers, in the point; what it does not hand out is named."""
    older = {
        file.name.rpartition("/")[2]: (point, file)
        for point in reversed(tuple(known))
        for file in point.of(Part.CLIENT)
        if file.name.endswith(".torrent")
    }
    for number, scoped in enumerate(sources.clients):
        client = scoped.client
        try:
            state = read_client(scoped)
            for hash_, mark in state.torrents.items():
                name = torrent_file(number, hash_)
                if not _keep_torrent(sources, new, scoped, older.get(f"{hash_}.torrent"), name):
                    yield f"{client.name}: the .torrent file of {mark.name}"
        except StoreError:
            raise
        except MamctlError as error:
            problems.append(
                Problem("point_client", f"{client.name}: not in the point: {error.message}", client.name, error.remedy)
            )
            continue
        new.add(Part.CLIENT, client_file(number), encode_client(state))


def _keep_torrent(
    sources: PointSources, new: NewPoint, scoped: PointClient, older: tuple[Point, StoredFile] | None, name: str
) -> bool:
    """A torrent file never changes under its hash: what an older point has is linked and not asked for again.

    False for one that the client does not hand out, such as a magnet link before its metadata came.
    """
    if older is not None:
        point, file = older
        if new.add_link(Part.CLIENT, file, sources.points.path_of(point, file.name), name):
            return True
    try:
        content = scoped.client.export_torrent(Path(name).stem)
    except (UnreachableError, SessionRefusedError, ConfigInvalidError):
        raise
    except MamctlError:
        return False
    new.add(Part.CLIENT, name, content)
    return True


def read_client(scoped: PointClient) -> ClientState:
    """The client's categories, tags and torrents in scope, as they are. Raises MamctlError."""
    snapshot, _ = scoped.client.fetch_snapshot(None)
    marks = mark_torrents(snapshot.torrents.values(), scoped.scope)
    tags = sorted({tag for mark in marks.values() for tag in mark.tags})
    return ClientState(scoped.client.name, snapshot.version, scoped.client.fetch_categories(), tuple(tags), marks)


def verify_point(sources: PointSources, point: Point) -> tuple[PartProof, ...]:
    """Restore every part of the point aside and compare it; the point is marked as good when all are equal."""
    proofs = tuple(_prove(sources, point, part) for part in point.parts)
    if all(proof.equal for proof in proofs):
        sources.points.note_verified(point, sources.clock())
    else:
        sources.points.note_damaged(point)
    return proofs


def _prove(sources: PointSources, point: Point, part: Part) -> PartProof:
    found = sources.points.examine(point, part)
    if not found:
        try:
            found = _PROOFS[part](sources, point)
        except (MamctlError, sqlite3.Error, OSError, ValueError) as error:
            found = [f"it cannot be restored: {error}"]
    return PartProof(part, not found, tuple(found))


def _prove_database(sources: PointSources, point: Point) -> list[str]:
    with _aside(sources.points) as folder:
        source = sources.points.path_of(point, DATABASE)
        found = examine_copy(source, point.tables)
        if not found and prepare_copy(source, folder / DATABASE) != point.schema:
            found = ["its schema is not the one that the point names"]
    return found


def _prove_config(sources: PointSources, point: Point) -> list[str]:
    sources.read_config(sources.points.read(point, CONFIG))
    return []


def _prove_sidecars(sources: PointSources, point: Point) -> list[str]:
    content = sources.points.read(point, SIDECARS)
    kept = decode_sidecars(content)
    with _aside(sources.points) as folder:
        restored = []
        for number, one in enumerate(kept):
            if one.text is not None:
                (folder / str(number)).write_bytes(one.text.encode("utf-8"))
        for number, one in enumerate(kept):
            text = None if one.text is None else (folder / str(number)).read_bytes().decode("utf-8")
            restored.append(KeptSidecar(one.path, one.root, one.book, one.sha256, text))
    return [] if encode_sidecars(restored) == content else ["the sidecars differ when they are written again"]


def _prove_client(sources: PointSources, point: Point) -> list[str]:
    found = []
    for file in point.of(Part.CLIENT):
        if not file.name.endswith(".torrent"):
            state = decode_client(sources.points.read(point, file.name))
            if encode_client(state) != sources.points.read(point, file.name):
                found.append(f"{file.name}: it differs when it is written again")
            continue
        try:
            sources.read_torrent(sources.points.path_of(point, file.name))
        except ValueError as error:
            found.append(f"{file.name}: {error}")
    return found


_PROOFS: dict[Part, Callable[[PointSources, Point], list[str]]] = {
    Part.DATABASE: _prove_database,
    Part.CONFIG: _prove_config,
    Part.SIDECARS: _prove_sidecars,
    Part.CLIENT: _prove_client,
}


@contextlib.contextmanager
def _aside(points: Points) -> Iterator[Path]:
    folder = points.scratch()
    try:
        yield folder
    finally:
        points.discard(folder)
