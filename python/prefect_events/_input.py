"""Inputs of all kinds as bytes, and options as JSON text."""

from __future__ import annotations

import json
import os
import sys
from datetime import date, datetime, time, timedelta
from typing import Any, Mapping, Protocol, Sequence, Union, runtime_checkable

from . import _core


@runtime_checkable
class Model(Protocol):
    """A model of pydantic, such as Prefect's ``Event`` or ``Automation``."""

    def model_dump(self, *, mode: str) -> Any:
        """The content of the model as plain values."""
        ...


Text = Union[str, bytes, bytearray, memoryview, "os.PathLike[str]"]
"""A text, its UTF-8 bytes, or the path of a file."""

Document = Union[Text, Mapping[str, Any], Sequence[Any], Model]
"""A text or a file, or the document itself: ``dict``, ``list``, or a model of pydantic."""


Duration = Union[str, int, float, timedelta]
"""A duration: ``"90s"``, seconds, or a ``timedelta``."""


def document(value: Document) -> tuple[bytes, bool]:
    """The bytes of a document, and whether a place in them means something to the caller."""
    if isinstance(value, str):
        # Lone surrogates are three bytes each, which the core reports.
        return value.encode("utf-8", "surrogatepass"), True
    if isinstance(value, bytes):
        return value, True
    if isinstance(value, (bytearray, memoryview)):
        return bytes(value), True
    if isinstance(value, os.PathLike):
        with open(value, "rb") as file:
            return file.read(), True
    return to_json(value), False


def texts(events: Document | Sequence[Text]) -> list[bytes]:
    """Texts in a list are files of one history; anything else in a list is an event."""
    if isinstance(events, (list, tuple)) and events and all(isinstance(one, (str, bytes, os.PathLike)) for one in events):
        return [document(one)[0] for one in events]
    return [document(events)[0]]


def scenario_folder(scenarios: Document, files: Mapping[str, str] | None, text: bytes) -> Mapping[str, str] | None:
    """The files that scenarios refer to: those that are given, or from the folder of the scenarios' file."""
    if files is not None or not isinstance(scenarios, os.PathLike):
        return files
    folder = os.path.dirname(scenarios)
    names: list[str] = json.loads(_core.scenario_files(text))
    files = {}
    for name in names:
        with open(os.path.join(folder, name), encoding="utf-8") as file:
            files[name] = file.read()
    return files


def to_json(value: object) -> bytes:
    """JSON text of plain values and models.

    Raises:
        TypeError: a value has no form in JSON.
        ValueError: a number is not finite, or a value contains itself.
    """
    if isinstance(value, (list, tuple)) and len(value) > _AT_ONCE:
        parts = (_encode(value[start : start + _AT_ONCE])[1:-1] for start in range(0, len(value), _AT_ONCE))
        return b"[" + b",".join(parts) + b"]"
    return _encode(value)


_AT_ONCE = 1000
"""Items of a long list that are written at once: the encoder does not look for signals, such as Ctrl-C."""


def _encode(value: object) -> bytes:
    return json.dumps(value, default=_plain, allow_nan=False, separators=(",", ":")).encode("ascii")


def _plain(value: object) -> Any:
    if isinstance(value, Model):
        return value.model_dump(mode="json")
    if isinstance(value, (datetime, date, time)):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    # Its import takes longer than this module's: a caller with such a value has imported it.
    uuid = sys.modules.get("uuid")
    if uuid is not None and isinstance(value, uuid.UUID):
        return str(value)
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, (set, frozenset, Sequence)):
        return list(value)
    raise TypeError(f"{type(value).__name__} has no form in JSON: give a str, bytes, a Path, a dict, a list or a model")


def plain(value: object) -> Any:
    """The content of a model as plain values; anything else as it is."""
    return value.model_dump(mode="json") if isinstance(value, Model) else value


def settings(**options: object) -> str:
    """The options that were given, as the core reads them."""
    given = {name: value for name, value in options.items() if value is not None}
    # Most calls have none, and the encoder takes as long as the check of an event.
    return json.dumps({_camel(name): value for name, value in given.items()}, default=_plain) if given else "{}"


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)
