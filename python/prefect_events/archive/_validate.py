"""Validates archives."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Optional

import msgspec

from .. import _core
from .._input import settings, to_json
from .._read import read
from ._executors import On
from ._frame import Frame, frame
from ._parts import Bad, Paths
from ._tasks import (
    Mapped,
    Settings,
    check_bucket,
    check_part,
    find_repeated,
    own_findings,
    task_id,
    write_index,
    write_repeats,
)

if TYPE_CHECKING:
    from .._types import Profile, ValidationReport

BUCKET = 128 << 20
"""About how many bytes of text have their records in one bucket: a worker remembers those of one bucket at a time."""

MOST_BUCKETS = 4096

Unread = Bad
"""A file that could not be read: its ``name``, and the ``reason``, a sentence without its subject."""


class ArchiveReport(msgspec.Struct, frozen=True):
    """What an archive shows."""

    report: ValidationReport
    """The report on the text of all files, one after the other in their order."""
    files: list[str]
    """The files that were read, in this order."""
    unread: list[Unread]
    """Files that could not be read, or changed meanwhile. The others are in the report."""
    text: Optional[str] = None
    """The report as text, if a format was given."""


def validate(
    paths: Paths,
    *,
    on: On = "local",
    work: str | os.PathLike[str] | None = None,
    workers: int | None = None,
    profile: Profile | None = None,
    severity: Mapping[str, str] | None = None,
    max_diagnostics: int | None = None,
    schemas: Mapping[str, Mapping[str, Any]] | None = None,
    storage_options: Mapping[str, Any] | None = None,
    part_size: int | None = None,
    progress: bool | None = None,
    format: str | None = None,
    rendering: Mapping[str, Any] | None = None,
) -> ArchiveReport:
    """Validates an archive of events, with the report of one process that reads all of it and remembers all events.

    Files of NDJSON, plain or compressed (gzip, zstd), and of Parquet, and tables of PostgreSQL. Workers on this machine are
    processes: a script that calls this needs ``if __name__ == "__main__":``.

    Args:
        paths: Files, folders, patterns or addresses: ``"s3://bucket/events/"``. They are read in this order, those of a
            folder in the order of their names.
        on: What runs the tasks: ``"local"`` for processes on this machine, ``"dask"`` or ``"dask=ADDRESS"``, ``"ray"`` or
            ``"ray=ADDRESS"``, ``"prefect"`` for the task runner of the flow that runs, or an object with ``submit``.
        work: A folder or address in which the results of tasks are kept, which all workers can reach: the same call goes on
            where an earlier one ended. Default: a temporary folder.
        workers: How many processes. Default: as many as there are processors.
        profile: ``"documented"`` (default) checks all rules, ``"server"`` only what the Prefect server rejects.
        severity: Severities that differ from the default, by code: ``{"missing-label": "off"}``.
        max_diagnostics: The most diagnostics in the report (default 1000).
        schemas: JSON Schemas of your own, by the names of events.
        storage_options: Options of ``fsspec`` for addresses.
        part_size: About how many bytes of a file one task reads (default 64 MiB). Compressed files are not cut.
        progress: Whether progress is shown. Default: if standard error is a terminal.
        format: ``"pretty"``, ``"json"``, ``"github"``, ``"sarif"`` or ``"junit"``: the result has this text too.
        rendering: How it is rendered: ``{"colour": True, "columns": 80}``.

    Returns:
        The report, and what could not be read.

    Raises:
        ValueError: An option is invalid.
        ImportError: A library is missing.
        Failed: A task failed several times.
        Interrupted: Ctrl-C. What is done is kept.

    Example:
        >>> import pathlib, tempfile
        >>> from concurrent.futures import ThreadPoolExecutor
        >>> folder = pathlib.Path(tempfile.mkdtemp())
        >>> line = '{"event": "acme.paid", "occurred": "2026-03-31T18:30:00Z", "resource": {}}\\n'
        >>> for day in ("monday", "tuesday"):
        ...     _ = (folder / f"{day}.ndjson").write_text(line)
        >>> with ThreadPoolExecutor() as threads:
        ...     checked = validate(folder, on=threads)
        >>> checked.report.count, checked.report.errors, checked.unread
        (2, 4, [])
    """
    own = None if schemas is None else to_json(schemas).decode("ascii")
    options = settings(profile=profile, severity=severity, max_diagnostics=max_diagnostics)
    # Before anything is read: an invalid option is an error at once.
    _core.validate(b"", options, own, False)
    with frame(paths, on, work, workers, storage_options, part_size, progress) as archive:
        return _validated(archive, options, own, format, rendering)


def _validated(
    archive: Frame[Mapped], options: str, schemas: str | None, format: str | None, rendering: Mapping[str, Any] | None
) -> ArchiveReport:
    parts, work = archive.found.parts, archive.work
    buckets = min(MOST_BUCKETS, 1 + archive.found.text_size // BUCKET)
    how = Settings(options, schemas, buckets)
    mapped = archive.map(lambda number, part: (check_part, (part, how, work, task_id(part, how))))
    plan = task_id([one.task for one in mapped.values()], how)
    all = write_index(work, plan, buckets, list(mapped.values()))
    archive.reduce("finding repeated ids", [(find_repeated, (plan, one, buckets, work)) for one in range(buckets)])
    write_repeats(work, plan, buckets)
    archive.reduce("linking events", [(check_bucket, (plan, one, how, work)) for one in range(buckets)])
    archive.progress.begin("merging")
    names = list(dict.fromkeys(parts[number].name for number in mapped))
    view = None
    if format is not None:
        files: dict[str, dict[str, Any]] = {name: {"name": name, "parts": []} for name in names}
        for number, one in mapped.items():
            files[parts[number].name]["parts"] += [chunk.summary for chunk in one.chunks]
        listed = [*files.values(), *({"name": bad.name, "bad": bad.reason} for bad in archive.bad)]
        form = {"format": format, "archive": "the rest of the archive", "backslash": os.sep == "\\"}
        view = to_json({**form, "rendering": dict(rendering or {}), "files": listed}).decode("ascii")
    found = (work.read(f"plan/{plan}/bucket-{one}") for one in range(buckets))
    report, text = _core.archive_validate_merge(options, found, own_findings(work, all), view)
    return ArchiveReport(read(report, "ValidationReport"), names, archive.bad, text)
