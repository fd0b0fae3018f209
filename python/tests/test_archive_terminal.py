"""An archive that is read on a terminal: progress, and Ctrl-C."""

from __future__ import annotations

import gzip
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from test_hidden_characters import ALL, escaped

LINES = gzip.decompress((Path(__file__).parents[2] / "tests/cases/events.ndjson.gz").read_bytes()).splitlines(keepends=True)
PARTS = 7

# Runs a command on a terminal of its own, with what it types and shows as standard input and output.
TERMINAL = """
import os, pty, sys
sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))
"""

# The program, whose tasks from the fourth one on take ten minutes.
SLOW = """
import sys, time
from prefect_events._cli import main
from prefect_events.archive import _executors

submit, count = _executors.Local.submit, 0

def slow(self, function, *arguments):
    global count
    count += 1
    return submit(self, function, *arguments) if count <= 3 else submit(self, time.sleep, 600)

_executors.Local.submit = slow
main()
"""

PROGRESS = re.compile(r"\r\x1b\[2K\d+ %, [\d,]+ events, [\d.]+ [KM]?B of [\d.]+ [KM]B, [\d,]+/s, \d+:\d\d left, [\d,]+ findings")


def wait(until: Callable[[], object]) -> None:
    end = time.monotonic() + 120
    while not until():
        assert time.monotonic() < end, "nothing happened"
        time.sleep(0.05)


def workers(mark: Path) -> list[str]:
    """Processes of a program with a folder in its path of modules, which the server of its workers has as an argument."""
    listed = subprocess.run(["ps", "-A", "-ww", "-o", "args="], capture_output=True, text=True, check=True).stdout
    return [line for line in listed.splitlines() if "forkserver" in line and str(mark) in line]


@contextmanager
def typed(arguments: list[str], folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(folder), os.environ.get("PYTHONPATH", "")])}
    command = [sys.executable, "-c", TERMINAL, sys.executable, "-c", SLOW, *arguments]
    with subprocess.Popen(
        command, cwd=folder, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def ctrl_c(process: subprocess.Popen[bytes]) -> str:
    """Ends a program that was typed: all that the terminal has shown."""
    assert process.stdin is not None
    # The terminal sends the signal to all processes of the program, as it does for a user.
    process.stdin.write(b"\x03")
    process.stdin.flush()
    return process.communicate(timeout=120)[0].decode()


@pytest.mark.skipif(sys.platform != "linux", reason="terminals and processes differ")
def test_ctrl_c_keeps_what_is_done(tmp_path: Path) -> None:
    (tmp_path / "events").mkdir()
    for number in range(PARTS):
        (tmp_path / f"events/{number}.ndjson").write_bytes(b"".join(LINES[number::PARTS]))
    arguments = ["archive", "validate", "events", "--work", "kept files", "--workers", "2"]
    kept = tmp_path / "kept files/map"
    with typed(arguments, tmp_path) as process:
        wait(lambda: len(list(kept.glob("*.json"))) == 3)
        assert workers(tmp_path)
        output = ctrl_c(process)
    assert process.returncode == 130
    assert PROGRESS.search(output), output
    assert re.search(r"prefect-events: interrupted: [123] of 7 parts are done and kept in ", output), output
    again = "prefect-events archive validate events --work "
    assert f"Go on with the same options and: {again}'{tmp_path}/kept files'" in output
    assert "Traceback" not in output
    wait(lambda: not workers(tmp_path))
    done = {path: path.stat().st_mtime_ns for path in kept.iterdir()}
    assert len(done) == 6

    def run(*arguments: str) -> bytes:
        program = [sys.executable, "-m", "prefect_events", *arguments]
        return subprocess.run(program, cwd=tmp_path, capture_output=True, check=True).stdout

    assert run(*arguments) == run("archive", "validate", "events")
    assert {path: path.stat().st_mtime_ns for path in done} == done
    assert len(list(kept.iterdir())) == 2 * PARTS


@pytest.mark.skipif(sys.platform != "linux", reason="terminals and processes differ")
def test_names_with_hidden_characters_are_escaped(tmp_path: Path) -> None:
    (tmp_path / f"events{ALL}").mkdir()
    for number in range(PARTS):
        (tmp_path / f"events{ALL}/{number}{ALL}").write_bytes(b"".join(LINES[number::PARTS]))
    kept = tmp_path / f"kept{ALL}/map"
    with typed(["archive", "validate", f"events{ALL}", "--work", f"kept{ALL}", "--workers", "2"], tmp_path) as process:
        wait(lambda: len(list(kept.glob("*.json"))) == 3)
        output = ctrl_c(process)
    assert process.returncode == 130
    # What the terminal and the progress add: `^C`, ends of lines, and lines that are drawn again.
    shown = re.sub(r"\r\x1b\[2K|\r(?=\n)", "", output)
    assert shown != output
    escaped(shown)
    problem, advice = shown.rstrip("\n").split("\n")[-2:]
    escaped(problem)
    escaped(advice)
