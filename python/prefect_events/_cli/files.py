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


def cannot_read(error: OSError) -> Failed:
    return Failed(_core.read_reason(*named(error)))


def cannot_write(error: OSError) -> Failed:
    return Failed(_core.write_reason(*named(error)))


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
            refuse_special(path, rewrite)
        try:
            self.descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0))
        except OSError as error:
            # Windows opens no folder, and gives no reason for it.
            raise Failed(_core.read_reason("EISDIR", "")) if os.path.isdir(path) else cannot_read(error) from None
        self.stats = os.fstat(self.descriptor)
        if stat.S_ISDIR(self.stats.st_mode):
            self.close()
            raise Failed(_core.read_reason("EISDIR", ""))

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

    def close(self) -> None:
        if self.descriptor > 2:
            os.close(self.descriptor)


def refuse_special(path: str, option: str) -> None:
    """Refuses all but files and folders without opening them: opening a named pipe already disturbs its writer."""
    try:
        mode = os.stat(path).st_mode
    except OSError as error:
        raise cannot_read(error) from None
    if stat.S_ISREG(mode) or stat.S_ISDIR(mode):
        return
    kind = "named pipe" if stat.S_ISFIFO(mode) else "socket" if stat.S_ISSOCK(mode) else "device"
    raise Failed(f"is a {kind}: {option} changes only files (use - for standard input)")


def listed(folder: str) -> list[tuple[str, str]]:
    """The names and paths of what a folder contains.

    Raises:
        Failed: It cannot be read.
    """
    try:
        return [(name, os.path.join(folder, name)) for name in os.listdir(folder)]
    except OSError as error:
        raise cannot_read(error) from None


class Appended:
    """A file to which lines are appended."""

    def __init__(self, path: str) -> None:
        """
        Raises:
            Failed: It cannot be opened.
        """
        try:
            self.file = open(path, "a+b", buffering=0)
        except OSError as error:
            raise cannot_read(error) from None

    def tail(self, most: int) -> tuple[bytes, bool]:
        """Its end, and whether that is all."""
        size = self.file.seek(0, os.SEEK_END)
        start = max(0, size - most)
        self.file.seek(start)
        pieces = bytearray()
        while piece := self.file.read(size - start - len(pieces)):
            pieces += piece
        return bytes(pieces), start == 0

    def cut(self, count: int) -> None:
        self.file.truncate(self.file.seek(0, os.SEEK_END) - count)

    def append(self, text: bytes) -> None:
        """
        Raises:
            Failed: It cannot be written.
        """
        rest = memoryview(text)
        try:
            while rest:
                rest = rest[self.file.write(rest) or 0 :]
        except OSError as error:
            raise cannot_write(error) from None

    def close(self) -> None:
        self.file.close()
