"""Runs commands: the core says what to do next, and decides all texts and the exit status."""

from __future__ import annotations

import os
import sys
import uuid
from datetime import datetime, timezone
from typing import Any

from .. import _core
from .arguments import Misuse, Usage
from .files import Failed, Input, listed
from .output import MISUSE, STDERR, STDOUT
from .progress import progress
from .rewrite import Original, write_back


def run(name: str, options: dict[str, Any], names: dict[str, str]) -> int:
    """Runs a command, and returns the exit status.

    Args:
        name: Of the command.
        options: By the core's names.
        names: Of files that are not UTF-8, by how they are shown.

    Raises:
        Misuse: Options do not go together.
        Usage: Something is missing.
    """
    return Run(name, options, names).to_end()


class Run:
    def __init__(self, name: str, options: dict[str, Any], names: dict[str, str]) -> None:
        self.command = _core.Command(name, to_json(options), to_json(surroundings()))
        self.names = names
        self.originals: dict[str, Original] = {}

    def to_end(self) -> int:
        while True:
            step = self.command.next()
            match step["want"]:
                case "exit":
                    return int(step["status"])
                case "usage":
                    raise Usage
                case "misuse":
                    raise Misuse(step["message"])
                case "print":
                    (STDOUT if step["to"] == "stdout" else STDERR).write(step["text"])
                case _:
                    try:
                        getattr(self, step.pop("want"))(**step)
                    except Failed as failed:
                        self.command.failed(str(failed))

    def read(self, file: str, beside: str | None = None, rewrite: str | None = None) -> None:
        path = self.path(file)
        if beside is not None and beside != "-" and file != "-":
            path = os.path.join(os.path.dirname(self.path(beside)), path)
        input = Input(path, rewrite)
        kept: list[bytes] = []
        try:
            with progress(file, input.size) as update:
                for piece in input.pieces():
                    if rewrite:
                        kept.append(piece)
                    update(len(piece))
                    if not self.command.piece(piece):
                        break
        finally:
            input.close()
        if rewrite:
            self.originals[file] = Original(b"".join(kept), input.stats)
        self.command.end()

    def list(self, folder: str) -> None:
        self.command.listed(listed(self.path(folder)))

    def write(self, file: str, text: bytes) -> None:
        if file == "-":
            STDOUT.write(text)
        else:
            write_back(self.path(file), text, self.originals[file])
        self.command.written()

    def path(self, file: str) -> str:
        return self.names.get(file, file)
