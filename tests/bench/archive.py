"""Archives: speed and memory of `archive validate` and `archive replay`, and what they cost on a small archive.

`archive.py [--gigabytes 10] [--rounds 3] [--runs 4000] [validate] [replay] [windows] [overhead]`, with a Python that has the package and
zstandard (and distributed): it makes archives in a folder that it removes. Peak memory is read from `/proc`, so it needs Linux.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import zstandard

EVENTS = gzip.decompress((Path(__file__).parents[1] / "cases/events.ndjson.gz").read_bytes()).rstrip(b"\n") + b"\n"

UUID = re.compile(rb"\b[0-9a-f]{8}(?=-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b)")

MEGABYTE = 1_000_000

WINDOW = 19
"""Of zstd, as a power of 2: less than a copy of the events, so that each copy is compressed by itself, as real events are."""

FLAT = 1.25
"""How much more memory a worker may need for a larger archive."""

MOST_MEGABYTES = 300

TIMES = 1.7
"""How much faster two workers must be than one."""

AUTOMATION = {
    "name": "zombies",
    "trigger": {
        "posture": "Proactive",
        "match": {"prefect.resource.id": ["prefect.flow-run.*"]},
        "after": ["prefect.flow-run.heartbeat"],
        "expect": ["prefect.flow-run.*"],
        "for_each": ["prefect.resource.id"],
        "within": 90,
    },
    "actions": [{"type": "do-nothing"}],
}

LONG_WINDOWS = {
    "name": "late",
    "trigger": {
        "posture": "Proactive",
        "match": {"prefect.resource.id": ["prefect.flow-run.*"]},
        "after": ["prefect.flow-run.Pending"],
        "expect": ["prefect.flow-run.Completed"],
        "for_each": ["prefect.resource.id"],
        "within": 30 * 86_400,
    },
    "actions": [{"type": "do-nothing"}],
}

SLICE_SECONDS = 1800

BEAT_SECONDS = 30

START = 1_772_366_400

TICKS = os.sysconf("SC_CLK_TCK")


class Usage(NamedTuple):
    """What a command used."""

    seconds: float
    cpu_seconds: float
    """Of all its processes."""
    worker: float
    """The most memory of one of its workers, in MB."""
    client: float
    longest: float
    """CPU seconds of the client and of its busiest worker: what an idle machine would need, whatever runs beside."""
    output: str


def copies(number: int = 0) -> Iterator[bytes]:
    """The captured events again and again, each time with other ids: otherwise every event would be a duplicate."""
    between, starts = UUID.split(EVENTS), UUID.findall(EVENTS)
    text = [b""] * (2 * len(between) - 1)
    text[::2] = between
    while True:
        renamed = {start: b"%08x" % (int(start, 16) ^ number) for start in set(starts)}
        text[1::2] = [renamed[start] for start in starts]
        yield b"".join(text)
        number += 1


def write_events(folder: Path, files: int, file_bytes: int, packed: bool = True) -> int:
    """Writes files of so many bytes of text. Returns how many events they have."""
    folder.mkdir()
    count, texts = 0, copies()
    for number in range(files):
        settings = zstandard.ZstdCompressionParameters.from_level(3, window_log=WINDOW)
        with open(folder / f"{number:04}.ndjson{'.zst' if packed else ''}", "wb") as raw:
            file = zstandard.ZstdCompressor(compression_params=settings).stream_writer(raw) if packed else raw
            written = 0
            while written < file_bytes:
                text = next(texts)
                file.write(text)
                written += len(text)
                count += text.count(b"\n")
            if packed:
                file.close()
    return count


def run_id(run: int) -> str:
    return str(uuid.UUID(int=(run * 0x9E3779B97F4A7C15F39CC0605CEDC834) % (1 << 128)))


def write_pending(file: Path, runs: int, slices: int) -> None:
    """Runs that begin one after the other."""
    with open(file, "w") as out:
        for run in range(runs):
            micro = run * slices * SLICE_SECONDS * 1_000_000 // runs
            clock = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(START + micro // 1_000_000))
            now = f"{clock}.{micro % 1_000_000:06}Z"
            out.write(
                f'{{"occurred":"{now}","event":"prefect.flow-run.Pending","resource":{{"prefect.resource.id":'
                f'"prefect.flow-run.{run_id(run)}","prefect.resource.name":"brave-otter"}},"related":[],"payload":{{}},'
                f'"id":"{uuid.UUID(int=run + 1)}","follows":null,"received":"{now}"}}\n'
            )


def write_heartbeats(file: Path, runs: int, beats: int) -> None:
    """Live runs, each with a heartbeat every 30 seconds."""
    identities = [run_id(run) for run in range(runs)]
    with open(file, "w") as out:
        for beat in range(beats):
            lines = []
            for run in range(runs):
                micro = (beat * runs + run) * BEAT_SECONDS * 1_000_000 // runs
                clock = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(START + micro // 1_000_000))
                now = f"{clock}.{micro % 1_000_000:06}Z"
                lines.append(
                    f'{{"occurred":"{now}","event":"prefect.flow-run.heartbeat","resource":{{"prefect.resource.id":'
                    f'"prefect.flow-run.{identities[run]}","prefect.resource.name":"brave-otter","prefect.version":"3.9.1"}},'
                    '"related":[{"prefect.resource.id":"prefect.flow.6b6b5d9e-4f4d-4f4d-8f4d-6b6b5d9e4f4d",'
                    '"prefect.resource.role":"flow","prefect.resource.name":"etl"}],"payload":{},'
                    f'"id":"{uuid.UUID(int=beat * runs + run + 1)}","follows":null,"received":"{now}"}}\n'
                )
            out.writelines(lines)


def processes(first: int) -> list[int]:
    """A process and those that it started, and so on."""
    found = [first]
    for one in found:
        try:
            for task in os.listdir(f"/proc/{one}/task"):
                found += map(int, Path(f"/proc/{one}/task/{task}/children").read_text().split())
        except OSError:
            pass
    return found


def run(*command: str, processors: int | None = None) -> Usage:
    """Runs Python with these arguments, and looks at its processes."""
    chosen = sorted(os.sched_getaffinity(0))[:processors]
    # A file: a pipe that nobody reads would stop a process with a long report.
    with tempfile.TemporaryFile("w+") as output:
        begun = time.perf_counter()
        child = subprocess.Popen(
            [sys.executable, *command], stdout=output, preexec_fn=lambda: os.sched_setaffinity(0, chosen)
        )
        peaks: dict[int, float] = {}
        spent: dict[int, float] = {}
        while child.poll() is None:
            for one in processes(child.pid):
                try:
                    status = Path(f"/proc/{one}/status").read_text()
                    times = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
                except OSError:
                    continue
                if peak := re.search(r"VmHWM:\s+(\d+) kB", status):
                    peaks[one] = int(peak[1]) / 1000
                    spent[one] = (int(times[11]) + int(times[12])) / TICKS
            time.sleep(0.05)
        seconds = time.perf_counter() - begun
        if child.returncode not in (0, 1):
            raise SystemExit(f"{command} ended with status {child.returncode}")
        output.seek(0)
        workers = [peak for one, peak in peaks.items() if one != child.pid]
        own = spent.pop(child.pid)
        longest = own + max(spent.values(), default=0)
        most = max(workers, default=0)
        return Usage(seconds, own + sum(spent.values()), most, peaks[child.pid], longest, output.read())


def archive(command: str, folder: Path, *more: str) -> Usage:
    return run("-m", "prefect_events", "archive", command, str(folder), "--format", "json", *more)


def flat(what: str, small: float, large: float) -> list[str]:
    """What is wrong with the memory of workers."""
    wrong = []
    if large > FLAT * small:
        wrong.append(f"{what}: a worker needs {large:.0f} MB for the larger archive, {small:.0f} MB for the smaller one")
    if large > MOST_MEGABYTES:
        wrong.append(f"{what}: a worker needs over {MOST_MEGABYTES} MB")
    return wrong


VALIDATE_FILE = """
import sys, time, prefect_events
begun = time.process_time()
report = prefect_events.validate_file(sys.argv[1], max_diagnostics=0)
print(report.count, time.process_time() - begun)
"""


def measure_validate(folder: Path, gigabytes: float, rounds: int) -> list[str]:
    write_events(folder / "plain", 1, 1000 * MEGABYTE, packed=False)
    small = write_events(folder / "small", 16, 62 * MEGABYTE)
    one: list[Usage] = []
    two: list[Usage] = []
    shares: list[float] = []
    plain: list[float] = []
    for _ in range(rounds):
        one.append(archive("validate", folder / "small", "--workers", "1"))
        two.append(archive("validate", folder / "small", "--workers", "2"))
        count, cpu = run("-c", VALIDATE_FILE, str(folder / "plain/0000.ndjson"), processors=1).output.split()
        plain.append(int(count) / float(cpu))
        shares.append(small / one[-1].cpu_seconds / plain[-1])
        print(
            f"  round: one worker {one[-1].seconds:.1f} s, {one[-1].cpu_seconds:.1f} s of CPU; two {two[-1].seconds:.1f} s, "
            f"{two[-1].cpu_seconds:.1f} s of CPU; validate_file {float(cpu):.1f} s of CPU; load {os.getloadavg()[0]:.1f}",
            flush=True,
        )
    shutil.rmtree(folder / "plain")
    shutil.rmtree(folder / "small")
    best = [min(usage.seconds for usage in usages) for usages in (one, two)]
    longest = [min(usage.longest for usage in usages) for usages in (one, two)]
    times = longest[0] / longest[1]
    rate = small / min(usage.cpu_seconds for usage in one)
    print(f"validate, 1 GB in 16 files of NDJSON.zst, {small:,} events, best of {rounds} rounds")
    print(
        f"  one worker {best[0]:.1f} s, two {best[1]:.1f} s: {best[0] / best[1]:.2f} times as fast; by the CPU time of the "
        f"busiest worker {times:.2f} times"
    )
    print(
        f"  {rate:,.0f} events/s and core with one worker, all processes counted; validate_file on plain text "
        f"{max(plain):,.0f}; ratio {statistics.median(shares):.2f}, median of the rounds"
    )
    files = max(1, round(gigabytes))
    large = write_events(folder / "large", files, round(gigabytes * 1000 / files) * MEGABYTE)
    whole = archive("validate", folder / "large", "--workers", "2", "--work", str(folder / "work"))
    kept = [file.stat().st_size for file in (folder / "work/map").glob("*.bin")]
    shutil.rmtree(folder / "large")
    shutil.rmtree(folder / "work")
    workers = max(usage.worker for usage in two)
    report = json.loads(whole.output)
    print(f"validate, {gigabytes:g} GB in {files} files, {large:,} events, two workers, once")
    print(
        f"  {whole.seconds:.1f} s, {whole.cpu_seconds:.1f} s of CPU, load {os.getloadavg()[0]:.1f}; "
        f"{sum(kept) / large:.0f} bytes of records an event"
    )
    print(f"  peak memory of a worker {whole.worker:.0f} MB, for 1 GB {workers:.0f} MB; of the client {whole.client:.0f} MB")
    wrong = flat("validate", workers, whole.worker)
    if report["count"] != large or report["errors"]:
        wrong.append(f"validate: {report['count']} of {large} events were validated, with {report['errors']} errors")
    if times < TIMES:
        wrong.append(f"two workers are only {times:.2f} times as fast as one, by the CPU time of the busiest one")
    return wrong


REPLAY = f"""
import json, sys, prefect_events.archive
options = {{"slice_seconds": {SLICE_SECONDS}, "warm_up_seconds": 1800}} if sys.argv[4] == "short" else {{}}
end = sys.argv[5] if len(sys.argv) > 5 else None
found = prefect_events.archive.replay(
    json.loads(sys.argv[1]), sys.argv[2], work=sys.argv[3], workers=2, progress=False, end=end, **options
)
print(found.events, len(found.result.firings))
"""


def measure_replay(folder: Path, runs: int) -> list[str]:
    rule = json.dumps(AUTOMATION)
    peaks: dict[str, list[float]] = {"short": [], "default": []}
    for beats in (250, 1000):
        (folder / "beats").mkdir()
        write_heartbeats(folder / "beats/0.ndjson", runs, beats)
        size = (folder / "beats/0.ndjson").stat().st_size
        print(f"replay, {runs:,} runs with {beats} heartbeats, {size / 1e9:.2f} GB, two workers")
        for slices, found in peaks.items():
            used = run("-c", REPLAY, rule, str(folder / "beats"), str(folder / "work"), slices)
            kept = sum(file.stat().st_size for file in (folder / "work").rglob("*") if file.is_file())
            shutil.rmtree(folder / "work")
            events, firings = map(int, used.output.split())
            found.append(used.worker)
            print(
                f"  {slices} slices: {used.seconds:.1f} s, {used.cpu_seconds:.1f} s of CPU: {events / used.cpu_seconds:,.0f} "
                f"events/s and core; {kept / events:.0f} bytes kept an event; {firings:,} firings; peak memory of a worker "
                f"{used.worker:.0f} MB, of the client {used.client:.0f} MB",
                flush=True,
            )
            if events != runs * beats or not firings:
                return [f"replay: {events} events, {firings} firings"]
        shutil.rmtree(folder / "beats")
    # With the default a slice is longer than the smaller archive.
    return flat("replay", *peaks["short"])


def measure_windows(folder: Path) -> list[str]:
    """The same number of events a slice, and ever more open windows."""
    rule = json.dumps(LONG_WINDOWS)
    peaks = []
    for slices in (4, 16):
        runs = 50_000 * slices
        (folder / "runs").mkdir()
        write_pending(folder / "runs/0.ndjson", runs, slices)
        end = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(START + slices * SLICE_SECONDS))
        used = run("-c", REPLAY, rule, str(folder / "runs"), str(folder / "work"), "short", end)
        shutil.rmtree(folder / "runs")
        shutil.rmtree(folder / "work")
        peaks.append(used.worker)
        print(
            f"replay, {runs:,} windows that stay open, 50,000 opened in each of {slices} slices: {used.seconds:.1f} s, "
            f"{used.cpu_seconds:.1f} s of CPU; peak memory of a worker {used.worker:.0f} MB",
            flush=True,
        )
        if used.output.split() != [str(runs), "0"]:
            return [f"windows: {used.output}"]
    return flat("windows", *peaks)


def measure_overhead(folder: Path, rounds: int) -> list[str]:
    file = folder / "events.ndjson"
    file.write_bytes(EVENTS)
    whole = ["archive", "validate", str(file), "--workers", "2", "--on"]
    commands = {
        "validate": ["validate", str(file)],
        "archive validate": [*whole, "local"],
        "archive validate --on dask": [*whole, "dask"],
    }
    found: dict[str, list[Usage]] = {name: [] for name in commands}
    for _ in range(rounds):
        for name, command in commands.items():
            found[name].append(run("-m", "prefect_events", *command))
    print(f"{len(EVENTS.splitlines()):,} events in one file, best of {rounds} rounds")
    for name, usages in found.items():
        best = min(usage.seconds for usage in usages)
        print(f"  {name}: {best:.2f} s, {min(usage.cpu_seconds for usage in usages):.2f} s of CPU")
    return []


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("parts", nargs="*", default=["overhead", "validate", "replay", "windows"])
    parser.add_argument("--gigabytes", type=float, default=10)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--runs", type=int, default=4_000)
    parser.add_argument("--folder", help="where archives are made (default: the folder for temporary files)")
    options = parser.parse_args()
    # Gigabytes are removed also if somebody ends this.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    folder = Path(tempfile.mkdtemp(prefix="prefect-events-bench-", dir=options.folder))
    wrong: list[str] = []
    try:
        if "overhead" in options.parts:
            wrong += measure_overhead(folder, options.rounds)
        if "validate" in options.parts:
            wrong += measure_validate(folder, options.gigabytes, options.rounds)
        if "replay" in options.parts:
            wrong += measure_replay(folder, options.runs)
        if "windows" in options.parts:
            wrong += measure_windows(folder)
    finally:
        shutil.rmtree(folder)
    if wrong:
        raise SystemExit("\n".join(wrong))


if __name__ == "__main__":
    main()
