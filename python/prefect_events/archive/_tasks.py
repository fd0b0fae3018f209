"""What workers do: each function keeps its result in the work folder, and is not done again if that is there."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any, Optional

import msgspec

from .. import _core
from ._parts import Bad, Part, reason
from ._read import opened
from ._store import Work

CHANGED = "has changed while it was read"


class Settings(msgspec.Struct, frozen=True):
    """How events are validated."""

    options: str
    """JSON text, as the core reads it."""
    schemas: Optional[str]
    buckets: int


class Chunk(msgspec.Struct, frozen=True):
    """A part of an archive as the core knows it: several for a long file. Lengths of what is in the file of its task."""

    summary: dict[str, Any]
    findings: int
    ids: list[int]
    records: list[int]
    found: int

    @property
    def size(self) -> int:
        return self.findings + sum(self.ids) + sum(self.records)


class Mapped(msgspec.Struct, frozen=True):
    """What a task has read."""

    task: str
    chunks: list[Chunk] = []
    bad: Optional[Bad] = None

    @property
    def events(self) -> int:
        return sum(int(chunk.summary["events"]) for chunk in self.chunks)

    @property
    def found(self) -> int:
        return sum(chunk.found for chunk in self.chunks)


def task_id(*of: Any) -> str:
    """A name for a task: another one if anything of it changes."""
    text = msgspec.json.encode([_core.__version__, *of])
    return hashlib.sha256(text).hexdigest()[:24]


def check_part(part: Part, settings: Settings, work: Work, task: str) -> Mapped:
    """Checks a part."""
    known = work.find(f"map/{task}.json")
    if known is not None:
        return msgspec.json.decode(known, type=Mapped)
    try:
        # A file that is another one by now is none of the archive.
        if part.now() != part.stamp:
            return Mapped(task, bad=Bad(part.name, CHANGED))
        with opened(part) as file, work.writer(f"map/{task}.bin") as writer:
            text = _core.archive_validate_map(
                file, settings.options, settings.schemas, settings.buckets, part.is_first, writer.write
            )
        if part.now() != part.stamp:
            return Mapped(task, bad=Bad(part.name, CHANGED))
    except (OSError, ValueError, EOFError) as error:
        return Mapped(task, bad=Bad(part.name, reason(error)))
    result = Mapped(task, msgspec.json.decode(text, type=list[Chunk]))
    work.write(f"map/{task}.json", [msgspec.json.encode(result)])
    return result


class Index(msgspec.Struct, frozen=True):
    """All chunks in their order: the tasks that have them, and where each begins there."""

    tasks: list[str]
    chunks: list[tuple[int, int, Chunk]]


@lru_cache(maxsize=1)
def _index(work: str, plan: str, options: bytes) -> Index:
    folder = Work(work, msgspec.json.decode(options))
    return msgspec.msgpack.decode(folder.read(f"plan/{plan}/index"), type=Index)


def index(work: Work, plan: str) -> Index:
    return _index(work.folder, plan, msgspec.json.encode(work.options))


def _sections(work: Work, index: Index, kind: str, bucket: int) -> Iterator[tuple[int, bytes]]:
    """The bytes of all chunks for a bucket, with their numbers."""
    file: Any = None
    opened_task = -1
    try:
        for number, (task, start, chunk) in enumerate(index.chunks):
            lengths = getattr(chunk, kind)
            if not lengths[bucket]:
                continue
            before = chunk.findings + (sum(chunk.ids) if kind == "records" else 0) + sum(lengths[:bucket])
            if task != opened_task:
                if file:
                    file.close()
                file, opened_task = work.open(f"map/{index.tasks[task]}.bin"), task
            file.seek(start + before)
            yield number, file.read(lengths[bucket])
    finally:
        if file:
            file.close()


def find_repeated(plan: str, bucket: int, buckets: int, work: Work) -> None:
    """Which events have the id of an earlier one."""
    name = f"plan/{plan}/repeated-{bucket}"
    if not work.has(name):
        found = _core.archive_validate_repeated(buckets, _sections(work, index(work, plan), "ids", bucket))
        work.write(name, [msgspec.msgpack.encode(found)])


def check_bucket(plan: str, bucket: int, settings: Settings, work: Work) -> None:
    """What the events of a bucket show together."""
    name = f"plan/{plan}/bucket-{bucket}"
    if work.has(name):
        return
    all = index(work, plan)
    repeated = []
    for other in range(settings.buckets):
        lists = msgspec.msgpack.decode(work.read(f"plan/{plan}/repeated-{other}"), type=list[bytes])
        repeated.append(lists[bucket])
    summaries = msgspec.json.encode([chunk.summary for _, _, chunk in all.chunks]).decode()
    found = _core.archive_validate_reduce(
        settings.options, summaries, repeated, _sections(work, all, "records", bucket)
    )
    work.write(name, [found])


def own_findings(work: Work, all: Index) -> Iterator[bytes]:
    """The findings of all chunks in their order."""
    for task, start, chunk in all.chunks:
        with work.open(f"map/{all.tasks[task]}.bin") as file:
            file.seek(start)
            yield file.read(chunk.findings)


class Beats(msgspec.Struct, frozen=True):
    """The heartbeats of a part."""

    task: str
    lengths: Sequence[int] = ()
    others: int = 0
    lines: int = 0
    bad: Optional[Bad] = None

    @property
    def events(self) -> int:
        return self.lines

    found = 0


def read_heartbeats(part: Part, work: Work, task: str) -> Beats:
    """Keeps what matters of the heartbeats of a part."""
    known = work.find(f"map/{task}.json")
    if known is not None:
        return msgspec.json.decode(known, type=Beats)
    try:
        if part.now() != part.stamp:
            return Beats(task, bad=Bad(part.name, CHANGED))
        with opened(part) as file, work.writer(f"map/{task}.bin") as writer:
            lengths, others, lines = _core.archive_heartbeats_map(file, part.is_first, writer.write)
        if part.now() != part.stamp:
            return Beats(task, bad=Bad(part.name, CHANGED))
    except (OSError, ValueError, EOFError) as error:
        return Beats(task, bad=Bad(part.name, reason(error)))
    result = Beats(task, lengths, others, lines)
    work.write(f"map/{task}.json", [msgspec.json.encode(result)])
    return result


def kept_heartbeats(work: Work, all: Sequence[Beats]) -> Iterator[bytes]:
    """What was kept of the heartbeats, in the order of the parts."""
    for one in all:
        with work.open(f"map/{one.task}.bin") as file:
            for length in one.lengths:
                yield file.read(length)
