"""What only the command line in Python has. The rest is tested with the one in JavaScript: ``tests/command-line/``."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = Path(sys.executable).with_name("prefect-events")


def run(*arguments: str | bytes, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    command = [os.fsencode(PROGRAM), *(os.fsencode(argument) for argument in arguments)]
    return subprocess.run(
        command, capture_output=True, text=True, encoding="utf-8", stdin=subprocess.DEVNULL, env=env
    )


def test_module_is_the_same_program() -> None:
    one = run("explain", "missing-label")
    other = subprocess.run(
        [sys.executable, "-m", "prefect_events", "explain", "missing-label"], capture_output=True, text=True
    )
    assert (one.returncode, one.stdout) == (0, other.stdout)
    assert one.stdout.startswith("error[missing-label]")


def test_nothing_imports_click_before_it_is_needed() -> None:
    program = "import prefect_events, sys; print({'click', 'urllib3', 'websockets'} & sys.modules.keys())"
    output = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert output.stdout == "set()\n"


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such names")
def test_names_that_are_not_utf8(tmp_path: Path) -> None:
    name = os.fsencode(tmp_path) + b"/caf\xe9.json"
    with open(name, "w") as file:
        file.write("nonsense")
    found = run("validate", name)
    assert found.returncode == 1
    assert "caf\ufffd.json:1:1" in found.stdout


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such descriptors")
def test_closed_streams_do_not_become_files(tmp_path: Path) -> None:
    file = tmp_path / "a.json"
    file.write_text("nonsense")
    program = f'"{PROGRAM}" validate --fix "{file}" <&- >&- 2>&-'
    assert subprocess.run(["sh", "-c", program]).returncode == 2
    assert file.read_text() == "nonsense"


def test_a_stream_names_the_library_that_is_missing(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text("import sys; sys.modules['websockets'] = None")
    environment = {**os.environ, "PYTHONPATH": str(tmp_path), "PREFECT_API_URL": "http://127.0.0.1:9/api"}
    found = run("pull", "--stream", env=environment)
    assert found.returncode == 2
    assert found.stderr == (
        "prefect-events: --stream needs the library websockets: pip install 'prefect-events[stream]'\n"
    )


def test_the_table_is_the_one_of_javascript() -> None:
    table = Path(__file__).parents[2] / "pkg/cli/commands.json"
    import prefect_events

    own = Path(prefect_events.__file__).parent / "_cli/commands.json"
    assert json.loads(own.read_text()) == json.loads(table.read_text())
