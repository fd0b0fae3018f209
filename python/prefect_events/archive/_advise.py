"""What the heartbeats of archives call for."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Optional

import msgspec

from .. import _core
from .._input import Duration, settings, to_json
from .._read import read
from ._executors import On
from ._frame import frame
from ._parts import Bad, Paths
from ._tasks import Beats, kept_heartbeats, read_heartbeats, task_id

if TYPE_CHECKING:
    from .._types import ObservedHeartbeats


class HeartbeatAdvice(msgspec.Struct, frozen=True):
    """What the heartbeats of an archive call for."""

    observed: ObservedHeartbeats
    """The result of ``live.observe_heartbeats`` on all files."""
    unread: list[Bad]
    """Files that could not be read, or changed meanwhile."""
    text: Optional[str] = None
    """The result as text, if a format was given."""


def advise(
    paths: Paths,
    *,
    within: Duration | None = None,
    on: On = "local",
    work: str | os.PathLike[str] | None = None,
    workers: int | None = None,
    storage_options: Mapping[str, Any] | None = None,
    part_size: int | None = None,
    progress: bool | None = None,
    format: str | None = None,
    rendering: Mapping[str, Any] | None = None,
) -> HeartbeatAdvice:
    """Calculates what the captured heartbeats of an archive call for: gaps, delays, losses and windows.

    Args:
        paths: See ``validate``. The events of a run must be in the order in which the server received them.
        within: The present ``within`` of the trigger.
        on: What runs the tasks: see ``validate``.
        work: A folder or address in which the results of tasks are kept: see ``validate``.
        workers: How many processes. Default: as many as there are processors.
        storage_options: Options of ``fsspec`` for addresses.
        part_size: About how many bytes of a file one task reads (default 64 MiB). Compressed files are not cut.
        progress: Whether progress is shown. Default: if standard error is a terminal.
        format: ``"pretty"`` or ``"json"``: the result has this text too.
        rendering: How it is rendered: ``{"colour": True, "columns": 80}``.

    Returns:
        The result, and what could not be read.

    Raises:
        ValueError: An option is invalid.
        ImportError: A library is missing.
        Failed: A task failed several times.
        Interrupted: Ctrl-C. What is done is kept.

    Example:
        >>> import json, pathlib, tempfile
        >>> from concurrent.futures import ThreadPoolExecutor
        >>> from prefect_events import build_run
        >>> file = pathlib.Path(tempfile.mkdtemp()) / "events.ndjson"
        >>> events = build_run({"ends": "10m", "heartbeat": {"frequency": 30}})
        >>> _ = file.write_text("".join(json.dumps(event) + "\\n" for event in events))
        >>> with ThreadPoolExecutor() as threads:
        ...     advice = advise(file, on=threads)
        >>> advice.observed.heartbeats
        20
    """
    options = settings(within=within)
    how = None if format is None else to_json({**(rendering or {}), "format": format}).decode("ascii")
    _core.archive_heartbeats_merge(options, 0, iter(()), how)
    with frame(paths, on, work, workers, storage_options, part_size, progress) as archive:
        work_folder = archive.work
        mapped = archive.map(lambda number, part: (read_heartbeats, (part, work_folder, task_id(part, "heartbeats"))))
        beats: list[Beats] = list(mapped.values())
        archive.progress.begin("merging")
        others = sum(one.others for one in beats)
        observed, text = _core.archive_heartbeats_merge(options, others, kept_heartbeats(work_folder, beats), how)
        return HeartbeatAdvice(read(observed, "ObservedHeartbeats"), archive.bad, text)
