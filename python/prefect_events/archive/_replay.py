"""Replays archives: which automations would have fired, and when."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Optional

import msgspec

from .. import _core
from .._input import Document, Duration, document, settings, to_json
from .._read import read
from ._executors import On
from ._frame import Frame, frame
from ._parts import Bad, Part, Paths, Read, reason
from ._read import opened
from ._store import Work
from ._tasks import CHANGED, task_id

if TYPE_CHECKING:
    from .._types import Delivery, SimulationResult

CHUNKS = 1 << 20
"""More than the pieces in which a task reads its part: each has a number of its own, in the order of the archive."""


class ArchiveReplay(msgspec.Struct, frozen=True):
    """A replayed archive."""

    result: SimulationResult
    """As ``replay`` returns it, without what only all events together say: timelines, why an automation never fires, recorded
    firings and actions, and which events are missing that others follow."""
    events: int
    """How many events were read."""
    files: list[str]
    """The files that were read."""
    unread: list[Bad]
    """Files that could not be read, or changed meanwhile. The others were replayed. Also files with events that cannot be read:
    their other events were replayed."""
    text: Optional[str] = None
    """The result as text, if a format was given."""


class Plan(msgspec.Struct, frozen=True):
    """What all tasks know."""

    automation: bytes
    options: str
    """JSON text, as the core reads it."""


class Mapped(Read, frozen=True):
    """A part that was read: what its file has, one piece after the other."""

    task: str
    heads: list[bytes] = []
    pieces: list[tuple[int, int, int]] = []
    """The slice, the share or -1 for what couples all events, and the length."""
    events: int = 0
    not_played: list[str] = []
    """Of each event that cannot be read, why."""
    bad: Optional[Bad] = None

    found = 0


class Index(msgspec.Struct, frozen=True):
    """Where the pieces are: the task, where it begins in its file, and the length, by slice and share."""

    schedule: bytes
    slices: list[int]
    needed: list[list[int]]
    """Of each slice, the slices whose facts it needs if the state before it is not known."""
    pieces: dict[int, dict[int, list[tuple[str, int, int]]]]


class Sequenced(msgspec.Struct, frozen=True):
    """A slice in order, without what it hands on."""

    head: bytes
    state: bytes


def map_part(part: Part, number: int, plan: Plan, work: Work, task: str) -> Mapped:
    """Reads a part."""
    known = work.find(f"map/{task}.msgpack")
    if known is not None:
        return msgspec.structs.replace(msgspec.msgpack.decode(known, type=Mapped), was_kept=True)
    try:
        if part.now() != part.stamp:
            return Mapped(task, bad=Bad(part.name, CHANGED))
        with opened(part) as file, work.writer(f"map/{task}.bin") as writer:
            heads, pieces, events, not_played = _core.archive_replay_map(
                plan.automation, plan.options, number * CHUNKS, file, part.is_first, writer.write
            )
        if part.now() != part.stamp:
            return Mapped(task, bad=Bad(part.name, CHANGED))
    except (OSError, ValueError, EOFError) as error:
        return Mapped(task, bad=Bad(part.name, reason(error)))
    result = Mapped(task, heads, pieces, events, not_played)
    work.write(f"map/{task}.msgpack", [msgspec.msgpack.encode(result)])
    return result


@lru_cache(maxsize=1)
def _index(folder: str, replay: str, options: bytes) -> Index:
    work = Work(folder, msgspec.json.decode(options))
    return msgspec.msgpack.decode(work.read(f"replay/{replay}/index"), type=Index)


def index(work: Work, replay: str) -> Index:
    return _index(work.folder, replay, msgspec.json.encode(work.options))


def _pieces(work: Work, all: Index, slices: Sequence[int], share: int) -> list[bytes]:
    found = []
    for one in slices:
        for task, start, length in all.pieces.get(one, {}).get(share, ()):
            with work.open(f"map/{task}.bin") as file:
                file.seek(start)
                found.append(file.read(length))
    return found


def sequence_slice(replay: str, number: int, before: str | None, plan: Plan, work: Work) -> None:
    """Brings a slice into order. ``before``: where the slice before is, if this one goes on from its state."""
    name = slice_name(replay, number, before is not None)
    if work.has(f"{name}/done"):
        return
    all = index(work, replay)
    state = None if before is None else msgspec.msgpack.decode(work.read(f"{before}/done"), type=Sequenced).state
    facts = _pieces(work, all, all.needed[number] if state is None else [all.slices[number]], -1)
    head, state, ticks, orders = _core.archive_replay_sequence(
        plan.automation, plan.options, all.schedule, number, facts, state
    )
    work.write(f"{name}/ticks", [ticks])
    for share, order in orders:
        work.write(f"{name}/order-{share}", [order])
    work.write(f"{name}/done", [msgspec.msgpack.encode(Sequenced(head, state))])


def slice_name(replay: str, number: int, is_again: bool) -> str:
    return f"replay/{replay}/{'again' if is_again else 'slice'}-{number}"


def reduce_share(replay: str, share: int, slices: list[str], plan: Plan, work: Work) -> None:
    """Executes what a share evaluates, slice after slice."""
    name = f"replay/{replay}/firings-{share}"
    if work.has(name):
        return
    all = index(work, replay)
    state = None
    fired = []
    # A slice only has those windows in memory that something happens to.
    with tempfile.TemporaryDirectory(prefix="prefect-events-windows-", dir=work.local()) as folder:
        before, after = os.path.join(folder, "before"), os.path.join(folder, "after")
        open(before, "wb").close()
        for number, one in enumerate(slices):
            ticks, order = work.read(f"{one}/ticks"), work.find(f"{one}/order-{share}")
            events = _pieces(work, all, [all.slices[number]], share)
            firings, state = _core.archive_replay_reduce(
                plan.automation, plan.options, all.schedule, share, number, ticks, order, events, state, before, after
            )
            fired.append(firings)
            before, after = after, before
    work.write(name, [msgspec.msgpack.encode(fired)])


def replay(
    automation: Document,
    paths: Paths,
    *,
    on: On = "local",
    work: str | os.PathLike[str] | None = None,
    workers: int | None = None,
    start: datetime | str | None = None,
    end: datetime | Duration | None = None,
    tick_seconds: Duration | None = None,
    tick_offset_seconds: Duration | None = None,
    delivery: Delivery | None = None,
    server_version: str | None = None,
    intended: bool | None = None,
    slice_seconds: Duration | None = None,
    warm_up_seconds: Duration | None = None,
    hashes: int | None = None,
    storage_options: Mapping[str, Any] | None = None,
    part_size: int | None = None,
    progress: bool | None = None,
    format: str | None = None,
    rendering: Mapping[str, Any] | None = None,
) -> ArchiveReplay:
    """Plays an archive of events to automations, with the result of one process that reads all of it in order of receipt.

    Files and workers: see ``validate``. Events received at the same instant are played in the order of the files.

    Args:
        automation: One or several automations: see ``check_automation``.
        paths: The archive: see ``validate``.
        on: What runs the tasks: see ``validate``. One automation is one task at a time, unless ``intended`` and ``hashes`` divide it.
        work: A folder or address in which the results of tasks are kept: see ``validate``.
        workers: How many processes. Default: as many as there are processors.
        start: When the automations start. Default: with the first event.
        end: When they stop: a time, or a duration from the start.
        tick_seconds: The interval of the server's loops. Default 5 s.
        tick_offset_seconds: From the start to the first round of the loops. Default 0 s.
        delivery: ``"direct"``: events reach the triggers without the filters before them.
        server_version: The version of the server. Default ``"3.9"``.
        intended: Whether to play what is intended instead of the server's faults.
        slice_seconds: How much time one task brings into order. Default 6 h.
        warm_up_seconds: How long before that it begins. Default 75 min, at least 30 min. If that was too short, the slice is
            done again.
        hashes: With ``intended``, into how many tasks the keys of a trigger are divided: at most 1,000. Default 1.
        storage_options: Options of ``fsspec`` for addresses.
        part_size: About how many bytes of a file one task reads (default 64 MiB). Compressed files are not cut.
        progress: Whether progress is shown. Default: if standard error is a terminal.
        format: ``"pretty"`` or ``"json"``: the result has this text too.
        rendering: How it is rendered: ``{"colour": True, "columns": 80}``.

    Returns:
        The firings, and what could not be read.

    Raises:
        ValueError: An option is invalid, or an automation cannot be read.
        ImportError: A library is missing.
        Failed: A task failed several times.
        Interrupted: Ctrl-C. What is done is kept.

    Example:
        >>> import json, pathlib, tempfile
        >>> from concurrent.futures import ThreadPoolExecutor
        >>> from prefect_events import build_run
        >>> trigger = {"posture": "Reactive", "expect": ["prefect.flow-run.Failed"], "threshold": 1, "within": 0}
        >>> file = pathlib.Path(tempfile.mkdtemp()) / "events.ndjson"
        >>> events = build_run({"ends": "10m", "state": "Failed"})
        >>> _ = file.write_text("".join(json.dumps(event) + "\\n" for event in events))
        >>> with ThreadPoolExecutor() as threads:
        ...     replayed = replay({"name": "Failed", "trigger": trigger}, file, on=threads)
        >>> [firing.reason for firing in replayed.result.firings]
        ['1 of 1 required events: prefect.flow-run.Failed']
    """
    options = settings(
        start=start,
        end=end,
        tick_seconds=tick_seconds,
        tick_offset_seconds=tick_offset_seconds,
        delivery=delivery,
        server_version=server_version,
        intended=intended,
        slice_seconds=slice_seconds,
        warm_up_seconds=warm_up_seconds,
        hashes=hashes,
    )
    plan = Plan(document(automation)[0], options)
    # Before anything is read: what is invalid is an error at once.
    shares = _core.archive_replay_shares(plan.automation, plan.options)
    with frame(paths, on, work, workers, storage_options, part_size, progress) as archive:
        return _replayed(archive, plan, shares, format, rendering)


def _replayed(
    archive: Frame[Mapped], plan: Plan, shares: int, format: str | None, rendering: Mapping[str, Any] | None
) -> ArchiveReplay:
    parts, work = archive.found.parts, archive.work
    mapped = archive.map(
        lambda number, part: (map_part, (part, number, plan, work, task_id("replay", part, number, plan)))
    )
    all = _indexed(list(mapped.values()), plan)
    replay = task_id([one.task for one in mapped.values()], plan)
    work.write(f"replay/{replay}/index", [msgspec.msgpack.encode(all)])
    slices = range(len(all.slices))
    archive.reduce("ordering events", [(sequence_slice, (replay, one, None, plan, work)) for one in slices])
    names: list[str] = []
    heads: list[bytes] = []
    state: bytes | None = None
    for number in slices:
        name = slice_name(replay, number, False)
        one = msgspec.msgpack.decode(work.read(f"{name}/done"), type=Sequenced)
        if state is not None and not _core.archive_replay_continues(plan.automation, plan.options, one.head, state):
            name = slice_name(replay, number, True)
            archive.reduce("ordering again", [(sequence_slice, (replay, number, names[-1], plan, work))])
            one = msgspec.msgpack.decode(work.read(f"{name}/done"), type=Sequenced)
        names.append(name)
        heads.append(one.head)
        state = one.state
    archive.reduce("evaluating", [(reduce_share, (replay, one, names, plan, work)) for one in range(shares)])
    archive.progress.begin("merging")
    firings: list[bytes] = []
    for share in range(shares):
        firings += msgspec.msgpack.decode(work.read(f"replay/{replay}/firings-{share}"), type=list[bytes])
    how = None if format is None else to_json({"format": format, **(rendering or {})}).decode("ascii")
    result, text = _core.archive_replay_merge(plan.automation, plan.options, all.schedule, heads, firings, how)
    files = list(dict.fromkeys(parts[number].name for number in mapped))
    events = sum(one.events for one in mapped.values())
    not_played: dict[str, list[str]] = {}
    for number, one in mapped.items():
        not_played.setdefault(parts[number].name, []).extend(one.not_played)
    unread = [Bad(name, _not_played(reasons)) for name, reasons in not_played.items() if reasons]
    return ArchiveReplay(read(result, "SimulationResult"), events, files, archive.bad + unread, text)


def _not_played(reasons: list[str]) -> str:
    number = f"{len(reasons):,} events that are" if len(reasons) > 1 else "1 event that is"
    return f"has {number} not played: {reasons[0]}"


def _indexed(mapped: list[Mapped], plan: Plan) -> Index:
    heads = [head for one in mapped for head in one.heads]
    schedule, slices, needed = _core.archive_replay_schedule(plan.automation, plan.options, heads)
    pieces: dict[int, dict[int, list[tuple[str, int, int]]]] = {}
    for one in mapped:
        start = 0
        for slice, share, length in one.pieces:
            pieces.setdefault(slice, {}).setdefault(share, []).append((one.task, start, length))
            start += length
    return Index(schedule, slices, needed, pieces)
