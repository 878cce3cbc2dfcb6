"""`mamctl change checkpoint`, `points` and `verify`: rollback points made, listed and proved."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from mamctl.cli.command import command, view
from mamctl.cli.format import bytes_text
from mamctl.cli.runtime import Runtime
from mamctl.cli.wiring.change import point_folder, store_path
from mamctl.dataclass import dataclass
from mamctl.domain.change.points import Part, PartProof, Point, is_label
from mamctl.domain.outcome import Result, Status
from mamctl.domain.problem import Problem
from mamctl.errors import UsageError
from mamctl.output.screen import Screen, Tone

app = typer.Typer()

PointText = Annotated[str, typer.Argument(metavar="POINT", help="A point's id or label, or last.")]


@dataclass(frozen=True, slots=True)
class PointData:
    """A rollback point; `missing` says what could not be kept in it, `reason` what it was made for."""

    id: str
    label: str | None
    made_at: datetime
    reason: str
    parts: tuple[Part, ...]
    size_bytes: int
    verified_at: datetime | None
    version: str
    missing: tuple[str, ...]

    @classmethod
    def of(cls, point: Point) -> PointData:
        """The point as it is shown."""
        return view(cls, point)


@dataclass(frozen=True, slots=True)
class CheckpointData:
    """The new point, and the ids of those that were thinned for it."""

    point: PointData
    removed: tuple[str, ...]


def render_checkpoint(screen: Screen, data: CheckpointData) -> None:
    """One line for the point, one for what was thinned."""
    point = data.point
    label = f" ({point.label})" if point.label else ""
    screen.line(f"{point.id}{label}: {_parts(point.parts)}; {bytes_text(point.size_bytes)}", Tone.GOOD)
    if data.removed:
        screen.line(f"No longer kept: {', '.join(data.removed)}", Tone.DIM)


@command(app, "checkpoint", schema="mamctl.change.checkpoint/1", render=render_checkpoint)
def checkpoint(
    runtime: Runtime,
    label: Annotated[
        str | None, typer.Option("--label", metavar="LABEL", help="A name; a labelled point is never thinned.")
    ] = None,
) -> Result:
    """Make a rollback point.

    It holds the database, the configuration, the sidecars that mamctl wrote, and the clients' categories, tags, states
    and .torrent files.
    """
    if label is not None and not is_label(label):
        raise UsageError(
            f"“{label}” is not a label",
            subject=label,
            remedy="up to 40 letters, digits, dots, dashes and underscores; not “last”, and not in the form of an id",
        )
    from mamctl.cli.wiring.change import point_sources
    from mamctl.jobs.change.checkpoint import make_point

    with runtime.run("change") as run:
        made = make_point(point_sources(runtime), label=label, reason="made by mamctl change checkpoint", run_id=run.id)
        data = CheckpointData(PointData.of(made.point), tuple(point.id for point in made.removed))
        return run.finish(data, made.problems)


@dataclass(frozen=True, slots=True)
class PointsData:
    """Every point, the newest first."""

    points: tuple[PointData, ...]


def render_points(screen: Screen, data: PointsData) -> None:
    """A line each."""
    if not data.points:
        screen.line("No rollback points; mamctl change checkpoint makes one", Tone.DIM)
        return
    rows = [
        (one.id, one.label, _parts(one.parts), bytes_text(one.size_bytes), _proved(one.verified_at), one.reason)
        for one in data.points
    ]
    screen.table(("point", "label", "parts", "size", "verified", "why"), rows, optional=(3, 5, 2))


@command(app, "points", schema="mamctl.change.points/1", render=render_points)
def points(runtime: Runtime) -> Result:
    """List the rollback points."""
    folder = point_folder(runtime)
    damaged = tuple(
        Problem(
            "point_unreadable",
            f"{name}: its manifest cannot be read, so it cannot be restored",
            name,
            f"look at {folder.root / name}, then remove it",
        )
        for name in folder.unreadable()
    )
    return Result.of(PointsData(tuple(map(PointData.of, folder.list_points()))), damaged)


@dataclass(frozen=True, slots=True)
class VerifyData:
    """Every part of a point, restored aside and compared."""

    point: str
    parts: tuple[PartProof, ...]


def render_verify(screen: Screen, data: VerifyData) -> None:
    """A line a part, and what differs."""
    for proof in data.parts:
        good = "restored elsewhere, and equal" if proof.equal else "cannot be relied on"
        screen.line(f"{proof.part}: {good}", Tone.GOOD if proof.equal else Tone.BAD)
        for difference in proof.differences:
            screen.line(f"    {difference}", Tone.BAD)


@command(app, "verify", schema="mamctl.change.verify/1", render=render_verify)
def verify(runtime: Runtime, point: PointText) -> Result:
    """Test a point: restore it elsewhere and compare."""
    from mamctl.cli.wiring.change import point_sources
    from mamctl.jobs.change.checkpoint import find_point, verify_point
    from mamctl.store.runs import job_lock

    sources = point_sources(runtime)
    found = find_point(sources.points, point)
    with job_lock(store_path(runtime), "change"):
        proofs = verify_point(sources, found)
    problems = tuple(
        Problem(
            "point_damaged",
            f"point {found.id}, {proof.part}: {'; '.join(proof.differences)}",
            found.id,
            "make another with: mamctl change checkpoint",
        )
        for proof in proofs
        if not proof.equal
    )
    return Result.of(VerifyData(found.id, proofs), problems, Status.ATTENTION)


def _parts(parts: tuple[Part, ...]) -> str:
    return ", ".join(parts)


def _proved(at: datetime | None) -> str | None:
    return f"{at:%Y-%m-%d}" if at else None
