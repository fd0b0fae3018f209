"""``watch`` against a stub of a server: the command, whose state survives it, and the function."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import signal
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from prefect_events import live

AUTOMATION = {
    "name": "Backup failed",
    "trigger": {"posture": "Reactive", "expect": ["acme.backup.failed"], "threshold": 1, "within": 0},
}
NOW = datetime.now(timezone.utc)


def event(number: int, occurred: datetime) -> dict[str, Any]:
    return {
        "id": f"00000000-0000-4000-8000-{number:012x}",
        "event": "acme.backup.failed",
        "occurred": occurred.isoformat(),
        "received": occurred.isoformat(),
        "resource": {"prefect.resource.id": f"acme.backup.{number}"},
        "related": [],
        "payload": {},
        "follows": None,
    }


class Server(ThreadingHTTPServer):
    """Returns its events to pulls, and says nothing on websockets: what it has is what pulls find."""

    daemon_threads = True

    def __init__(self, handler: type[Handler]) -> None:
        super().__init__(("127.0.0.1", 0), handler)
        self.events: list[dict[str, Any]] = []
        self.asked: list[str] = []
        """The beginning of each range of time that was asked for."""
        self.connections = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/api"

    @classmethod
    @contextmanager
    def running(cls, handler: type[Handler] | None = None) -> Iterator[Server]:
        with cls(handler or Handler) as server:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            yield server
            server.shutdown()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Server

    def log_message(self, format: str, *args: Any) -> None:
        pass

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        occurred = body["filter"]["occurred"]
        self.server.asked.append(occurred["since"])
        since, until = (datetime.fromisoformat(occurred[one].replace("Z", "+00:00")) for one in ("since", "until"))
        found = [one for one in self.server.events if since <= datetime.fromisoformat(one["occurred"]) <= until]
        content = json.dumps({"events": found, "total": len(found), "next_page": None}).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def do_GET(self) -> None:
        """Opens a websocket, authenticates, and waits for its end."""
        self.server.connections += 1
        key = self.headers["sec-websocket-key"] + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
        self.send_response(101)
        self.send_header("upgrade", "websocket")
        self.send_header("connection", "Upgrade")
        self.send_header("sec-websocket-protocol", "prefect")
        self.send_header("sec-websocket-accept", base64.b64encode(hashlib.sha1(key.encode()).digest()).decode())
        self.end_headers()
        self.close_connection = True
        while (message := self.frame()) is not None:
            if b'"auth"' in message:
                text = b'{"type": "auth_success"}'
                self.wfile.write(bytes([0x81, len(text)]) + text)

    def frame(self) -> bytes | None:
        head = self.rfile.read(2)
        if len(head) < 2 or head[0] & 15 == 8:
            return None
        length = head[1] & 127
        if length == 126:
            [length] = struct.unpack(">H", self.rfile.read(2))
        mask = self.rfile.read(4)
        return bytes(byte ^ mask[place % 4] for place, byte in enumerate(self.rfile.read(length)))


@pytest.fixture
def server() -> Iterator[Server]:
    with Server.running() as server:
        yield server


@contextmanager
def program(
    server: Server, folder: Path, *arguments: str, stdout: int = subprocess.PIPE, stderr: int = subprocess.PIPE
) -> Iterator[subprocess.Popen[str]]:
    own = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
    environment = {**own, "PREFECT_API_URL": server.url, "HOME": str(folder)}
    (folder / "automation.json").write_text(json.dumps(AUTOMATION))
    command = [sys.executable, "-m", "prefect_events", "watch", "--automation", "automation.json", *arguments]
    with subprocess.Popen(
        command, cwd=folder, env=environment, stdout=stdout, stderr=stderr, text=True
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def resources(lines: str) -> list[str]:
    return [json.loads(line)["eventId"][-2:] for line in lines.splitlines()]


def wait(until: Any) -> None:
    end = time.monotonic() + 30
    while not until():
        assert time.monotonic() < end, "nothing happened"
        time.sleep(0.02)


ARGUMENTS = ("--state", "watch.state", "--since", "1h", "--reorder", "0", "--format", "json")


@pytest.mark.skipif(sys.platform == "win32", reason="signals differ")
def test_the_command_goes_on_after_its_end(server: Server, tmp_path: Path) -> None:
    server.events = [event(number, NOW - timedelta(minutes=40 - number)) for number in range(4)]
    with program(server, tmp_path, *ARGUMENTS) as process:
        # With the open websocket the past was read.
        wait(lambda: server.connections == 1)
        process.send_signal(signal.SIGTERM)
        output, errors = process.communicate(timeout=20)
    assert (process.returncode, resources(output)) == (0, ["00", "01", "02", "03"]), errors
    first, *between, last = errors.splitlines()
    assert (first, between) == (f"watching {server.url}; Ctrl-C ends it", []), errors
    assert last.startswith("4 firings, 4 events up to "), errors
    assert [file.name for file in tmp_path.iterdir() if file.name.startswith(".")] == []

    # What happened since, and once more what it knows.
    server.events += [event(number, datetime.now(timezone.utc)) for number in (4, 5)]
    server.asked.clear()
    with program(server, tmp_path, *ARGUMENTS) as process:
        assert process.stdout is not None
        output = process.stdout.readline() + process.stdout.readline()
        # Without time to write its state: it did after it had printed.
        wait(lambda: server.connections == 2)
        process.kill()
        rest, errors = process.communicate(timeout=20)
    assert resources(output + rest) == ["04", "05"], errors
    assert errors.startswith(f"watching {server.url}: 4 firings, 4 events up to "), errors
    assert errors.endswith(", from watch.state; Ctrl-C ends it\n"), errors
    # A quarter of an hour before its end, and not an hour.
    assert server.asked[0] > (NOW - timedelta(minutes=20)).isoformat()

    with program(server, tmp_path, *ARGUMENTS) as process:
        wait(lambda: server.connections == 3)
        process.send_signal(signal.SIGINT)
        output, errors = process.communicate(timeout=20)
    assert (process.returncode, output) == (0, ""), errors
    assert errors.splitlines()[-1].startswith("6 firings, 6 events up to "), errors


def test_the_command_prints_as_a_replay_does(server: Server, tmp_path: Path) -> None:
    server.events = [event(7, NOW - timedelta(minutes=5))]
    with program(server, tmp_path, "--since", "1h") as process:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(2)]
    at = datetime.fromisoformat(server.events[0]["received"]).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    assert lines[0] == f"fired {at}\n"
    assert "acme.backup.failed" in lines[1]


def failed(server: Server, folder: Path, *arguments: str) -> str:
    with program(server, folder, *arguments) as process:
        output, errors = process.communicate(timeout=20)
    assert (process.returncode, output) == (2, ""), errors
    return errors


def test_what_does_not_fit_is_an_error(server: Server, tmp_path: Path) -> None:
    state = tmp_path / "watch.state"
    for content, says in [
        (b"", "prefect-events: watch.state is not the state of a watch: name another file, or remove it to begin with now\n"),
        (b"PET\x09", "prefect-events: watch.state was written by another version of prefect-events ("),
    ]:
        state.write_bytes(content)
        assert failed(server, tmp_path, *ARGUMENTS).startswith(says)
        assert state.read_bytes() == content
    state.unlink()
    assert "is a directory" in failed(server, tmp_path, "--state", ".")
    assert "none/state" in failed(server, tmp_path, "--state", "none/state")
    (tmp_path / "wrong.yaml").write_text("trigger: 1\n")
    wrong = failed(server, tmp_path, "--automation", "wrong.yaml", *ARGUMENTS)
    assert wrong.startswith("prefect-events: wrong.yaml: the automations cannot be read: "), wrong
    server.shutdown()
    server.server_close()
    gone = failed(server, tmp_path, *ARGUMENTS)
    assert "cannot be reached" in gone and gone.endswith("the same command goes on from the saved state\n"), gone


def test_the_function_yields_firings_and_keeps_the_state(server: Server, tmp_path: Path) -> None:
    state = tmp_path / "watch.state"

    def watch() -> Any:
        return live.watch(AUTOMATION, state=state, since="1h", url=server.url, reorder_seconds=0, check_seconds=0.2)

    server.events = [event(number, NOW - timedelta(minutes=20 - number)) for number in range(3)]
    firings = watch()
    assert [next(firings).firing.event_id[-1] for _ in range(2)] == ["0", "1"]
    # The third one is certain, but the caller has not had it.
    firings.close()
    firings = watch()
    third = next(firings)
    assert (third.automation, third.firing.event_id[-1]) == ("Backup failed", "2")
    assert third.firing.at == NOW - timedelta(minutes=18)
    threading.Timer(0.5, lambda: server.events.append(event(3, datetime.now(timezone.utc)))).start()
    assert next(firings).firing.event_id[-1] == "3"
    firings.close()
    other = {**AUTOMATION, "name": "Other"}
    with pytest.raises(ValueError, match="watch.state is the state of other automations"):
        live.watch(other, state=state, url=server.url)
    with pytest.raises(ValueError, match="automations: the automations cannot be read"):
        live.watch({"trigger": 1}, url=server.url)
    with pytest.raises(OSError, match="cannot be reached"):
        next(live.watch(AUTOMATION, url="http://127.0.0.1:9/api"))
