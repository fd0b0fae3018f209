"""The command line ``prefect-events``: arguments, files, terminals and the network. All else is in the core."""

from __future__ import annotations

import os
import signal
import sys
import traceback
from collections.abc import Sequence
from typing import Any

import click

from .. import _core
from .arguments import Misuse, Usage
from .output import MISUSE, STDERR, open_streams
from .program import Command, Program
from .run import run
from .table import table


def main() -> None:
    """Runs the program, and exits."""
    open_streams()
    # Ctrl-C ends it at once, also while the core works.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    sys.exit(run_program(sys.argv[1:]))


def run_program(arguments: Sequence[str]) -> int:
    """Runs the program, and returns the exit status."""
    # Arguments that are not UTF-8 can still name files.
    texts = [shown(argument) for argument in arguments]
    names = dict(zip(texts, arguments))

    def action(command: Command, values: dict[str, Any]) -> int:
        try:
            if command.row.name == "pull":
                # It takes long to import what sends requests.
                from .pull import pull

                return pull(values, names)
            if command.row.name == "watch":
                from .watch import watch

                return watch(values, names)
            if command.row.name == "archive":
                from .archive import archive

                return archive(values, names)
            return run(command.row.name, values, names)
        except Usage:
            raise Usage(click.get_current_context().get_help()) from None

    try:
        program = Program(action)
        status = program.main(texts, prog_name=program.name, standalone_mode=False)
        return int(status or 0)
    except Misuse as misuse:
        # Arguments, such as file names, can come from others.
        STDERR.write(f"error: {_core.printable(str(misuse))}{misuse.suggested}\n{table().hint}\n")
    except Usage as usage:
        STDERR.write(f"{usage}\n")
    except Exception:
        trace = _core.printable_lines(traceback.format_exc())
        STDERR.write(f"Internal error in prefect-events. Please report it:\n{trace}")
    return MISUSE


def shown(argument: str) -> str:
    return os.fsencode(argument).decode("utf-8", "replace")
