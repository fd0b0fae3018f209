"""The command ``archive``."""

from __future__ import annotations

import json
import os
import shlex
import signal
from typing import Any

from .. import _core
from .arguments import Misuse
from .files import Failed, cannot_read, listed
from .output import MISUSE, STDERR, STDOUT

ACTIONS = {
    "validate": ("profile", "severity", "maxDiagnostics", "schemas"),
    "replay": (
        "automation",
        "start",
        "end",
        "tick",
        "delivery",
        "serverVersion",
        "intended",
        "hashes",
        "slice",
    ),
    "advise": ("within",),
}
"""What can be done, and the options that only this has."""

INTERRUPTED = 130


def archive(options: dict[str, Any], names: dict[str, str]) -> int:
    """
    Raises:
        Misuse: Options do not go together.
    """
    action, paths = options.pop("action"), [names.get(path, path) for path in options.pop("paths")]
    _check(action, options)
    terminal = {name: value for name, value in STDOUT.terminal().items() if value is not None}
    common = {
        "on": options["on"],
        "work": options.get("work"),
        "workers": options.get("workers"),
        "format": options["format"],
        "rendering": terminal,
    }
    # The program ends with Ctrl-C; this command says first what is done.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        from .. import archive as package

        if action == "advise":
            advice = package.advise(paths, within=options.get("within"), **common)
            text, unread, status = advice.text, advice.unread, 0
        elif action == "replay":
            if "automation" not in options:
                raise Misuse("archive replay needs --automation FILE")
            file = names.get(options["automation"], options["automation"])
            replayed = package.replay(
                _automation(file),
                paths,
                start=options.get("start"),
                end=options.get("end"),
                tick_seconds=options.get("tick"),
                delivery=options.get("delivery"),
                server_version=options.get("serverVersion"),
                intended=options.get("intended"),
                hashes=options.get("hashes"),
                slice_seconds=options.get("slice"),
                **common,
            )
            text, unread, status = replayed.text, replayed.unread, 0
        else:
            checked = package.validate(
                paths,
                profile=options.get("profile"),
                severity=options.get("severity"),
                max_diagnostics=options.get("maxDiagnostics"),
                schemas=_schemas(names.get(options["schemas"], options["schemas"])) if "schemas" in options else None,
                **common,
            )
            text, unread, status = checked.text, checked.unread, int(not checked.report.valid)
    except ImportError as error:
        return _failed(str(error))
    except KeyboardInterrupt as stopped:
        work = getattr(stopped, "work", None)
        if work is None:
            return INTERRUPTED
        given = shlex.join(names.get(path, path) for path in paths)
        STDERR.write(
            f"\nprefect-events: interrupted: {_core.printable(str(stopped))}\n"
            f"Go on with the same options and: prefect-events archive {action} {_core.printable(given)}"
            f" --work {_core.printable(shlex.quote(work))}\n"
        )
        return INTERRUPTED
    except (ValueError, OSError) as error:
        return _failed(str(error))
    except package.Failed as error:
        return _failed(f"{error}; what is done is kept with --work")
    for one in unread:
        _failed(f"{one.name} {one.reason}")
    STDOUT.write(text or "")
    return MISUSE if unread else status


def _check(action: str, options: dict[str, Any]) -> None:
    if action not in ACTIONS:
        raise Misuse(f"argument 'ACTION' is '{action}'. Allowed choices are {', '.join(ACTIONS)}.")
    for other, own in ACTIONS.items():
        wrong = [name for name in own if other != action and name in options]
        if wrong:
            flag = "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in wrong[0])
            raise Misuse(f"--{flag} is an option of archive {other}")
    if action != "validate" and options["format"] not in ("pretty", "json"):
        raise Misuse(f"--format {options['format']} is not for archive {action}: give pretty or json")


def _failed(message: str) -> int:
    STDERR.write(f"prefect-events: {_core.printable(message)}\n")
    return MISUSE


def _automation(path: str) -> bytes:
    """
    Raises:
        OSError: It cannot be read.
    """
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError as error:
        raise OSError(f"{path} {cannot_read(error)}") from None


def _schemas(folder: str) -> dict[str, Any]:
    """The user's own JSON Schemas, by the names of their files.

    Raises:
        OSError: The folder or a file cannot be read.
        ValueError: A file is not JSON.
    """
    try:
        files = listed(folder)
    except Failed as failed:
        raise OSError(f"{folder} {failed}") from None
    found = {}
    for name, path in sorted(files):
        if name.endswith(".json"):
            try:
                with open(path, encoding="utf-8") as file:
                    found[name[: -len(".json")]] = json.load(file)
            except OSError as error:
                raise OSError(f"{path} {cannot_read(error)}") from None
            except ValueError as error:
                raise ValueError(f"{path} is not JSON: {error}") from None
    if not found:
        raise ValueError(f"{os.path.join(folder, '')} has no *.json files")
    return found
