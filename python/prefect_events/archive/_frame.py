"""What all commands on archives share: parts, a runner, a work folder and progress."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any, Generic, Optional, TypeVar

from ._executors import On, Runner, runner
from ._parts import PART, Bad, Found, Part, Paths, find_parts
from ._progress import Progress, is_terminal
from ._run import Interrupted, Lost, Task, each, run_all
from ._store import Work

R = TypeVar("R")


class Frame(Generic[R]):
    """An archive that is read."""

    def __init__(self, found: Found, part_size: int, work: Work, run: Runner, progress: Progress) -> None:
        self.found = found
        self.part_size = part_size
        self.work = work
        self.runner = run
        self.progress = progress
        self.bad: list[Bad] = list(found.bad)
        self.done = 0

    def map(self, task: Callable[[int, Part], Task]) -> dict[int, R]:
        """What the tasks of the parts return, by their numbers, without those of files that could not be read."""
        parts = self.found.parts
        results: dict[int, R] = {}
        reasons: dict[int, str] = {}

        def done(number: int, result: Any) -> None:
            part = parts[number]
            if isinstance(result, Lost):
                reasons[number] = f"cannot be read: its worker was lost each time ({result.error})"
            elif result.bad is not None:
                reasons[number] = result.bad.reason
            else:
                results[number] = result
                self.progress.add(part.size, result)
            self.done += 1

        groups = grouped(parts, self.part_size, self.runner.workers)
        alone: list[int] = []

        def group_done(index: int, result: Any) -> None:
            group = groups[index]
            if len(group) == 1:
                done(group[0], result)
            elif isinstance(result, Lost):
                # One of them kills its worker.
                alone.extend(group)
            else:
                for number, one in zip(group, result):
                    done(number, one)

        def task_of(group: list[int]) -> Task:
            tasks = [task(number, parts[number]) for number in group]
            return tasks[0] if len(tasks) == 1 else (each, (tasks[0][0], [arguments for _, arguments in tasks]))

        run_all(self.runner, map(task_of, groups), group_done)
        run_all(self.runner, (task(number, parts[number]) for number in alone), lambda index, one: done(alone[index], one))
        # In the order of the archive, whichever task ended first; the reason is that of the first part.
        bad = {parts[number].name: reasons[number] for number in sorted(reasons, reverse=True)}
        self.bad += [Bad(name, text) for name, text in reversed(bad.items())]
        # Of a file, all parts count or none.
        return {number: results[number] for number in sorted(results) if parts[number].name not in bad}

    def reduce(self, step: str, tasks: list[Task]) -> None:
        self.progress.begin(step)

        def done(number: int, result: Any) -> None:
            if isinstance(result, Lost):
                raise result.error

        run_all(self.runner, tasks, done)


MOST = 1000
"""Of the parts that one task reads."""

TASKS = 4
"""How many tasks each worker gets at least, so that all end at about the same time."""


def grouped(parts: list[Part], size: int, workers: int) -> list[list[int]]:
    """The numbers of parts that one task reads: as many small ones as have the size of one."""
    size = min(size, sum(part.text_size for part in parts) // (TASKS * workers))
    groups: list[list[int]] = []
    filled = 0
    for number, part in enumerate(parts):
        if groups and filled + part.text_size <= size and len(groups[-1]) < MOST:
            groups[-1].append(number)
            filled += part.text_size
        else:
            groups.append([number])
            filled = part.text_size
    return groups


@contextmanager
def frame(
    paths: Paths,
    on: On,
    work: str | os.PathLike[str] | None,
    workers: int | None,
    storage_options: Mapping[str, Any] | None,
    part_size: int | None,
    progress: Optional[bool],
) -> Iterator[Frame[Any]]:
    """
    Raises:
        Interrupted: Ctrl-C.
    """
    part_size = part_size or PART
    found = find_parts(paths, storage_options, part_size)
    run = runner(on, workers)
    folder = os.fspath(work) if work is not None else tempfile.mkdtemp(prefix="prefect-events-")
    if "://" not in folder:
        # Workers can have another working directory.
        folder = os.path.abspath(folder)
    kept = Work(folder, dict(storage_options or {}) if "://" in folder else {})
    bar = Progress(found.size, is_terminal() if progress is None else progress)
    one: Frame[Any] = Frame(found, part_size, kept, run, bar)
    try:
        yield one
    except KeyboardInterrupt:
        bar.end()
        run.close(at_once=True)
        raise Interrupted(folder, one.done, len(found.parts)) from None
    except BaseException:
        bar.end()
        run.close(at_once=True)
        if work is None:
            with suppress(OSError):
                kept.remove()
        raise
    bar.end()
    run.close(at_once=False)
    if work is None:
        kept.remove()
