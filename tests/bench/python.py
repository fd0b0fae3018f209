"""CPU time from JSON text to verdict, in one process and in turns: this package, Prefect's own models, jsonschema-rs.

`python.py EVENTS ROUNDS` prints the microseconds per event of each round as JSON. Without Prefect, or with `--own`, only this
package is measured.
"""

from __future__ import annotations

import gc
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

import prefect_events as pe

WARM_UP = 2

Contestant = Callable[[], int]


def contestants(lines: list[str], own: bool) -> dict[str, Contestant]:
    """Each returns how many events it rejects."""
    texts = [line.encode() for line in lines]
    whole = b"\n".join(texts)
    validate = pe.validate

    def each_text() -> int:
        return sum(not validate(line).valid for line in lines)

    def each_bytes() -> int:
        return sum(not validate(text).valid for text in texts)

    def at_once() -> int:
        return validate(whole).errors

    ours: dict[str, Contestant] = {"validate, each": each_text, "validate, each as bytes": each_bytes, "validate, all at once": at_once}
    if own:
        return ours

    import jsonschema_rs
    from prefect.events.schemas.events import Event, ReceivedEvent

    def models(model: type[Event]) -> Contestant:
        def read() -> int:
            for line in lines:
                model.model_validate_json(line)
            return 0

        return read

    # The schemas of this package, compiled beforehand: of any event, and of each event's family.
    any_event = jsonschema_rs.validator_for(pe.json_schema("event"))
    names = {json.loads(line)["event"] for line in lines}
    families = {name: jsonschema_rs.validator_for(pe.json_schema(name)) for name in names if name.startswith("prefect")}

    def with_schema() -> int:
        return sum(not any_event.is_valid(json.loads(line)) for line in lines)

    def with_family() -> int:
        rejected = 0
        for line in lines:
            event = json.loads(line)
            rejected += not families.get(event["event"], any_event).is_valid(event)
        return rejected

    def parse_only() -> int:
        for line in lines:
            json.loads(line)
        return 0

    return ours | {
        "Prefect's Event": models(Event),
        "Prefect's ReceivedEvent": models(ReceivedEvent),
        "json.loads + jsonschema-rs, any event": with_schema,
        "json.loads + jsonschema-rs, the event's family": with_family,
        "json.loads alone": parse_only,
    }


def measure(all_of_them: dict[str, Contestant], events: int, rounds: int) -> dict[str, list[float]]:
    names = list(all_of_them)
    times: dict[str, list[float]] = {name: [] for name in names}
    for number in range(WARM_UP + rounds):
        # Each of them is first in turn.
        shift = number % len(names)
        for name in names[shift:] + names[:shift]:
            gc.collect()
            begun = time.process_time_ns()
            rejected = all_of_them[name]()
            took = time.process_time_ns() - begun
            if rejected:
                raise SystemExit(f"{name} rejects {rejected} events of a real server")
            if number >= WARM_UP:
                times[name].append(took / 1000 / events)
    return times


def main() -> None:
    file, rounds, *flags = sys.argv[1:]
    lines = Path(file).read_text("utf-8").splitlines()
    print(json.dumps(measure(contestants(lines, "--own" in flags), len(lines), int(rounds))))


main()
