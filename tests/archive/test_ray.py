"""An archive on a real Ray: two workers, one of which is killed."""

from __future__ import annotations

import gzip
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import ray
import pytest

import prefect_events
from prefect_events import archive
from prefect_events.archive import _executors, _tasks

CASES = Path(__file__).parents[1] / "cases"
LINES = gzip.decompress((CASES / "events.ndjson.gz").read_bytes()).splitlines(keepends=True)
ALL = LINES + LINES[:40]
WHOLE = prefect_events.validate(b"".join(ALL))
FORMATS = ["pretty", "json", "github", "sarif", "junit"]

# Workers cannot import this file.
ray.cloudpickle.register_pickle_by_value(sys.modules[__name__])


@pytest.fixture(scope="module")
def events(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("events")
    for start in range(0, len(ALL), 100):
        (folder / f"{start:05}.ndjson").write_bytes(b"".join(ALL[start : start + 100]))
    return folder


@pytest.fixture
def cluster() -> Iterator[str]:
    ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False)
    yield ray.get_runtime_context().gcs_address
    ray.shutdown()


def _die_once(flag: str, function: Any, *arguments: Any) -> Any:
    try:
        os.close(os.open(flag, os.O_CREAT | os.O_EXCL))
    except FileExistsError:
        return function(*arguments)
    os.kill(os.getpid(), signal.SIGKILL)


def command(*arguments: str) -> str:
    """What the command line prints."""
    run = subprocess.run([sys.executable, "-m", "prefect_events", "archive", *arguments], capture_output=True, text=True)
    assert (run.stderr, run.returncode) == ("", 0)
    return run.stdout


def test_a_cluster_of_its_own(events: Path) -> None:
    assert WHOLE.diagnostics
    checked = archive.validate(events, on="ray", workers=2)
    assert not ray.is_initialized()
    assert checked.report == WHOLE and checked.unread == []
    validate = ("validate", str(events))
    assert command(*validate, "--on", "ray") == command(*validate)


def test_a_cluster_that_runs(events: Path, tmp_path: Path, cluster: str, monkeypatch: pytest.MonkeyPatch) -> None:
    automation = (CASES / "live/automations/crash-zombie-flows.json").read_bytes()
    with ThreadPoolExecutor(2) as threads:
        for form in FORMATS:
            here = archive.validate(events, on=threads, format=form)
            assert archive.validate(events, on="ray", format=form) == here and here.text
        assert archive.advise(events, on="ray") == archive.advise(events, on=threads)
        captured = CASES / "live/captured.ndjson.gz"
        replayed = archive.replay(automation, captured, on="ray", slice_seconds=45)
        assert replayed == archive.replay(automation, captured, on=threads, slice_seconds=45)
        assert replayed.result.firings

    submit = _executors.Ray.submit
    killed = []

    def dying(self: _executors.Ray, function: Any, *arguments: Any) -> Any:
        # The first task of each step loses its worker.
        flag = tmp_path / f"{function.__name__}-died"
        killed.append(flag)
        return submit(self, _die_once, str(flag), function, *arguments)

    with monkeypatch.context() as patched:
        patched.setattr(_executors.Ray, "submit", dying)
        checked = archive.validate(events, on="ray")
        again = archive.replay(automation, captured, on="ray", slice_seconds=45)
    steps = {"each", "find_repeated", "check_bucket", "map_part", "sequence_slice", "reduce_share"}
    assert steps <= {flag.name.removesuffix("-died") for flag in killed}
    assert all(flag.exists() for flag in killed)
    assert checked.report == WHOLE and checked.unread == []
    assert again == replayed

    (tmp_path / "automation.json").write_bytes(automation)
    replay = ("replay", str(captured), "--automation", str(tmp_path / "automation.json"), "--format", "json")
    for arguments in [("validate", str(events), "--format", "json"), ("advise", str(events)), replay]:
        assert command(*arguments, "--on", f"ray={cluster}") == command(*arguments)
    assert json.loads(command(*replay))["firings"]
