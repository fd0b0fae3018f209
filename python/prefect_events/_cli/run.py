"""Runs commands: the core says what to do next, and decides all texts and the exit status."""

from __future__ import annotations

import os
import uuid
from datetime import datetime, timezone
from typing import Any

import msgspec

from .. import _core
from .arguments import Misuse, Usage
from .files import Failed, Input, Rejected, display_name, listed
from .output import MISUSE, STDERR, STDOUT
from .progress import progress
from .rewrite import Original, write_back
from .json import to_json


def run(name: str, options: dict[str, Any], names: dict[str, str]) -> int:
    """Runs a command, and returns the exit status.

    Args:
        name: Of the command.
        options: By the core's names.
        names: Of files, by how they are shown.

    Raises:
        Misuse: Options do not go together.
        Usage: Something is missing.
    """
    try:
        return Run(name, options, names).to_end()
    except ValueError as error:
        STDERR.write(f"prefect-events: {_core.printable(str(error))}\n")
        return MISUSE


def surroundings() -> dict[str, Any]:
    """What the core learns of this program."""
    return {
        "stdinIsTerminal": os.isatty(0),
        "stdout": STDOUT.terminal(),
        "stderr": STDERR.terminal(),
        "seed": str(uuid.uuid4()),
        "now": datetime.now(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "backslash": os.sep == "\\",
    }


class Run:
    """A command that runs. The methods ``do_…`` are what it can ask for."""

    def __init__(self, name: str, options: dict[str, Any], names: dict[str, str]) -> None:
        self.command = _core.Command(name, to_json(options), to_json(surroundings()))
        self.names = names
        self.originals: dict[str, Original] = {}

    def to_end(self) -> int:
        while True:
            described, text = self.command.next()
            step: dict[str, Any] = msgspec.json.decode(described)
            want = step.pop("want")
            if text is not None:
                step["text"] = text
            if want == "exit":
                return int(step["status"])
            try:
                getattr(self, f"do_{want}")(**step)
            except Rejected as rejected:
                self.command.rejected(str(rejected))
            except Failed as failed:
                self.command.failed(str(failed))

    def do_usage(self) -> None:
        raise Usage

    def do_misuse(self, message: str) -> None:
        raise Misuse(message)

    def do_print(self, to: str, text: bytes) -> None:
        (STDOUT if to == "stdout" else STDERR).write(text)

    def do_read(self, file: str, beside: str | None = None, rewrite: str | None = None) -> None:
        path = self.path(file)
        if beside is not None and beside != "-":
            path = os.path.join(os.path.dirname(self.path(beside)), path)
        input = Input(path, rewrite)
        kept: list[bytes] = []
        try:
            with progress(_core.printable(display_name(file)), input.size) as update:
                for piece in input.pieces():
                    if rewrite:
                        kept.append(piece)
                    more = self.command.piece(piece)
                    update(len(piece))
                    if not more:
                        break
        finally:
            input.close()
        if rewrite:
            self.originals[file] = Original(b"".join(kept), input.stats, rewrite)
        self.command.end()

    def do_list(self, folder: str) -> None:
        self.command.listed(listed(self.path(folder)))

    def do_write(self, file: str, text: bytes) -> None:
        if file == "-":
            STDOUT.write(text)
        else:
            write_back(self.path(file), text, self.originals[file])
        self.command.written()

    def do_pull(self, profile: str | None = None, **filter: str) -> None:
        # Only few commands need it, and it takes long to import.
        from .server import Client, ServerError

        client = Client()
        try:
            for lines, progress in client.pull(profile, dict(filter)):
                client.bar.update(**progress)
                if lines and not self.command.piece(lines):
                    break
        except (ServerError, ValueError) as error:
            raise Failed(str(error)) from None
        finally:
            client.close()
        self.command.end()

    def do_automations(self, name: str | None = None, profile: str | None = None) -> None:
        from .server import Client, ServerError

        client = Client()
        try:
            self.command.piece(client.automations(profile, name))
        except (ServerError, ValueError) as error:
            raise Failed(str(error)) from None
        finally:
            client.close()
        self.command.end()

    def path(self, file: str) -> str:
        return self.names.get(file, file)
