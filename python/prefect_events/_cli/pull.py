"""The command ``pull``: events of a live server, one per line."""

from __future__ import annotations

import io
import os
import signal
from contextlib import closing
from typing import Any

from .. import _core
from .files import Failed, Input, cannot_read, cannot_write, display_name
from .json import to_json
from .output import MISUSE, STDERR, STDOUT
from .rewrite import deferred_signals
from .server import Client, Interrupted, ServerError
from .stream import require_websockets

INTERRUPTED = 130
"""As shells report a program that Ctrl-C ended."""
TAIL = 16 << 20
"""So many bytes of an earlier capture decide what is new."""


def pull(options: dict[str, Any], names: dict[str, str]) -> int:
    """Runs the command, and returns the exit status."""
    client = Client()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, client.interrupt)
    stream = bool(options.get("stream"))
    try:
        with closing(client):
            if stream:
                require_websockets("--stream")
            return pull_events(client, options, names, stream)
    except Interrupted:
        # A stream has no other end.
        return 0 if stream else INTERRUPTED
    except (ServerError, ValueError, Failed) as error:
        STDERR.write(f"prefect-events: {_core.printable(str(error))}\n")
        return MISUSE


def pull_events(client: Client, options: dict[str, Any], names: dict[str, str], stream: bool) -> int:
    filter: dict[str, object] = {name: options[name] for name in options if name in ("since", "until")}
    if "run" in options:
        filter["runs"] = options["run"]
    if "for" in options:
        filter["automation"] = read_text(options["for"], names)
    profile = options.get("profile")
    # Before the file is created.
    client.connection(profile)
    resume = options.get("resume")
    capture = None if resume is None else Capture(resume, names.get(resume, resume))
    if capture:
        filter["resume"] = capture.tail()
    last: dict[str, Any] | None = None
    try:
        for lines, last in (client.stream if stream else client.pull)(profile, filter):
            if not stream:
                client.bar.update(**last)
            if lines:
                # Whole lines, also if a signal comes.
                with deferred_signals():
                    (capture or STDOUT).write(lines)
        if capture:
            capture.cut()
    except (ServerError, Interrupted):
        client.bar.stop()
        if last:
            STDERR.write(f"{_core.pull_interrupted(to_json(last), resume is not None)}\n")
        raise
    finally:
        if capture:
            capture.close()
    client.bar.stop()
    if last:
        STDERR.write(f"{_core.pull_summary(to_json(last))}\n")
    return 0


def read_text(file: str, names: dict[str, str]) -> str:
    try:
        text = Input(names.get(file, file)).all()
        if problem := _core.not_text(text):
            raise Failed(problem)
        return text.decode("utf-8", "replace")
    except Failed as failed:
        raise Failed(f"{display_name(file)} {failed}") from None


class Capture:
    """An earlier capture, to which events are appended."""

    def __init__(self, name: str, path: str) -> None:
        self.name = name
        self.incomplete: tuple[int, int] | None = None
        """Where a line begins that was not written completely, and the size with it."""
        try:
            self.file = io.FileIO(path, "a+")
        except OSError as error:
            raise Failed(f"{name} {cannot_read(error)}") from None

    def tail(self) -> str:
        """Its end, without a line that was not written completely."""
        size = self.file.seek(0, os.SEEK_END)
        begin = max(0, size - TAIL)
        self.file.seek(begin)
        with closing(io.BufferedReader(io.FileIO(os.dup(self.file.fileno())))) as reader:
            text = reader.read(size - begin)
        end = text.rfind(b"\n") + 1
        if end < len(text):
            # Without any complete line it may be another file.
            if end == 0:
                raise Failed(f"{self.name} is not a capture: it must have one event per line")
            self.incomplete = begin + end, size
        first = 0 if begin == 0 else text.find(b"\n") + 1
        return text[first:end].decode("utf-8", "replace")

    def cut(self) -> None:
        """Removes the incomplete line. Until the core has read the rest, it may be another file, of which nothing is removed."""
        if self.incomplete is None:
            return
        begin, size = self.incomplete
        self.incomplete = None
        if os.fstat(self.file.fileno()).st_size != size:
            raise Failed(f"{self.name} changed meanwhile: nothing was added to it")
        self.file.truncate(begin)

    def write(self, lines: bytes) -> None:
        self.cut()
        rest = memoryview(lines)
        try:
            while rest:
                rest = rest[self.file.write(rest) or 0 :]
        except OSError as error:
            raise Failed(f"{self.name} {cannot_write(error)}") from None

    def close(self) -> None:
        self.file.close()
