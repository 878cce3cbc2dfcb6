"""The command tree as a table: a module is imported when its verb is used, so that every start stays quick."""

from __future__ import annotations

import importlib
import os
from contextlib import suppress
from dataclasses import field
from typing import TYPE_CHECKING, Any

import typer
from typer.core import TyperGroup

from mamctl.cli.conversion import spare_conversion
from mamctl.dataclass import dataclass

if TYPE_CHECKING:
    from typer._click import Command, Context, HelpFormatter

_COMMANDS = "mamctl.cli.commands"


@dataclass(frozen=True, slots=True)
class Node:
    """A noun with its verbs, each with its module below `mamctl.cli.commands` or another noun; or one command
    with its `module`; or both, where the noun without a verb is a command too.
    """

    help: str
    verbs: dict[str, str | Node] = field(default_factory=dict)
    module: str = ""


def _verbs(**modules: str) -> dict[str, str | Node]:
    """{"verb": "module"} from module="verb verb …", in the order in which help lists them."""
    return {verb: module.replace("__", ".") for module, verbs in modules.items() for verb in verbs.split()}


TREE: dict[str, Node] = {
    "demo": Node("Watch a few months on practice sites in seconds.", module="demo.command"),
    "init": Node("Write a first configuration; overwrites nothing.", module="init"),
    "doctor": Node("Check connections and permissions; how to fix each.", module="doctor.command"),
    "status": Node("Show what is known at a glance; makes no request.", module="status"),
    "vip": Node(
        "VIP: the daily task, past decisions, the pending list.",
        {
            **_verbs(vip__check="check", vip__history="history settle"),
            "pending": Node(
                "Wanted titles, waiting to become free.",
                _verbs(vip__pending="add list remove", vip__pending_check="check"),
            ),
        },
    ),
    "rules": Node(
        "The rules of every category, and the events of the site.",
        {
            **_verbs(rules__sync="sync import", rules__show="list show diff"),
            "event": Node("Events of the whole site that you know of.", _verbs(rules__event="add list end")),
        },
    ),
    "ratio": Node(
        "The ratio guard: watch, freeze and thaw, figures, forecast, points.",
        _verbs(
            ratio__watch="watch thaw",
            ratio__status="status forecast",
            ratio__history="history",
            ratio__points="points ask",
        ),
    ),
    "meta": Node(
        "The library: scan it, see what is known, correct it.",
        _verbs(
            meta__scan="scan",
            meta__list="list",
            meta__show="show",
            meta__set="set verify unverify",
            meta__check="check",
            meta__export="export",
            meta__problems="problems",
            meta__parse="parse-path parse-nfo",
            meta__enrich="enrich",
            meta__match="match",
            meta__catalogues="catalogues",
            meta__listen="listen",
            meta__narrator="narrator",
            meta__series="series",
        ),
    ),
    "drift": Node(
        "Compare the library with the catalogues again, and correct it.",
        _verbs(drift__check="check fix", drift__history="history undo"),
    ),
    "queue": Node(
        "Downloads: find, queue, release, verify, file.",
        _verbs(queue__find="find add", queue__items="list show", queue__run="run slots plan")
        | _verbs(queue__items="retry remove", queue__filed="check unfile"),
    ),
    "spec": Node("What mamctl promises, and whether it holds.", _verbs(spec__check="check list show")),
    "change": Node(
        "Changes: their log, rollback points and rollback.",
        _verbs(
            change__log="log show",
            change__points="checkpoint points verify",
            change__rollback="rollback",
            change__apply="apply",
        ),
    ),
    "config": Node(
        "The configuration: check it, show it, explain its keys, change it.",
        _verbs(config="check show explain schema", config_change="set edit"),
    ),
    "abs": Node(
        "Audiobookshelf: what differs there, and sending agreed values.",
        _verbs(abs__check="check", abs__push="push", abs__undo="undo"),
    ),
    "systemd": Node("A service and a timer for each job.", _verbs(systemd="show install remove")),
    "run": Node("Follow the crontab's schedule, where there is no cron.", module="run"),
    "cron": Node("The crontab lines for this configuration.", _verbs(cron="show install remove")),
    "tracker": Node(
        "The connection to the site: session and seedbox address.",
        {
            **_verbs(tracker__session="session", tracker__clear_login="clear-login"),
            "ip": Node(
                "Show the address the site sees, and the registered one.",
                _verbs(tracker__ip_update="update"),
                "tracker.ip",
            ),
        },
    ),
    "report": Node(
        "Write one page that shows it all; figures for Prometheus.", _verbs(report__metrics="metrics"), "report.page"
    ),
    "notify": Node("Messages: test whether they arrive.", _verbs(notify="test")),
}


class LazyGroup(TyperGroup):
    """The root of the command tree."""

    def parse_args(self, ctx: Context, args: list[str]) -> list[str]:
        """Take the words of the command line, converting only what needs it."""
        spare_conversion(self.get_params(ctx))
        return super().parse_args(ctx, args)

    def _main_shell_completion(self, *words: Any, **traits: Any) -> None:
        """Answer a shell that asks, and end; go on when none does."""
        if "_MAMCTL_COMPLETE" in os.environ:
            with suppress(ImportError):  # of another Typer, whose own answers then stand
                from mamctl.cli.shells import answer_shells

                answer_shells()
        super()._main_shell_completion(*words, **traits)

    def list_commands(self, ctx: Context) -> list[str]:
        """Every name, without importing anything."""
        return list(TREE)

    def get_command(self, ctx: Context, cmd_name: str) -> Command | None:
        """The command; None when there is none of this name."""
        node = TREE.get(cmd_name)
        if node is None:
            return None
        return _load(cmd_name, node)

    def format_commands(self, ctx: Context, formatter: HelpFormatter) -> None:
        """The list of `--help`, from the table."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, node.help) for name, node in TREE.items()])


class NounGroup(TyperGroup):
    """One noun; its help imports all of its verbs, a verb only its own module."""

    verbs: dict[str, str | Node]

    def format_commands(self, ctx: Context, formatter: HelpFormatter) -> None:
        """The verbs with their whole lines, which go on below where the terminal is narrow."""
        verbs = ((name, self.get_command(ctx, name)) for name in self.list_commands(ctx))
        with formatter.section("Commands"):
            formatter.write_dl([(name, verb.get_short_help_str(200)) for name, verb in verbs if verb is not None])

    def format_epilog(self, ctx: Context, formatter: HelpFormatter) -> None:
        """Examples, where the noun is a command itself."""
        from mamctl.cli.help import write_examples

        write_examples(ctx, formatter)

    def parse_args(self, ctx: Context, args: list[str]) -> list[str]:
        """Take the words of the command line, converting only what needs it."""
        spare_conversion(self.get_params(ctx))
        return super().parse_args(ctx, args)

    def list_commands(self, ctx: Context) -> list[str]:
        """The verbs, without importing anything."""
        return list(self.verbs)

    def get_command(self, ctx: Context, cmd_name: str) -> Command | None:
        """The verb, its module imported now; None when there is none of this name."""
        if cmd_name not in self.verbs:
            return None
        return _load(cmd_name, self.verbs[cmd_name])


class CommandGroup(NounGroup):
    """A noun that is a command of its own when no verb follows; its options then stand behind the noun."""

    own_command = True

    def invoke(self, ctx: Context) -> object:
        """The noun's command, or the verb's. Raises typer.BadParameter for an option before a verb."""
        if not ctx._protected_args:  # noqa: SLF001 - typer has no public way
            return super().invoke(ctx)
        early = [one for one in self.params if ctx.params.get(one.name) != one.get_default(ctx)]
        if early:
            option, verb = early[0].opts[0], ctx._protected_args[0]  # noqa: SLF001 - the same
            raise typer.BadParameter(f"{option} belongs after the verb: {ctx.command_path} {verb} {option}")
        self.callback = None
        return super().invoke(ctx)


def _load(name: str, place: str | Node) -> Command:
    """The command or the group of this name."""
    if isinstance(place, Node) and place.verbs:
        return _noun(name, place)
    module = place.module if isinstance(place, Node) else place
    app = _plain(importlib.import_module(f"{_COMMANDS}.{module}").app)
    own = next(one for one in app.registered_commands if one.name == name)  # the others of the module are not made
    return typer.main.get_command_from_info(
        own, pretty_exceptions_short=app.pretty_exceptions_short, rich_markup_mode=app.rich_markup_mode
    )


def _noun(name: str, node: Node) -> Command:
    kind, alone = (CommandGroup, False) if node.module else (NounGroup, True)
    group = typer.main.get_group(_plain(typer.Typer(name=name, cls=kind, help=node.help, no_args_is_help=alone)))
    group.verbs, group.name = node.verbs, name  # type: ignore[attr-defined]
    if node.module:
        own = _load(name, Node(node.help, module=node.module))
        group.params, group.callback, group.help = own.params, own.callback, own.help
        group.invoke_without_command = True
    return group


def _plain(app: typer.Typer) -> typer.Typer:
    """Without markup, and without completion options, which only the root offers."""
    app.rich_markup_mode = None
    app._add_completion = False  # noqa: SLF001 - typer has no public way
    return app
