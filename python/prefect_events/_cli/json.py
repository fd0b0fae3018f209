"""JSON text."""

from __future__ import annotations

import msgspec


def to_json(value: object) -> str:
    return msgspec.json.encode(value).decode()
