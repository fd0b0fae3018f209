"""The commands of the table, as click has them: help, completion, and the values of options by the core's names."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click
from click.shell_completion import CompletionItem

from .. import _core
from .arguments import HELP, Usage, arranged
from .output import STDOUT
from .table import ArgumentRow, CommandRow, Kind, OptionRow, Table, table

Action = Callable[["Command", "dict[str, Any]"], int]
"""Runs a command with the values of its options and arguments, and returns the exit status."""


if TYPE_CHECKING:
    # Older versions have no type parameter.
    ParamType = click.ParamType[Any]
else:
    ParamType = click.ParamType


class Text(ParamType):
    """A value, and what completes it."""

    def __init__(self, name: str, kind: Kind | None = None, words: Callable[[], list[str]] | None = None) -> None:
        self.name = name
        self.kind = kind
        self.words = words

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        return self.kind.read(value) if self.kind and isinstance(value, str) else value

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        if self.words:
            return [CompletionItem(word) for word in self.words() if word.startswith(incomplete)]
        kind = {"FILE": "file", "OLD": "file", "NEW": "file", "AUTOMATION": "file", "DIR": "dir"}.get(self.name)
        return [CompletionItem(incomplete, type=kind)] if kind else []


class Argument(click.Argument):
    """An argument with a description."""

    def __init__(self, row: ArgumentRow, words: Callable[[], list[str]] | None) -> None:
        shown = f"[{row.name}]" if row.optional else row.name
        super().__init__(
            [row.key],
            metavar=shown + ("..." if row.many else ""),
            nargs=-1 if row.many else 1,
            required=not row.optional,
            type=Text(row.name, words=words),
        )
        self.description = row.description


class Option(click.Option):
    """An option by the core's name."""

    def __init__(self, row: OptionRow, kind: Kind | None) -> None:
        self.row = row
        self.is_pair = kind is not None and kind.pair is not None
        is_flag = row.value is None
        choice = click.Choice(row.choices) if row.choices else None
        super().__init__(
            [f"--{row.name}", row.key],
            help=row.description,
            metavar=None if is_flag or choice else row.value,
            is_flag=is_flag,
            multiple=row.repeat or row.list or self.is_pair,
            required=row.required,
            default=False if is_flag else row.default,
            show_default=row.default is not None,
            type=bool if is_flag else choice or Text(row.value or "", kind),
        )

    def given(self, value: Any) -> Any:
        """What the core reads; ``None`` if it was not given."""
        if self.is_pair:
            return dict(pair.split("=") for pair in value) or None
        return list(value) or None if self.multiple else value or (None if value is False else value)


class Helpful(click.Command):
    """Prints its help like results."""

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        option = super().get_help_option(ctx)
        if option:
            option.callback = show(lambda context: context.get_help())
        return option


def show(text: Callable[[click.Context], str]) -> Callable[[click.Context, click.Parameter, bool], None]:
    """What an option does that prints a text."""

    def callback(ctx: click.Context, param: click.Parameter, wanted: bool) -> None:
        if wanted and not ctx.resilient_parsing:
            STDOUT.write(f"{text(ctx)}\n")
            ctx.exit()

    return callback


class Command(Helpful):
    """A command of the table."""

    def __init__(self, known: Table, row: CommandRow, action: Action) -> None:
        self.row = row
        self.arguments = [Argument(one, WORDS.get((row.name, one.name))) for one in row.arguments]
        self.options = [
            Option(one, known.kinds[one.kind] if one.kind else None) for one in known.options(row.options)
        ]
        super().__init__(
            row.name,
            help=row.description,
            short_help=row.description,
            params=[*self.arguments, *self.options],
            context_settings={"help_option_names": [*HELP]},
            callback=lambda **values: action(self, self.given(values)),
        )

    def given(self, values: dict[str, Any]) -> dict[str, Any]:
        """The values that were given, by the core's names."""
        found = {str(one.name): one.given(values[str(one.name)]) for one in self.options}
        found |= {str(one.name): values[str(one.name)] for one in self.arguments}
        return {name: value for name, value in found.items() if value is not None}

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        if self.arguments:
            with formatter.section("Arguments"):
                formatter.write_dl([(str(one.metavar), one.description) for one in self.arguments])
        super().format_options(ctx, formatter)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        examples = self.row.examples and ["Examples:", *(f"  {one}" for one in self.row.examples)]
        for lines in (self.row.about, examples):
            if lines:
                formatter.write_paragraph()
                formatter.write("".join(f"{line}\n" for line in lines))


class Program(Helpful, click.Group):
    """All commands."""

    def __init__(self, action: Action) -> None:
        self.table = table()
        super().__init__(
            self.table.name,
            help=self.table.description,
            commands=[Command(self.table, row, action) for row in self.table.commands],
            context_settings={"help_option_names": [*HELP]},
        )
        version = show(lambda _: _core.__version__)
        self.params.append(
            click.Option(
                ["-V", "--version"],
                is_flag=True,
                is_eager=True,
                expose_value=False,
                callback=version,
                help="output the version number",
            )
        )

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        # For completion there are only some of them.
        if not ctx.resilient_parsing:
            args = arranged(self.table, args)
            if not args:
                raise Usage(ctx.get_help())
        return super().parse_args(ctx, args)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """In the order of the table."""
        return [row.name for row in self.table.commands]


def subjects() -> list[str]:
    """What can be explained."""
    return [*_core.diagnostic_codes(), *_core.event_names()]


def schemas() -> list[str]:
    """What has a JSON Schema."""
    return [*_core.schema_names(), *_core.event_names()]


WORDS = {("explain", "CODE|NAME"): subjects, ("schema", "NAME"): schemas}
