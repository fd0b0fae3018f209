"""What an archive consists of: files, cut into parts of bounded size, each of which one task reads."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Optional, Union

import msgspec

from ._store import filesystem, stamp

PART = 64 << 20
"""The bytes of a part of a file that can be cut."""

COMPRESSED = {b"\x1f\x8b": "gzip", b"\x28\xb5\x2f\xfd": "zstd"}
"""How files begin that are compressed."""

Paths = Union[str, "os.PathLike[str]", Sequence[Union[str, "os.PathLike[str]"]]]
"""A file, a folder, a pattern such as ``events/*.ndjson.zst``, an address that ``fsspec`` opens, ``postgresql://…``; or a list
of them."""


class Part(msgspec.Struct, frozen=True):
    """What one task reads."""

    name: str
    """Of the file, for people."""
    path: str
    form: str
    """``lines``, ``parquet`` or ``postgresql``."""
    start: int = 0
    """Of lines: the byte from which they begin; of Parquet: the first group of rows."""
    end: Optional[int] = None
    """Of lines: before this byte the last one begins; of Parquet: the group after the last one."""
    size: int = 0
    """How many bytes of the file it has, about."""
    stamp: str = ""
    """What the file was when the parts were found."""
    since: Optional[str] = None
    """Of a table: the earliest ``occurred``."""
    until: Optional[str] = None
    options: dict[str, Any] = {}
    """Of ``fsspec``."""

    @property
    def text_size(self) -> int:
        """How many bytes of text there are, about."""
        is_packed = self.form == "parquet" or (self.form == "lines" and self.end is None)
        return self.size * (12 if is_packed else 1)

    @property
    def is_first(self) -> bool:
        return self.start == 0 and self.since is None

    def now(self) -> str:
        """What the file is now."""
        if self.form == "postgresql":
            return self.stamp
        store, path = filesystem(self.path, self.options)
        store.invalidate_cache()
        return stamp(store.info(path))


class Bad(msgspec.Struct, frozen=True):
    """What cannot be read; ``reason`` is a sentence without its subject."""

    name: str
    reason: str


class Read(msgspec.Struct, frozen=True, kw_only=True):
    """What a task returns of a part."""

    was_kept: bool = False
    """An earlier run has read it."""


class Found(msgspec.Struct):
    """The parts of an archive in their order, and what cannot be read."""

    parts: list[Part] = []
    bad: list[Bad] = []

    @property
    def size(self) -> int:
        return sum(part.size for part in self.parts)

    @property
    def text_size(self) -> int:
        """How many bytes of text there are, about."""
        return sum(part.text_size for part in self.parts)


def find_parts(paths: Paths, options: Mapping[str, Any] | None = None, part_size: int = PART) -> Found:
    """
    Raises:
        ImportError: A library is missing.
    """
    found = Found()
    for path in [paths] if isinstance(paths, (str, os.PathLike)) else paths:
        text = os.fspath(path)
        if text.startswith(("postgresql://", "postgres://")):
            from ._postgresql import table_parts

            try:
                found.parts += table_parts(text)
            except OSError as error:
                found.bad.append(Bad(_without_password(text), str(error)))
            continue
        _find(text, dict(options or {}) if "://" in text else {}, part_size, found)
    return found


def _without_password(address: str) -> str:
    head, at, tail = address.rpartition("@")
    return f"{head.partition('://')[0]}://…@{tail}" if at else address


def _find(path: str, options: dict[str, Any], part_size: int, found: Found) -> None:
    store, root = filesystem(path, options)
    prefix = path.partition("://")[0] + "://" if "://" in path else ""
    try:
        if any(mark in root for mark in "*?["):
            names = sorted(name for name in store.glob(root) if not store.isdir(name))
        elif store.isdir(root):
            names = [name for name in sorted(store.find(root)) if not _is_hidden(name[len(root) :])]
        else:
            names = [root]
        if not names:
            found.bad.append(Bad(path, "has no files"))
    except OSError as error:
        found.bad.append(Bad(path, reason(error)))
        return
    known = {part.path for part in found.parts}
    for name in names:
        # A file that is named twice is read once.
        if _address(name, prefix) in known:
            continue
        shown = _address(name, prefix) if prefix else _relative(name)
        try:
            found.parts += _file_parts(store, name, shown, prefix, options, part_size)
        except (OSError, ValueError) as error:
            found.bad.append(Bad(shown, reason(error)))


def _address(name: str, prefix: str) -> str:
    return f"{prefix}{name}" if prefix and "://" not in name else name


def _is_hidden(path: str) -> bool:
    return any(one.startswith((".", "_")) for one in path.split("/"))


def _relative(path: str) -> str:
    """A local path, as short as it can be."""
    try:
        short = os.path.relpath(path)
    except ValueError:
        return path
    return path if short.startswith("..") else short


def reason(error: BaseException) -> str:
    """Why a file cannot be read, without its name."""
    if isinstance(error, FileNotFoundError):
        return "does not exist"
    if isinstance(error, PermissionError):
        return "cannot be read: permission denied"
    text = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return text if text.startswith("is ") or text.startswith("has ") else f"cannot be read: {text}"


def _file_parts(
    store: Any, name: str, shown: str, prefix: str, options: dict[str, Any], part_size: int
) -> Iterable[Part]:
    info = store.info(name)
    size = int(info.get("size") or 0)
    part = Part(shown, _address(name, prefix), "lines", size=size, stamp=stamp(info), options=options)
    head = b"" if size == 0 else store.cat_file(name, start=0, end=4)
    if head == b"PAR1":
        from ._parquet import groups

        return [
            msgspec.structs.replace(part, form="parquet", start=start, end=end, size=bytes)
            for start, end, bytes in groups(part, part_size)
        ]
    if any(head.startswith(mark) for mark in COMPRESSED):
        return [part]
    return _cut(part, part_size)


def _cut(part: Part, part_size: int) -> Iterator[Part]:
    """Parts of equal size. A task moves their ends to those of lines."""
    count = max(1, round(part.size / part_size))
    ends = [part.size * number // count for number in range(count + 1)]
    for start, end in zip(ends, ends[1:]):
        yield msgspec.structs.replace(part, start=start, end=end, size=end - start)
