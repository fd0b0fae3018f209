"""Properties of the validation of archives: whichever worker reads a part, the report is that of one process."""

from __future__ import annotations

import gzip
import random
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import msgspec
import pytest
import zstandard

import prefect_events
from prefect_events import archive

CASES = Path(__file__).parents[2] / "tests/cases"
CAPTURED = [
    gzip.decompress((CASES / name).read_bytes()).splitlines(keepends=True)
    for name in ("live/captured.ndjson.gz", "events.ndjson.gz")
]


def damaged(lines: list[bytes], chance: random.Random) -> list[bytes]:
    """Captured events, of which some are repeated, missing, moved or cut, near or far."""
    lines = list(lines)
    for _ in range(chance.choice([0, 5, 60])):
        place = chance.randrange(len(lines))
        line = lines[place]
        change = chance.randrange(4)
        if change == 0:
            lines.insert(chance.randrange(len(lines)), line)
        elif change == 1:
            del lines[place]
        elif change == 2:
            lines.insert(chance.randrange(len(lines)), lines.pop(place))
        else:
            lines[place] = line[: chance.randrange(1, len(line))].rstrip() + b"\n"
    return lines


def write_parquet(path: Path, lines: list[bytes], chance: random.Random) -> None:
    pyarrow, parquet = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    table = pyarrow.table({"event": pyarrow.array([line.decode().rstrip("\n") for line in lines], pyarrow.string())})
    parquet.write_table(table, path, row_group_size=chance.choice([7, 100, 10_000]))


FORMS: dict[str, Callable[[Path, list[bytes], random.Random], object]] = {
    "ndjson": lambda path, lines, _: path.write_bytes(b"".join(lines)),
    "gz": lambda path, lines, _: path.write_bytes(gzip.compress(b"".join(lines), 1)),
    "zst": lambda path, lines, _: path.write_bytes(zstandard.compress(b"".join(lines))),
    "parquet": write_parquet,
}


def write(folder: Path, lines: list[bytes], chance: random.Random) -> None:
    """Files of any number of lines and of any form."""
    folder.mkdir()
    ends = sorted(chance.randrange(len(lines) + 1) for _ in range(chance.choice([0, 3, 12])))
    for number, (start, end) in enumerate(zip([0, *ends], [*ends, len(lines)])):
        form = chance.choice(list(FORMS))
        FORMS[form](folder / f"{number:03}.{form}", lines[start:end], chance)


@pytest.fixture(scope="module")
def pools() -> Iterator[list[Executor]]:
    """One worker, and two."""
    method = get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=method) as one, ProcessPoolExecutor(2, mp_context=method) as two:
        yield [one, two]


@pytest.mark.parametrize("seed", range(8))
def test_any_cut(tmp_path: Path, pools: list[Executor], seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    chance = random.Random(seed)
    lines = damaged(CAPTURED[seed % 2], chance)
    # Few buckets to a hundred.
    monkeypatch.setattr("prefect_events.archive._validate.BUCKET", 1 << chance.randrange(15, 31))
    write(tmp_path / "events", lines, chance)
    how: dict[str, Any] = {"max_diagnostics": chance.choice([0, 3, 40, 1000]), "profile": chance.choice(["documented", "server"])}
    whole = prefect_events.validate(b"".join(lines), **how)
    part_size = chance.choice([997, 100_003, 1 << 26])
    checked = archive.validate(tmp_path / "events", on=pools[seed // 2 % 2], part_size=part_size, **how)
    assert checked.unread == []
    assert msgspec.json.encode(checked.report) == msgspec.json.encode(whole)
