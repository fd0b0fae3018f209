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


def run_script(*command: str, home: Path) -> str:
    """What a shell prints that does not read its user's settings."""
    path = os.pathsep.join([str(PROGRAM.parent), os.environ["PATH"]])
    environment = {**os.environ, "PATH": path, "HOME": str(home), "ZDOTDIR": str(home), "XDG_CONFIG_HOME": str(home)}
    output = subprocess.run(command, env=environment, capture_output=True, text=True, check=True, timeout=60)
    return output.stdout


def has(shell: str) -> pytest.MarkDecorator:
    return pytest.mark.skipif(shutil.which(shell) is None, reason=f"there is no {shell}")


@has("bash")
def test_in_bash_itself(tmp_path: Path) -> None:
    script = """
        source <(_PREFECT_EVENTS_COMPLETE=bash_source prefect-events)
        COMP_WORDS=(prefect-events advise --for) COMP_CWORD=2
        "$(complete -p prefect-events | sed 's/.*-F \\([^ ]*\\).*/\\1/')" prefect-events
        printf '%s\\n' "${COMPREPLY[@]}"
    """
    assert run_script("bash", "-c", script, home=tmp_path) == "--format\n"


@has("zsh")
def test_in_zsh_itself(tmp_path: Path) -> None:
    # Only a terminal completes: `zpty` makes one. The word in two parts is not yet in what the terminal echoes.
    script = """
        zmodload zsh/zpty
        zpty shell zsh -i
        zpty -w shell 'autoload -Uz compinit; compinit -D; source <(_PREFECT_EVENTS_COMPLETE=zsh_source prefect-events); echo rea""dy'
        zpty -r shell output '*ready*'
        zpty -w -n shell $'prefect-events advise --for\\t'
        zpty -r shell output '*--format*' && echo completed
        zpty -d shell
    """
    assert run_script("zsh", "-c", script, home=tmp_path).endswith("completed\n")


@has("fish")
def test_in_fish_itself(tmp_path: Path) -> None:
    script = """
        _PREFECT_EVENTS_COMPLETE=fish_source prefect-events | source
        complete -C 'prefect-events advise --for'
        complete -C 'prefect-events explain missing-la'
    """
    assert run_script("fish", "-c", script, home=tmp_path) == "--format\toutput format\nmissing-label\n"
