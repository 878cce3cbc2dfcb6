"""`mamctl queue find` and `queue add`: candidates with their verdicts, and putting one into the queue."""

from __future__ import annotations

import re
import sys
from shlex import quote
from typing import Annotated

import typer

from mamctl.cli.command import command
from mamctl.cli.commands.queue.data import CandidateData, ItemData, show_candidates
from mamctl.cli.context import Requests
from mamctl.cli.options import read_text
from mamctl.cli.questions import ask_text, say
from mamctl.cli.runtime import Runtime
from mamctl.cli.wiring.queue import queue_context
from mamctl.dataclass import dataclass
from mamctl.domain.account.pending import Wanted
from mamctl.domain.bounds import TITLE
from mamctl.domain.outcome import Result, Status
from mamctl.domain.problem import Problem
from mamctl.domain.queue.candidates import Candidate
from mamctl.jobs.queue.add import add_candidate, add_torrent
from mamctl.jobs.queue.context import QueueContext
from mamctl.jobs.queue.search import Found, acceptable_with, find_candidates
from mamctl.output.screen import Screen, Tone
from mamctl.regex import regex

app = typer.Typer()

_DIGITS = regex(r"\d{1,12}", re.ASCII)
_Words = Annotated[list[str], typer.Argument(metavar="WORDS…", help="The title.")]
_Author = Annotated[str, typer.Option("--author", metavar="NAME", help="The author.")]


@dataclass(frozen=True, slots=True)
class FindData:
    """The candidates, best first; `chosen` is the torrent that `queue add --yes` would take."""

    candidates: tuple[CandidateData, ...]
    chosen: int | None
    reason: str
    requests: Requests


def render_find(screen: Screen, data: FindData) -> None:
    """The candidates, and which is the best."""
    if data.candidates:
        show_candidates(screen, data.candidates)
    screen.line(data.reason, Tone.GOOD if data.chosen else Tone.WARN)


@command(app, "find", schema="mamctl.queue.find/1", render=render_find)
def find(runtime: Runtime, words: _Words, author: _Author = "") -> Result:
    """Show what the site has, with a verdict; downloads nothing."""
    with runtime.run("queue.find") as run:
        context = queue_context(runtime, run)
        found = find_candidates(context, _wanted(words, author))
        run.add_problem(acceptable_with(context, " ".join(words), found.choice))
        return run.finish(_found_data(runtime, found))


@dataclass(frozen=True, slots=True)
class AddData:
    """What was queued: `item` is null when nothing was; then the candidates say why."""

    item: ItemData | None
    candidates: tuple[CandidateData, ...]
    requests: Requests


def render_add(screen: Screen, data: AddData) -> None:
    """The item, or the candidates."""
    if data.item is None:
        if data.candidates:
            show_candidates(screen, data.candidates, numbered=True)
        return
    kind = "paid" if data.item.paid else "free"
    done = "Would queue" if screen.dry_run else "Queued"
    screen.line(f"{done}: {data.item.id}  {data.item.title} – {data.item.author}  ({kind})", Tone.GOOD)


@command(app, "add", schema="mamctl.queue.add/1", render=render_add, dry_run=True, yes=True)
def add(
    runtime: Runtime,
    words: Annotated[list[str], typer.Argument(metavar="ID | WORDS…", help="A torrent's id, or a title.")],
    author: _Author = "",
    title: Annotated[bool, typer.Option("--title", help="Digits are a title, such as 1984.")] = False,
) -> Result:
    """Queue a torrent by its id, or the best one of a title."""
    with runtime.run("queue.add") as run:
        context = queue_context(runtime, run)
        if len(words) == 1 and _DIGITS.fullmatch(words[0]) and not title:
            return _add_by_id(runtime, context, int(words[0]))
        return _add_by_title(runtime, context, _wanted(words, author))


def _add_by_id(runtime: Runtime, context: QueueContext, torrent_id: int) -> Result:
    item, candidate = add_torrent(context, torrent_id)
    shown = (CandidateData.of(candidate),)
    if item is None:
        reasons = "; ".join(f"{rule.name}: {rule.detail}" for rule in candidate.refusals)
        problem = Problem("refused", f"torrent {torrent_id} is not queued: {reasons}", str(torrent_id),
                          "change the rule under [quality], or choose another torrent")  # fmt: skip
        return context.run.finish(AddData(None, shown, runtime.requests()), (problem,))
    data = AddData(ItemData.of(item, context.queue.seed_hold), shown, runtime.requests())
    return context.run.finish(data)


def _add_by_title(runtime: Runtime, context: QueueContext, wanted: Wanted) -> Result:
    found = find_candidates(context, wanted)
    shown = tuple(CandidateData.of(one) for one in found.choice.candidates)
    accepted = [one for one in found.choice.candidates if one.accepted]
    if not accepted:
        title = quote(wanted.title)
        remedy = f"name its author: mamctl queue find {title} --author NAME"
        if wanted.author:
            remedy = f"mamctl queue find {title} --author {quote(wanted.author)} shows every rule"
        problems = [Problem("no_candidate", f"“{wanted.title}”: {found.choice.reason}", wanted.title, remedy)]
        problems += [one for one in (acceptable_with(context, wanted.title, found.choice),) if one]
        return context.run.finish(AddData(None, shown, runtime.requests()), problems)
    chosen = _choose(runtime, found, accepted)
    if chosen is None:
        message = f"“{wanted.title}”: {len(accepted)} torrents may be taken, and none was chosen"
        remedy = "mamctl queue add ID, or pass --yes to take the best"
        problem = Problem("choice_needed", message, wanted.title, remedy)
        return context.run.finish(AddData(None, shown, runtime.requests()), (problem,), Status.ATTENTION)
    item = add_candidate(context, wanted, chosen)
    data = AddData(ItemData.of(item, context.queue.seed_hold), shown, runtime.requests())
    return context.run.finish(data)


def _choose(runtime: Runtime, found: Found, accepted: list[Candidate]) -> Candidate | None:
    """The best one with `--yes`, the one you name on a terminal, else none."""
    if runtime.options.yes or runtime.options.dry_run:
        return accepted[0]
    if not sys.stdin.isatty() or runtime.options.json:
        return None
    screen = Screen(sys.stderr)
    show_candidates(screen, tuple(CandidateData.of(one) for one in found.choice.candidates), numbered=True)
    candidates = found.choice.candidates
    while answer := ask_text(f"Which one? 1–{len(candidates)}, Enter for none: "):
        place = int(answer) if _DIGITS.fullmatch(answer) else 0
        if not 1 <= place <= len(candidates):
            say(f"  “{answer}” is not a number from 1 to {len(candidates)}")
        elif not candidates[place - 1].accepted:
            say(f"  {place} is refused by a rule: choose another, or change the rule under [quality]")
        else:
            return candidates[place - 1]
    return None


def _found_data(runtime: Runtime, found: Found) -> FindData:
    choice = found.choice
    candidates = tuple(CandidateData.of(one) for one in choice.candidates)
    return FindData(candidates, choice.chosen.row.id if choice.chosen else None, choice.reason, runtime.requests())


def _wanted(words: list[str], author: str) -> Wanted:
    title = read_text("title", " ".join(words), TITLE)
    return Wanted(title, read_text("author", author, TITLE) if author.strip() else "")
