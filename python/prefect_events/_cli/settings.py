"""What Prefect's settings are read from. The core decides what counts."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec

from .. import _core
from .files import Failed, cannot_read

FILES = {"dotEnv": ".env", "prefectToml": "prefect.toml", "pyprojectToml": "pyproject.toml"}


def settings_sources() -> dict[str, object]:
    """
    Raises:
        Failed: A file exists but cannot be read, or is not TOML; the message is a sentence.
    """
    sources: dict[str, object] = {"environment": {shown(name): shown(value) for name, value in os.environ.items()}}
    for name, file in FILES.items():
        text = read(Path(file))
        if text is not None:
            sources[name] = text
    try:
        path = _core.profiles_path(msgspec.json.encode(sources).decode())
    except ValueError as error:
        raise Failed(str(error)) from None
    profiles = read(Path.home() / ".prefect" / "profiles.toml" if path is None else Path(path))
    if profiles is not None:
        sources["profiles"] = profiles
    return sources


def read(path: Path) -> str | None:
    """The text of a file, if it exists. As in Prefect, a folder named `.env` does not count."""
    try:
        return path.read_bytes().decode("utf-8", "replace")
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return None
    except OSError as error:
        raise Failed(f"{path} {cannot_read(error)}") from None


def shown(text: str) -> str:
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
