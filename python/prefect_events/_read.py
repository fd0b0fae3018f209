"""Results of the native module as typed objects. Their types are only made when they are needed."""

from __future__ import annotations

from typing import Any


_decoders: dict[tuple[str, bool], Any] = {}
"""What reads the results of a type. Making one takes longer than reading a report."""


def read(text: bytes, name: str, *, several: bool = False) -> Any:
    """The result with this type; ``several``: a tuple of such."""
    decoder = _decoders.get((name, several))
    if decoder is None:
        decoder = _decoders[name, several] = _decoder(name, several)
    return decoder.decode(text)


def _decoder(name: str, several: bool) -> Any:
    import msgspec

    from . import _types

    result: Any = getattr(_types, name)
    return msgspec.json.Decoder(tuple[result, ...] if several else result)
