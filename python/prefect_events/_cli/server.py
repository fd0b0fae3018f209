"""Reads from a server: the core says which requests to send, this sends them."""

from __future__ import annotations

import random
import time
import uuid
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any

import msgspec

from .. import _core
from .http import Http, Lost, TooLarge
from .json import to_json
from .output import STDERR
from .progress import Progress
from .settings import settings_sources
from .stream import Closed, Socket


class ServerError(Exception):
    """The server does not give what was asked for; the message is a sentence."""


class Interrupted(Exception):
    """The user does not want to wait longer."""


class Client:
    """What is open while a server is read from."""

    def __init__(self) -> None:
        self.http = Http()
        self.socket = Socket()
        self.bar = Progress()
        self.is_waiting = False
        self.is_interrupted = False
        self.report: Callable[[str], object] = lambda message: STDERR.write(f"{message}\n")

    def connection(self, profile: str | None) -> str:
        """Which server, as the core reads it.

        Raises:
            ValueError: The settings name none.
        """
        sources = settings_sources()
        if profile is not None:
            sources["profile"] = profile
        connection = to_json({"settings": sources, "clientId": str(uuid.uuid4())})
        _core.server_url(connection)
        return connection

    def pull(self, profile: str | None, filter: dict[str, object]) -> Iterator[tuple[bytes, dict[str, Any]]]:
        """Batches of events, NDJSON, and how far reading has come.

        Raises:
            ServerError: The server does not give them.
            ValueError: The settings name no server, or the filter is wrong.
        """
        yield from self.events(_core.ServerTask.pull(self.connection(profile), to_json(filter), now()))

    def stream(self, profile: str | None, filter: dict[str, object]) -> Iterator[tuple[bytes, dict[str, Any]]]:
        """The same as they happen."""
        yield from self.events(_core.ServerTask.stream(self.connection(profile), to_json(filter), now()))

    def automations(self, profile: str | None, name: str | None) -> bytes:
        """A JSON list of all automations, or of the one with this name or id."""
        for step, _ in self.steps(_core.ServerTask.automations(self.connection(profile), name)):
            return str(step["text"]).encode()
        return b"[]"

    def events(self, task: _core.ServerTask) -> Iterator[tuple[bytes, dict[str, Any]]]:
        for step, lines in self.steps(task):
            if lines is not None:
                yield lines, step["progress"]

    def steps(self, task: _core.ServerTask) -> Iterator[tuple[dict[str, Any], bytes | None]]:
        while True:
            described, lines = task.step(now())
            step: dict[str, Any] = msgspec.json.decode(described)
            kind = step.pop("kind")
            if kind == "failed":
                raise ServerError(step["message"])
            if kind == "done":
                return
            if kind in ("events", "found", "fired"):
                yield step, lines
                continue
            self.before_wait()
            if self.is_interrupted:
                raise Interrupted
            self.is_waiting = True
            try:
                getattr(self, f"do_{kind}")(task, **step)
            except TooLarge as error:
                # Once more would be no better.
                raise ServerError(str(error)) from None
            finally:
                self.is_waiting = False

    def before_wait(self) -> None:
        """Nothing is left to do but to wait for the server."""

    def interrupt(self, number: int, frame: FrameType | None) -> None:
        """What a signal does: it ends waiting, and only that."""
        self.is_interrupted = True
        if self.is_waiting:
            raise Interrupted

    def do_request(
        self, task: _core.ServerTask, method: str, url: str, headers: list[tuple[str, str]], body: str | None = None
    ) -> None:
        try:
            status, response_headers, content = self.http.send(method, url, headers, body)
        except Lost as lost:
            task.lost(str(lost), now(), random.random())
        else:
            task.respond(status, response_headers, content, now(), random.random())

    def do_wait(self, task: _core.ServerTask, milliseconds: int, reason: str) -> None:
        self.bar.stop()
        tenths = -(-milliseconds // 100)
        self.report(f"waiting {tenths / 10:g} s: {_core.printable(reason)}")
        time.sleep(milliseconds / 1000)

    def do_connect(self, task: _core.ServerTask, url: str) -> None:
        try:
            self.socket.open(url)
        except Closed as closed:
            task.closed(closed.code, closed.reason, now(), random.random())
        else:
            task.opened()

    def do_send(self, task: _core.ServerTask, text: str) -> None:
        self.socket.send(text)

    def do_receive(self, task: _core.ServerTask, milliseconds: int) -> None:
        try:
            text = self.socket.receive(milliseconds)
        except Closed as closed:
            task.closed(closed.code, closed.reason, now(), random.random())
        else:
            if text is not None:
                task.received(text)

    def close(self) -> None:
        self.bar.stop()
        self.socket.close()
        self.http.close()


def now() -> int:
    """Microseconds since 1970."""
    return time.time_ns() // 1000
