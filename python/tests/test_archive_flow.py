"""An archive in a flow of Prefect: its tasks are those of the flow."""

from __future__ import annotations

import gzip
import json
import os
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import msgspec
import pytest

from prefect_events import archive

ROOT = Path(__file__).parents[2]
CAPTURED = ROOT / "tests/cases/live/captured.ndjson.gz"
AUTOMATION = ROOT / "tests/cases/live/automations/crash-zombie-flows.json"

# Prefect logs at exit, when pytest has closed the stream: so it has a process of its own.
RUN = """
import json, pathlib, sys
import msgspec
from prefect import flow
from prefect.testing.utilities import prefect_test_harness
from prefect_events import archive
from flow import check_archive

@flow
def replay_archive(automation, path):
    return archive.replay(pathlib.Path(automation).read_bytes(), path, on="prefect")

with prefect_test_harness(server_startup_timeout=120):
    state = check_archive(sys.argv[1], return_state=True)
    replayed = replay_archive(*sys.argv[2:])
print(json.dumps([state.is_completed(), state.result(), replayed.events, msgspec.json.encode(replayed.result).decode()]))
"""


def test_the_flow_of_the_documentation(tmp_path: Path) -> None:
    # Not imported here, which other tests would notice.
    if find_spec("prefect") is None:
        pytest.skip("Prefect is not installed")
    [code] = re.findall(r"```python flow\.py\n(.*?)```", (ROOT / "docs/archives.md").read_text("utf-8"), re.DOTALL)
    # These events have no errors.
    (tmp_path / "flow.py").write_text(code.replace("errors", "infos"))
    (tmp_path / "run.py").write_text(RUN)
    lines = gzip.decompress((ROOT / "tests/cases/events.ndjson.gz").read_bytes()).splitlines(keepends=True)
    events = tmp_path / "events"
    events.mkdir()
    for number in range(3):
        (events / f"{number}.ndjson").write_bytes(b"".join(lines[number::3]))
    (events / "broken.ndjson.gz").write_bytes(CAPTURED.read_bytes()[:-1000])

    server = {"PREFECT_HOME": str(tmp_path / "home"), "PREFECT_SERVER_ANALYTICS_ENABLED": "false"}
    run = subprocess.run(
        [sys.executable, "run.py", str(events), str(AUTOMATION), str(CAPTURED)],
        cwd=tmp_path, env={**os.environ, **server}, capture_output=True, text=True,
    )
    assert run.returncode == 0, run.stderr
    is_completed, infos, count, result = json.loads(run.stdout.splitlines()[-1])
    alone = archive.validate(events, workers=1)
    assert is_completed
    assert infos == alone.report.infos > 0 and len(alone.unread) == 1
    again = archive.replay(AUTOMATION.read_bytes(), CAPTURED, workers=1)
    assert (count, result) == (again.events, msgspec.json.encode(again.result).decode())
    assert again.result.firings
