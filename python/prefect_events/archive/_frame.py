"""What all commands on archives share: parts, a runner, a work folder and progress."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Generic, Optional, TypeVar

from ._executors import On, Runner, runner
from ._parts import PART, Bad, Found, Part, Paths, find_parts
from ._progress import Progress, is_terminal
from ._run import Interrupted, Lost, Task, run_all
from ._store import Work

R = TypeVar("R")


class Frame(Generic[R]):
    """An archive that is read."""

    def __init__(self, found: Found, work: Work, run: Runner, progress: Progress, is_kept: bool) -> None:
        self.found = found
        self.work = work
        self.runner = run
        self.progress = progress
        self.is_kept = is_kept
        self.bad: list[Bad] = list(found.bad)
        self.done = 0

    def map(self, task: Callable[[int, Part], Task]) -> dict[int, R]:
        """What the tasks of the parts return, by their numbers, without those of files that could not be read."""
        parts = self.found.parts
        results: dict[int, R] = {}
        reasons: dict[str, str] = {}

        def done(number: int, result: Any) -> None:
            part = parts[number]
            if isinstance(result, Lost):
                reasons.setdefault(part.name, f"cannot be read: its worker was lost each time ({result.error})")
            elif result.bad is not None:
                reasons.setdefault(part.name, result.bad.reason)
            else:
                results[number] = result
                self.progress.add(part.size, result)
            self.done += 1

        run_all(self.runner, map(task, range(len(parts)), parts), done)
        self.bad += [Bad(name, text) for name, text in reasons.items()]
        # Of a file, all parts count or none.
        return {number: results[number] for number in sorted(results) if parts[number].name not in reasons}

    def reduce(self, step: str, tasks: list[Task]) -> None:
        self.progress.begin(step)

        def done(number: int, result: Any) -> None:
            if isinstance(result, Lost):
                raise result.error

        run_all(self.runner, tasks, done)


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
    found = find_parts(paths, storage_options, part_size or PART)
    folder = os.fspath(work) if work is not None else tempfile.mkdtemp(prefix="prefect-events-")
    if "://" not in folder:
        # Workers can have another working directory.
        folder = os.path.abspath(folder)
    kept = Work(folder, dict(storage_options or {}) if "://" in folder else {})
    run = runner(on, workers)
    bar = Progress(found.size, is_terminal() if progress is None else progress)
    one: Frame[Any] = Frame(found, kept, run, bar, work is not None)
    try:
        yield one
    except KeyboardInterrupt:
        bar.end()
        run.close(at_once=True)
        raise Interrupted(folder, one.done, len(found.parts)) from None
    except BaseException:
        bar.end()
        run.close(at_once=True)
        raise
    bar.end()
    run.close(at_once=False)
    if work is None:
        kept.remove()
