"""Files of all kinds: the report is that on their whole text."""

from __future__ import annotations

import gzip
import io
import json
import random
from pathlib import Path
from typing import Any

import pytest

import prefect_events as pe


def history(runs: int, seed: int = 1) -> list[str]:
    """Lines of events with everything that links them, and mistakes."""
    random.seed(seed)
    lines: list[str] = []
    for run in range(runs):
        spec = {"flow": f"flow é {run % 7}", "ends": f"{run % 9 + 1}m", "tasks": [{"name": "extract"}]}
        lines += [json.dumps(event, ensure_ascii=False) for event in pe.build_run(spec, seed=run, now="2026-03-01T12:00:00Z")]
    for place in random.sample(range(len(lines)), len(lines) // 10):
        mistake = random.choice(["again", "cut", "shuffle", "blank", "lacks"])
        if mistake == "again":
            lines[place] += "\n" + lines[random.randrange(len(lines))]
        elif mistake == "cut":
            lines[place] = lines[place][: random.randrange(1, 80)]
        elif mistake == "blank":
            lines[place] += "\n\n \n"
        elif mistake == "lacks":
            lines[place] = lines[place].replace('"resource"', '"resources"', 1)
        else:
            other = random.randrange(len(lines))
            lines[place], lines[other] = lines[other], lines[place]
    return lines


@pytest.fixture(scope="module")
def text() -> str:
    # Several parts of the parallel check.
    lines = history(700)
    text = "\n".join(lines) + "\n"
    assert len(text.encode()) > 3_500_000
    return text


@pytest.mark.parametrize("limit", [0, 3, 100, 1000, 100_000])
@pytest.mark.parametrize("threads", [1, 2, 5])
def test_the_report_is_that_on_the_whole_text(text: str, limit: int, threads: int, tmp_path: Path) -> None:
    file = tmp_path / "events.ndjson"
    file.write_text(text, "utf-8")
    whole = pe.validate(text, max_diagnostics=limit).to_dict()
    codes = {one["code"] for one in whole["diagnostics"]}
    if limit >= 1000:
        # What only the whole history shows.
        assert {"repeated-event-id", "syntax-truncated", "missing-field"} <= codes, codes
    assert pe.validate_file(file, max_diagnostics=limit, threads=threads).to_dict() == whole


def test_what_follows_over_parts_is_found(tmp_path: Path) -> None:
    events = [json.dumps(event) for event in pe.build_run({"ends": "10m"}, seed=1, now="2026-03-01T12:00:00Z")]
    other = pe.build_event_lines("prefect.flow-run.heartbeat", [{}] * 9000, seed=2, now="2026-03-01T12:00:00Z")
    text = "\n".join([events[-1], *other.splitlines(), *events, events[0]])
    assert len(text) > 3 << 20
    file = io.StringIO(text)
    whole = pe.validate(text, max_diagnostics=10_000)
    assert pe.validate_file(file, max_diagnostics=10_000, threads=3).to_dict() == whole.to_dict()
    repeated = [one for one in whole.diagnostics if one.code == "repeated-event-id"]
    assert len(repeated) == 2 and "event 0" in f"{repeated[0].message}", repeated


def inputs(text: str, folder: Path) -> dict[str, Any]:
    plain, gz, zst = folder / "events.ndjson", folder / "events.gz", folder / "no-ending"
    plain.write_text(text, "utf-8")
    gz.write_bytes(gzip.compress(text[:1000].encode()) + gzip.compress(text[1000:].encode()))
    zstandard = pytest.importorskip("zstandard")
    zst.write_bytes(zstandard.compress(text.encode()))
    fsspec = pytest.importorskip("fsspec")
    with fsspec.open("memory://folder/events.ndjson.gz", "wb", compression=None) as file:
        file.write(gz.read_bytes())
    return {
        "path": plain,
        "name": str(plain),
        "gzip": gz,
        "zstd": zst,
        "binary": io.BytesIO(text.encode()),
        "text": io.StringIO(text),
        "file": plain.open("rb"),
        "unbuffered": plain.open("rb", buffering=0),
        "gzip file": gz.open("rb"),
        "address": "memory://folder/events.ndjson.gz",
        "of fsspec": fsspec.open(str(plain), "rb"),
    }


def test_every_kind_of_file(tmp_path: Path) -> None:
    text = "\n".join(history(20))
    whole = pe.validate(text).to_dict()
    for kind, file in inputs(text, tmp_path).items():
        assert pe.validate_file(file).to_dict() == whole, kind
        if hasattr(file, "close"):
            file.close()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n\n",
        "null",
        "[]",
        '{"events": [], "total": 0}',
        "\ufeff" + json.dumps(pe.build_run({}, seed=1, now="2026-03-01T12:00:00Z"), indent=2),
        "name: an automation\ntrigger:\n  type: event\n",
        'broken\n{"event": "acme.paid"}\n',
        '{"broken\n{"event": "acme.paid"}\n',
        "\ufeff" + '{"event": "acme.paid"}\n{"event": "ä\ud800"}\n',
        "Subscribing to event stream...\n" + '{"event": "acme.paid"}\n' * 3,
    ],
)
def test_texts_of_all_forms(text: str) -> None:
    whole = pe.validate(text).to_dict()
    assert pe.validate_file(io.StringIO(text)).to_dict() == whole
    assert pe.validate_file(io.BytesIO(text.encode("utf-8", "surrogatepass"))).to_dict() == whole


def test_failures_are_exceptions(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError) as missing:
        pe.validate_file(tmp_path / "none.ndjson")
    assert missing.value.filename == str(tmp_path / "none.ndjson")
    with pytest.raises(IsADirectoryError):
        pe.validate_file(tmp_path)
    with pytest.raises(TypeError, match="int is no file"):
        pe.validate_file(1)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="`threads`: 0"):
        pe.validate_file(io.StringIO(), threads=0)
    with pytest.raises(ValueError, match="unknown diagnostic code"):
        pe.validate_file(io.StringIO(), severity={"misling-label": "off"})
    damaged = bytearray(gzip.compress(b'{"event": "acme.paid"}\n' * 100_000))
    with pytest.raises(OSError):
        pe.validate_file(io.BytesIO(damaged[:-100]))

    class Wrong:
        def read(self, _size: int) -> Any:
            return 1

    with pytest.raises(TypeError, match="`read` returned int"):
        pe.validate_file(Wrong())

    class Failing:
        calls = 0

        def read(self, _size: int) -> bytes:
            self.calls += 1
            if self.calls > 5:
                raise KeyError("on purpose")
            return b'{"event": "acme.paid"}\n' * 50_000

    with pytest.raises(KeyError, match="on purpose"):
        pe.validate_file(Failing())
