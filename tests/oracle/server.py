"""Plays scenarios to the real Prefect server's trigger engine, under a virtual clock.

Runs with the Python in which that Prefect is installed. Reads scenarios as NDJSON from standard input, and writes for
each a line: a list of what the server did, once for each of the VARIANTS that were asked for in the scenario's
`variants`.

Everything that decides is the server's own code: matching, buckets, ordering, composites, the publisher's and the
consumer's memory of ids, the in-memory broker, the models and SQL of its SQLite database. Replaced are its clocks,
its endless loops, and what it would do after it has fired.
"""

import asyncio
import json
import logging
import os
import sys
from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any
from uuid import UUID

os.environ |= {
    "PREFECT_API_DATABASE_CONNECTION_URL": "sqlite+aiosqlite:///:memory:",
    "PREFECT_LOGGING_LEVEL": "CRITICAL",
    "PREFECT_LOGGING_SERVER_LEVEL": "CRITICAL",
    "PREFECT_SERVER_LOGGING_LEVEL": "CRITICAL",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "DO_NOT_TRACK": "1",
}

# What the server leaves to chance. `first` is how a scenario is played: triggers in the document's order. If another
# one gives another result, the scenario depends on chance.
VARIANTS: dict[str, dict[str, Any]] = {
    "first": {},
    "trigger-ids": {"ids": "falling"},
    "trigger-ids-2": {"ids": "mixed"},
    "tick-order": {"periodic_first": True},
    "microsecond-drift": {"drift": 1},
}


class Clock:
    """Microseconds since the epoch; moves only on request, or by `drift` each time it is read."""

    now = 0
    drift = 0

    def read(self) -> int:
        self.now += self.drift
        return self.now


CLOCK = Clock()
EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


def microseconds(text: str) -> int:
    return (datetime.fromisoformat(text) - EPOCH) // timedelta(microseconds=1)


def moment(microseconds: int) -> datetime:
    return EPOCH + timedelta(microseconds=microseconds)


def rfc3339(time: datetime) -> str:
    return time.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def replace_clocks() -> None:
    """Before anything of the server is imported, because modules take `now` and `TTLCache` by name."""
    import cachetools

    class VirtualTTLCache(cachetools.TTLCache):
        # In whole microseconds: as floats, an id at the very end of its time would be a matter of rounding.
        def __init__(self, maxsize: int, ttl: float, **_: Any) -> None:
            super().__init__(maxsize, round(ttl * 1_000_000), timer=lambda: CLOCK.now)

    cachetools.TTLCache = VirtualTTLCache

    import prefect.types._datetime as times

    original = times.now

    def now(tz: Any = "UTC") -> datetime:
        assert tz == "UTC", tz
        return times.create_datetime_instance(moment(CLOCK.read()))

    times.now = now
    for module in list(sys.modules.values()):
        if getattr(module, "now", None) is original:
            module.now = now


replace_clocks()

from prefect.server.database import dependencies  # noqa: E402
from prefect.server.events import messaging, triggers  # noqa: E402
from prefect.server.events.models import automations  # noqa: E402
from prefect.server.events.ordering import EventArrivedEarly, get_triggers_causal_ordering  # noqa: E402
from prefect.server.events.schemas.automations import Automation, EventTrigger, Firing  # noqa: E402
from prefect.server.events.schemas.events import ReceivedEvent  # noqa: E402
from prefect.server.utilities.messaging import memory  # noqa: E402
from prefect.types._datetime import now as server_now  # noqa: E402

logging.disable(logging.CRITICAL)


@dataclass
class Recorder:
    """What the server decides, in the shape of the recorded scenarios."""

    phase: str = "event"
    paths: dict[UUID, str] = field(default_factory=dict)
    firings: list[dict[str, Any]] = field(default_factory=list)
    child_firings: list[dict[str, Any]] = field(default_factory=list)
    # The bucket that is being evaluated, and as of when.
    bucket: Any = None
    as_of: Any = None

    def write(self, firing: Firing) -> dict[str, Any]:
        trigger = firing.trigger
        is_event = isinstance(trigger, EventTrigger)
        row: dict[str, Any] = {
            "at": rfc3339(firing.triggered),
            "phase": self.phase,
            "trigger": trigger.type,
            "path": self.paths[trigger.id],
            "posture": trigger.posture.value if is_event else None,
            "states": sorted(state.value for state in firing.trigger_states),
            "labels": dict(firing.triggering_labels),
            "event_id": event_id(firing),
        }
        if is_event:
            row["bucket"] = {
                "count": self.bucket.count,
                "start": rfc3339(self.bucket.start),
                "end": rfc3339(self.bucket.end),
                "as_of": rfc3339(self.as_of),
            }
        if firing.triggering_firings:
            children = [
                {
                    "path": self.paths[child.trigger.id],
                    "fired": rfc3339(child.triggered),
                    "event_id": event_id(child),
                    "labels": dict(child.triggering_labels),
                }
                for child in firing.triggering_firings
            ]
            # The order of the rows in the database means nothing.
            row["children"] = sorted(children, key=lambda child: child["path"])
        return row


def event_id(firing: Firing) -> str | None:
    return str(firing.triggering_event.id) if firing.triggering_event else None


RECORDER = Recorder()


def watch_the_engine() -> None:
    evaluate, increment_bucket, fire = triggers.evaluate, triggers.increment_bucket, triggers.fire
    find = triggers.find_interested_triggers

    async def watched_evaluate(session: Any, trigger: Any, bucket: Any, now: Any, triggering_event: Any) -> Any:
        RECORDER.bucket, RECORDER.as_of = bucket, now
        return await evaluate(session, trigger, bucket, now, triggering_event)

    async def watched_increment_bucket(*args: Any, **kwargs: Any) -> Any:
        RECORDER.bucket = await increment_bucket(*args, **kwargs)
        return RECORDER.bucket

    async def watched_fire(session: Any, firing: Firing) -> None:
        is_root = isinstance(firing.trigger.parent, Automation)
        (RECORDER.firings if is_root else RECORDER.child_firings).append(RECORDER.write(firing))
        await fire(session, firing)

    async def act(firing: Firing) -> None:
        """Nothing: what a firing publishes does not come back as an event."""

    def find_in_order(event: ReceivedEvent) -> list[EventTrigger]:
        # The server's order is that of a set of random ids.
        return sorted(find(event), key=lambda trigger: trigger.id)

    triggers.find_interested_triggers = find_in_order
    triggers.evaluate, triggers.increment_bucket = watched_evaluate, watched_increment_bucket
    triggers.fire, triggers.act = watched_fire, act


def triggers_of(trigger: dict[str, Any], path: str = "$") -> list[tuple[str, dict[str, Any]]]:
    """A document's triggers with their paths, in its order."""
    children = enumerate(trigger.get("triggers", []))
    return [(path, trigger)] + [pair for index, child in children for pair in triggers_of(child, f"{path}.{index}")]


def give_ids(document: dict[str, Any], ids: str) -> dict[UUID, str]:
    """Gives the triggers their ids, and returns the triggers' paths by id."""
    pairs = triggers_of(document["trigger"])
    numbers = list(range(1, len(pairs) + 1))
    if ids == "falling":
        numbers.reverse()
    elif ids == "mixed":
        numbers = numbers[1::2] + numbers[::2]
    paths = {}
    for number, (path, trigger) in zip(numbers, pairs):
        trigger["id"] = str(UUID(int=number))
        paths[UUID(int=number)] = path
    return paths


class Consumer:
    """The way of an event from the API to the triggers, without the endless loops.

    `prefect.server.events.triggers.consumer` is asked for its handler with its loops put to sleep; the rest is what
    `Consumer.consume_loop` in `prefect.server.utilities.messaging.memory` does.
    """

    async def __aenter__(self) -> "Consumer":
        async def sleep(*_: Any) -> None:
            await asyncio.Event().wait()

        self.loops = triggers.evaluate_periodically, triggers.listen_for_automation_changes
        triggers.evaluate_periodically, triggers.listen_for_automation_changes = sleep, sleep
        self.topic = memory.Topic.by_name("events")
        self.subscription = self.topic.subscribe()
        self.context = triggers.consumer()
        self.handler = await self.context.__aenter__()
        return self

    async def __aexit__(self, *args: Any) -> None:
        await self.context.__aexit__(*args)
        self.topic.unsubscribe(self.subscription)
        triggers.evaluate_periodically, triggers.listen_for_automation_changes = self.loops

    async def deliver(self, event: ReceivedEvent) -> None:
        await messaging.publish([event])
        while not (self.subscription._queue.empty() and self.subscription._retry.empty()):
            message = await self.subscription.get()
            try:
                await self.handler(message)
            except Exception:
                await self.subscription.retry(message)


async def deliver_directly(event: ReceivedEvent) -> None:
    try:
        await triggers.reactive_evaluation(event)
    except EventArrivedEarly:
        pass


async def tick(periodic_first: bool) -> None:
    """Runs the two loops once; neither lets an exception through."""

    async def proactive() -> None:
        RECORDER.phase = "tick"
        await triggers.evaluate_proactive_triggers()

    async def periodic() -> None:
        RECORDER.phase = "periodic"
        try:
            await triggers.periodic_evaluation(server_now("UTC"))
        except (Exception, EventArrivedEarly):
            pass

    for loop in (periodic, proactive) if periodic_first else (proactive, periodic):
        await loop()


async def forget_everything() -> None:
    await triggers.reset()
    get_triggers_causal_ordering().clear()
    memory.Cache._recently_seen_messages.clear()
    database = dependencies.provide_database_interface()
    tables = database.Base.metadata.tables
    mine = ["automation_bucket", "automation_held_event", "composite_trigger_child_firing", "automation"]
    async with database.session_context(begin_transaction=True) as session:
        for name in mine:
            # 3.8 holds no events.
            if name in tables:
                await session.execute(tables[name].delete())


async def play(
    scenario: dict[str, Any], ids: str = "rising", periodic_first: bool = False, drift: int = 0
) -> dict[str, Any]:
    global RECORDER
    CLOCK.drift = 0
    start, end = microseconds(scenario["start"]), microseconds(scenario["end"])
    step = round(scenario["tick_seconds"] * 1_000_000)
    CLOCK.now = start
    await forget_everything()

    document = json.loads(json.dumps(scenario["automation"]))
    RECORDER = Recorder(paths=give_ids(document, ids))
    automation = Automation.model_validate({**document, "id": str(UUID(int=99))})
    async with automations.automations_session(begin_transaction=True) as session:
        database = dependencies.provide_database_interface()
        session.add(database.Automation(**automation.model_dump(exclude={"created", "updated"})))

    events = [ReceivedEvent.model_validate_json(json.dumps(event)) for event in scenario["events"]]
    arrivals = [microseconds(event["received"]) for event in scenario["events"]]
    waiting = deque(sorted(zip(arrivals, events), key=lambda pair: pair[0]))
    async with Consumer() as consumer:
        deliver = deliver_directly if scenario.get("delivery") == "direct" else consumer.deliver
        CLOCK.drift = drift

        async def deliver_until(time: int) -> None:
            while waiting and waiting[0][0] <= time:
                CLOCK.now, event = waiting.popleft()
                RECORDER.phase = "event"
                await deliver(event)

        for time in range(start, end + 1, step):
            await deliver_until(time)
            CLOCK.now = time
            await tick(periodic_first)
        await deliver_until(end)
    result = {"firings": RECORDER.firings, "child_firings": RECORDER.child_firings}
    return result | ({"undelivered": len(waiting)} if waiting else {})


async def main() -> None:
    # The results have standard output for themselves.
    out, sys.stdout = sys.stdout, sys.stderr
    watch_the_engine()
    await dependencies.provide_database_interface().create_db()
    for line in sys.stdin:
        scenario = json.loads(line)
        results = [await play(scenario, **VARIANTS[name]) for name in scenario.get("variants", ["first"])]
        print(json.dumps(results), file=out, flush=True)


if __name__ == "__main__":
    asyncio.run(main())
