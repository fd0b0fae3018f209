"""What all results have in common."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import msgspec

from . import _core
from ._input import to_json


class Result(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, rename="camel"):
    """A result: a frozen object. Times are aware ``datetime``s, exact to the microsecond."""

    def to_dict(self) -> dict[str, Any]:
        """The result as JSON has it: ``dict``, ``list``, ``str``, numbers, with the names of JSON.

        Times are texts: RFC 3339 in UTC with microseconds.
        """
        plain: dict[str, Any] = _plain(msgspec.to_builtins(self, builtin_types=(datetime,)))
        return plain


class Report(Result, frozen=True, kw_only=True, omit_defaults=True, rename="camel"):
    """A result with findings, which notebooks show as a table."""

    def _repr_html_(self) -> str | None:
        return _core.report_html(to_json(self.to_dict()))


class Played(Result, frozen=True, kw_only=True, omit_defaults=True, rename="camel"):
    """A result with a timeline, which notebooks draw."""

    def _repr_html_(self) -> str | None:
        return _core.simulation_html(to_json(self.to_dict()))


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(inner) for inner in value]
    if isinstance(value, datetime):
        return value.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return value
