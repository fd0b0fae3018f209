"""The shell completes commands, options, choices, and what can be explained."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = Path(sys.executable).with_name("prefect-events")


def complete(shell: str, *words: str) -> list[str]:
    """What click tells a shell to propose for the last of these words."""
    line = " ".join(["prefect-events", *words])
    environment = {
        **os.environ,
        "_PREFECT_EVENTS_COMPLETE": f"{shell}_complete",
        "COMP_WORDS": line,
        "COMP_CWORD": words[-1] if shell == "fish" else str(len(words)),
    }
    output = subprocess.run([PROGRAM], env=environment, capture_output=True, text=True, check=True)
    assert output.stderr == ""
    return output.stdout.split("\n")[:-1]


def test_bash() -> None:
    assert complete("bash", "va") == ["plain,validate"]
    assert complete("bash", "validate", "--f") == ["plain,--format", "plain,--fix"]
    assert complete("bash", "validate", "--format", "s") == ["plain,sarif"]
    assert complete("bash", "explain", "missing-la") == ["plain,missing-label"]
    assert "plain,prefect.task-run.Running" in complete("bash", "explain", "prefect.task-run.R")
    assert complete("bash", "schema", "deploy") == ["plain,deployment-triggers"]
    # The shell itself completes files.
    assert complete("bash", "validate", "ev") == ["file,ev"]
    assert complete("bash", "validate", "--schemas", "s") == ["dir,s"]


def test_zsh_and_fish() -> None:
    assert "validate" in complete("zsh", "va")
    assert "sarif" in complete("zsh", "validate", "--format", "s")
    assert any("validate" in line for line in complete("fish", "va"))
    assert any("sarif" in line for line in complete("fish", "validate", "--format", "s"))


@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash")
def test_in_bash_itself() -> None:
    script = """
        source <(_PREFECT_EVENTS_COMPLETE=bash_source prefect-events)
        COMP_WORDS=(prefect-events advise --for) COMP_CWORD=2
        "$(complete -p prefect-events | sed 's/.*-F \\([^ ]*\\).*/\\1/')" prefect-events
        printf '%s\\n' "${COMPREPLY[@]}"
    """
    path = os.pathsep.join([str(PROGRAM.parent), os.environ["PATH"]])
    output = subprocess.run(
        ["bash", "-c", script], env={**os.environ, "PATH": path}, capture_output=True, text=True, check=True
    )
    assert output.stdout == "--format\n"
