"""What workers do: each function keeps its result in the work folder, and is not done again if that is there."""

from __future__ import annotations

import hashlib
from array import array
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import accumulate
from typing import Any, Final, Optional

import msgspec

from .. import _core
from ._parts import Bad, Part, Read, reason
from ._read import opened
from ._store import Work

CHANGED = "has changed while it was read"

PLACE: Final = "I"
"""Numbers of 4 bytes: a chunk is far shorter than 4 GB."""

IDS, RECORDS = 0, 2
"""Of the columns of a bucket's sections, the one with the beginnings."""


def numbers(places: bytes) -> memoryview[int]:
    return memoryview(places).cast(PLACE)


class Settings(msgspec.Struct, frozen=True):
    """How events are validated."""

    options: str
    """JSON text, as the core reads it."""
    schemas: Optional[str]
    buckets: int


class Written(msgspec.Struct, frozen=True):
    """A chunk as the core returns it: lengths of what it wrote, one after the other."""

    summary: dict[str, Any]
    findings: int
    ids: list[int]
    records: list[int]
    found: int

    def chunk(self) -> Chunk:
        places = array(PLACE, accumulate([*self.ids, *self.records], initial=self.findings))
        return Chunk(self.summary, self.found, places.tobytes())


class Chunk(msgspec.Struct, frozen=True):
    """A part of an archive as the core knows it: several for a long file."""

    summary: dict[str, Any]
    found: int
    places: bytes
    """Where its sections end in its bytes, as numbers: the findings, the ids of each bucket, the records of each bucket. A list
    would take ten times the memory."""

    @property
    def size(self) -> int:
        return numbers(self.places)[-1]


class Mapped(Read, frozen=True):
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
        return msgspec.structs.replace(msgspec.json.decode(known, type=Mapped), was_kept=True)
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
    result = Mapped(task, [one.chunk() for one in msgspec.json.decode(text, type=list[Written])])
    work.write(f"map/{task}.json", [msgspec.json.encode(result)])
    return result


class Index(msgspec.Struct, frozen=True):
    """All chunks in their order."""

    tasks: list[str]
    chunks: list[tuple[int, int, int]]
    """The task that has it, where it begins there, and how long its findings are."""
    summaries: str
    """JSON text."""


@lru_cache(maxsize=1)
def _index(work: str, plan: str, options: bytes) -> Index:
    folder = Work(work, msgspec.json.decode(options))
    return msgspec.msgpack.decode(folder.read(f"plan/{plan}/index"), type=Index)


def index(work: Work, plan: str) -> Index:
    return _index(work.folder, plan, msgspec.json.encode(work.options))


def write_index(work: Work, plan: str, buckets: int, mapped: Sequence[Mapped]) -> Index:
    """Writes where everything is: for all what each task needs, and for each bucket its sections. Together, they would be more than
    a worker can have in memory."""
    chunks: list[tuple[int, int, int]] = []
    all: list[Chunk] = []
    for number, one in enumerate(mapped):
        start = 0
        for chunk in one.chunks:
            chunks.append((number, start, numbers(chunk.places)[0]))
            all.append(chunk)
            start += chunk.size
    summaries = msgspec.json.encode([chunk.summary for chunk in all]).decode()
    index = Index([one.task for one in mapped], chunks, summaries)
    work.write(f"plan/{plan}/index", [msgspec.msgpack.encode(index)])
    places = [numbers(chunk.places) for chunk in all]
    for bucket in range(buckets):
        # The beginnings and ends of its ids, then of its records.
        columns = (bucket, bucket + 1, buckets + bucket, buckets + bucket + 1)
        own = array(PLACE, (place[column] for column in columns for place in places))
        work.write(f"plan/{plan}/sections-{bucket}", [own.tobytes()])
    return index


def _sections(work: Work, plan: str, bucket: int, first: int) -> Iterator[tuple[int, bytes]]:
    """The bytes of all chunks for a bucket, with their numbers. ``first``: ``IDS`` or ``RECORDS``."""
    all = index(work, plan)
    count = len(all.chunks)
    places = numbers(work.read(f"plan/{plan}/sections-{bucket}"))
    begins, ends = places[first * count : (first + 1) * count], places[(first + 1) * count : (first + 2) * count]
    file: Any = None
    opened_task = -1
    try:
        for number, (task, start, _) in enumerate(all.chunks):
            length = ends[number] - begins[number]
            if not length:
                continue
            if task != opened_task:
                if file:
                    file.close()
                file, opened_task = work.open(f"map/{all.tasks[task]}.bin"), task
            file.seek(start + begins[number])
            yield number, file.read(length)
    finally:
        if file:
            file.close()


def find_repeated(plan: str, bucket: int, buckets: int, work: Work) -> None:
    """Which events have the id of an earlier one."""
    name = f"plan/{plan}/repeated-{bucket}"
    if not work.has(name):
        found = _core.archive_validate_repeated(buckets, _sections(work, plan, bucket, IDS))
        work.write(name, [msgspec.msgpack.encode({of: some for of, some in enumerate(found) if some})])


def write_repeats(work: Work, plan: str, buckets: int) -> None:
    """Collects for each bucket what the others found for it, so that it need not read all of them."""
    repeats: list[list[bytes]] = [[] for _ in range(buckets)]
    for other in range(buckets):
        found = msgspec.msgpack.decode(work.read(f"plan/{plan}/repeated-{other}"), type=dict[int, bytes])
        for bucket, some in found.items():
            repeats[bucket].append(some)
    for bucket, own in enumerate(repeats):
        if own:
            work.write(f"plan/{plan}/repeats-{bucket}", [msgspec.msgpack.encode(own)])


def check_bucket(plan: str, bucket: int, settings: Settings, work: Work) -> None:
    """What the events of a bucket show together."""
    name = f"plan/{plan}/bucket-{bucket}"
    if work.has(name):
        return
    known = work.find(f"plan/{plan}/repeats-{bucket}")
    repeated = [] if known is None else msgspec.msgpack.decode(known, type=list[bytes])
    sections = _sections(work, plan, bucket, RECORDS)
    found = _core.archive_validate_reduce(settings.options, index(work, plan).summaries, repeated, sections)
    work.write(name, [found])


def own_findings(work: Work, all: Index) -> Iterator[bytes]:
    """The findings of all chunks in their order."""
    for task, start, length in all.chunks:
        with work.open(f"map/{all.tasks[task]}.bin") as file:
            file.seek(start)
            yield file.read(length)


class Beats(Read, frozen=True):
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
        return msgspec.structs.replace(msgspec.json.decode(known, type=Beats), was_kept=True)
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
