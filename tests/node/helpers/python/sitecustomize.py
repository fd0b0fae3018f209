"""What ``at-fsync.js`` is for the command line in JavaScript: performs the action in AT_FSYNC just before a fixed file replaces
the old one, and writes the state of the new file to standard error."""

import builtins
import io
import os
import shutil
import signal
import sys
import uuid

action = os.environ.get("AT_FSYNC", "")
file = os.environ.get("AT_FILE", "")
fsync, open_file, realpath, write = os.fsync, os.open, os.path.realpath, os.write


def mode(descriptor):
    return format(os.fstat(descriptor).st_mode & 0o777, "o")


def say(text):
    write(2, f"{text}\n".encode())


def append():
    with open(file, "a") as opened:
        opened.write("\n{}")


def replace():
    # The same content and time, but another file.
    stats = os.stat(file)
    shutil.copyfile(file, f"{file}.other")
    os.utime(f"{file}.other", ns=(stats.st_atime_ns, stats.st_mtime_ns))
    os.replace(f"{file}.other", file)


def edit():
    # The same size and time, but another content.
    stats = os.stat(file)
    with open(file) as opened:
        text = opened.read()
    with open(file, "w") as opened:
        opened.write(text.replace("Z", "z", 1))
    os.utime(file, ns=(stats.st_atime_ns, stats.st_mtime_ns))


ACTIONS = {
    "append": append,
    "touch": lambda: os.utime(file, (1, 1)),
    "replace": replace,
    "edit": edit,
    "remove": lambda: os.unlink(file),
    **{name: lambda name=name: os.kill(os.getpid(), getattr(signal, name)) for name in ("SIGINT", "SIGTERM", "SIGHUP")},
}


def hooked_open(path, flags, *rest, **more):
    descriptor = open_file(path, flags, *rest, **more)
    if flags & os.O_EXCL:
        say(f"created with {mode(descriptor)}")
    return descriptor


def hooked_realpath(path, **more):
    # A hard-linked file has no new file: the action happens before the file is checked.
    if path == os.path.basename(file) and action.startswith("early-"):
        ACTIONS[action[6:]]()
    return realpath(path, **more)


class Compared(io.FileIO):
    """The file, when it is compared with what was read first: the action happens after that."""

    def readall(self):
        content = super().readall()
        ACTIONS[action[5:]]()
        return content

    read = readall


def hooked_open_file(path, mode="r", *rest, **more):
    if mode == "rb" and (isinstance(path, int) or os.path.basename(path) == os.path.basename(file)):
        return Compared(path, **more)
    return open_text(path, mode, *rest, **more)


def hooked_fsync(descriptor):
    say(f"written with {mode(descriptor)}")
    fsync(descriptor)
    ACTIONS.get(action, lambda: None)()


if action or file:
    os.open, os.fsync, os.path.realpath = hooked_open, hooked_fsync, hooked_realpath
if action.startswith("late-"):
    open_text, builtins.open = open, hooked_open_file
if action == "same-name":
    uuid.uuid4 = lambda: "0-0-0-0-0"
if action == "full-disk":
    failed = []

    def hooked_write(descriptor, data):
        # Only the end of the file itself.
        if descriptor <= 2 or failed:
            return write(descriptor, data)
        if len(data) > 1:
            return write(descriptor, data[: len(data) - 1])
        failed.append(True)
        raise OSError(28, "No space left on device")

    os.write = hooked_write
