"""What large archives need: arithmetic from measured figures, and a simulation of the scheduler's load.

`scale.py` prints the tables of docs/archives.md. It is deterministic: a test compares them.
"""

from __future__ import annotations

import heapq
import random

# Measured by `make bench-archive` for 10 GB, on two cores; three quarters of the time is spent reading.
TEXT = 1397
"""Bytes of an event as text."""

RECORDS = 341
"""Bytes of the records of an event, which go from the tasks that read to those that link."""

MAP_SECONDS = 3.8e-6
"""CPU time for an event, to read and check it."""

REDUCE_SECONDS = 1.3e-6
"""CPU time for an event, to find repeated ids and to link events."""

SCHEDULER_SECONDS = (0.001, 0.002)
"""CPU time of Dask's scheduler for a task: as Dask documents it; and measured with trivial tasks and two workers."""

# As in prefect_events/archive.
PART = 64 << 20
BUCKET = 128 << 20
MOST_BUCKETS = 4096
CHUNK = 16 << 20
PLACE = 4

HOUR_COST = 0.05
"""Assumed: dollars for one core for an hour."""


def size(number: float) -> str:
    for unit in ("B", "KB", "MB", "GB", "TB"):
        if number < 999.5:
            return f"{number:.3g} {unit}"
        number /= 1000
    return f"{number:.3g} PB"


def words(number: float) -> str:
    for word in ("thousand", "million"):
        number /= 1000
        if number < 999.5:
            return f"{number:.0f} {word}"
    return f"{number / 1000:.0f} billion"


def table(rows: list[list[str]]) -> str:
    head, *body = ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join([head, "| --- |" + " --: |" * (len(rows[0]) - 1), *body])


def needs(counts: list[int]) -> str:
    """What archives of so many events need."""
    names = ["Events", "Text", "Tasks that read", "Tasks that link", "Records", "Reads of records"]
    names += ["Records in a bucket", "Places in the client", "Core hours", f"At ${HOUR_COST} an hour"]
    rows = [[name] for name in names]
    for count in counts:
        text, records = count * TEXT, count * RECORDS
        buckets = min(MOST_BUCKETS, 1 + text // BUCKET)
        chunks = -(-records // CHUNK)
        hours = count * (MAP_SECONDS + REDUCE_SECONDS) / 3600
        values = [
            f"10^{len(str(count)) - 1}",
            size(text),
            f"{-(-text // PART):,}",
            f"{2 * buckets:,}",
            size(records),
            words(2 * buckets * chunks),
            size(records / buckets),
            size(PLACE * 2 * buckets * chunks),
            f"{hours:,.2g}" if hours < 100 else f"{hours:,.0f}",
            f"${hours * HOUR_COST:,.2f}",
        ]
        for row, value in zip(rows, values):
            row.append(value)
    return table(rows)


def utilisation(workers: int, task_seconds: float, scheduler_seconds: float, tasks_each: int = 24) -> float:
    """The share of time in which workers work, if each has one task and one that waits, as archives submit them."""
    chance = random.Random(workers)
    left = workers * tasks_each
    waiting = [0] * workers
    """Tasks that each worker has, with the one that it does."""
    worked = ends = scheduled = 0.0
    events: list[tuple[float, int, str]] = []

    def start(now: float, worker: int) -> None:
        nonlocal worked
        # Parts of equal size differ in their events.
        seconds = task_seconds * chance.uniform(0.75, 1.25)
        worked += seconds
        heapq.heappush(events, (now + seconds, worker, "done"))

    def ask(now: float, worker: int) -> None:
        """The scheduler sends a task, once it has sent those before."""
        nonlocal left, scheduled
        if left > 0:
            left -= 1
            scheduled = max(scheduled, now) + scheduler_seconds
            heapq.heappush(events, (scheduled, worker, "sent"))

    for _ in range(2):
        for worker in range(workers):
            ask(0.0, worker)
    while events:
        now, worker, what = heapq.heappop(events)
        if what == "sent":
            waiting[worker] += 1
            if waiting[worker] == 1:
                start(now, worker)
        else:
            ends = now
            waiting[worker] -= 1
            if waiting[worker]:
                start(now, worker)
            ask(now, worker)
    return worked / (workers * ends)


def scheduler(counts: list[int], parts: list[int]) -> str:
    """How busy workers are."""
    columns = [(part, part / TEXT * MAP_SECONDS, each) for part in parts for each in SCHEDULER_SECONDS]
    rows = [["Workers", *(f"{part >> 20} MB, {1000 * each:g} ms" for part, _, each in columns)]]
    rows += [[f"{count:,}", *(f"{100 * utilisation(count, own, each):.0f} %" for _, own, each in columns)] for count in counts]
    return table([*rows, ["Saturated from", *(f"{own / each:,.0f}" for _, own, each in columns)]])


if __name__ == "__main__":
    print(needs([10**7, 10**8, 10**9, 10**10, 10**12]))
    print()
    print(scheduler([16, 64, 256, 1024, 4096], [PART, 8 * PART]))
