"""The table of all commands, ``commands.json``, which the command line in JavaScript reads too: ``pkg/cli/``."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import Dict, List, Optional, Union

import msgspec

OptionOrGroup = Union["OptionRow", str]
Value = Union[str, int, float]


class Kind(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How the values of an option are read, by patterns that match all of it."""

    problem: str
    number: Optional[str] = None
    text: Optional[str] = None
    pair: Optional[str] = None

    def read(self, text: str) -> Value:
        """The value of a text.

        Raises:
            ValueError: Nothing matches; the message says what was expected.
        """
        if self.number is not None and re.fullmatch(self.number, text):
            number = float(text)
            return int(number) if number.is_integer() else number
        if any(pattern and re.fullmatch(pattern, text) for pattern in (self.text, self.pair)):
            return text
        raise ValueError(self.problem)


class OptionRow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An option of a command."""

    name: str
    description: str
    value: Optional[str] = None
    kind: Optional[str] = None
    choices: Optional[List[str]] = None
    default: Optional[Union[str, int]] = None
    repeat: bool = False
    list: bool = False
    required: bool = False

    @property
    def key(self) -> str:
        """The core's name of it."""
        first, *rest = self.name.split("-")
        return first + "".join(word.capitalize() for word in rest)

    @property
    def flags(self) -> str:
        """It, as in messages."""
        if self.value is None:
            return f"--{self.name}"
        return f"--{self.name} <{self.value}{'...' if self.list else ''}>"


class ArgumentRow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An argument of a command."""

    name: str
    key: str
    description: str
    optional: bool = False
    many: bool = False


class CommandRow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A command."""

    name: str
    description: str
    arguments: List[ArgumentRow]
    options: List[OptionOrGroup]
    about: Optional[List[str]] = None
    examples: Optional[List[str]] = None


class Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All commands, with the groups of options that several have."""

    name: str
    description: str
    hint: str
    kinds: Dict[str, Kind]
    groups: Dict[str, List[OptionOrGroup]]
    commands: List[CommandRow]

    def options(self, rows: List[OptionOrGroup]) -> List[OptionRow]:
        """The options, with those of the groups among them."""
        found: List[OptionRow] = []
        for row in rows:
            found += self.options(self.groups[row]) if isinstance(row, str) else [row]
        return found


@lru_cache(maxsize=None)
def table() -> Table:
    return msgspec.json.decode(Path(__file__).with_name("commands.json").read_bytes(), type=Table)
