"""Command groups that are imported only when they are used, so that `mamctl --help` stays quick."""

from __future__ import annotations

import importlib
from typing import Any

import typer
from typer.core import TyperGroup

# name: (module, what --help says of it). The module has `app`, or `register(app)` for a single command.
GROUPS: dict[str, tuple[str, str]] = {
    "demo": (
        "mamctl.cli.commands.demo.story",
        "Watch mamctl work: a few months on embedded practice sites, in a few seconds.",
    ),
    "init": ("mamctl.cli.commands.init", "Write a first configuration; nothing that exists is overwritten."),
    "doctor": ("mamctl.cli.commands.doctor.command", "Check every connection and permission, each with its remedy."),
    "status": ("mamctl.cli.commands.status", "One glance at what is known; nothing is asked of the site."),
    "vip": ("mamctl.cli.commands.vip.commands", "VIP: the daily task, past decisions, the pending list."),
    "rules": ("mamctl.cli.commands.rules.commands", "The rules of every category, and the events of the site."),
    "ratio": ("mamctl.cli.commands.ratio.group", "The ratio guard: watch, freeze and thaw, figures, forecast, points."),
    "meta": ("mamctl.cli.commands.meta.group", "The library: scan it, see what is known, correct it."),
    "drift": ("mamctl.cli.commands.drift.commands", "Compare the library with the catalogues again, and correct it."),
    "config": ("mamctl.cli.commands.config", "The configuration: check it, show it, list its keys."),
    "cron": ("mamctl.cli.commands.cron", "The crontab lines for this configuration."),
    "tracker": ("mamctl.cli.commands.tracker", "The way to the site, where it needs a person."),
}


class LazyGroup(TyperGroup):
    """The root of the command tree."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Every name, without importing anything."""
        return list(GROUPS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command, imported now; None when there is none of this name."""
        if cmd_name not in GROUPS:
            # The names are what a misspelt one is compared with.
            names: Any = dict.fromkeys(GROUPS)
            self.commands = names
            return None
        return load(cmd_name)

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """The list of `--help`, from the table."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in GROUPS.items()])


def load(name: str) -> Any:
    """The click command behind a name."""
    module = importlib.import_module(GROUPS[name][0])
    app = getattr(module, "app", None)
    if app is None:
        app = typer.Typer()
        module.register(app)
    app.info.name = name
    app.rich_markup_mode = None
    app._add_completion = False  # noqa: SLF001 - only the root offers completion
    command = typer.main.get_command(app)
    command.name = name
    return command
