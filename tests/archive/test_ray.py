"""An archive on a real Ray: two workers, one of which is killed."""

from __future__ import annotations

import gzip
import os
import signal
from pathlib import Path
from typing import Any

import ray
import pytest

import prefect_events
from prefect_events import archive
from prefect_events.archive import _executors, _tasks

LINES = gzip.decompress((Path(__file__).parents[1] / "cases/events.ndjson.gz").read_bytes()).splitlines(keepends=True)
ALL = LINES + LINES[:40]


def _die_once(flag: str, *arguments: Any) -> Any:
    try:
        os.close(os.open(flag, os.O_CREAT | os.O_EXCL))
    except FileExistsError:
        return _tasks.check_part(*arguments)
    os.kill(os.getpid(), signal.SIGKILL)


def test_one_process_two_workers_and_a_killed_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "events").mkdir()
    for start in range(0, len(ALL), 100):
        (tmp_path / f"events/{start:05}.ndjson").write_bytes(b"".join(ALL[start : start + 100]))
    whole = prefect_events.validate(b"".join(ALL))
    assert whole.diagnostics
    checked = archive.validate(tmp_path / "events", on="ray", workers=2)
    assert not ray.is_initialized()
    assert checked.report == whole and checked.unread == []

    submit = _executors.Ray.submit
    flag = str(tmp_path / "flag")

    def dying(self: _executors.Ray, function: Any, *arguments: Any) -> Any:
        if function is _tasks.check_part:
            return submit(self, _die_once, flag, *arguments)
        return submit(self, function, *arguments)

    monkeypatch.setattr(_executors.Ray, "submit", dying)
    checked = archive.validate(tmp_path / "events", on="ray", workers=2)
    assert Path(flag).exists()
    assert checked.report == whole and checked.unread == []
