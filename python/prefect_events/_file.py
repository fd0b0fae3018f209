"""Files of any size, of any kind."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Any, Protocol, Union

from . import _core
from ._input import json_text, settings
from ._read import read

if TYPE_CHECKING:
    from ._types import Profile, ValidationReport


class Readable(Protocol):
    """An open file, of bytes or of text."""

    def read(self, size: int, /) -> str | bytes:
        """At most `size` bytes or characters; nothing at the end."""
        ...


File = Union[str, "os.PathLike[str]", Readable, AbstractContextManager[Readable]]
"""A path, an open file, what ``fsspec.open`` returns, or an address that it opens: ``"s3://bucket/events.ndjson"``."""


def validate_file(
    file: File,
    *,
    profile: Profile | None = None,
    severity: Mapping[str, str] | None = None,
    max_diagnostics: int | None = None,
    schemas: Mapping[str, Mapping[str, Any]] | None = None,
    threads: int | None = None,
    storage_options: Mapping[str, Any] | None = None,
) -> ValidationReport:
    """Validates the events in a file, with the report of ``validate`` on its text.

    NDJSON is checked by several threads at once, and is never in memory as a whole. Compressed files
    (gzip, zstd) are recognised by their content. Other threads of Python run meanwhile.

    Args:
        file: A path, an open file of bytes or of text, or an address that ``fsspec`` opens
            (``pip install fsspec``, and what it needs for the address): ``"s3://bucket/events.ndjson.gz"``.
        profile: ``"documented"`` (default) checks all rules, ``"server"`` only what the Prefect
            server rejects.
        severity: Severities that differ from the default, by code: ``{"missing-label": "off"}``.
        max_diagnostics: The most diagnostics in the report (default 1000).
        schemas: JSON Schemas of your own, by the names of events: ``{"acme.order.*": {...}}``.
        threads: How many threads check. Default: as many as there are processors.
        storage_options: Options of ``fsspec`` for an address, such as ``{"anon": True}``.

    Returns:
        The report. Wrong events are findings in it, not exceptions.

    Raises:
        OSError: The file cannot be read, or its compressed content is damaged.
        ValueError: An option or a schema is invalid.
        ImportError: The address needs ``fsspec``.

    Example:
        >>> import io
        >>> line = '{"event": "acme.paid", "occurred": "2026-03-31T18:30:00Z", "resource": {}}\\n'
        >>> report = validate_file(io.StringIO(line * 1000), max_diagnostics=1)
        >>> report.count, report.errors, report.diagnostics[0].code
        (1000, 2000, 'missing-field')
    """
    if threads is not None and threads < 1:
        raise ValueError(f"the option `threads`: {threads} is not a positive number")
    own = json_text(schemas)
    options = settings(profile=profile, severity=severity, max_diagnostics=max_diagnostics)
    with _opened(file, storage_options) as source:
        result: ValidationReport = read(_core.validate_file(source, options, own, threads or 0), "ValidationReport")
        return result


def _opened(file: File, storage_options: Mapping[str, Any] | None) -> AbstractContextManager[Any]:
    """What the native module reads: a path, or an open file."""
    if isinstance(file, str) and "://" in file:
        try:
            import fsspec  # type: ignore[import-untyped, unused-ignore]
        except ImportError as error:
            raise ImportError(f"{file}: install `fsspec` to read from addresses") from error
        opened: AbstractContextManager[Any] = fsspec.open(file, "rb", compression=None, **(storage_options or {}))
        return opened
    if storage_options is not None:
        raise ValueError("`storage_options` are for addresses such as s3://bucket/events.ndjson")
    if hasattr(file, "read") or isinstance(file, (str, os.PathLike)):
        return nullcontext(file)
    if isinstance(file, AbstractContextManager):
        return file
    raise TypeError(f"{type(file).__name__} is no file: give a path, an open file or an address")
