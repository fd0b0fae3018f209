"""Replaces the contents of a file completely or not at all, unless the file changed after it was read."""

from __future__ import annotations

import errno
import os
import signal
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from .files import Rejected, cannot_write

NO_REPLACEMENT = (errno.EACCES, errno.EPERM, errno.EBUSY, errno.EXDEV, errno.ENAMETOOLONG)
"""Errors after which the file itself can be written, but not replaced."""

SIGNALS = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]


class Original:
    """What was read, and of which file."""

    def __init__(self, contents: bytes, stats: os.stat_result | None, option: str) -> None:
        self.contents = contents
        self.stats = stats
        self.done = "fixed" if option == "--fix" else "updated"

    def changed(self) -> Rejected:
        return Rejected(f"changed during the check: not {self.done}")

    def reject_changed(self, path: str, descriptor: int | None = None) -> None:
        now = os.stat(path)
        same = (
            self.stats is not None
            and identity(now) == identity(self.stats)
            and contents(path if descriptor is None else descriptor) == self.contents
        )
        # Comparing takes long enough for someone to save the file. No program can set `ctime`.
        then = os.stat(path) if same else now
        if not same or (identity(then), then.st_ctime_ns) != (identity(now), now.st_ctime_ns):
            raise self.changed()


def identity(stats: os.stat_result) -> tuple[int, ...]:
    return stats.st_dev, stats.st_ino, stats.st_size, stats.st_mtime_ns


def contents(file: str | int) -> bytes:
    with open(file, "rb", closefd=isinstance(file, str)) as opened:
        return opened.read()


def write_back(path: str, text: bytes, original: Original) -> None:
    """
    Raises:
        Rejected: It was not written.
    """
    try:
        with deferred_signals():
            write_now(path, text, original)
    except FileNotFoundError:
        raise original.changed() from None
    except OSError as error:
        raise Rejected(str(cannot_write(error))) from None


@contextmanager
def deferred_signals() -> Iterator[None]:
    """Holds back signals that end the program until there is no temporary file."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    held: list[int] = []

    def hold(number: int, frame: FrameType | None) -> None:
        held.append(number)

    # Handlers from outside Python cannot be set again.
    numbers = [number for number in SIGNALS if signal.getsignal(number) is not None]
    before = {number: signal.signal(number, hold) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        for number in held[:1]:
            signal.raise_signal(number)


def write_now(path: str, text: bytes, original: Original) -> None:
    # Keep symbolic links: write their target.
    target = os.path.realpath(path, strict=True)
    stats = os.stat(target)
    # The superuser can write every file, but must not overwrite a read-only one.
    if not stats.st_mode & 0o222:
        raise Rejected(f"is read-only: not {original.done}")
    if not os.access(target, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    if stats.st_nlink > 1:
        return overwrite(target, text, original)
    try:
        replace(target, stats, text, original)
    except OSError as error:
        if error.errno not in NO_REPLACEMENT:
            raise
        overwrite(target, text, original)


def replace(target: str, stats: os.stat_result, text: bytes, original: Original) -> None:
    """Replaces the file by a new one, which readers see completely or not at all."""
    # Not derived from the file's name, which can already have the maximum length.
    temporary = os.path.join(os.path.dirname(target), f".prefect-events-{uuid.uuid4()}.tmp")
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
    file = os.open(temporary, flags, stats.st_mode & 0o600)
    try:
        try:
            if os.name == "posix":
                own = os.fstat(file)
                if (own.st_uid, own.st_gid) != (stats.st_uid, stats.st_gid):
                    os.fchown(file, stats.st_uid, stats.st_gid)
                os.fchmod(file, stats.st_mode & 0o7777)
            write(file, text)
        finally:
            os.close(file)
        original.reject_changed(target)
        os.replace(temporary, target)
    except BaseException:
        try:
            os.unlink(temporary)
        except FileNotFoundError:
            pass
        raise


def overwrite(target: str, text: bytes, original: Original) -> None:
    """Writes the file in place: its other names, owner and location do not change."""
    file = os.open(target, os.O_RDWR | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0))
    try:
        original.reject_changed(target, file)
        try:
            write(file, text)
        except BaseException:
            write(file, original.contents)
            raise
    finally:
        os.close(file)


def write(file: int, text: bytes) -> None:
    os.lseek(file, 0, os.SEEK_SET)
    rest = memoryview(text)
    while rest:
        rest = rest[os.write(file, rest) :]
    os.ftruncate(file, len(text))
    os.fsync(file)
