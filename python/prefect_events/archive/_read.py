"""Reads a part: an object that the native module reads, with lines of JSON."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from ._parts import Part
from ._store import filesystem, open_file


class Lines:
    """The lines that begin in a range of bytes of a file."""

    def __init__(self, file: Any, start: int, end: int) -> None:
        self.file = file
        self.end = end
        self.at = start
        self.rest = b""
        self.ended = False
        if start > 0:
            # A line that begins before belongs to the part before.
            file.seek(start - 1)
            self.at = start - 1
            self.rest = self._after_line()
            self.ended = self.at - len(self.rest) >= end

    def _after_line(self) -> bytes:
        while piece := self._more(1 << 16):
            line, found, rest = piece.partition(b"\n")
            if found:
                return bytes(rest)
        return b""

    def _more(self, size: int) -> bytes:
        piece: bytes = self.file.read(size)
        self.at += len(piece)
        return piece

    def head(self, size: int) -> bytes:
        """The beginning of the file, of which this can be a part."""
        self.file.seek(0)
        text = b""
        while len(text) < size and (piece := self.file.read(size - len(text))):
            text += piece
        return text

    def read(self, size: int) -> bytes:
        if self.ended:
            return b""
        piece, self.rest = self.rest or self._more(size), b""
        if not piece:
            self.ended = True
            return b""
        # The place of the last byte that can end the last line.
        last = self.end - 1 - (self.at - len(piece))
        if last < len(piece):
            end = piece.find(b"\n", max(0, last))
            if end >= 0:
                self.ended = True
                return piece[: end + 1]
        return piece


class Pieces:
    """Pieces of text as a file."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self.pieces = pieces

    def read(self, size: int) -> bytes:
        return next(self.pieces, b"")


@contextmanager
def opened(part: Part) -> Iterator[Any]:
    """The lines of a part: the path of a file, or an object with ``read``."""
    if part.form == "parquet":
        from ._parquet import rows

        yield Pieces(rows(part))
    elif part.form == "postgresql":
        from ._postgresql import rows as table_rows

        yield Pieces(table_rows(part))
    else:
        with open_file(*filesystem(part.path, part.options), cache_type="readahead") as file:
            yield file if part.end is None else Lines(file, part.start, part.end)
