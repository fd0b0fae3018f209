"""Archives are replayed as one process replays them, however they are cut."""

from __future__ import annotations

import gzip
import json
import random
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from datetime import datetime
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import msgspec
import pytest

import prefect_events
from prefect_events import _core, archive

LIVE = Path(__file__).parents[2] / "tests/cases/live"
LINES = gzip.decompress((LIVE / "captured.ndjson.gz").read_bytes()).splitlines(keepends=True)
ZOMBIES = json.loads((LIVE / "automations/crash-zombie-flows.json").read_text())
WHOLE = prefect_events.replay(ZOMBIES, b"".join(LINES), timeline=False)


@pytest.fixture
def threads() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(3) as pool:
        yield pool


def write(folder: Path, seed: int) -> Path:
    """Files that begin and end anywhere."""
    chance = random.Random(seed)
    folder.mkdir()
    ends = sorted({0, len(LINES), *(chance.randrange(len(LINES)) for _ in range(5))})
    for number, (start, end) in enumerate(zip(ends, ends[1:])):
        text = b"".join(LINES[start:end])
        packed = number % 2 == 1
        name = f"{number:03}.ndjson{'.gz' if packed else ''}"
        (folder / name).write_bytes(gzip.compress(text) if packed else text)
    return folder


def firings(result: Any) -> list[dict[str, Any]]:
    """Without what only all events together say."""
    found: list[dict[str, Any]] = json.loads(msgspec.json.encode(result.firings))
    for firing in found:
        for delayed in firing.get("delayed") or ():
            delayed.pop("absent", None)
        firing.pop("reason")
    return found


@pytest.mark.parametrize("slice_seconds", [None, 200, 45])
def test_any_cut(tmp_path: Path, threads: ThreadPoolExecutor, slice_seconds: int | None) -> None:
    events = write(tmp_path / "events", slice_seconds or 1)
    replayed = archive.replay(
        ZOMBIES,
        events,
        on=threads,
        start=WHOLE.start,
        slice_seconds=slice_seconds,
        warm_up_seconds=1800,
        part_size=300_000,
        work=tmp_path / "work",
    )
    assert len(WHOLE.firings) == 8
    assert (replayed.events, replayed.unread) == (len(LINES), [])
    assert firings(replayed.result) == firings(WHOLE)


def test_processes_go_on_where_others_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    events, work = write(tmp_path / "events", 7), tmp_path / "work"
    how: dict[str, Any] = {"start": WHOLE.start, "part_size": 300_000, "work": work, "format": "pretty"}
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as processes:
        first = archive.replay(ZOMBIES, events, on=processes, **how)
    assert firings(first.result) == firings(WHOLE)
    assert first.text is not None and "fired" in first.text
    monkeypatch.setattr(_core, "archive_replay_map", None)
    monkeypatch.setattr(_core, "archive_replay_sequence", None)
    monkeypatch.setattr(_core, "archive_replay_reduce", None)
    with ThreadPoolExecutor(2) as threads:
        assert archive.replay(ZOMBIES, events, on=threads, **how) == first


def test_windows_are_in_the_work_folder_if_it_is_local(
    tmp_path: Path, threads: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    events, work = write(tmp_path / "events", 7), tmp_path / "work"
    reduce, seen = _core.archive_replay_reduce, []

    def reduced(*given: Any) -> Any:
        seen.append(Path(given[-1]).parent)
        return reduce(*given)

    monkeypatch.setattr(_core, "archive_replay_reduce", reduced)
    folders: list[Any] = [work, "memory://windows", f"simplecache::file://{tmp_path}/again"]
    for folder in folders:
        seen.clear()
        replayed = archive.replay(ZOMBIES, events, on=threads, start=WHOLE.start, slice_seconds=200, work=folder)
        assert firings(replayed.result) == firings(WHOLE)
        assert len(seen) > 2 and {one.parent == work for one in seen} == {folder == work}
        assert not any(one.exists() for one in seen)


def test_files_that_cannot_be_read(tmp_path: Path, threads: ThreadPoolExecutor) -> None:
    events = write(tmp_path / "events", 3)
    (events / "a.ndjson").write_bytes(b'{"event": "a"}\n' * 2)
    (events / "b.ndjson.gz").write_bytes(gzip.compress(LINES[0] * 100)[:-20])
    replayed = archive.replay(ZOMBIES, events, on=threads, start=WHOLE.start)
    assert [Path(one.name).name for one in replayed.unread] == ["a.ndjson", "b.ndjson.gz"]
    assert "it lacks `id`" in replayed.unread[0].reason
    assert firings(replayed.result) == firings(WHOLE)


def test_events_that_are_nested_too_deeply_do_not_hide_the_others(tmp_path: Path, threads: ThreadPoolExecutor) -> None:
    events = write(tmp_path / "events", 3)
    event = LINES[0].replace(b"{", b'{"payload": ' + b"[" * 950 + b"]" * 950 + b", ", 1)
    (events / "a.ndjson").write_bytes(event)
    first = events / "000.ndjson"
    first.write_bytes(event + first.read_bytes() + event)
    replayed = archive.replay(ZOMBIES, events, on=threads, start=WHOLE.start, part_size=100_000)
    why = "not played: arrays and objects are nested more than 900 levels deep, which the server cannot read"
    reasons = {Path(one.name).name: one.reason for one in replayed.unread}
    assert reasons == {"a.ndjson": f"has 1 event that is {why}", "000.ndjson": f"has 2 events that are {why}"}
    assert replayed.events == len(LINES)
    assert firings(replayed.result) == firings(WHOLE)
    whole = prefect_events.replay(ZOMBIES, first.read_bytes())
    assert whole.not_played is not None
    assert [one.finding.code for one in whole.not_played] == ["syntax-too-deep"] * 2


def test_what_is_invalid_is_an_error_at_once(threads: ThreadPoolExecutor) -> None:
    with pytest.raises(ValueError, match="`warmUpSeconds` must be at least 30 minutes"):
        archive.replay(ZOMBIES, "nothing", on=threads, warm_up_seconds=60)
    with pytest.raises(ValueError, match="the automations cannot be read"):
        archive.replay("trigger: [", "nothing", on=threads)


@pytest.mark.parametrize(("options", "seconds"), [([], 21_600), (["--slice", "200"], 200)])
def test_slices_on_the_command_line(tmp_path: Path, options: list[str], seconds: int) -> None:
    write(tmp_path / "events", 5)
    (tmp_path / "zombies.json").write_text(json.dumps(ZOMBIES))
    assert WHOLE.start is not None
    program = [sys.executable, "-m", "prefect_events", "archive", "replay", "events", "--automation", "zombies.json"]
    program += ["--start", WHOLE.start.isoformat(), "--format", "json", "--work", "work", "--workers", "1", *options]
    run = subprocess.run(program, capture_output=True, text=True, cwd=tmp_path)
    assert (run.returncode, run.stderr) == (0, "")
    assert len(json.loads(run.stdout)["firings"]) == len(WHOLE.firings)
    times = [datetime.fromisoformat(json.loads(line)["received"].replace("Z", "+00:00")) for line in LINES]
    slices = {int(time.timestamp()) // seconds for time in times}
    assert len(list((tmp_path / "work/replay").glob("*/slice-*"))) == len(slices)
