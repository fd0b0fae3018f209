"""Runs commands: the core says what to do next, and decides all texts and the exit status."""

from __future__ import annotations

import os
import random
import signal
import time
import uuid
from datetime import datetime, timezone
from types import FrameType
from typing import Any

import msgspec

from .. import _core
from .arguments import Misuse, Usage
from .files import Appended, Failed, Input, listed
from .output import MISUSE, STDERR, STDOUT
from .progress import Progress, progress
from .rewrite import Original, deferred_signals, write_back
from .server import Http, Lost
from .settings import settings_sources
from .stream import Closed, Socket, require_websockets


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
        if options.get("stream"):
            require_websockets()
        run = Run(name, options, names)
    except ValueError as error:
        STDERR.write(f"prefect-events: {_core.printable(str(error))}\n")
        return MISUSE
    try:
        return run.to_end()
    finally:
        run.close()


def surroundings() -> dict[str, Any]:
    """What the core is told of this program."""
    return {
        "stdinIsTerminal": os.isatty(0),
        "stdout": STDOUT.terminal(),
        "stderr": STDERR.terminal(),
        "seed": str(uuid.uuid4()),
        "now": datetime.now(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "backslash": os.sep == "\\",
    }


def to_json(value: object) -> str:
    return msgspec.json.encode(value).decode()


def now() -> tuple[int, float]:
    """Microseconds since 1970, and a random number from 0 to 1."""
    return time.time_ns() // 1000, random.random()


WAITING = ("request", "wait", "connect", "receive")
"""Steps that a signal may end."""


class Interrupted(Exception):
    """The user does not want to wait longer."""


class Run:
    """A command, and what it has open. The methods ``do_…`` are what it can ask for."""

    def __init__(self, name: str, options: dict[str, Any], names: dict[str, str]) -> None:
        self.command = _core.Command(name, to_json(options), to_json(surroundings()))
        self.name = name
        self.names = names
        self.originals: dict[str, Original] = {}
        self.http = Http()
        self.socket = Socket()
        self.appended: Appended | None = None
        self.bar = Progress()
        self.is_interrupted = False
        self.is_waiting = False

    def to_end(self) -> int:
        # Only this command has something to do after Ctrl-C: to say how to go on.
        if self.name == "pull":
            for number in (signal.SIGINT, signal.SIGTERM):
                signal.signal(number, self.interrupt)
        while True:
            if self.is_interrupted:
                self.command.interrupt()
            described, text = self.command.next(*now())
            step: dict[str, Any] = msgspec.json.decode(described)
            want = step.pop("want")
            if text is not None:
                step["text"] = text
            if want == "exit":
                return int(step["status"])
            try:
                self.is_waiting = want in WAITING
                getattr(self, f"do_{want}")(**step)
            except Failed as failed:
                self.command.failed(str(failed))
            except Interrupted:
                pass
            finally:
                self.is_waiting = False

    def interrupt(self, number: int, frame: FrameType | None) -> None:
        self.is_interrupted = True
        if self.is_waiting:
            raise Interrupted

    def close(self) -> None:
        self.bar.stop()
        self.http.close()
        self.socket.close()
        if self.appended:
            self.appended.close()

    def do_usage(self) -> None:
        raise Usage

    def do_misuse(self, message: str) -> None:
        raise Misuse(message)

    def do_print(self, to: str, text: bytes) -> None:
        self.bar.stop()
        # Whole lines, also if a signal comes.
        with deferred_signals():
            (STDOUT if to == "stdout" else STDERR).write(text)

    def do_read(self, file: str, beside: str | None = None, rewrite: str | None = None) -> None:
        path = self.path(file)
        if beside is not None and beside != "-":
            path = os.path.join(os.path.dirname(self.path(beside)), path)
        input = Input(path, rewrite)
        kept: list[bytes] = []
        try:
            with progress(_core.printable(file), input.size) as update:
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

    def do_list(self, folder: str) -> None:
        self.command.listed(listed(self.path(folder)))

    def do_write(self, file: str, text: bytes) -> None:
        if file == "-":
            STDOUT.write(text)
        else:
            write_back(self.path(file), text, self.originals[file])
        self.command.written()

    def do_exists(self, file: str) -> None:
        if os.path.exists(self.path(file)):
            self.command.written()
        else:
            self.command.failed("")

    def do_settings(self, profile: str | None = None) -> None:
        self.command.settings(to_json(settings_sources()))

    def do_request(self, method: str, url: str, headers: list[tuple[str, str]], body: str | None = None) -> None:
        try:
            status, retry_after, content = self.http.send(method, url, headers, body)
        except Lost as lost:
            self.command.lost(str(lost), *now())
        else:
            self.command.responded(status, retry_after, content, *now())

    def do_wait(self, milliseconds: int, text: str) -> None:
        self.bar.stop()
        STDERR.write(text)
        time.sleep(milliseconds / 1000)

    def do_progress(self, **progress: Any) -> None:
        self.bar.update(**progress)

    def do_connect(self, url: str) -> None:
        try:
            self.socket.open(url)
        except Closed as closed:
            self.command.closed(closed.code, closed.reason, *now())
        else:
            self.command.opened()

    def do_send(self, text: str) -> None:
        self.socket.send(text)

    def do_receive(self, milliseconds: int) -> None:
        try:
            text = self.socket.receive(milliseconds)
        except Closed as closed:
            self.command.closed(closed.code, closed.reason, *now())
        else:
            if text is not None:
                self.command.received(text)

    def do_resume(self, file: str, most: int) -> None:
        self.appended = Appended(self.path(file))
        self.command.tail(*self.appended.tail(most))

    def do_cut(self, bytes: int) -> None:
        assert self.appended
        self.appended.cut(bytes)
        self.command.written()

    def do_append(self, text: bytes) -> None:
        assert self.appended
        with deferred_signals():
            self.appended.append(text)
        self.command.written()

    def path(self, file: str) -> str:
        return self.names.get(file, file)
