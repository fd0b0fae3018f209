"""A watch of a live server, whose state survives the program."""

from __future__ import annotations

import os
import time
import uuid
from collections.abc import Iterator, Sequence

from .. import _core
from .files import Failed, cannot_read, cannot_write
from .server import Client, now
from .stream import require_websockets

SECONDS = 60.0
"""The state is written as often, and after each firing."""


class State:
    """The file with the state of a watch."""

    def __init__(self, path: str, name: str) -> None:
        self.path = path
        self.name = name

    def read(self) -> bytes | None:
        """``None``: there is no such file yet.

        Raises:
            Failed: It cannot be read; the message is a sentence.
        """
        try:
            with open(self.path, "rb") as file:
                return file.read()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise Failed(f"{self.name} {cannot_read(error)}") from None

    def write(self, state: bytes) -> None:
        """Replaces the file: it has this state or the one before.

        Raises:
            Failed: It cannot be written; the message is a sentence.
        """
        # Links stay what they are.
        target = os.path.realpath(self.path)
        temporary = os.path.join(os.path.dirname(target), f".prefect-events-{uuid.uuid4()}.tmp")
        try:
            try:
                with open(temporary, "xb") as file:
                    file.write(state)
                    file.flush()
                    os.fsync(file.fileno())
                os.replace(temporary, target)
            except BaseException:
                if os.path.exists(temporary):
                    os.unlink(temporary)
                raise
        except OSError as error:
            raise Failed(f"{self.name} {cannot_write(error)}") from None


class WatchClient(Client):
    """Follows a server, and says which automations fire."""

    def __init__(self) -> None:
        super().__init__()
        self.state: State | None = None
        self.task: _core.ServerTask | None = None
        self.is_changed = False
        self.written = time.monotonic()
        self.missed = 0

    def begin(
        self, connection: str, automations: Sequence[tuple[bytes, str]], settings: str, how: str, state: State | None
    ) -> bool:
        """Begins, or goes on from a state: whether it does that.

        Raises:
            ValueError: Automations, options or the state cannot be used.
            Failed: The state cannot be read or written.
        """
        require_websockets("watch")
        saved = None if state is None else state.read()
        before = None if state is None or saved is None else (saved, state.name)
        self.task = _core.ServerTask.watch(connection, automations, settings, before, how, now())
        self.missed = self.progress()[1]
        self.state = state
        # Better now than after an hour.
        self.save()
        return before is not None

    def firings(self) -> Iterator[bytes]:
        """Each firing as text, as soon as it is certain. The next one implies that the last one was reported.

        Raises:
            ServerError: The server cannot be read.
        """
        if self.task is None:
            return
        for _, text in self.steps(self.task):
            if text is not None:
                self.is_changed = True
                yield text

    def acknowledge(self) -> None:
        """The last firing was reported."""
        if self.task is not None:
            self.task.acknowledge()

    def progress(self) -> tuple[str, int]:
        """The progress in words, and how many events were not played."""
        found = None if self.task is None else self.task.progress()
        return found or ("", 0)

    def before_wait(self) -> None:
        text, missed = self.progress()
        if missed > self.missed:
            self.missed = missed
            self.report(text.partition("\n")[2])
        if self.is_changed or time.monotonic() > self.written + SECONDS:
            self.save()

    def save(self) -> None:
        """
        Raises:
            Failed: The state cannot be written.
        """
        saved = None if self.task is None else self.task.save()
        if self.state is not None and saved is not None:
            self.state.write(saved)
        self.is_changed = False
        self.written = time.monotonic()

    def close(self) -> None:
        try:
            self.save()
        finally:
            super().close()
