"""`mamctl ratio watch` and `mamctl ratio thaw`: passes of the guard, and your override."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from mamctl.cli.clock import repeat
from mamctl.cli.command import command, require_yes
from mamctl.cli.commands.ratio.status import traffic
from mamctl.cli.format import bytes_text, day, held
from mamctl.cli.options import parse_period
from mamctl.cli.runtime import Runtime
from mamctl.cli.wiring.ratio import watch_context
from mamctl.domain.outcome import Result
from mamctl.domain.ratio.guard import show_ratio
from mamctl.domain.spec.deciding import FREEZE, THAW
from mamctl.domain.text.quantities import count_of
from mamctl.errors import MamctlError
from mamctl.jobs.ratio.results import StatsView
from mamctl.jobs.ratio.watch import RatioWatch, WatchContext, adopt_frozen, lift_emergency, watch_ratio
from mamctl.jobs.run import Run
from mamctl.output.screen import Screen, Tone

if TYPE_CHECKING:
    Job = Callable[[Run, WatchContext], tuple[RatioWatch, MamctlError | None]]

app = typer.Typer()


def render_watch(screen: Screen, data: RatioWatch) -> None:
    """The guard, what this pass did and by which clause, the figures, then a line a client."""
    _render(screen, data, {"emergency": f" ({FREEZE})", "normal": f" ({THAW})"})


def _render(screen: Screen, data: RatioWatch, clauses: Mapping[str, str]) -> None:
    _line(screen, data)
    if data.transition:
        turn = data.transition
        screen.line(
            f"{screen.choose('', 'would change: ')}{turn.from_} → {turn.to}: {turn.reason}{clauses.get(turn.to, '')}",
            Tone.WARN,
        )
    elif data.guard.held_until:
        screen.line(f"Held: {held(data.guard.held_until)}")
    figures, would_turn = data.figures, screen.dry_run and data.transition
    screen.pairs(
        [
            *_moved(figures),
            *traffic(figures),
            *([] if would_turn else [("frozen", f"{count_of(figures.frozen, 'download')}{_waiting(data)}")]),
            *([("missing", f"{count_of(data.missing, 'torrent')} that the guard changed")] if data.missing else []),
            *(
                [("account", f"its own ratio is {_ratio(data.account_ratio)}")]
                if data.account_ratio is not None
                else []
            ),
            *([("recovery", data.forecast.words)] if figures.emergency else []),
        ]
    )
    screen.table(
        ("client", "version", "ratio", "torrents"),
        [
            (client.name, client.version or "not reached", _ratio(client.ratio), client.torrents)
            for client in data.clients
        ],
        right=(2, 3),
    )


def render_thaw(screen: Screen, data: RatioWatch) -> None:
    """The same, and why nothing was thawed when there is nothing to thaw."""
    _render(screen, data, {})
    if data.adopted:
        torrents = count_of(data.adopted, "torrent")
        screen.line(f"{screen.choose('Started', 'Would start')} {torrents} with the tag but without a record.")
    elif not data.transition and not data.actions.any:
        screen.line(f"Nothing {screen.choose('was', 'would be')} changed: {data.reason}.")


def render_line(screen: Screen, data: RatioWatch) -> None:
    """One line a pass, for a loop."""
    _line(screen, data)


def _line(screen: Screen, data: RatioWatch) -> None:
    done = data.actions
    deeds = [
        (done.paused, "paused", "pause"),
        (done.resumed, "started", "start"),
        (done.tagged, "tagged", "tag"),
        (done.untagged, "untagged", "untag"),
    ]
    words = ", ".join(screen.choose(f"{count} {deed}", f"{act} {count}") for count, deed, act in deeds if count)
    did = f"; {screen.choose('', 'would ')}{words}" if words else ""
    tone = Tone.BAD if data.figures.emergency else Tone.GOOD
    screen.line(f"Guard: {_state(screen, data)}; ratio {data.ratio_text}{did}", tone)


def _state(screen: Screen, data: RatioWatch) -> str:
    """What the guard is and since when; of a dry run that would change it, what would begin or end."""
    if screen.dry_run and data.transition:
        return "an emergency would begin" if data.figures.emergency else "the emergency would end"
    return data.guard.state + (f" since {day(data.guard.since)}" if data.guard.since else "")


def _moved(figures: StatsView) -> Iterator[tuple[str, str]]:
    if figures.uploaded_bytes is not None or figures.downloaded_bytes is not None:
        yield "moved", f"{bytes_text(figures.uploaded_bytes)} up, {bytes_text(figures.downloaded_bytes)} down"


def _waiting(data: RatioWatch) -> str:
    return f", {data.held_back} of them wait for their turn" if data.held_back else ""


def _ratio(ratio: float | None) -> str:
    return show_ratio(ratio)


@command(
    app, "watch", schema="mamctl.ratio.watch/1", render=render_watch, dry_run=True, render_line=render_line
)  # fmt: skip
def watch(
    runtime: Runtime,
    loop: Annotated[
        bool, typer.Option("--loop", help="Keep watching, often enough for ratio.interval, until TERM.")
    ] = False,
    every: Annotated[
        timedelta | None,
        typer.Option(
            "--every", metavar="TIME", parser=parse_period, help="Keep watching, one pass per TIME (5m), until TERM."
        ),
    ] = None,
) -> Result | None:
    """Make one pass of the guard.

    It reads every client, decides, freezes or restores, and keeps the figures.
    """
    if every is None and not loop:
        return _run(runtime, watch_ratio)
    watch_context(runtime)  # what is wrong with the configuration ends the loop before it begins
    seconds = runtime.config.ratio.period if every is None else every.total_seconds()
    repeat(seconds, lambda: runtime.report(lambda again: _run(again, watch_ratio)))
    return None


@command(app, "thaw", schema="mamctl.ratio.thaw/1", render=render_thaw, dry_run=True, yes=True)
def thaw(
    runtime: Runtime,
    adopt: Annotated[
        bool,
        typer.Option("--adopt", help="Also start torrents that carry ratio.tag without a record, and remove the tag."),
    ] = False,
) -> Result:
    """End the emergency now.

    Nothing is frozen again for a while (ratio.hold); it is recorded.
    """
    require_yes(runtime, "End the ratio emergency and resume the frozen downloads?")
    return _run(runtime, adopt_frozen if adopt else lift_emergency)


def _run(runtime: Runtime, job: Job) -> Result:
    kit = watch_context(runtime)
    with runtime.run("ratio") as run:
        data, fatal_error = job(run, kit)
        result = run.finish(data, error=fatal_error)
    if any(client.problem for client in data.clients):
        runtime.forget_clients()
    return result
