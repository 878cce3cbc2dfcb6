"""What `--help` shows: usage with plain names of values, own options before the common ones, and examples to paste."""

from __future__ import annotations

from typing import TYPE_CHECKING

from typer.core import TyperArgument, TyperCommand, TyperOption

from mamctl.cli.conversion import spare_conversion
from mamctl.cli.examples import EXAMPLES

if TYPE_CHECKING:
    from typer._click import Context, HelpFormatter, Parameter
    from typer._coercion import TypeDescriptor
    from typing_extensions import TypeIs

COMMON = {"--config", "--json", "--quiet", "--verbose", "--help"}
"""Options that every command has; they may also stand before the command."""
_WIDEST = 32  # columns of choices beside an option; more of them stand in its text
_KINDS = {"int": "N", "float": "N", "str": "TEXT", "Path": "PATH", "path": "PATH", "file": "FILE", "directory": "DIR"}


class PlainCommand(TyperCommand):
    """A command whose help speaks of BOOK and N, not of Python's types."""

    def parse_args(self, ctx: Context, args: list[str]) -> list[str]:
        """Take the words of the command line, converting only what needs it."""
        from typer._click.exceptions import UsageError

        spare_conversion(self.get_params(ctx))
        try:
            return super().parse_args(ctx, args)
        except UsageError as error:
            error.ctx = error.ctx or ctx  # an option without its value is complained of without the command
            raise

    def collect_usage_pieces(self, ctx: Context) -> list[str]:
        """The arguments as they are typed, then that there are options."""
        return [*(_argument_name(param) for param in self.get_params(ctx) if not _is_option(param)), "[OPTIONS]"]

    def format_options(self, ctx: Context, formatter: HelpFormatter) -> None:
        """Arguments, what is the command's own, and what every command has."""
        shown = [param for param in self.get_params(ctx) if isinstance(param, (TyperArgument, TyperOption))]
        params = [param for param in shown if not param.hidden]
        arguments = [(_argument_name(param), _explain(param, ctx)) for param in params if not _is_option(param)]
        options = [param for param in params if _is_option(param)]
        own = [param for param in options if not set(param.opts) & COMMON]
        common = [param for param in options if set(param.opts) & COMMON]
        for title, rows in (
            ("Arguments", [row for row in arguments if row[1]]),
            ("Options", [(_option_names(param), _explain(param, ctx)) for param in own]),
            ("Common options", [(_option_names(param), _explain(param, ctx)) for param in common]),
        ):
            if rows:
                with formatter.section(title):
                    formatter.write_dl(rows)

    def format_epilog(self, ctx: Context, formatter: HelpFormatter) -> None:
        """The examples."""
        write_examples(ctx, formatter)


def write_examples(ctx: Context, formatter: HelpFormatter) -> None:
    """Examples of the command of this context, each to be pasted as it stands."""
    examples = EXAMPLES.get(ctx.command_path.partition(" ")[2], ())
    if examples:
        with formatter.section("Examples"):
            formatter.write("".join(f"{'':{formatter.current_indent}}mamctl {line}\n" for line in examples))


def _is_option(param: Parameter) -> TypeIs[TyperOption]:
    return isinstance(param, TyperOption)


def _argument_name(param: Parameter) -> str:
    name = param.metavar or param.name.upper()
    name = f"{name.strip('[].…')}{'…' if param.nargs != 1 else ''}"
    return name if param.required else f"[{name}]"


def _option_names(param: TyperOption) -> str:
    """-q, --quiet or --limit N."""
    names = ", ".join(sorted((*param.opts, *param.secondary_opts), key=lambda name: name.startswith("--")))
    value = "" if param.is_flag or param.count or "--help" in param.opts else _value_name(param)
    return f"{names} {value}".rstrip()


def _value_name(param: TyperOption) -> str:
    if param.metavar:
        return str(param.metavar)
    kind = param.type_descriptor
    if kind.is_choice:
        choices = "|".join(_choices(kind))
        return choices if len(choices) <= _WIDEST else str(param.name).upper()
    if kind.is_path:
        return _KINDS.get(kind.path_type, "PATH")
    bare = param.bare_type().removeprefix("list[").removesuffix("]")
    return _KINDS.get(bare) or str(param.name).upper()


def _choices(kind: TypeDescriptor) -> list[str]:
    return [str(getattr(choice, "value", choice)) for choice in kind.choices or ()]


def _explain(param: TyperArgument | TyperOption, ctx: Context) -> str:
    """The help text, then choices of an argument, bounds, and the default."""
    kind = param.type_descriptor
    notes = []
    if kind.is_choice and (not _is_option(param) or len("|".join(_choices(kind))) > _WIDEST):
        notes.append(", ".join(_choices(kind)))
    if kind.is_ranged:
        notes.append(_bounds(kind.parameter_info.min, kind.parameter_info.max))
    if _is_option(param):
        if param.required:
            notes.append("required")
        elif (default := _default(param, ctx)) is not None:
            notes.append(f"default: {default}")
    text = param.help or ""
    return f"{text}  [{'; '.join(notes)}]".strip() if notes else text


def _bounds(least: float | None, most: float | None) -> str:
    if least is None:
        return f"at most {most:g}"
    return f"at least {least:g}" if most is None else f"{least:g} to {most:g}"


def _default(param: TyperOption, ctx: Context) -> str | None:
    """The default as it is typed; None where there is none worth a word."""
    if isinstance(param.show_default, str):
        return str(param.show_default)
    if not param.show_default or param.is_flag:
        return None
    value = param.get_default(ctx, call=False)
    if value is None or value in ((), [], ""):
        return None
    return str(getattr(value, "value", value))
