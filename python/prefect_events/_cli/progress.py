"""Progress on a terminal: of large files, and of reading from a server."""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from types import FrameType
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from click._termui_impl import ProgressBar

LARGE = 8 << 20
"""A smaller file is read before one could see the bar."""


def is_drawn() -> bool:
    return sys.stderr is not None and sys.stderr.isatty()


def remove() -> None:
    """Removes the bar, which click leaves behind: it is no part of the results."""
    sys.stderr.write("\x1b[1A\x1b[2K")
    sys.stderr.flush()


@contextmanager
def progress(label: str, size: int | None) -> Iterator[Callable[[int], None]]:
    """Gives a function to call with the number of bytes that were read."""
    if size is None or size < LARGE or not is_drawn():
        yield lambda count: None
        return
    before = signal.signal(signal.SIGINT, end)
    try:
        with click.progressbar(length=size, label=label, file=sys.stderr, update_min_steps=1 << 20) as bar:
            yield bar.update
    finally:
        signal.signal(signal.SIGINT, before)
    remove()


def end(number: int, frame: FrameType | None) -> None:
    """Ends the program, but gives the cursor back first, which click hides."""
    sys.stderr.write("\x1b[?25h\n")
    sys.stderr.flush()
    signal.signal(number, signal.SIG_DFL)
    signal.raise_signal(number)


class Progress:
    """How far reading from a server has come."""

    def __init__(self) -> None:
        self.started = time.monotonic()
        self.bar: ProgressBar[Any] | None = None

    def update(self, events: int, since: str, until: str, reached: str, **rest: Any) -> None:
        if not is_drawn():
            return
        begin, end, now = (datetime.fromisoformat(time.replace("Z", "+00:00")) for time in (since, until, reached))
        if self.bar is None:
            length = max(1, int((end - begin).total_seconds()))
            self.bar = click.progressbar(length=length, file=sys.stderr, show_eta=False)
            self.bar.__enter__()
        rate = events / max(0.001, time.monotonic() - self.started)
        self.bar.label = f"{events:,} events, {rate:,.0f} a second"
        self.bar.update(max(0, int((now - begin).total_seconds()) - self.bar.pos))

    def stop(self) -> None:
        if self.bar:
            self.bar.__exit__(None, None, None)
            remove()
        self.bar = None
