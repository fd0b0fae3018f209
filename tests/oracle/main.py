"""Compares this project's decisions about triggers with those of a real Prefect server.

    make oracle SEED=1 COUNT=200 [PREFECT=3.9.1]

The scenarios of a seed are always the same. Each difference is made small, printed, and kept in
target/oracle/differences.ndjson; the status is then 1. A difference counts only if the server does the same whatever it
leaves to chance.
"""

import argparse
import gzip
import json
import os
import queue
import subprocess
import sys
import venv
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import Any

from scenarios import scenario

Json = dict[str, Any]

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
WORK = ROOT / "target" / "oracle"

# How a scenario is played, and what else the server might do with it (VARIANTS in server.py).
PLAIN = ["first"]
ALL = ["first", "trigger-ids", "trigger-ids-2", "tick-order", "microsecond-drift"]

# A clock that does not stand still is so much ahead at most, at the end of one evaluation (seconds).
DRIFT = 0.005


def install(version: str) -> Path:
    """Installs a Prefect into a separate environment."""
    folder = WORK / f"prefect-{version}"
    python = folder / "bin" / "python"
    done = folder / "installed"
    if done.exists():
        return python
    print(f"installing Prefect {version} into {folder.relative_to(ROOT)}", flush=True)
    venv.create(folder, clear=True, with_pip=True)

    def pip(*packages: str) -> bool:
        command = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *packages]
        return subprocess.run(command).returncode == 0

    # A release may ask for versions that an index lacks: those of 3.8.8 do for the trigger engine.
    if not pip(f"prefect=={version}"):
        if not (pip("prefect==3.8.8") and pip("--no-deps", f"prefect=={version}") and pip("whenever")):
            sys.exit(f"Prefect {version} could not be installed")
    done.touch()
    return python


class Player:
    """A process that reads scenarios and writes results, one a line."""

    def __init__(self, *command: str | Path) -> None:
        home = WORK / "home"
        home.mkdir(parents=True, exist_ok=True)
        self.process = subprocess.Popen(
            command, cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            env=os.environ | {"PREFECT_HOME": str(home)},
        )

    def __enter__(self) -> "Player":
        return self

    def __exit__(self, *_: Any) -> None:
        self.process.stdin.close()
        self.process.wait()

    def play(self, scenario: Json) -> Any:
        self.process.stdin.write(json.dumps(scenario) + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer:
            sys.exit(f"{self.process.args[0]} ended while playing {scenario['scenario']}")
        return json.loads(answer, object_hook=lambda part: {NAMES.get(key, key): value for key, value in part.items()})


# The engine's names of what the server's own program and the recordings have in Python's way.
NAMES = {"eventId": "event_id", "childFirings": "child_firings", "asOf": "as_of"}


def comparable(result: Json) -> Json:
    """What both sides decide: the server's `states` are always the same, our `reason`, `delayed` and `fault` say why."""

    def strip(firing: Json) -> Json:
        firing = {key: value for key, value in firing.items() if key not in ("because", "reason", "states", "delayed", "fault", "earliest", "latest")}
        if firing.get("posture") is None:
            firing.pop("posture", None)
        if "children" in firing:
            firing["children"] = sorted(firing["children"], key=lambda child: child["path"])
        return firing

    lists = {key: [strip(firing) for firing in result.get(key, [])] for key in ("firings", "child_firings")}
    return lists | {"undelivered": result.get("undelivered", 0), "error": result.get("error")}


def same_but_for_times(one: Any, other: Any) -> bool:
    """Whether results are the same if times may be a little later."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same_but_for_times(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same_but_for_times, one, other))
    try:
        return one == other or abs((datetime.fromisoformat(one) - datetime.fromisoformat(other)).total_seconds()) < DRIFT
    except (TypeError, ValueError):
        return False


def ordered(result: Json) -> Json:
    """With what happens at one instant in an order that means nothing."""
    return {key: sorted(value, key=lambda firing: (firing["at"][:19], firing["path"], str(firing["event_id"])))
            if isinstance(value, list) else value for key, value in comparable(result).items()}


def depends_on_chance(results: list[Json]) -> bool:
    first, *others = map(ordered, results)
    return not all(same_but_for_times(first, other) for other in others)


def differ(scenario: Json, server: Player, engine: Player) -> bool:
    """Whether the two sides disagree, and not only because the server leaves it to chance."""
    [theirs] = server.play(scenario | {"variants": PLAIN})
    if comparable(theirs) == comparable(engine.play(scenario)):
        return False
    return not depends_on_chance(server.play(scenario | {"variants": ALL}))


def shrink(scenario: Json, server: Player, engine: Player) -> Json:
    """Leaves out events as long as the two sides still disagree."""
    size = len(scenario["events"]) // 2
    while size:
        start = 0
        while start < len(scenario["events"]):
            events = scenario["events"][:start] + scenario["events"][start + size:]
            smaller = scenario | {"events": events}
            if differ(smaller, server, engine):
                scenario = smaller
            else:
                start += size
        size //= 2
    return scenario


def describe(scenario: Json, theirs: Json, ours: Json, who: tuple[str, str]) -> str:
    """A readable difference."""
    lines = [f"--- {scenario['scenario']}: tick {scenario['tick_seconds']} s until {scenario['end']}, "
             f"delivery {scenario['delivery']}", json.dumps(scenario["automation"]["trigger"])]
    for event in sorted(scenario["events"], key=lambda event: datetime.fromisoformat(event["received"]))[:40]:
        follows = f" follows {event['follows']}" if event.get("follows") else ""
        lines.append(f"  {event['received']} (occurred {event['occurred']}) {event['event']} {event['id']}{follows} "
                     f"{json.dumps(event['resource'])} {json.dumps(event['related'])}")
    theirs, ours = comparable(theirs), comparable(ours)
    if ours["error"]:
        return "\n".join([*lines, f"  {who[1]}: {ours['error']}"])
    for key in ("child_firings", "firings"):
        lines.append(f"  {key}: {len(theirs[key])} {who[0]}, {len(ours[key])} {who[1]}")
        pairs = zip(theirs[key] + [None] * len(ours[key]), ours[key] + [None] * len(theirs[key]))
        first = next((pair for pair in enumerate(pairs) if pair[1][0] != pair[1][1]), None)
        if first:
            lines.append(f"  first difference at {first[0]}:")
            lines += [f"    {name:10} {json.dumps(firing)}" for name, firing in zip(who, first[1])]
    return "\n".join(lines)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--first", type=int, default=0, help="the index of the first scenario")
    parser.add_argument("--prefect", default="3.9.1", help="the version to compare with")
    parser.add_argument("--python", type=Path, help="a Python in which this Prefect is installed already")
    parser.add_argument("--jobs", type=int, default=min(4, os.cpu_count() or 1))
    parser.add_argument("--show", type=int, default=5, help="how many differences are made small and printed")
    parser.add_argument("--recorded", type=Path,
                        help="recorded scenarios (.ndjson.gz): compares the server with them, to try this program")
    return parser.parse_args()


def recorded_scenarios(path: Path, count: int) -> list[Json]:
    """So many of them, from everywhere in the file."""
    with gzip.open(path) as file:
        rows = [row for row in map(json.loads, file) if not row["order_sensitive"]]
    return rows[:: max(1, len(rows) // count)][:count]


def main() -> int:
    options = arguments()
    python = options.python or install(options.prefect)
    recorded = recorded_scenarios(options.recorded, options.count) if options.recorded else None
    end = options.first + options.count
    rows = recorded or [scenario(options.seed, index) for index in range(options.first, end)]
    # The engine knows how two servers decide; a new one is compared with the newest of them.
    server_version = "3.8" if options.prefect.startswith("3.8.") else "3.9"
    rows = [row | {"server_version": server_version} for row in rows]

    with ExitStack() as stack:
        # Compiled once, before several want to.
        engine_command = ["cargo", "run", "--quiet", "--release", "--example", "oracle-engine"]
        engine = stack.enter_context(Player(*engine_command))
        ours = rows if recorded else [engine.play(row) for row in rows]

        servers: queue.Queue[Player] = queue.Queue()
        for _ in range(options.jobs):
            servers.put(stack.enter_context(Player(python, "-W", "ignore", HERE / "server.py")))

        def check(row: Json, ours: Json) -> tuple[str, Json]:
            server = servers.get()
            try:
                [theirs] = server.play(row | {"variants": PLAIN})
                # A recording has the triggers of its server in some order, we play them in the document's.
                form = ordered if recorded else comparable
                if form(theirs) == form(ours):
                    return "agree", theirs
                chance = depends_on_chance(server.play(row | {"variants": ALL}))
                return ("chance" if chance else "differ"), theirs
            finally:
                servers.put(server)

        with ThreadPoolExecutor(options.jobs) as pool:
            verdicts = list(pool.map(check, rows, ours))

        counts = Counter(verdict for verdict, _ in verdicts)
        firings = sum(len(theirs["firings"]) for _, theirs in verdicts)
        source = options.recorded or f"seed {options.seed}"
        print(f"Prefect {options.prefect}, {source}: {counts['agree']} of {len(rows)} agree ({firings} firings), "
              f"{counts['differ']} differ, {counts['chance']} depend on chance")

        different = [(row, theirs, own) for row, own, (verdict, theirs) in zip(rows, ours, verdicts)
                     if verdict == "differ"]
        if not different:
            return 0
        families = Counter(row["family"] for row, _, _ in different)
        print("differences by family:", ", ".join(f"{family} {count}" for family, count in families.most_common()))
        kept = []
        for row, theirs, own in different[: options.show]:
            if not recorded:
                server = servers.get()
                row = shrink(row, server, engine)
                [theirs], own = server.play(row | {"variants": PLAIN}), engine.play(row)
                servers.put(server)
            kept.append(row)
            print(describe(row, theirs, own, ("server", "recorded" if recorded else "ours")), flush=True)
        kept += [row for row, _, _ in different[options.show:]]
        file = WORK / "differences.ndjson"
        file.write_text("".join(json.dumps(row) + "\n" for row in kept))
        print(f"kept in {file.relative_to(ROOT)}")
        return 1


if __name__ == "__main__":
    sys.exit(main())
