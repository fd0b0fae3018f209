"""A progress bar on a terminal, for large files."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

LARGE = 8 << 20
"""A smaller file is read before one could see the bar."""


@contextmanager
def progress(label: str, size: int | None) -> Iterator[Callable[[int], None]]:
    """Gives a function that is told of read bytes."""
    if size is None or size < LARGE or sys.stderr is None or not sys.stderr.isatty():
        yield lambda count: None
        return
    with click.progressbar(length=size, label=label, file=sys.stderr, update_min_steps=1 << 20) as bar:
        yield bar.update
    # It leaves no trace among the results.
    sys.stderr.write("\x1b[1A\x1b[2K")
    sys.stderr.flush()
