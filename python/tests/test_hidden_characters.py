"""``archive`` and ``watch`` escape characters that control a terminal, reorder text or are invisible, in every format.

The other commands: ``tests/node/cli-hidden-characters.test.js``.
"""

from __future__ import annotations

import gzip
import json
import signal
import struct
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from test_watch import NOW, Handler, Server, event, program, wait

import prefect_events

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="its names of files have no such characters")

CONTROL = "\x07\r\x1b\x7f\x80\x85\x9b"
BIDI = "\u061c\u200e\u200f\u202a\u202e\u2066\u2069"
INVISIBLE = "\xad\u034f\u180e\u200b\u200c\u200d\u2028\u2060\u3164\ufe00\ufe0f\ufeff\ufffa\uffff"
TAGS = "\U0001d173\U000e0001\U000e0041\U000e007f\U000e0100"
ALL = CONTROL + BIDI + INVISIBLE + TAGS
"""Some characters of each kind."""
IN_JSON = "".join(character for character in ALL if character >= " ")
NAME = f"name{ALL}"


def nothing_hidden(text: str) -> None:
    assert [character for character in text if character in ALL] == [], ascii(text)


def escaped(text: str) -> None:
    """A text shows the characters, but has none of them."""
    nothing_hidden(text)
    # As data: `\u202e`; else `\u{202e}`.
    assert "\\u202e" in text or "\\u{202e}" in text, text


def automation() -> dict[str, Any]:
    trigger = {"posture": "Reactive", "expect": [f"acme.{ALL}"], "for_each": ["prefect.resource.id"], "threshold": 1}
    return {"name": f"rule {ALL}", "trigger": {"type": "event", **trigger}, "actions": [{"type": "do-nothing"}]}


def happened(number: int, occurred: datetime = NOW - timedelta(minutes=40)) -> dict[str, Any]:
    resource = {"prefect.resource.id": f"acme.{number}.{ALL}", "prefect.resource.name": f"the name {ALL}"}
    return {**event(number, occurred), "event": f"acme.{ALL}", "resource": resource}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    def write(name: str, *values: object) -> None:
        (tmp_path / name).write_text("".join(json.dumps(value) + "\n" for value in values), encoding="utf-8")

    (tmp_path / NAME).mkdir()
    write(f"{NAME}/a{ALL}", happened(1), happened(2))
    wrong: dict[str, Any] = {"event": f"prefect.flow-run.Runing{ALL}", f"x{ALL}": 1, "occurred": ALL}
    wrong["resource"] = {"prefect.resource.id": f"prefect.flow-run.{ALL}", f"prefect.{ALL}": "1"}
    write(f"{NAME}/b{ALL}", {**wrong, "related": [{"prefect.resource.role": f"flo{ALL}"}]})
    raw = f'{{"event": "prefect.x{IN_JSON}", "y{IN_JSON}": "{IN_JSON}"}}\n'
    (tmp_path / NAME / "raw.ndjson").write_text(raw, encoding="utf-8")
    # Files that cannot be read: they are named.
    (tmp_path / NAME / f"text{ALL}").write_text(f"no events {ALL}\n", encoding="utf-8", newline="")
    (tmp_path / NAME / f"zip{ALL}").write_bytes(gzip.compress(b"x" * 10_000)[:-15])
    spec = {"flow_run": f"run {ALL}", "flow": ALL, "deployment": ALL, "ends": "5m", "heartbeat": {"frequency": 30}}
    write(f"run{ALL}", *prefect_events.build_run(spec, seed=1, now="2026-03-01T12:00:00Z"))
    write(f"rule{ALL}", automation())
    write(f"wrong{ALL}", {"name": ALL, "trigger": {"type": ALL}})
    (tmp_path / f"schemas{ALL}").mkdir()
    (tmp_path / f"schemas{ALL}/{ALL}.json").write_text(ALL, encoding="utf-8")
    return tmp_path


RULE = ["--automation", f"rule{ALL}"]
BAD = [NAME, f"missing{ALL}", f"{ALL}*"]

REPORTS = [
    *(["validate", NAME, f"run{ALL}", "--format", form] for form in ("pretty", "json", "github", "sarif", "junit")),
    *(["replay", f"{NAME}/a{ALL}", *RULE, "--format", form] for form in ("pretty", "json")),
]
"""What shows the characters on standard output."""

UNREAD = [
    *(["validate", *BAD, "--format", form] for form in ("pretty", "json", "github", "sarif", "junit")),
    *(["replay", *BAD, *RULE, "--format", form] for form in ("pretty", "json")),
    *(["advise", *BAD, f"run{ALL}", "--format", form] for form in ("pretty", "json")),
]
"""Files that cannot be read: standard error."""

REJECTED = [
    [ALL, "x"],
    ["validate", "--format", ALL, "x"],
    ["validate", "--on", ALL, "x"],
    ["validate", "--workers", ALL, "x"],
    ["validate", "--work", f"run{ALL}/{ALL}", f"run{ALL}"],
    ["validate", "--severity", f"{ALL}=off", "x"],
    ["validate", "--severity", f"missing-label={ALL}", "x"],
    ["validate", "--schemas", ALL, "x"],
    ["validate", "--schemas", NAME, "x"],
    ["validate", "--schemas", f"schemas{ALL}", "x"],
    ["validate", f"x::{ALL}://x"],
    ["replay", "--automation", ALL, "x"],
    ["replay", *RULE, "--start", ALL, "x"],
    ["replay", *RULE, "--end", ALL, "x"],
    ["replay", *RULE, "--server-version", ALL, "x"],
    ["replay", *RULE, "--tick", ALL, "x"],
    ["replay", *RULE, "--delivery", ALL, "x"],
    ["advise", "--within", ALL, "x"],
]
"""Arguments that are invalid: standard error."""


def name(arguments: list[str]) -> str:
    return " ".join(arguments).replace(ALL, "…")


def archive(folder: Path, arguments: list[str]) -> tuple[int, str, str]:
    program = [sys.executable, "-m", "prefect_events", "archive", *arguments]
    if arguments[0] in ("validate", "replay", "advise") and "--workers" not in arguments:
        program += ["--workers", "1"]
    # As it is: Python would read a carriage return as the end of a line.
    ended = subprocess.run(program, cwd=folder, capture_output=True)
    return ended.returncode, ended.stdout.decode("utf-8"), ended.stderr.decode("utf-8")


@pytest.mark.parametrize("arguments", REPORTS, ids=name)
def test_reports_on_archives(folder: Path, arguments: list[str]) -> None:
    for file in (folder / NAME).glob("[tz]*"):
        file.unlink()
    status, output, errors = archive(folder, arguments)
    assert (status, errors) == (int(arguments[0] == "validate"), "")
    escaped(output)
    if arguments[-1] in ("json", "sarif"):
        assert "\u202e" in json.dumps(json.loads(output), ensure_ascii=False), "the data are unchanged"


@pytest.mark.parametrize("arguments", UNREAD, ids=name)
def test_files_of_archives_that_cannot_be_read(folder: Path, arguments: list[str]) -> None:
    status, output, errors = archive(folder, arguments)
    assert status == 2
    lines = errors.removesuffix("\n").split("\n")
    assert len(lines) >= 4
    for line in lines:
        escaped(line)
    nothing_hidden(output)
    # The others only name files and events in what they find.
    if arguments[0] == "validate":
        escaped(output)


@pytest.mark.parametrize("arguments", REJECTED, ids=name)
def test_arguments_of_archive_that_are_invalid(folder: Path, arguments: list[str]) -> None:
    status, output, errors = archive(folder, arguments)
    assert (status, output) == (2, "")
    escaped(errors)
    assert "Traceback" not in errors


class Elsewhere(Server):
    """A server whose address has the characters too."""

    @property
    def url(self) -> str:
        return f"{super().url}/{ALL}"


class Rejecting(Handler):
    """Rejects what it is asked."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        content = json.dumps({"detail": f"no {ALL}"}).encode()
        self.send_response(422)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


class Closing(Handler):
    """Closes each websocket, and says why."""

    def frame(self) -> bytes | None:
        if super().frame() is not None:
            reason = f"no {ALL}".encode()
            self.wfile.write(bytes([0x88, 2 + len(reason)]) + struct.pack(">H", 1011) + reason)
        return None


@pytest.fixture
def server() -> Iterator[Server]:
    with Elsewhere.running() as server:
        server.events = [happened(0)]
        yield server


WATCH = ["--automation", f"rule{ALL}", "--since", "1h", "--reorder", "0"]


def watch(
    server: Server, folder: Path, arguments: list[str], until: Callable[[str], bool] | None = None
) -> tuple[int, str, str]:
    """``until``: when it is ended, by what it has written to standard error; else it ends by itself."""
    files = folder / "output.txt", folder / "errors.txt"
    with files[0].open("wb") as output, files[1].open("wb") as errors:
        with program(server, folder, *arguments, stdout=output.fileno(), stderr=errors.fileno()) as process:
            if until:
                wait(lambda: until(files[1].read_text("utf-8")))
                process.send_signal(signal.SIGTERM)
            process.wait(20)
    said, problems = (file.read_bytes().decode("utf-8") for file in files)
    return process.returncode, said, problems


@pytest.mark.parametrize("form", ["pretty", "json"])
def test_firings_of_a_watch(server: Server, folder: Path, form: str) -> None:
    # The second run goes on from the state of the first.
    more = [*WATCH, "--state", f"state{ALL}", "--format", form]
    for number in (1, 2):
        server.events.append(happened(number, datetime.now(timezone.utc)))
        status, output, errors = watch(server, folder, more, lambda _: server.connections == number)
        assert status == 0, errors
        escaped(output)
        escaped(errors)
        assert ("from state" in errors) == (number == 2)
        if form == "json":
            firings = [json.loads(line) for line in output.splitlines()]
            assert {firing["automation"] for firing in firings} == {f"rule {ALL}"}, "the data are unchanged"
        else:
            assert "rule " in output


@pytest.mark.parametrize(
    "arguments",
    [
        ["--automation", ALL],
        ["--automation", f"wrong{ALL}"],
        [*WATCH, "--profile", ALL],
        [*WATCH, "--since", ALL],
        [*WATCH, "--server-version", ALL],
        [*WATCH, "--reorder", ALL],
        [*WATCH, "--format", ALL],
        [*WATCH, "--state", f"{ALL}/{ALL}"],
        [*WATCH, "--state", f"rule{ALL}"],
        [*WATCH, f"--{ALL}"],
    ],
    ids=name,
)
def test_what_a_watch_rejects(server: Server, folder: Path, arguments: list[str]) -> None:
    status, output, errors = watch(server, folder, arguments)
    assert (status, output) == (2, "")
    escaped(errors)
    assert "Traceback" not in errors


def test_what_a_server_tells_a_watch(folder: Path) -> None:
    with Server.running(Rejecting) as server:
        status, output, errors = watch(server, folder, WATCH)
    assert (status, output) == (2, "")
    assert "(status 422): no " in errors, errors
    escaped(errors)

    with Server.running(Closing) as server:
        status, output, errors = watch(server, folder, WATCH, lambda said: "\nwaiting " in said)
    assert (status, output) == (0, ""), errors
    assert "the connection was closed: no " in errors, errors
    escaped(errors)
