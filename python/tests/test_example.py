"""The example project, with a real Prefect and its harness for tests."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

EXAMPLE = Path(__file__).parent.parent / "example"


@pytest.mark.skipif(find_spec("prefect") is None, reason="Prefect is not installed: it needs Python 3.11")
def test_its_tests_pass(tmp_path: Path) -> None:
    project = tmp_path / "example"
    shutil.copytree(EXAMPLE, project, ignore=shutil.ignore_patterns("__pycache__", ".pytest_cache"))
    # A home of its own: no profile and no database of the user.
    environment = {**os.environ, "PREFECT_HOME": str(tmp_path / "prefect"), "NO_COLOR": "1"}
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-v"]
    run = subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, timeout=300)
    assert run.returncode == 0, run.stdout + run.stderr
    assert "5 passed" in run.stdout
    assert "zombies.scenario.yaml::runs that die PASSED" in run.stdout

    # The tests can fail: the automation waits two hours.
    automations = project / "automations.py"
    automations.write_text(automations.read_text().replace("hours=1", "hours=2"))
    run = subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, timeout=300)
    assert run.returncode == 1
    assert "expected: the automation fires once between 1h and 1h1m; actual: it fired once, at 2h" in run.stdout
