"""What all results have in common."""

from __future__ import annotations

from typing import Any

import msgspec


class Result(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, rename="camel"):
    """A result: a frozen object with the fields of the core's results."""

    def to_dict(self) -> dict[str, Any]:
        """The result as in the formats ``json``: plain ``dict``, ``list``, ``str``, numbers, with the names of JSON.

        Times are texts: RFC 3339 in UTC with microseconds.
        """
        built: dict[str, Any] = msgspec.to_builtins(self, enc_hook=None)
        return built
