"""Files of any store of ``fsspec``: what is read, and the folder in which the results of tasks are kept."""

from __future__ import annotations

import io
import os
import uuid
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

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

    The files of ``memory://`` have one position for all who read them: two threads would read pieces of each other.
    """
    from fsspec.implementations.memory import MemoryFileSystem  # type: ignore[import-untyped, unused-ignore]

    if isinstance(store, MemoryFileSystem):
        return io.BytesIO(store.cat_file(path))
    return store.open(path, "rb", **({} if is_local(store) else how))


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


class Writer:
    """Writes a file under a temporary name, which is renamed at the end: nobody sees half of it."""

    def __init__(self, work: Work, name: str) -> None:
        self.store, self.path = work._at(name)
        self.temporary = f"{self.path}.{uuid.uuid4().hex}.tmp"
        self.size = 0

    def __enter__(self) -> Writer:
        self.store.makedirs(os.path.dirname(self.path), exist_ok=True)
        self.file = self.store.open(self.temporary, "wb")
        return self

    def write(self, piece: bytes) -> None:
        self.file.write(piece)
        self.size += len(piece)

    def __exit__(self, failed: object, *_: object) -> None:
        self.file.close()
        if failed is None:
            self.store.mv(self.temporary, self.path)
        else:
            self.store.rm(self.temporary)
