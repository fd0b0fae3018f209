"""Arguments as the command line in JavaScript reads them.

click and commander differ in what they accept (options with a list of values), in which of several mistakes they report,
and in its words. So the arguments are checked here first, and click gets a form of them that both read in the same way.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from .suggest import suggestion
from .table import CommandRow, OptionRow, Table

HELP = ("--help", "-h")
VERSION = "--version"


class Misuse(Exception):
    """Wrong arguments. The message is a sentence."""

    def __init__(self, message: str, suggested: str = "") -> None:
        super().__init__(message)
        self.suggested = suggested
        """A line of its own with names that may be meant, or nothing."""


class Usage(Exception):
    """Something is missing: the help, which is the message, is to be shown."""


@dataclass
class Parsed:
    """Arguments by what they are. All after an unknown option is unknown too."""

    options: list[tuple[OptionRow, str]] = field(default_factory=list)
    operands: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)

    @property
    def asks_for_help(self) -> bool:
        return any(argument in HELP for argument in self.unknown)


def parse(table: Table, rows: Sequence[OptionRow] | None, arguments: Sequence[str]) -> Parsed:
    """Divides the arguments of a command with these options, or of the program.

    Raises:
        Misuse: A value is missing, or not what the option takes.
    """
    known = {f"--{row.name}": row for row in rows or []}
    found = Parsed()
    rest = list(arguments)
    open_list: OptionRow | None = None
    while rest:
        argument = rest.pop(0)
        if argument == "--":
            if found.unknown:
                found.unknown.append(argument)
            (found.unknown or found.operands).extend(rest)
            break
        is_negative = re.fullmatch(r"-([0-9]+|[0-9]*\.[0-9]+)(e[+-]?[0-9]+)?", argument) is not None
        is_option = len(argument) > 1 and argument.startswith("-")
        if open_list and (is_negative or not is_option):
            found.options.append((open_list, checked(table, open_list, argument)))
            continue
        open_list = None
        name, equals, value = argument.partition("=")
        row = known.get(argument)
        if row and row.value is not None:
            if not rest:
                raise Misuse(f"option '{row.flags}' argument missing")
            found.options.append((row, checked(table, row, rest.pop(0))))
            open_list = row if row.list else None
        elif row:
            found.options.append((row, ""))
        elif equals and (row := known.get(name)) and row.value is not None:
            found.options.append((row, checked(table, row, value)))
        elif found.unknown or (is_option and not (rows is not None and is_negative)):
            found.unknown.append(argument)
        else:
            found.operands.append(argument)
    return found


def checked(table: Table, row: OptionRow, text: str) -> str:
    problem = None
    if row.choices is not None and text not in row.choices:
        problem = f"Allowed choices are {', '.join(row.choices)}."
    elif row.kind is not None:
        try:
            table.kinds[row.kind].read(text)
        except ValueError as error:
            problem = str(error)
    if problem:
        raise Misuse(f"option '{row.flags}' argument '{text}' is invalid. {problem}")
    return text


def arranged(table: Table, arguments: Sequence[str]) -> list[str]:
    """The arguments, as click reads them: the command, options with their values, ``--``, and other arguments. Or only
    ``--help`` or ``--version``, or nothing if there are none.

    Raises:
        Misuse: They are wrong.
    """
    before = arguments[: arguments.index("--")] if "--" in arguments else arguments
    if any(one == VERSION or one.startswith("-V") for one in before):
        return [VERSION]
    parsed = parse(table, None, arguments)
    commands = {command.name: command for command in table.commands}
    if not parsed.operands:
        if parsed.asks_for_help or not parsed.unknown:
            return [HELP[0]] if parsed.unknown else []
        raise unknown_option(parsed.unknown[0], [VERSION, HELP[0]])
    name, *operands = parsed.operands
    if command := commands.get(name):
        return [name, *of_command(table, command, operands, parsed.unknown)]
    if name == "help":
        wanted = operands[0] if operands else ""
        if wanted in commands:
            return [wanted, HELP[0]]
        return [] if wanted else [HELP[0]]
    if parsed.asks_for_help:
        return [HELP[0]]
    raise Misuse(f"unknown command '{name}'", suggestion(name, [*commands, "help"]))


def of_command(
    table: Table, command: CommandRow, operands: Sequence[str], arguments: Sequence[str]
) -> list[str]:
    rows = table.options(command.options)
    parsed = parse(table, rows, arguments)
    if parsed.asks_for_help:
        return [HELP[0]]
    given = {row.name for row, _ in parsed.options}
    for row in rows:
        if row.required and row.name not in given:
            raise Misuse(f"required option '{row.flags}' not specified")
    if parsed.unknown:
        raise unknown_option(parsed.unknown[0], [*(f"--{row.name}" for row in rows), HELP[0], VERSION])
    values, wanted = [*operands, *parsed.operands], command.arguments
    for argument in wanted[len(values) :]:
        if not argument.optional:
            raise Misuse(f"missing required argument '{argument.name}'")
    if len(values) > len(wanted) and not (wanted and wanted[-1].many):
        count = f"{len(wanted)} argument{'' if len(wanted) == 1 else 's'}"
        raise Misuse(f"too many arguments for '{command.name}'. Expected {count} but got {len(values)}.")
    options = [
        f"--{row.name}" if row.value is None else f"--{row.name}={value}" for row, value in parsed.options
    ]
    return [*options, "--", *values]


def unknown_option(argument: str, flags: Sequence[str]) -> Misuse:
    suggested = suggestion(argument, flags) if argument.startswith("--") else ""
    return Misuse(f"unknown option '{argument}'", suggested)
