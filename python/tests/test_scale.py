"""The tables of docs/archives.md are those that the script prints."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from prefect_events.archive import _parts, _validate

ROOT = Path(__file__).parents[2]


def test_tables() -> None:
    script = ROOT / "tests/bench/scale.py"
    printed = subprocess.run([sys.executable, str(script)], check=True, capture_output=True, text=True).stdout
    tables = printed.rstrip("\n").split("\n\n")
    assert len(tables) == 2
    page = (ROOT / "docs/archives.md").read_text(encoding="utf-8")
    scale = page.partition("\n## Scale\n")[2]
    for table in tables:
        assert f"\n\n{table}\n\n" in scale


def test_figures_of_the_code() -> None:
    text = (ROOT / "tests/bench/scale.py").read_text(encoding="utf-8")
    found = {name: eval(value) for name, value in re.findall(r"^(PART|BUCKET|MOST_BUCKETS) = ([0-9 <]+)$", text, re.M)}
    assert found == {"PART": _parts.PART, "BUCKET": _validate.BUCKET, "MOST_BUCKETS": _validate.MOST_BUCKETS}
