"""Archives: however they are cut, kept and read, the report is that of one process."""

from __future__ import annotations

import gzip
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import fsspec  # type: ignore[import-untyped, unused-ignore]
import msgspec
import pytest
import zstandard

import prefect_events
from prefect_events import archive
from prefect_events.archive import _frame, _parts, _progress, _read, _run, _store, _tasks

LINES = [
    line + b"\n"
    for line in gzip.decompress((Path(__file__).parents[2] / "tests/cases/events.ndjson.gz").read_bytes()).splitlines()
]


def damaged(seed: int) -> list[bytes]:
    """Captured events, of which some are repeated, moved, or not JSON."""
    chance = random.Random(seed)
    lines = list(LINES)
    for _ in range(40):
        lines.insert(chance.randrange(len(lines)), chance.choice(lines))
        lines.insert(chance.randrange(len(lines)), lines.pop(chance.randrange(len(lines))))
    lines[chance.randrange(len(lines))] = b'{"event": \n'
    return lines


ALL = damaged(1)
WHOLE = prefect_events.validate(b"".join(ALL), max_diagnostics=500)
FORMATS = ["pretty", "json", "github", "sarif", "junit"]
EXCERPT = re.compile(r" *\d* \|")


def command(*arguments: str, folder: Path) -> tuple[str, str, int]:
    """What the command line prints, and its exit status."""
    program = [sys.executable, "-m", "prefect_events", *arguments]
    run = subprocess.run(program, capture_output=True, text=True, cwd=folder)
    return run.stdout, run.stderr, run.returncode


@pytest.fixture
def threads() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(3) as pool:
        yield pool


def cut(lines: list[bytes], seed: int) -> list[bytes]:
    """Texts of any number of lines."""
    chance = random.Random(seed)
    ends = sorted({0, len(lines), *(chance.randrange(len(lines)) for _ in range(chance.randrange(1, 9)))})
    return [b"".join(lines[start:end]) for start, end in zip(ends, ends[1:])]


def write(folder: Path, texts: list[bytes]) -> None:
    """Files in the forms in turn."""
    forms: list[tuple[str, Any]] = [
        (".ndjson", lambda text: text),
        (".ndjson.gz", gzip.compress),
        (".ndjson.zst", zstandard.compress),
        ("", lambda text: text.rstrip(b"\n")),
    ]
    folder.mkdir(exist_ok=True)
    for number, text in enumerate(texts):
        ending, packed = forms[number % len(forms)]
        (folder / f"{number:03}{ending}").write_bytes(packed(text))


@pytest.mark.parametrize("seed", range(6))
def test_any_cut(tmp_path: Path, threads: ThreadPoolExecutor, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    # Many buckets, as for a large archive.
    monkeypatch.setattr("prefect_events.archive._validate.BUCKET", [1 << 30, 1 << 19, 1 << 17][seed % 3])
    write(tmp_path / "events", cut(ALL, seed))
    part_size = random.Random(seed).choice([997, 100_003, 1 << 30])
    checked = archive.validate(tmp_path / "events", on=threads, part_size=part_size, max_diagnostics=500)
    assert checked.unread == []
    assert msgspec.json.encode(checked.report) == msgspec.json.encode(WHOLE)


def test_the_lines_of_all_ranges_are_those_of_the_file(tmp_path: Path) -> None:
    chance = random.Random(1)
    path = tmp_path / "file"
    for _ in range(300):
        lines = [b"a" * chance.randrange(4) + b"\n" for _ in range(chance.randrange(1, 12))]
        text = b"".join(lines) + chance.choice([b"", b"end"])
        path.write_bytes(text)
        found = b""
        for part in _parts.find_parts(path, part_size=chance.randrange(1, 9)).parts:
            with _read.opened(part) as file:
                while piece := file.read(chance.randrange(1, 5)):
                    found += piece
        assert found == text


def test_processes_on_this_machine(tmp_path: Path) -> None:
    write(tmp_path, cut(ALL, 7))
    checked = archive.validate(tmp_path, workers=2, max_diagnostics=500)
    assert checked.report == WHOLE


def _die_once(flag: str, part: Any, settings: Any, work: Any, task: str) -> Any:
    """Checks a part; the first worker that gets one dies."""
    try:
        os.close(os.open(flag, os.O_CREAT | os.O_EXCL))
    except FileExistsError:
        return _tasks.check_part(part, settings, work, task)
    os.kill(os.getpid(), signal.SIGKILL)


class Dying:
    """A runner whose first task loses its worker."""

    def __init__(self, executor: Any, flag: Path) -> None:
        self.executor = executor
        self.flag = str(flag)

    def submit(self, function: Any, *arguments: Any) -> Any:
        if function is _tasks.check_part:
            return self.executor.submit(_die_once, self.flag, *arguments)
        return self.executor.submit(function, *arguments)


@pytest.mark.skipif(os.name == "nt", reason="there is no SIGKILL")
def test_a_killed_process_costs_its_tasks_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from prefect_events.archive._executors import Local

    submit = Local.submit

    def dying(self: Local, function: Any, *arguments: Any) -> Any:
        return Dying(self.executor, tmp_path / "flag").submit(function, *arguments)

    monkeypatch.setattr(Local, "submit", dying)
    write(tmp_path / "events", cut(ALL, 8))
    checked = archive.validate(tmp_path / "events", workers=2, max_diagnostics=500)
    assert (tmp_path / "flag").exists() and submit is not Local.submit
    assert checked.report == WHOLE and checked.unread == []


def _die_of(name: str, function: Any, *arguments: Any) -> Any:
    """A task; a file kills the worker that reads it."""
    tasks = arguments[1] if function is _run.each else [arguments]
    if any(getattr(task[0], "name", "").endswith(name) for task in tasks):
        os.kill(os.getpid(), signal.SIGKILL)
    return function(*arguments)


@pytest.mark.skipif(os.name == "nt", reason="there is no SIGKILL")
@pytest.mark.parametrize("count", [4, 200])
def test_a_file_that_kills_each_worker_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, count: int) -> None:
    from prefect_events.archive._executors import Local

    def dying(self: Local, *arguments: Any) -> Any:
        return self.executor.submit(_die_of, "2.ndjson", *arguments)

    monkeypatch.setattr(Local, "submit", dying)
    for number in range(count):
        (tmp_path / f"{number:03}{'' if number == 2 else 'b'}.ndjson").write_bytes(LINES[number])
    checked = archive.validate(tmp_path, workers=2)
    assert checked.report == prefect_events.validate(b"".join([*LINES[:2], *LINES[3:count]]))
    assert [Path(one.name).name for one in checked.unread] == ["002.ndjson"]
    assert "its worker was lost each time" in checked.unread[0].reason


def test_small_files_share_tasks_but_no_fate(tmp_path: Path, threads: ThreadPoolExecutor) -> None:
    tasks: list[list[str]] = []

    class Noting:
        def submit(self, function: Any, *arguments: Any) -> Any:
            if function is _run.each:
                tasks.append([Path(task[0].name).name for task in arguments[1]])
            return threads.submit(function, *arguments)

    names = [f"{number:03}.ndjson" for number in range(300)]
    for name, line in zip(names, LINES):
        (tmp_path / name).write_bytes(line)
    for name in ("005b", "150b"):
        (tmp_path / f"{name}.ndjson.gz").write_bytes(gzip.compress(LINES[0])[:-9])
    checked = archive.validate(tmp_path, on=Noting())
    assert checked.report == prefect_events.validate(b"".join(LINES[:300]))
    assert [Path(one.name).name for one in checked.unread] == ["005b.ndjson.gz", "150b.ndjson.gz"]
    assert [Path(name).name for name in checked.files] == names
    # Enough tasks for all workers, with several files each.
    assert 8 <= len(tasks) < 80
    assert sorted(name for task in tasks for name in task if name.endswith("n")) == names


def test_bad_files_are_in_the_order_of_the_archive(tmp_path: Path) -> None:
    class Late:
        """The first file is read last."""

        def submit(self, function: Any, *arguments: Any) -> Any:
            future: Future[Any] = Future()
            is_first = function is _tasks.check_part and arguments[0].name.endswith("a.ndjson.gz")
            threading.Timer(0.5 * is_first, lambda: future.set_result(function(*arguments))).start()
            return future

    for name in "abc":
        (tmp_path / f"{name}.ndjson.gz").write_bytes(gzip.compress(LINES[0])[:-9])
    checked = archive.validate(tmp_path, on=Late())
    assert [Path(one.name).name for one in checked.unread] == ["a.ndjson.gz", "b.ndjson.gz", "c.ndjson.gz"]


def test_parts_in_groups() -> None:
    parts = [_parts.Part("a", "a", "lines", end=size, size=size) for size in [5, 5, 5, 20, 1, 1, 9]]
    assert _frame.grouped(parts, 10, 1) == [[0, 1], [2], [3], [4, 5], [6]]
    assert _frame.grouped(parts, 1 << 30, 1) == [[0, 1], [2], [3], [4, 5, 6]]
    assert _frame.grouped(parts, 1 << 30, 100) == [[number] for number in range(7)]
    assert _frame.grouped([], 10, 1) == []


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address=None, scheduler_kwargs={"dashboard_address": "127.0.0.1:0"}
    ) as cluster:
        yield cluster


@pytest.mark.skipif(os.name == "nt", reason="there is no SIGKILL")
def test_dask_with_two_workers_one_of_which_is_killed(tmp_path: Path, cluster: Any) -> None:
    write(tmp_path / "events", cut(ALL, 9))
    with cluster.get_client() as client:
        plain = archive.validate(tmp_path / "events", on=client, max_diagnostics=500, part_size=100_000)
        assert plain.report == WHOLE
        dying = Dying(client, tmp_path / "flag")
        checked = archive.validate(tmp_path / "events", on=dying, max_diagnostics=500, part_size=100_000)
        assert (tmp_path / "flag").exists()
        assert checked.report == WHOLE and checked.unread == []


def test_dask_by_its_address(tmp_path: Path, cluster: Any, threads: ThreadPoolExecutor) -> None:
    write(tmp_path / "events", cut(ALL, 13))
    dask = f"dask={cluster.scheduler_address}"
    for form in FORMATS:
        here = archive.validate(tmp_path / "events", on=threads, part_size=100_000, format=form)
        assert archive.validate(tmp_path / "events", on=dask, part_size=100_000, format=form) == here and here.text
    write(tmp_path / "captured", cut(LINES, 13))
    assert archive.advise(tmp_path / "captured", on=dask) == archive.advise(tmp_path / "captured", on=threads)
    live = Path(__file__).parents[2] / "tests/cases/live"
    automation = (live / "automations/crash-zombie-flows.json").read_bytes()
    replayed = archive.replay(automation, live / "captured.ndjson.gz", on=dask, slice_seconds=200)
    assert replayed == archive.replay(automation, live / "captured.ndjson.gz", on=threads, slice_seconds=200)
    assert replayed.result.firings


def test_dask_on_the_command_line(tmp_path: Path, cluster: Any) -> None:
    (tmp_path / "all.ndjson").write_bytes(b"".join(ALL))
    plain = command("validate", "all.ndjson", "--format", "json", folder=tmp_path)
    for on in ["local", "dask", f"dask={cluster.scheduler_address}"]:
        there = command("archive", "validate", "all.ndjson", "--format", "json", "--on", on, folder=tmp_path)
        assert there == plain, on


@pytest.mark.parametrize("form", FORMATS)
def test_the_text_is_that_of_validate(
    tmp_path: Path, threads: ThreadPoolExecutor, form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "all.ndjson").write_bytes(b"".join(ALL))
    plain = command("validate", "all.ndjson", "--format", form, folder=tmp_path)[0]
    monkeypatch.chdir(tmp_path)
    text = archive.validate("all.ndjson", on=threads, part_size=100_000, format=form).text
    assert text is not None
    if form == "pretty":
        # The events are not there any more when it is written.
        plain = "".join(line for line in plain.splitlines(keepends=True) if not EXCERPT.match(line))
    assert text == plain


def test_memory(threads: ThreadPoolExecutor) -> None:
    store = fsspec.filesystem("memory")
    for number, text in enumerate(cut(ALL, 10)):
        store.pipe_file(f"/events/{number:03}.ndjson", text)
    checked = archive.validate("memory://events", on=threads, work="memory://work", max_diagnostics=500)
    assert checked.report == WHOLE
    assert store.exists("/work") and not [name for name in store.find("/work") if name.endswith(".tmp")]


def test_each_reader_of_a_file_in_memory_has_its_own_position() -> None:
    text = b"".join(ALL)
    fsspec.filesystem("memory").pipe_file("/positions/all.ndjson", text)
    work, half = _store.Work("memory://positions"), len(text) // 2
    with work.open("all.ndjson") as one, work.open("all.ndjson") as other:
        assert (one.read(3), other.read(2), one.read(3)) == (text[:3], text[:2], text[3:6])
    with pytest.raises(FileNotFoundError):
        work.open("missing")
    both = [_parts.Part("a", "memory://positions/all.ndjson", "lines", at, at + half + 1) for at in (0, half + 1)]
    read = [b"", b""]
    with _read.opened(both[0]) as one, _read.opened(both[1]) as other:
        for _ in range(len(text) // 5000 + 2):
            read = [before + reader.read(5000) for before, reader in zip(read, (one, other))]
    assert b"".join(read) == text


def test_s3(threads: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch) -> None:
    moto = pytest.importorskip("moto.server")
    pytest.importorskip("s3fs")
    server = moto.ThreadedMotoServer(port=0)
    server.start()
    try:
        host, port = server.get_host_and_port()
        options = {"key": "test", "secret": "test", "client_kwargs": {"endpoint_url": f"http://{host}:{port}"}}
        store = fsspec.filesystem("s3", **options)
        store.mkdir("archive")
        for number, text in enumerate(cut(ALL, 11)):
            store.pipe_file(f"archive/events/{number:03}.ndjson.zst", zstandard.compress(text))
        checked = archive.validate(
            "s3://archive/events/", on=threads, work="s3://archive/work", storage_options=options, max_diagnostics=500
        )
        assert checked.report == WHOLE
        assert len(store.find("archive/work/map")) == 2 * len(cut(ALL, 11))
    finally:
        server.stop()


class Counting:
    """Counts the tasks that are done, not only looked up."""

    def __init__(self, pool: ThreadPoolExecutor, most: int = 1000) -> None:
        self.pool = pool
        self.most = most
        self.names: list[str] = []

    def submit(self, function: Any, *arguments: Any) -> Any:
        if function is _tasks.check_part:
            if len(self.names) >= self.most:
                # Ctrl-C.
                threading.Timer(0.2, signal.raise_signal, [signal.SIGINT]).start()
                return Future[Any]()
            work, task = arguments[2], arguments[3]
            if not work.has(f"map/{task}.json"):
                self.names.append(arguments[0].name)
        return self.pool.submit(function, *arguments)


def test_goes_on_where_it_was_interrupted(tmp_path: Path, threads: ThreadPoolExecutor) -> None:
    write(tmp_path / "events", [b"".join(ALL[start : start + 200]) for start in range(0, len(ALL), 200)])
    some = Counting(threads, most=3)
    with pytest.raises(archive.Interrupted) as stopped:
        archive.validate(tmp_path / "events", on=some, work=tmp_path / "work", max_diagnostics=500)
    assert (stopped.value.done, stopped.value.work) == (3, str(tmp_path / "work"))
    kept = {path: path.stat().st_mtime_ns for path in (tmp_path / "work/map").iterdir()}
    assert len(kept) == 6
    rest = Counting(threads)
    checked = archive.validate(tmp_path / "events", on=rest, work=tmp_path / "work", max_diagnostics=500)
    assert checked.report == WHOLE
    assert {path: path.stat().st_mtime_ns for path in kept} == kept
    assert some.names and set(some.names).isdisjoint(rest.names) and len(some.names + rest.names) == len(checked.files)
    # A file that has changed since is read again.
    (tmp_path / "events/000.ndjson").write_bytes(b"")
    again = Counting(threads)
    checked = archive.validate(tmp_path / "events", on=again, work=tmp_path / "work", max_diagnostics=500)
    assert [Path(name).name for name in again.names] == ["000.ndjson"]
    assert checked.report.count == WHOLE.count - 200


def test_bad_parts_are_named_and_the_others_read(tmp_path: Path, threads: ThreadPoolExecutor) -> None:
    good = b"".join(LINES[:20])
    (tmp_path / "good.ndjson").write_bytes(good)
    (tmp_path / "cut.ndjson.gz").write_bytes(gzip.compress(b"".join(LINES))[:-2000])
    (tmp_path / "cut.ndjson.zst").write_bytes(zstandard.compress(good)[:-20])
    (tmp_path / "list.json").write_bytes(b"[\n" + b",\n".join(LINES[:3]) + b"]")
    (tmp_path / "text.ndjson").write_bytes(b"name: zombies\ntrigger: {}\n")
    checked = archive.validate([tmp_path, tmp_path / "none.ndjson"], on=threads)
    assert checked.report == prefect_events.validate(good)
    reasons = {Path(one.name).name: one.reason for one in checked.unread}
    assert sorted(reasons) == ["cut.ndjson.gz", "cut.ndjson.zst", "list.json", "none.ndjson", "text.ndjson"]
    assert reasons["none.ndjson"] == "does not exist"
    assert reasons["list.json"] == reasons["text.ndjson"] == "is not NDJSON: one event a line"
    assert all(reasons[name].startswith("cannot be read: ") for name in ("cut.ndjson.gz", "cut.ndjson.zst"))


def test_whether_a_file_is_ndjson_does_not_depend_on_its_parts(tmp_path: Path, threads: ThreadPoolExecutor) -> None:
    (tmp_path / "page.json").write_bytes(b'{\n "events": [\n  {"event": "a"}\n ]\n}\n')
    (tmp_path / "late.ndjson").write_bytes(b'{"a":\n5\n' + LINES[0])
    for part_size in (None, 200, 8, 2):
        checked = archive.validate(tmp_path, on=threads, part_size=part_size)
        assert [(Path(one.name).name, one.reason) for one in checked.unread] == [
            ("page.json", "is not NDJSON: one event a line")
        ], part_size
        assert checked.report.count == 3


def test_a_file_that_changes_meanwhile_is_named(tmp_path: Path, threads: ThreadPoolExecutor) -> None:
    class Changing:
        def submit(self, function: Any, *arguments: Any) -> Any:
            if function is _tasks.check_part and arguments[0].name.endswith("b.ndjson"):
                (tmp_path / "b.ndjson").write_bytes(LINES[3])
            return threads.submit(function, *arguments)

    for name in "abc":
        (tmp_path / f"{name}.ndjson").write_bytes(b"".join(LINES[:2]))
    checked = archive.validate(tmp_path, on=Changing())
    assert [(Path(one.name).name, one.reason) for one in checked.unread] == [
        ("b.ndjson", "has changed while it was read")
    ]
    assert checked.report.count == 4


def _table(json: bool) -> Any:
    pyarrow = pytest.importorskip("pyarrow")
    from datetime import datetime

    columns: dict[str, list[Any]] = {name: [] for name in ("occurred", "event", "resource_id", "resource", "related")}
    columns |= {name: [] for name in ("payload", "received", "recorded", "id", "follows")}
    for line in LINES:
        event = msgspec.json.decode(line)
        for name, values in columns.items():
            value = event.get(name)
            if name in ("resource", "related", "payload"):
                value = msgspec.json.encode(value).decode() if json or name != "related" else value
            elif name in ("occurred", "received"):
                value = datetime.fromisoformat(value.replace("Z", "+00:00"))
            elif name == "resource_id":
                value = event["resource"]["prefect.resource.id"]
            values.append(value)
    return pyarrow.table(columns)


@pytest.mark.parametrize("json", [True, False])
def test_parquet_with_the_columns_of_the_table(tmp_path: Path, threads: ThreadPoolExecutor, json: bool) -> None:
    table = _table(json)
    pytest.importorskip("pyarrow.parquet").write_table(table, tmp_path / "events.parquet", row_group_size=100)
    checked = archive.validate(tmp_path / "events.parquet", on=threads, part_size=100_000)
    whole = prefect_events.validate(b"".join(LINES))
    assert checked.unread == []
    counts = (checked.report.count, checked.report.errors, checked.report.warnings, checked.report.infos)
    assert counts == (whole.count, whole.errors, whole.warnings, whole.infos)
    found = [(one.code, one.index, one.path, one.message) for one in checked.report.diagnostics]
    assert found == [(one.code, one.index, one.path, one.message) for one in whole.diagnostics]


def test_parquet_with_json_or_other_columns(tmp_path: Path, threads: ThreadPoolExecutor) -> None:
    pyarrow = pytest.importorskip("pyarrow.parquet")
    texts = [line.decode() for line in ALL]
    table = pytest.importorskip("pyarrow").table
    pyarrow.write_table(table({"event_json": texts}), tmp_path / "json.parquet", row_group_size=300)
    pyarrow.write_table(table({"id": [1], "name": ["a"]}), tmp_path / "other.parquet")
    checked = archive.validate(tmp_path, on=threads, max_diagnostics=500)
    # A line break within a broken event is gone with its line: nothing else differs.
    assert (checked.report.count, checked.report.errors) == (WHOLE.count, WHOLE.errors)
    [unread] = checked.unread
    assert Path(unread.name).name == "other.parquet"
    assert unread.reason.startswith("has other columns: `occurred`, `event`, `resource` of Prefect's table")


def _postgresql() -> str | None:
    """The folder of the programs of a PostgreSQL server on this machine."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    program = found[-1] if found else shutil.which("initdb")
    return str(Path(program).parent) if program else None


TABLE = """CREATE TABLE events (id uuid PRIMARY KEY, occurred timestamptz NOT NULL, event text NOT NULL, resource_id text NOT NULL,
    resource jsonb NOT NULL, related_resource_ids jsonb NOT NULL DEFAULT '[]', related jsonb NOT NULL DEFAULT '[]',
    payload jsonb NOT NULL, received timestamptz NOT NULL, recorded timestamptz NOT NULL, follows uuid)"""


@pytest.mark.skipif(os.name == "nt" or _postgresql() is None, reason="there is no PostgreSQL")
def test_a_table_of_postgresql(threads: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch) -> None:
    psycopg = pytest.importorskip("psycopg")
    programs = _postgresql() or ""
    # The server does not run as root, and its sockets have short paths.
    how: dict[str, Any] = {"user": "postgres"} if os.geteuid() == 0 else {}
    folder = tempfile.mkdtemp(dir="/tmp")
    if how:
        shutil.chown(folder, "postgres")
    data = f"{folder}/data"
    subprocess.run(
        [f"{programs}/initdb", "--pgdata", data, "--auth", "trust", "--username", "prefect"],
        check=True, capture_output=True, **how,
    )
    start = [f"{programs}/pg_ctl", "--pgdata", data, "--wait", "--log", f"{folder}/log"]
    subprocess.run([*start, "-o", f"-c listen_addresses='' -k {folder}", "start"], check=True, **how)
    address = f"postgresql://prefect@/postgres?host={folder}"
    try:
        with psycopg.connect(address) as connection, connection.cursor() as cursor:
            cursor.execute(TABLE)
            for line in LINES:
                event = msgspec.json.decode(line)
                documents = {name: msgspec.json.encode(event[name]).decode() for name in ("resource", "related", "payload")}
                row = {"received": event["occurred"], "follows": None, **event, **documents}
                cursor.execute(
                    "INSERT INTO events VALUES (%(id)s, %(occurred)s, %(event)s, '', %(resource)s, '[]', %(related)s,"
                    " %(payload)s, %(received)s, %(received)s, %(follows)s)",
                    row,
                )
        monkeypatch.setattr("prefect_events.archive._postgresql.ROWS", 300)
        checked = archive.validate(address, on=threads)
        assert checked.unread == [] and checked.report.count == len(LINES)
        ordered = sorted(LINES, key=lambda line: (msgspec.json.decode(line)["occurred"], msgspec.json.decode(line)["id"]))
        whole = prefect_events.validate(b"".join(ordered))
        assert [(one.code, one.path) for one in checked.report.diagnostics] == [
            (one.code, one.path) for one in whole.diagnostics
        ]
        missing = archive.validate(f"postgresql://prefect@/none?host={folder}", on=threads)
        assert "does not exist" in missing.unread[0].reason
    finally:
        subprocess.run([*start, "--mode", "immediate", "stop"], check=True, **how)
        shutil.rmtree(folder)


def test_advise(tmp_path: Path, threads: ThreadPoolExecutor) -> None:
    from prefect_events import live

    write(tmp_path, cut(LINES, 12))
    advice = archive.advise(tmp_path, within=90, on=threads, part_size=100_000)
    assert advice.observed == live.observe_heartbeats(b"".join(LINES), within=90)
    assert advice.observed.heartbeats > 50 and advice.unread == []


def test_rejects_wrong_options(tmp_path: Path, threads: ThreadPoolExecutor) -> None:
    (tmp_path / "a.ndjson").write_bytes(LINES[0])
    with pytest.raises(ValueError, match="unknown executor `spark`"):
        archive.validate(tmp_path, on="spark")
    with pytest.raises(ValueError, match="the option `profile`"):
        archive.validate(tmp_path, on=threads, profile="strict")  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="int is no executor"):
        archive.validate(tmp_path, on=3)  # type: ignore[arg-type]


def test_a_task_that_fails_is_tried_again(tmp_path: Path, threads: ThreadPoolExecutor) -> None:
    class Failing:
        def __init__(self, times: int) -> None:
            self.times = times

        def submit(self, function: Any, *arguments: Any) -> Any:
            if self.times > 0:
                self.times -= 1
                future: Future[Any] = Future()
                future.set_exception(OSError("no space left"))
                return future
            return threads.submit(function, *arguments)

    (tmp_path / "a.ndjson").write_bytes(LINES[0])
    assert archive.validate(tmp_path, on=Failing(2)).report.count == 1
    with pytest.raises(archive.Failed, match="a task failed 3 times: no space left"):
        archive.validate(tmp_path, on=Failing(3))


def test_progress_is_one_line() -> None:
    progress = _progress.Progress(4_000_000, shown=False)
    progress.add(1_000_000, _tasks.Beats("task", lines=2000))
    assert progress.line(2.0) == "25 %, 2,000 events, 1 MB of 4 MB, 1,000/s, 0:06 left, 0 findings"


def test_the_time_left_does_not_count_what_an_earlier_run_has_read() -> None:
    progress = _progress.Progress(4_000_000, shown=False)
    progress.add(2_000_000, _tasks.Beats("task", lines=4000, was_kept=True))
    assert progress.line(1.0) == "50 %, 4,000 events, 2 MB of 4 MB, 0 findings"
    progress.add(1_000_000, _tasks.Beats("task", lines=2000))
    assert progress.line(2.0) == "75 %, 6,000 events, 3 MB of 4 MB, 1,000/s, 0:02 left, 0 findings"


def test_what_an_earlier_run_has_read_is_known(tmp_path: Path, threads: ThreadPoolExecutor) -> None:
    (tmp_path / "a.ndjson").write_bytes(LINES[0])
    part = _parts.find_parts(str(tmp_path / "a.ndjson"), None, 1 << 20).parts[0]
    work = _store.Work(str(tmp_path / "work"))
    settings = _tasks.Settings("{}", None, 1)
    read = [_tasks.check_part(part, settings, work, "task") for _ in range(2)]
    assert [one.was_kept for one in read] == [False, True]
    assert read[0].chunks == read[1].chunks


def test_an_executor_of_the_user_stays_open(tmp_path: Path) -> None:
    (tmp_path / "a.ndjson").write_bytes(LINES[0])
    with ProcessPoolExecutor(1) as pool:
        archive.validate(tmp_path, on=pool)
        assert pool.submit(int, "7").result() == 7


def test_the_index_does_not_grow_with_the_number_of_buckets(
    tmp_path: Path, threads: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "events.ndjson"
    file.write_bytes(b"".join(LINES))
    sizes = []
    for bucket in (1 << 30, 1 << 14):
        monkeypatch.setattr("prefect_events.archive._validate.BUCKET", bucket)
        work = tmp_path / str(bucket)
        archive.validate(file, on=threads, work=work, progress=False)
        sizes.append([one.stat().st_size for one in work.glob("plan/*/index")])
        # The beginnings and ends of the ids and the records of one chunk.
        sections = [one.stat().st_size for one in work.glob("plan/*/sections-*")]
        assert sections == [16] * (1 + file.stat().st_size // bucket)
    assert sizes[0] == sizes[1]
