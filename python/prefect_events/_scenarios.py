"""Files with scenarios, for the plugin of pytest."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import _core
from ._input import scenario_folder, settings

if TYPE_CHECKING:
    from ._cli.rewrite import Original

UPDATE = "--prefect-events-update"


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


def play(text: bytes, options: str, name: str) -> list[dict[str, Any]]:
    """How each scenario of a text ends, as the command ``test`` prints it."""
    played: list[dict[str, Any]] = json.loads(_core.play_scenarios(text, options, name))
    return played


class Scenarios:
    """The scenarios of a file, played."""

    updated: bool = False

    def __init__(self, path: Path, name: str, *, update: bool) -> None:
        self._name = name
        original = _read(path, name) if update else None
        text = path.read_bytes() if original is None else original.contents
        try:
            files = scenario_folder(path, None, text)
        except OSError as error:
            raise Broken(f"{name}: {error.filename}: {error.strerror}") from None
        except UnicodeDecodeError as error:
            raise Broken(f"{name}: a file that it refers to is no text: {error.reason}") from None
        options = settings(files=files)
        if original is not None:
            try:
                frozen = _core.freeze_firings(text, options)
            except ValueError as error:
                raise Broken(f"{name}: {error}") from None
            if frozen != text:
                _write(path, frozen, original, name)
                text = frozen
                self.updated = True
        self._played = play(text, options, name)

    def check(self, index: int) -> None:
        """Raises an exception if a scenario does not show what it should.

        Raises:
            Broken: It cannot be played.
            Unmet: An expectation is not met.
        """
        played = self._played[index]
        if not played["passed"]:
            raise (Broken if played["broken"] else Unmet)(played["text"])


def _read(path: Path, name: str) -> Original:
    # Only updates need it.
    from ._cli.files import Failed, Input
    from ._cli.rewrite import Original

    try:
        input = Input(os.fspath(path), UPDATE)
        return Original(input.all(), input.stats, UPDATE)
    except Failed as failed:
        raise Broken(f"{name} {failed}") from None


def _write(path: Path, text: bytes, original: Original, name: str) -> None:
    from ._cli.files import Failed
    from ._cli.rewrite import write_back

    try:
        write_back(os.fspath(path), text, original)
    except Failed as failed:
        # Another process of pytest-xdist may have done the same.
        if path.read_bytes() != text:
            raise Broken(f"{name} {failed}") from None
