"""Files with scenarios, for the plugin of pytest."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path
from typing import Any

from . import _core
from ._input import scenario_folder, settings


class Broken(Exception):
    """A file or a scenario that cannot be read: what is wrong, and where."""


class Unmet(Exception):
    """What was expected, and what happened."""


def listed(path: Path, name: str) -> list[tuple[str, int]]:
    """The scenarios of a file: their names, which are different, and their lines from 0.

    Raises:
        Broken: The file cannot be read.
    """
    try:
        text = path.read_bytes()
    except OSError as error:
        raise Broken(f"{name}: {error.strerror}") from None
    found: list[dict[str, Any]] = []
    try:
        found = json.loads(_core.list_scenarios(text))
    except ValueError as error:
        raise Broken(f"{name}:{error}") from None
    names: dict[str, int] = {}
    scenarios = []
    for number, scenario in enumerate(found, 1):
        own = scenario.get("name") or f"scenario {number}"
        names[own] = count = names.get(own, 0) + 1
        line = scenario["range"]["start"]["line"] - 1
        scenarios.append((own if count == 1 else f"{own} ({count})", line))
    return scenarios


class Scenarios:
    """The scenarios of a file, played."""

    updated: bool = False

    def __init__(self, path: Path, name: str, *, update: bool) -> None:
        self._name = name
        text = path.read_bytes()
        try:
            files = scenario_folder(path, None, text)
        except OSError as error:
            raise Broken(f"{name}: {error.filename}: {error.strerror}") from None
        except UnicodeDecodeError as error:
            raise Broken(f"{name}: a file that it refers to is no text: {error.reason}") from None
        options = settings(files=files)
        if update:
            try:
                frozen = _core.freeze_firings(text, options)
            except ValueError as error:
                raise Broken(f"{name}: {error}") from None
            if frozen != text:
                _replace(path, frozen)
                text = frozen
                self.updated = True
        self._played: list[dict[str, Any]] = json.loads(_core.play_scenarios(text, options, name))

    def check(self, index: int) -> None:
        """Raises an exception if a scenario does not show what it should.

        Raises:
            Broken: It cannot be played.
            Unmet: An expectation is not met.
        """
        played = self._played[index]
        if not played["passed"]:
            raise (Broken if played["broken"] else Unmet)(played["text"])


def _replace(path: Path, text: bytes) -> None:
    """Writes a file as a whole or not at all, also if another process of pytest-xdist does the same."""
    path = path.resolve()
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(text)
        os.chmod(temporary, path.stat().st_mode)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise
