"""Files that commands read and write."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator

from .. import _core
from .output import named

PIECE = 1 << 20
"""The bytes that are read at once."""


class Failed(Exception):
    """What cannot be read or written; the message is a sentence without its subject."""


class Rejected(Failed):
    """A file that could be read, but must not be written."""


def display_name(file: str) -> str:
    return "<stdin>" if file == "-" else file


def cannot_read(error: OSError) -> Failed:
    return Failed(_core.reason_of("read", *named(error)))


def cannot_write(error: OSError) -> Failed:
    return Failed(_core.reason_of("write", *named(error)))


class Input:
    """An open file, or standard input."""

    def __init__(self, path: str, rewrite: str | None = None) -> None:
        """
        Raises:
            Failed: It cannot be opened, or not be written later as ``rewrite``, an option, needs.
        """
        self.stats: os.stat_result | None = None
        if path == "-":
            self.descriptor = 0
            return
        if rewrite:
            reject_special(path, rewrite)
        try:
            self.descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0))
        except OSError as error:
            # Windows opens no folder, and gives no reason for it.
            raise Failed(_core.reason_of("read", "EISDIR", "")) if os.path.isdir(path) else cannot_read(error) from None
        self.stats = os.fstat(self.descriptor)
        if stat.S_ISDIR(self.stats.st_mode):
            self.close()
            raise Failed(_core.reason_of("read", "EISDIR", ""))

    @property
    def size(self) -> int | None:
        """Its size in bytes, if it is known."""
        return self.stats.st_size if self.stats and stat.S_ISREG(self.stats.st_mode) else None

    def pieces(self) -> Iterator[bytes]:
        """
        Raises:
            Failed: It cannot be read.
        """
        try:
            while piece := os.read(self.descriptor, PIECE):
                yield piece
        except OSError as error:
            raise cannot_read(error) from None

    def all(self) -> bytes:
        """All of it; closes it.

        Raises:
            Failed: It cannot be read.
        """
        try:
            return b"".join(self.pieces())
        finally:
            self.close()

    def close(self) -> None:
        if self.descriptor > 2:
            os.close(self.descriptor)


def reject_special(path: str, option: str) -> None:
    """Rejects all but files and folders without opening them: opening a named pipe already disturbs its writer."""
    try:
        mode = os.stat(path).st_mode
    except OSError as error:
        raise cannot_read(error) from None
    if stat.S_ISREG(mode) or stat.S_ISDIR(mode):
        return
    kind = "named pipe" if stat.S_ISFIFO(mode) else "socket" if stat.S_ISSOCK(mode) else "device"
    instead = " (use - for standard input)" if option == "--fix" else ""
    raise Rejected(f"is a {kind}: {option} changes only files{instead}")


def listed(folder: str) -> list[tuple[str, str]]:
    """The names and paths of what a folder contains.

    Raises:
        Failed: It cannot be read.
    """
    try:
        return [(name, os.path.join(folder, name)) for name in os.listdir(folder)]
    except OSError as error:
        raise Failed(_core.reason_of("list", *named(error))) from None
