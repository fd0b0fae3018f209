"""If the output of ``archive`` or ``watch`` cannot be written: one message, and exit status 2.

The other commands: ``tests/node/cli-output.test.js``.
"""

from __future__ import annotations

import gzip
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from test_watch import NOW, Server, event, program, resources, wait

LIVE = Path(__file__).parents[2] / "tests/cases/live"
AUTOMATION = LIVE / "automations/crash-zombie-flows.json"

REASONS = {"full disk": "no space left on the device", "closed pipe": "the pipe was closed"}
NO_FULL = pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no /dev/full")
UNWRITABLE = [pytest.param("full disk", marks=NO_FULL), "closed pipe"]

ACTIONS = {
    "validate": ["pretty", "json", "github", "sarif", "junit"],
    "replay": ["pretty", "json"],
    "advise": ["pretty", "json"],
}


def command(action: str, *more: str) -> list[str]:
    own = ["--automation", str(AUTOMATION)] if action == "replay" else []
    program = [sys.executable, "-m", "prefect_events", "archive", action, "events.ndjson", "--workers", "1"]
    return [*program, *own, *more]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "events.ndjson").write_bytes(gzip.decompress((LIVE / "captured.ndjson.gz").read_bytes()))
    return tmp_path


@contextmanager
def unwritable(kind: str) -> Iterator[int]:
    if kind == "full disk":
        descriptor = os.open("/dev/full", os.O_WRONLY)
    else:
        reader, descriptor = os.pipe()
        os.close(reader)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


@pytest.mark.parametrize("kind", UNWRITABLE)
@pytest.mark.parametrize(("action", "form"), [(action, form) for action, forms in ACTIONS.items() for form in forms])
def test_archive(folder: Path, action: str, form: str, kind: str) -> None:
    with unwritable(kind) as stdout:
        ended = subprocess.run(
            command(action, "--format", form), cwd=folder, stdout=stdout, stderr=subprocess.PIPE, text=True
        )
    expected = f"prefect-events: standard output cannot be written: {REASONS[kind]}\n"
    assert (ended.returncode, ended.stderr) == (2, expected)


@pytest.mark.skipif(sys.platform == "win32", reason="no shell that closes it")
@pytest.mark.parametrize("arguments", ["--help", "explain missing-label", "validate --fix -", "archive validate events.ndjson"])
def test_a_closed_standard_output(folder: Path, arguments: str) -> None:
    line = f'exec "$0" -m prefect_events {arguments} >&-'
    ended = subprocess.run(
        ["sh", "-c", line, sys.executable], cwd=folder, input=b"{}", stderr=subprocess.PIPE
    )
    expected = b"prefect-events: standard output cannot be written: it is closed\n"
    assert (ended.returncode, ended.stderr) == (2, expected)


def test_a_pipe_that_closes_in_the_middle_of_a_report(folder: Path) -> None:
    (folder / "events.ndjson").write_text("{}\n" * 5000)
    arguments = command("validate", "--max-diagnostics", "100000")
    with subprocess.Popen(arguments, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None and process.stderr is not None
        assert process.stdout.read(1)
        process.stdout.close()
        errors = process.stderr.read().decode()
    expected = "prefect-events: standard output cannot be written: the pipe was closed\n"
    assert (process.returncode, errors) == (2, expected)


@pytest.mark.parametrize("kind", UNWRITABLE)
def test_the_messages_of_archive(folder: Path, kind: str) -> None:
    (folder / "events.ndjson").unlink()
    with unwritable(kind) as stderr:
        ended = subprocess.run(command("validate"), cwd=folder, stdout=subprocess.PIPE, stderr=stderr, text=True)
    # Only the exit status can tell.
    assert (ended.returncode, ended.stdout) == (2, "")


@pytest.mark.skipif(sys.platform == "win32", reason="files have no such limit")
@pytest.mark.parametrize("action", ACTIONS)
def test_a_work_folder_without_space(folder: Path, action: str) -> None:
    import resource

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))

    ended = subprocess.run(
        command(action, "--work", "kept"), cwd=folder, capture_output=True, text=True, preexec_fn=limit
    )
    problem = f"the work folder {folder}/kept cannot be written: the file would be too large"
    expected = f"prefect-events: a task failed 3 times: {problem}; what is done is kept with --work\n"
    # The file that was read has no part in it.
    assert (ended.returncode, ended.stdout, ended.stderr) == (2, "", expected)
    assert [path for path in (folder / "kept").rglob("*") if path.is_file()] == []


@pytest.fixture
def server() -> Iterator[Server]:
    with Server.running() as server:
        server.events = [event(number, NOW - timedelta(minutes=40 - number)) for number in range(3)]
        yield server


WATCH = ("--state", "watch.state", "--since", "1h", "--reorder", "0")


@pytest.mark.skipif(sys.platform == "win32", reason="signals differ")
@pytest.mark.parametrize("kind", UNWRITABLE)
@pytest.mark.parametrize("form", ["pretty", "json"])
def test_watch_keeps_the_firing_that_it_could_not_print(server: Server, tmp_path: Path, form: str, kind: str) -> None:
    with unwritable(kind) as stdout:
        with program(server, tmp_path, *WATCH, "--format", form, stdout=stdout) as process:
            errors = process.communicate(timeout=20)[1]
    first = f"watching {server.url}; Ctrl-C ends it\n"
    expected = f"{first}prefect-events: standard output cannot be written: {REASONS[kind]}\n"
    assert (process.returncode, errors) == (2, expected)

    with program(server, tmp_path, *WATCH, "--format", "json") as process:
        wait(lambda: server.connections == 1)
        process.send_signal(signal.SIGTERM)
        output, errors = process.communicate(timeout=20)
    assert (process.returncode, resources(output)) == (0, ["00", "01", "02"]), errors


@pytest.mark.parametrize("kind", UNWRITABLE)
def test_the_messages_of_watch(server: Server, tmp_path: Path, kind: str) -> None:
    with unwritable(kind) as stderr, program(server, tmp_path, *WATCH, stderr=stderr) as process:
        output = process.communicate(timeout=20)[0]
    assert (process.returncode, output) == (2, "")
