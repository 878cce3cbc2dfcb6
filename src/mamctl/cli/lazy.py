"""The command tree as a table: a module is imported when its verb is used, so that every start stays quick."""

from __future__ import annotations

import importlib
from dataclasses import dataclass, field
from typing import Any

import typer
from typer.core import TyperGroup

_COMMANDS = "mamctl.cli.commands"


@dataclass(frozen=True, slots=True)
class Node:
    """A noun with its verbs (verb → module below `mamctl.cli.commands`), or a single command with its `module`."""

    help: str
    verbs: dict[str, str] = field(default_factory=dict)
    module: str = ""


def _verbs(**modules: str) -> dict[str, str]:
    """{"verb": "module"} from module="verb verb …", in the order in which help lists them."""
    return {verb: module.replace("__", ".") for module, verbs in modules.items() for verb in verbs.split()}


TREE: dict[str, Node] = {
    "demo": Node("Watch a few months on practice sites, in a few seconds.", module="demo.command"),
    "init": Node("Write a first configuration; nothing that exists is overwritten.", module="init"),
    "doctor": Node("Check every connection and permission, each with its remedy.", module="doctor.command"),
    "status": Node("What is known at a glance; makes no request.", module="status"),
    "vip": Node(
        "VIP: the daily task, past decisions, the pending list.",
        _verbs(vip__check="check", vip__history="history settle", vip__pending="pending"),
    ),
    "rules": Node(
        "The rules of every category, and the events of the site.",
        _verbs(rules__sync="sync import", rules__show="list show diff", rules__event="event"),
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
            meta__series="series",
        ),
    ),
    "drift": Node(
        "Compare the library with the catalogues again, and correct it.",
        _verbs(drift__commands="check fix history undo"),
    ),
    "config": Node("The configuration: check it, show it, list its keys.", _verbs(config="check show schema")),
    "cron": Node("The crontab lines for this configuration.", _verbs(cron="show install remove")),
    "tracker": Node("The connection to the site, where it needs you.", _verbs(tracker="clear-login")),
}
# Nouns within nouns: their module holds all of their verbs.
NESTED = frozenset({"vip pending", "rules event"})


class LazyGroup(TyperGroup):
    """The root of the command tree."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Every name, without importing anything."""
        return list(TREE)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command; None when there is none of this name."""
        node = TREE.get(cmd_name)
        if node is None:
            _offer(self, TREE)
            return None
        return _noun(cmd_name, node) if node.verbs else _verb(node.module, cmd_name)

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """The list of `--help`, from the table."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, node.help) for name, node in TREE.items()])


class NounGroup(TyperGroup):
    """One noun; its help imports all of its verbs, a verb only its own module."""

    verbs: dict[str, str]
    noun: str

    def list_commands(self, ctx: Any) -> list[str]:
        """The verbs, without importing anything."""
        return list(self.verbs)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The verb, its module imported now; None when there is none of this name."""
        if cmd_name not in self.verbs:
            _offer(self, self.verbs)
            return None
        return _verb(self.verbs[cmd_name], cmd_name, whole=f"{self.noun} {cmd_name}" in NESTED)


def _offer(group: TyperGroup, names: dict[str, Any]) -> None:
    """The names are what a misspelt one is compared with."""
    commands: Any = dict.fromkeys(names)
    group.commands = commands


def _noun(name: str, node: Node) -> Any:
    group = typer.main.get_group(_plain(typer.Typer(name=name, cls=NounGroup, help=node.help, no_args_is_help=True)))
    group.verbs, group.noun, group.name = node.verbs, name, name  # type: ignore[attr-defined]
    return group


def _verb(module: str, name: str, *, whole: bool = False) -> Any:
    """The click command that a module registers under `name`; with `whole`, the group of all that it registers."""
    group = typer.main.get_group(_plain(importlib.import_module(f"{_COMMANDS}.{module}").app))
    command = group if whole else group.commands[name]
    command.name = name
    return command


def _plain(app: typer.Typer) -> typer.Typer:
    """Without markup, and without completion options, which only the root offers."""
    app.rich_markup_mode = None
    app._add_completion = False  # noqa: SLF001 - typer has no public way
    return app
