"""Writes tests/cases/pages.json: when windows fire of which more than 500 are over at once, on a real server.

    python3 tests/oracle/pages.py [--prefect 3.9.1] [--python PYTHON]

The server reads windows in pages of 500, and skips as many as it has removed. A scenario is a list of groups of runs: how
many, when the first of them sends the event of `after`, and over how many microseconds the others follow.
"""

import argparse
import json
from collections import Counter
from datetime import datetime, timedelta, timezone
from pathlib import Path
from uuid import UUID

from main import HERE, PLAIN, ROOT, Player, install

START = datetime(2026, 3, 1, 12, tzinfo=timezone.utc)
SECOND = 1_000_000
WITHIN = 90
UNTIL = 420
TICK = 5

SCENARIOS = [
    [(500, 1, 0), (300, 2, 80 * SECOND)],
    [(499, 1, 0), (300, 2, 80 * SECOND)],
    [(700, 1, 0), (400, 2, 80 * SECOND)],
    [(1200, 1, 0), (400, 2, 80 * SECOND)],
    [(1500, 1, 0), (900, 2, 80 * SECOND)],
    [(600, 1, 0), (10, 2, 80 * SECOND)],
    [(600, 1, 0), (600, 30, 0), (600, 95, 10 * SECOND)],
]


def written(after: int) -> str:
    return (START + timedelta(microseconds=after)).isoformat(timespec="microseconds").replace("+00:00", "Z")


def scenario(number: int, groups: list[tuple[int, int, int]]) -> dict[str, object]:
    events = []
    for runs, first, spread in groups:
        for run in range(runs):
            at = written(first * SECOND + run * spread // runs)
            place = len(events)
            events.append({
                "id": str(UUID(int=number << 32 | place + 1)), "occurred": at, "received": at, "event": "a",
                "resource": {"prefect.resource.id": f"run.{place}"}, "related": [], "payload": {},
            })
    trigger = {
        "type": "event", "posture": "Proactive", "after": ["a"], "expect": ["b"], "threshold": 1, "within": WITHIN,
        "for_each": ["prefect.resource.id"],
    }
    automation = {"name": f"pages-{number}", "trigger": trigger, "actions": [{"type": "do-nothing"}]}
    return {
        "scenario": f"pages-{number}", "automation": automation, "tick_seconds": TICK, "start": written(0),
        "end": written(UNTIL * SECOND), "delivery": "consumer", "events": events,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--prefect", default="3.9.1")
    parser.add_argument("--python", type=Path, help="a Python in which this Prefect is installed already")
    options = parser.parse_args()
    rows = []
    with Player(options.python or install(options.prefect), "-W", "ignore", HERE / "server.py") as server:
        for number, groups in enumerate(SCENARIOS):
            [result] = server.play(scenario(number, groups) | {"variants": PLAIN})
            fired = Counter(firing["at"] for firing in result["firings"])
            rows.append(json.dumps({"groups": groups, "fired": sorted(fired.items())}))
    times = f'"start": "{written(0)}", "until": {UNTIL}, "tick": {TICK}, "within": {WITHIN}'
    text = f'{{{times}, "scenarios": [\n' + ",\n".join(rows) + "\n]}\n"
    (ROOT / "tests/cases/pages.json").write_text(text)


if __name__ == "__main__":
    main()
