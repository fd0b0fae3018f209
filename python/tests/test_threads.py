"""Many threads at once: the results are those of one."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import prefect_events as pe

CASES = Path(__file__).parents[2] / "tests" / "cases"
THREADS = 8
ROUNDS = 4


def read(name: str) -> str:
    with gzip.open(CASES / name, "rt", encoding="utf-8") as text:
        return text.read()


def tasks() -> list[Callable[[], dict[str, Any]]]:
    """Different work, short and long."""
    events = read("events.ndjson.gz")
    line = events.split("\n")[0]
    scenarios = read("scenarios-3.9.ndjson.gz").split("\n")[:6]
    automation = (CASES / "live/automations/crash-zombie-flows.json").read_text("utf-8")
    captured = read("live/captured.ndjson.gz")
    return [
        lambda: pe.validate(events).to_dict(),
        lambda: pe.validate(line).to_dict(),
        lambda: pe.check_automation(automation).to_dict(),
        lambda: pe.replay(automation, captured).to_dict(),
        *(lambda text=text: pe.simulate(text, trace=True).to_dict() for text in scenarios),
    ]


def test_results_of_threads_are_those_of_one() -> None:
    work = tasks()
    alone = [task() for task in work]
    begin = Barrier(THREADS)

    def all_of_it(shift: int) -> bool:
        begin.wait()
        # Each thread begins with other work.
        order = [*range(shift, len(work)), *range(shift)] * ROUNDS
        return all(work[n]() == alone[n] for n in order)

    with ThreadPoolExecutor(THREADS) as pool:
        assert list(pool.map(all_of_it, range(THREADS))) == [True] * THREADS
    assert any(result.get("firings") for result in alone)
