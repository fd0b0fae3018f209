"""Progress on a terminal."""

from __future__ import annotations

import shutil
import sys
import time
from typing import Any


class Progress:
    """What was read so far, in one line of standard error; nothing if that is no terminal."""

    def __init__(self, size: int, shown: bool) -> None:
        self.size = max(1, size)
        self.shown = shown
        self.bytes = self.events = self.found = 0
        self.kept_bytes = self.kept_events = 0
        """Of parts that an earlier run has read: they took no time."""
        self.started = time.monotonic()
        self.drawn = 0.0
        self.step = "reading"

    def add(self, size: int, result: Any) -> None:
        self.bytes += size
        self.events += result.events
        self.found += result.found
        if result.was_kept:
            self.kept_bytes += size
            self.kept_events += result.events
        self.draw()

    def begin(self, step: str) -> None:
        self.step = step
        self.draw(at_once=True)

    def draw(self, at_once: bool = False) -> None:
        now = time.monotonic()
        if not self.shown or (now - self.drawn < 0.2 and not at_once):
            return
        self.drawn = now
        # A line that is longer than the terminal could not be removed.
        columns = shutil.get_terminal_size().columns
        sys.stderr.write(f"\r\x1b[2K{self.line(now - self.started)[: columns - 1]}")
        sys.stderr.flush()

    def line(self, seconds: float) -> str:
        """What is drawn."""
        parts = [
            f"{100 * min(self.bytes, self.size) // self.size} %",
            f"{self.events:,} events",
            f"{size_text(self.bytes)} of {size_text(self.size)}",
        ]
        if self.step != "reading":
            parts.append(self.step)
        elif self.bytes > self.kept_bytes and seconds > 0:
            left = seconds * max(0, self.size - self.bytes) / (self.bytes - self.kept_bytes)
            parts += [f"{(self.events - self.kept_events) / seconds:,.0f}/s", f"{time_text(left)} left"]
        return ", ".join([*parts, f"{self.found:,} findings"])

    def end(self) -> None:
        if self.shown and self.drawn:
            sys.stderr.write("\r\x1b[2K")
            sys.stderr.flush()


def size_text(size: int) -> str:
    for unit in ("B", "KB", "MB", "GB"):
        if size < 1000:
            return f"{size:.3g} {unit}"
        size /= 1000  # type: ignore[assignment]
    return f"{size:.3g} TB"


def time_text(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def is_terminal() -> bool:
    return sys.stderr is not None and sys.stderr.isatty()
