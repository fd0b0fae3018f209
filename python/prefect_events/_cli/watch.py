"""The command ``watch``: which automations fire on a live server, as it happens."""

from __future__ import annotations

import signal
from contextlib import closing
from typing import Any

from .. import _core
from .files import Failed, Input
from .json import to_json
from .output import MISUSE, STDERR, STDOUT
from .server import Interrupted, ServerError
from .watch_client import State, WatchClient

OPTIONS = {"since": "since", "serverVersion": "serverVersion", "reorder": "reorderSeconds"}
"""By the core's names."""


def watch(options: dict[str, Any], names: dict[str, str]) -> int:
    """Runs the command, and returns the exit status."""
    client = WatchClient()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, client.interrupt)
    try:
        with closing(client):
            follow(client, options, names)
    except Interrupted:
        # It has no other end.
        STDERR.write(f"{client.progress()[0]}\n")
        return 0
    except (ServerError, ValueError, Failed) as error:
        STDERR.write(f"prefect-events: {_core.printable(str(error))}\n")
        if isinstance(error, ServerError) and "state" in options:
            STDERR.write("the same command goes on from the saved state\n")
    return MISUSE


def follow(client: WatchClient, options: dict[str, Any], names: dict[str, str]) -> None:
    settings = {OPTIONS[name]: options[name] for name in OPTIONS if name in options}
    automations = [(read(names.get(file, file), file), file) for file in options["automation"]]
    file = options.get("state")
    state = None if file is None else State(names.get(file, file), file)
    connection = client.connection(options.get("profile"))
    how = {name: value for name, value in STDOUT.terminal().items() if value is not None}
    is_resumed = client.begin(
        connection, automations, to_json(settings), to_json({"format": options["format"], **how}), state
    )
    before = f": {client.progress()[0]}, from {file}" if is_resumed else ""
    STDERR.write(_core.printable_lines(f"watching {_core.server_url(connection)}{before}; Ctrl-C ends it\n"))
    for text in client.firings():
        STDOUT.write(text)


def read(path: str, file: str) -> bytes:
    """
    Raises:
        Failed: It cannot be read; the message is a sentence.
    """
    try:
        text = Input(path).all()
        if problem := _core.not_text(text):
            raise Failed(problem)
        return text
    except Failed as failed:
        raise Failed(f"{file} {failed}") from None
