"""Standard output and standard error: what cannot be written ends the program, once and with a reason."""

from __future__ import annotations

import errno
import os
import select
import sys
from collections.abc import Mapping

from .. import _core

MISUSE = 2
"""The exit status after misuse, and if a file cannot be read or written."""


class Output:
    """A standard stream. It is written at once: nothing is left to fail when the program ends."""

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor
        self.is_closed = False
        """The caller has closed it; its number is that of the null device."""

    def write(self, text: str | bytes) -> None:
        # Names of files need not be UTF-8.
        rest = memoryview(text.encode("utf-8", "backslashreplace") if isinstance(text, str) else text)
        if rest and self.is_closed and self is STDOUT:
            STDERR.write("prefect-events: standard output cannot be written: it is closed\n")
            raise SystemExit(MISUSE)
        try:
            if os.name == "nt" and self.is_terminal:
                # A console of Windows takes no bytes.
                stream = sys.stdout if self is STDOUT else sys.stderr
                stream.buffer.write(rest)
                stream.flush()
                return
            while rest:
                try:
                    rest = rest[os.write(self.descriptor, rest[: 1 << 20]) :]
                except BlockingIOError:
                    select.select([], [self.descriptor], [])
        except OSError as error:
            raise self.failed(error) from None

    def failed(self, error: OSError) -> SystemExit:
        # Of standard error only the exit status can tell.
        if self is STDOUT:
            STDERR.write(f"prefect-events: standard output {_core.reason_of('write', *named(error))}\n")
        return SystemExit(MISUSE)

    @property
    def is_terminal(self) -> bool:
        return os.isatty(self.descriptor)

    def terminal(self, environment: Mapping[str, str] = os.environ) -> dict[str, object]:
        """What the core learns of it: colours on a terminal only; NO_COLOR disables them, FORCE_COLOR enables them elsewhere."""
        forced = environment.get("FORCE_COLOR", "0") not in ("0", "false")
        usual = self.is_terminal and environment.get("TERM") != "dumb"
        colour = not environment.get("NO_COLOR") and (forced or usual)
        columns = os.get_terminal_size(self.descriptor).columns if self.is_terminal else None
        return {"colour": colour, "columns": columns}


STDOUT = Output(1)
STDERR = Output(2)


def open_streams() -> None:
    """Keeps the numbers of standard streams that the caller has closed from files that are opened later."""
    for descriptor in range(3):
        try:
            os.fstat(descriptor)
        except OSError:
            # The lowest free number: this one.
            os.open(os.devnull, os.O_RDWR)
            STDOUT.is_closed |= descriptor == STDOUT.descriptor


def named(error: OSError) -> tuple[str, str]:
    """The name of an error, such as ``ENOENT``, and the system's message."""
    return errno.errorcode.get(error.errno or 0, ""), error.strerror or str(error)
