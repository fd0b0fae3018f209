"""Inputs of all kinds as bytes, and options as JSON text."""

from __future__ import annotations

import json
import os
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any, Mapping, Protocol, Sequence, Union, runtime_checkable
from uuid import UUID


@runtime_checkable
class Model(Protocol):
    """A model of pydantic, such as Prefect's ``Event`` or ``Automation``."""

    def model_dump(self, *, mode: str) -> Any:
        """The content of the model as plain values."""


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
        return Path(value).read_bytes(), True
    return to_json(value), False


def texts(events: Document | Sequence[Text]) -> list[bytes]:
    """Texts in a list are files of one history; anything else in a list is an event."""
    if isinstance(events, (list, tuple)) and events and all(isinstance(one, (str, bytes, os.PathLike)) for one in events):
        return [document(one)[0] for one in events]
    return [document(events)[0]]


def to_json(value: object) -> bytes:
    """JSON text of plain values and models.

    Raises:
        TypeError: a value has no form in JSON.
        ValueError: a number is not finite, or a value contains itself.
    """
    return json.dumps(value, default=_plain, allow_nan=False).encode("ascii")


def _plain(value: object) -> Any:
    if isinstance(value, Model):
        return value.model_dump(mode="json")
    if isinstance(value, (datetime, date, time)):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, (set, frozenset, Sequence)):
        return list(value)
    raise TypeError(f"{type(value).__name__} has no form in JSON: give a str, bytes, a Path, a dict, a list or a model")


def settings(**options: object) -> str:
    """The options that were given, as the core reads them."""
    return json.dumps(
        {_camel(name): value for name, value in options.items() if value is not None},
        default=_plain,
    )


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)
