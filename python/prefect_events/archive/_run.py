"""Runs tasks to the end: some at once, lost ones again, and with Ctrl-C none further."""

from __future__ import annotations

import queue
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from ._executors import Runner

ATTEMPTS = 3
"""How often a task is tried."""

Task = tuple[Callable[..., Any], tuple[Any, ...]]


def each(function: Callable[..., Any], all: Sequence[tuple[Any, ...]]) -> list[Any]:
    """Several tasks as one, as starting a task can take longer than reading a small file."""
    return [function(*arguments) for arguments in all]


class Failed(Exception):
    """A task failed several times, its worker was lost each time, or the work folder cannot be written."""


class Interrupted(KeyboardInterrupt):
    """Ctrl-C. What is done is kept in the work folder."""

    def __init__(self, work: str, done: int, all: int) -> None:
        super().__init__(f"{done} of {all} parts are done and kept in {work}")
        self.work = work
        self.done = done
        self.all = all


class Lost:
    """A task whose worker was lost each time."""

    def __init__(self, error: BaseException) -> None:
        self.error = error


def run_all(runner: Runner, tasks: Iterable[Task], done: Callable[[int, Any], None]) -> None:
    """Runs tasks. ``done`` receives the number of each with its result, or :class:`Lost`.

    Raises:
        Failed: A task failed.
    """
    waiting = deque((number, task, 0) for number, task in enumerate(tasks))
    alone: deque[tuple[int, Task, int]] = deque()
    running: dict[int, tuple[Any, Task, int]] = {}
    ended: queue.Queue[tuple[int, Any]] = queue.Queue()

    def start(number: int, task: Task, attempts: int) -> None:
        function, arguments = task
        try:
            future = runner.submit(function, *arguments)
        except runner.lost:
            # A worker that died while it waited.
            runner.restart()
            future = runner.submit(function, *arguments)
        running[number] = (future, task, attempts)
        future.add_done_callback(lambda _, number=number, future=future: ended.put((number, future)))

    while waiting or alone or running:
        if alone:
            if not running:
                start(*alone.popleft())
        else:
            while waiting and len(running) < 2 * runner.workers:
                start(*waiting.popleft())
        number, future = _next(ended)
        if number not in running or running[number][0] is not future:
            continue
        _, task, attempts = running.pop(number)
        try:
            result = future.result()
        except runner.lost as error:
            attempts += 1
            if runner.restart():
                # All workers are gone, and which task is guilty is not known: each of them runs alone.
                alone.extend((other, task, tried) for other, (_, task, tried) in running.items())
                running.clear()
            if attempts >= ATTEMPTS:
                done(number, Lost(error))
            else:
                alone.append((number, task, attempts))
            continue
        except Exception as error:
            attempts += 1
            if attempts >= ATTEMPTS:
                raise Failed(f"a task failed {ATTEMPTS} times: {error}") from error
            waiting.append((number, task, attempts))
            continue
        done(number, result)


def _next(ended: queue.Queue[tuple[int, Any]]) -> tuple[int, Any]:
    """The next task that has ended. Looks for signals, which Windows does not deliver to a thread that waits."""
    while True:
        try:
            return ended.get(timeout=0.5)
        except queue.Empty:
            pass
