"""Rows of Prefect's table ``events`` as lines of JSON."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import msgspec

REQUIRED = ("occurred", "event", "resource", "id")
OPTIONAL = ("related", "payload", "received", "follows")
COLUMNS = (*REQUIRED, *OPTIONAL)

DOCUMENTS = {"resource", "related", "payload"}
"""Columns with JSON: as text, or as values."""

_encode = msgspec.json.Encoder().encode


def line(row: dict[str, Any], are_structs: bool = False) -> bytes:
    """The event of a row. ``are_structs``: an object has each key of the column, which is null where it is missing."""
    return _encode({name: value(name, row[name], are_structs) for name in COLUMNS if name in row}) + b"\n"


def value(name: str, given: Any, are_structs: bool) -> Any:
    if name in DOCUMENTS:
        if isinstance(given, (str, bytes)):
            text = given.encode() if isinstance(given, str) else given
            return msgspec.Raw(b" ".join(text.split(b"\n")))
        if isinstance(given, list) and given and all(isinstance(one, tuple) for one in given):
            # A column of the type map.
            return dict(given)
        if isinstance(given, dict) and are_structs:
            return {key: one for key, one in given.items() if one is not None}
        if isinstance(given, list):
            return [value(name, one, are_structs) for one in given]
        return given
    if isinstance(given, datetime):
        aware = given if given.tzinfo else given.replace(tzinfo=timezone.utc)
        return aware.astimezone(timezone.utc).isoformat().replace("+00:00", "Z")
    return given if given is None or isinstance(given, str) else str(given)
