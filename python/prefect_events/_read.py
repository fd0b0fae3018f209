"""Results of the native module as typed objects. Their types are only made when they are needed."""

from __future__ import annotations

from typing import Any


def read(text: bytes, name: str, *, several: bool = False) -> Any:
    """The result with this type; ``several``: a tuple of such."""
    import msgspec

    from . import _types

    result: Any = getattr(_types, name)
    return msgspec.json.decode(text, type=tuple[result, ...] if several else result)
