"""Files of any store of ``fsspec``: what is read, and the folder in which the results of tasks are kept."""

from __future__ import annotations

import errno
import io
import os
import uuid
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

import msgspec

from .. import _core
from ._run import Failed

MISSING = "archives are read through fsspec: pip install 'prefect-events[archive]'"


def filesystem(path: str, options: Mapping[str, Any]) -> tuple[Any, str]:
    """The file system of a path or an address, and the path there.

    Raises:
        ImportError: ``fsspec`` is missing, or what it needs for the address.
    """
    try:
        from fsspec.core import url_to_fs  # type: ignore[import-untyped, unused-ignore]
    except ImportError:
        raise ImportError(MISSING) from None
    found: tuple[Any, str] = url_to_fs(path, **options)
    return found


def open_file(store: Any, path: str, **how: Any) -> Any:
    """Opens a file for reading, with a position of its own. ``how``: options for stores that are not local.

    Without ``MemoryFile`` two threads would read pieces of each other. With a store that caches ``memory://`` they still do.
    """
    from fsspec.implementations.memory import MemoryFileSystem  # type: ignore[import-untyped, unused-ignore]

    if isinstance(store, MemoryFileSystem):
        return io.BufferedReader(MemoryFile(store, path))
    return store.open(path, "rb", **({} if is_local(store) else how))


class MemoryFile(io.RawIOBase):
    """A file in ``memory://``, whose own files have one position for all who read them."""

    def __init__(self, store: Any, path: str) -> None:
        self.store, self.path = store, path
        self.size: int = store.size(path)
        self.at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        self.at = offset + {os.SEEK_SET: 0, os.SEEK_CUR: self.at, os.SEEK_END: self.size}[whence]
        return self.at

    def readinto(self, buffer: Any) -> int:
        piece = self.store.cat_file(self.path, self.at, self.at + len(buffer))
        buffer[: len(piece)] = piece
        self.at += len(piece)
        return len(piece)


def is_local(store: Any) -> bool:
    from fsspec.implementations.local import LocalFileSystem  # type: ignore[import-untyped, unused-ignore]

    return isinstance(store, LocalFileSystem)


def stamp(info: Mapping[str, Any]) -> str:
    """What changes with a file: its size, and its tag or its time."""
    times = ("ETag", "etag", "generation", "mtime", "LastModified", "last_modified", "updated", "created")
    known = next((str(info[name]) for name in times if info.get(name) is not None), "")
    return f"{info.get('size')} {known}"


class Work(msgspec.Struct, frozen=True):
    """The folder in which the results of tasks are kept. A result is there as a whole or not at all."""

    folder: str
    options: dict[str, Any] = {}

    def _at(self, name: str) -> tuple[Any, str]:
        store, root = filesystem(self.folder, self.options)
        return store, f"{root.rstrip('/')}/{name}"

    def local(self) -> str | None:
        """Its path, if it is on this machine."""
        store, root = filesystem(self.folder, self.options)
        return root if is_local(store) else None

    def has(self, name: str) -> bool:
        store, path = self._at(name)
        return bool(store.exists(path))

    def read(self, name: str) -> bytes:
        store, path = self._at(name)
        found: bytes = store.cat_file(path)
        return found

    def find(self, name: str) -> bytes | None:
        """What is kept under a name, if it is."""
        try:
            return self.read(name)
        except FileNotFoundError:
            return None

    def open(self, name: str) -> Any:
        """For reading pieces of it."""
        return open_file(*self._at(name), cache_type="none")

    def writer(self, name: str) -> Writer:
        return Writer(self, name)

    def write(self, name: str, pieces: Iterable[bytes]) -> None:
        with self.writer(name) as file:
            for piece in pieces:
                file.write(piece)

    def remove(self) -> None:
        store, root = filesystem(self.folder, self.options)
        store.rm(root, recursive=True)


class NotWritten(Failed):
    """The work folder cannot be written; the message is a sentence. It is no ``OSError``: what a task catches of those is said
    of the file that it reads."""


class Writer:
    """Writes a file under a temporary name, which is renamed at the end: nobody sees half of it."""

    def __init__(self, work: Work, name: str) -> None:
        self.folder = work.folder
        self.store, self.path = work._at(name)
        self.temporary = f"{self.path}.{uuid.uuid4().hex}.tmp"
        self.size = 0

    def __enter__(self) -> Writer:
        with self._named():
            self.store.makedirs(os.path.dirname(self.path), exist_ok=True)
            self.file = self.store.open(self.temporary, "wb")
        return self

    def write(self, piece: bytes) -> None:
        with self._named():
            self.file.write(piece)
        self.size += len(piece)

    def __exit__(self, failed: object, *_: object) -> None:
        if failed is None:
            try:
                with self._named():
                    self.file.close()
                    self.store.mv(self.temporary, self.path)
            except NotWritten:
                self._remove()
                raise
        else:
            self._remove()

    def _remove(self) -> None:
        # Why it is removed matters more than why it cannot be.
        with suppress(OSError):
            self.file.close()
        with suppress(OSError):
            self.store.rm(self.temporary)

    @contextmanager
    def _named(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            name, message = errno.errorcode.get(error.errno or 0, ""), error.strerror or str(error)
            raise NotWritten(f"the work folder {self.folder} {_core.reason_of('write', name, message)}") from None
