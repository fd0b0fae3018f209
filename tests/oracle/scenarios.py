"""Generates random scenarios: the same seed and index always give the same one.

Times stand on a grid that differs by scenario (whole seconds, milliseconds, microseconds): a coarse one hits the edges
of windows, a fine one shows rounding.
"""

import json
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from random import Random
from typing import Any
from uuid import UUID

Json = dict[str, Any]

START = datetime(2026, 3, 1, 12, tzinfo=timezone.utc)
SECOND = 1_000_000

NAMES = ["order.created", "order.paid", "order.shipped", "order.failed", "Order.Created", "sensor.reading",
         "sensor.reading.high", "x"]
PATTERNS = ["order.*", "*", "order.c*", "*.reading*", "sensor.?eading", "order.[cp]*", "!order.created", "*paid",
            "order", "o*r.*d"]
STATES = ["Scheduled", "Pending", "Running", "Paused", "Suspended", "AwaitingRetry", "Late", "Cancelling",
          "SuccessfullyProcessed"]
TERMINAL = ["Completed", "Failed", "Cancelled", "Crashed"]
HEARTBEAT = "prefect.flow-run.heartbeat"
MATCHES = [{}, {"env": "prod*"}, {"env": "!prod*"}, {"env": ["!prod", "dev"]}, {"env": "prod-?"}, {"env": []},
           {"region": ""}, {"region": "!"}, {"region": "eu*", "env": "*"}, {"env": "[!p]*"}, {"env": "prod-[12]"},
           {"prefect.resource.id": "shop.order.*"}, {"prefect.resource.id": ["shop.order.1", "sensor.*"]},
           {"nobody": "*"}, {"nobody": "!x"}, {"env": "!!prod"}, {"prefect.resource.id": "*.[0-9]"}]
MATCHES_RELATED = [{}, [], {"prefect.resource.role": "customer"}, {"prefect.resource.id": "cust.[12]"},
                   {"prefect.resource.id": "!cust.1"}, {"tier": ["gold", "silver"]}, {"tier": "!gold"},
                   [{"prefect.resource.id": "cust.*"}, {"prefect.resource.role": "tag"}],
                   [{"prefect.resource.role": "customer", "tier": "gold"}, {}]]
KEYS = ["env", "region", "prefect.resource.id", "related:customer:tier", "related:tag:prefect.resource.id",
        "related:customer:prefect.resource.id", "related:nobody:x", "related:owner:region"]


def text(time: int) -> str:
    """Microseconds after START, as events write them: without needless zeros."""
    moment = START + timedelta(microseconds=time)
    fraction = f".{moment.microsecond:06}".rstrip("0.")
    return moment.strftime("%Y-%m-%dT%H:%M:%S") + fraction + "Z"


class Maker:
    def __init__(self, seed: int, index: int) -> None:
        # A text, because random takes no tuple; its seeding by texts is the same on every machine.
        self.random = Random(f"{seed}/{index}")
        self.grid = self.random.choice([5 * SECOND, SECOND, SECOND // 2, 1000, 1])
        self.length = self.random.choice([120, 180, 300, 300, 600]) * SECOND
        self.tick = self.random.choice([5, 5, 5, 10, 7, 2.5])
        self.delivery = "direct" if self.chance(0.12) else "consumer"

    def chance(self, probability: float) -> bool:
        return self.random.random() < probability

    def some(self, choices: list[Any], most: int) -> list[Any]:
        return self.random.sample(choices, self.random.randint(0, min(most, len(choices))))

    def id(self) -> str:
        return str(UUID(int=self.random.getrandbits(128), version=4))

    def time(self, low: int, high: int) -> int:
        return round(self.random.randint(low, max(low, high)) / self.grid) * self.grid

    def span(self, seconds: float) -> int:
        return self.time(0, round(seconds * SECOND))

    # Events

    def event(self, name: str, occurred: int, received: int | None = None, follows: str | None = None) -> Json:
        resource = {"prefect.resource.id": self.random.choice(
            ["shop.order.1", "shop.order.2", "shop.order.3", "sensor.a", "sensor.b", "order"])}
        if self.chance(0.7):
            resource["env"] = self.random.choice(["prod", "prod-1", "prod-2", "dev", "PROD", ""])
        if self.chance(0.5):
            resource["region"] = self.random.choice(["eu", "eu-west", "us", ""])
        related = []
        for _ in range(self.random.choice([0, 0, 1, 2, 3])):
            one = {"prefect.resource.id": self.random.choice(["cust.1", "cust.2", "cust.3", "tag.a", "tag.b"]),
                   "prefect.resource.role": self.random.choice(["customer", "owner", "tag"])}
            if self.chance(0.6):
                one["tier"] = self.random.choice(["gold", "silver", "bronze"])
            related.append(one)
        received = occurred if received is None else received
        event = {"id": self.id(), "occurred": occurred, "received": received, "event": name, "resource": resource,
                 "related": related, "payload": {}}
        return event | ({"follows": follows} if follows else {})

    def delay(self) -> int:
        """How long an event is in transit: seldom, it is from the future."""
        kind = self.random.random()
        if kind < 0.5:
            return 0
        if kind < 0.85:
            return self.span(1.5)
        if kind < 0.97:
            return self.span(60)
        return -self.span(30) if kind < 0.985 else self.span(1000)

    def stream(self, names: list[str], count: int, prompt: bool = False) -> list[Json]:
        """Events one after the other, with bursts and long gaps."""
        events, time = [], self.span(20)
        mean = self.length / SECOND / count
        for _ in range(count):
            received = time if prompt else max(0, time + self.delay())
            events.append(self.event(self.random.choice(names), time, received))
            if not self.chance(0.2):
                time += self.span(mean * self.random.choice([0.1, 0.5, 2, 4]))
        return events

    # Triggers

    def within(self, proactive: bool) -> Any:
        seconds = self.random.choice([10, 12.5, 15, 30, 60, 90] if proactive else [0, 0, 0, 1, 5, 7.5, 10, 30, 60, 300])
        if not proactive and seconds and self.chance(0.05):
            return f"PT{seconds}S"
        return seconds

    def names(self, pool: list[str]) -> list[str]:
        kind = self.random.random()
        if kind < 0.15:
            return []
        if kind < 0.6:
            return self.some(pool, 3) or [pool[0]]
        return [self.random.choice(PATTERNS)] + self.some(pool, 1)

    def trigger(self, posture: str | None = None, after: bool | None = None, plain: bool = False) -> Json:
        proactive = (posture or self.random.choice(["Reactive", "Proactive"])) == "Proactive"
        trigger = {
            "type": "event",
            "posture": "Proactive" if proactive else "Reactive",
            "expect": [self.random.choice(NAMES + ["order.*"])] if plain else self.names(NAMES[:6]),
            "threshold": 1 if plain else self.random.choice([1, 1, 1, 1, 2, 2, 3, 4, 5, 0, -1]),
            "within": self.within(proactive),
            "for_each": [] if plain else self.some(KEYS, self.random.choice([0, 1, 1, 2, 3])),
        }
        if after or after is None and self.chance(0.3):
            trigger["after"] = trigger["expect"] if self.chance(0.3) else self.names(NAMES[:6]) or ["order.created"]
        if not plain and self.chance(0.3):
            trigger["match"] = self.random.choice(MATCHES)
        if not plain and self.chance(0.2):
            trigger["match_related"] = self.random.choice(MATCHES_RELATED)
        return trigger

    def composite(self, kind: str, depth: int = 0) -> Json:
        count = self.random.choice([1, 2, 2, 2, 3, 3, 4])
        children = []
        for _ in range(count):
            if depth and self.chance(0.5):
                children.append(self.composite(self.random.choice(["compound", "sequence"]), depth - 1))
            else:
                posture = "Proactive" if self.chance(0.2) else "Reactive"
                children.append(self.trigger(posture, after=self.chance(0.1), plain=self.chance(0.8)))
        within = self.random.choice([None, 1, 5, 10, 30, 60, 300, 0, -5])
        trigger = {"type": kind, "triggers": children, "within": within}
        if kind == "compound":
            trigger["require"] = self.random.choice(["any", "all", "all", self.random.randint(1, count)])
        return trigger

    # Families: the automation's trigger, and events

    def reactive(self) -> tuple[Json, list[Json]]:
        return self.trigger("Reactive", after=False), self.stream(NAMES, self.random.randint(5, 60))

    def proactive(self) -> tuple[Json, list[Json]]:
        return self.trigger("Proactive", after=False), self.stream(NAMES, self.random.randint(2, 40))

    def after(self) -> tuple[Json, list[Json]]:
        return self.trigger(after=True), self.stream(NAMES[:6], self.random.randint(5, 50))

    def match(self) -> tuple[Json, list[Json]]:
        trigger = {"type": "event", "posture": "Reactive", "expect": self.names(NAMES), "threshold": 1, "within": 0,
                   "match": self.random.choice(MATCHES), "match_related": self.random.choice(MATCHES_RELATED)}
        self.tick = 60
        return trigger, self.stream(NAMES, self.random.randint(20, 60), prompt=True)

    def related_for_each(self) -> tuple[Json, list[Json]]:
        trigger = self.trigger() | {"for_each": self.some(KEYS[3:], 3) + self.some(KEYS[:3], 1)}
        return trigger, self.stream(NAMES, self.random.randint(20, 60))

    def disorder(self) -> tuple[Json, list[Json]]:
        """Events in transit for so long that they overtake each other by more than the windows, or 15 minutes."""
        trigger = self.trigger()
        events = self.stream(NAMES[:6], self.random.randint(10, 40), prompt=True)
        for event in events:
            event["received"] += self.span(self.random.choice([0, 2, 30, 120]))
            if self.chance(0.06):
                event["occurred"] -= self.time(800 * SECOND, 1000 * SECOND)
        return trigger, events

    def duplicates(self) -> tuple[Json, list[Json]]:
        """The publisher forgets ids after 5 minutes, the triggers after 30."""
        trigger = self.trigger()
        events = self.stream(NAMES[:6], self.random.randint(5, 25))
        self.length = self.random.choice([600, 2400]) * SECOND
        self.tick = 5 if self.length < 1000 * SECOND else 30
        for event in self.some(events, 15):
            again = self.random.choice([0, 1, 60, 299, 300, 301, 400, 1790, 1800, 1801]) * SECOND
            events.append(event | {"received": event["received"] + again})
        return trigger, events

    def follows(self) -> tuple[Json, list[Json]]:
        """Chains whose parts come too early, late or never; circles; more than 20 at once."""
        trigger = self.trigger(posture="Reactive" if self.chance(0.7) else None)
        events = []
        self.length = self.random.choice([300, 600, 1500]) * SECOND
        self.tick = self.random.choice([5, 10]) if self.length < 1000 * SECOND else 30
        for _ in range(self.random.randint(1, 6)):
            time, follows, chain = self.span(240), None, []
            for _ in range(self.random.choice([2, 3, 4, 6, 6, 26])):
                received = max(0, time + self.random.choice([0, 0, self.span(1), self.span(60), self.span(1000)]))
                chain.append(self.event(self.random.choice(NAMES[:6]), time, received, follows))
                follows = chain[-1]["id"]
                time += self.random.choice([0, self.span(5)])
            kind = self.random.random()
            if kind < 0.15:
                chain[0]["follows"] = chain[-1]["id"]
            elif kind < 0.25:
                chain[0]["follows"] = chain[0]["id"]
            elif kind < 0.45:
                chain[0]["follows"] = self.id()
            elif kind < 0.6:
                # The first one comes last, and wakes all the others.
                chain[0]["received"] = max(event["received"] for event in chain) + self.span(5)
            elif kind < 0.75:
                leader = self.random.choice(chain)["id"]
                for event in self.some(chain, 4):
                    event["follows"] = leader
            events += chain
        events += self.random.sample(events, min(2, len(events))) if self.chance(0.3) else []
        return trigger, events

    def compound(self) -> tuple[Json, list[Json]]:
        return self.composite("compound"), self.stream(NAMES, self.random.randint(10, 60))

    def sequence(self) -> tuple[Json, list[Json]]:
        return self.composite("sequence"), self.stream(NAMES, self.random.randint(10, 60))

    def nested(self) -> tuple[Json, list[Json]]:
        kind = self.random.choice(["compound", "sequence"])
        return self.composite(kind, depth=self.random.randint(1, 3)), self.stream(NAMES, self.random.randint(10, 50))

    def anything(self) -> tuple[Json, list[Json]]:
        trigger, events = self.random.choice([self.after, self.disorder, self.follows, self.nested, self.duplicates])()
        if trigger["type"] == "event" and self.chance(0.5):
            trigger["threshold"] = self.random.choice([-1, 0, 2, 3, 10])
        for event in self.some(events, 2):
            event["event"] = "prefect.log.write"
        return trigger, events

    # Runs of flows, and who watches over them

    def zombie_trigger(self) -> Json:
        """As documented for zombie flow runs, and as people vary it."""
        expect = self.random.choice([
            ["prefect.flow-run.*"],
            ["prefect.flow-run.*"],
            [HEARTBEAT] + [f"prefect.flow-run.{state}" for state in TERMINAL],
            [f"prefect.flow-run.{state}" for state in TERMINAL],
            [HEARTBEAT],
            [],
        ])
        after = self.random.choice([[HEARTBEAT]] * 4 + [[HEARTBEAT, "prefect.flow-run.Running"], ["prefect.flow-run.*"]])
        trigger = {"type": "event", "posture": "Proactive", "after": after, "expect": expect, "threshold": 1,
                   "within": self.random.choice([60, 90, 90, 91, 120, 150]), "for_each": ["prefect.resource.id"],
                   "match": {"prefect.resource.id": ["prefect.flow-run.*"]}}
        if self.chance(0.15):
            trigger["threshold"] = self.random.choice([0, 2, 3])
        if self.chance(0.1):
            trigger["for_each"] = self.random.choice([[], ["prefect.resource.id", "related:flow:prefect.resource.id"]])
        if self.chance(0.1):
            trigger["match_related"] = {"prefect.resource.role": "flow", "prefect.resource.id": "prefect.flow.f0"}
        return trigger

    def run(self, number: int, scheduled: bool) -> list[Json]:
        """A run: states, heartbeats in between, an end or none. Those of the scheduler follow an event that there
        never is."""
        run, flow = self.id(), self.random.randint(0, 1)
        events: list[Json] = []
        follows = self.id() if scheduled else None

        def add(name: str, time: int, chained: bool) -> None:
            nonlocal follows
            late = self.random.choice([0, 0, self.span(1), self.span(3), self.span(20) if self.chance(0.2) else 0])
            event = self.event(f"prefect.flow-run.{name}", time, time + late, follows if chained else None)
            event["resource"] = {"prefect.resource.id": f"prefect.flow-run.{run}", "prefect.resource.name": f"run-{number}"}
            event["related"] = [{"prefect.resource.id": f"prefect.flow.f{flow}", "prefect.resource.role": "flow"}]
            follows = event["id"] if chained else follows
            events.append(event)

        time, chained = self.span(60), scheduled or self.chance(0.7)
        for state in ["Pending", "Running"] if self.chance(0.8) else ["Running"]:
            add(state, time, chained)
            time += self.span(8)
        every = self.random.choice([30, 30, 30, 45, 60])
        while time < self.length and len(events) < 25 and not self.chance(0.12):
            if not self.chance(0.08):
                add("heartbeat", time, False)
            if self.chance(0.06):
                add(self.random.choice(STATES), time + self.span(every), chained)
            time += every * SECOND + self.random.choice([0, 0, self.span(1), self.span(3)])
        if self.chance(0.7):
            time -= self.span(every)
            add(self.random.choice(TERMINAL + ["Custom"]), time, chained)
            if self.chance(0.2):
                add("heartbeat", time + self.random.choice([0, self.span(2), -self.span(2)]), False)
        return events

    def zombie(self) -> tuple[Json, list[Json]]:
        self.length = self.random.choice([300, 600, 900]) * SECOND
        if self.chance(0.05):
            return self.crowd()
        return self.zombie_trigger(), [event for number in range(self.random.randint(1, 4))
                                       for event in self.run(number, scheduled=False)]

    def zombie_scheduled(self) -> tuple[Json, list[Json]]:
        self.length, self.tick = 1500 * SECOND, self.random.choice([10, 15, 30])
        return self.zombie_trigger(), [event for number in range(self.random.randint(1, 3))
                                       for event in self.run(number, scheduled=True)]

    def crowd(self) -> tuple[Json, list[Json]]:
        """More windows that end together than the server reads at once (500)."""
        self.length = 300 * SECOND
        events = []
        for number in range(self.random.randint(501, 620)):
            # Windows that start together would be read in an order that is left to the database.
            event = self.event(HEARTBEAT, 10 * SECOND + number * 1000)
            event["resource"] = {"prefect.resource.id": f"prefect.flow-run.{number}"}
            events.append(event)
        return self.zombie_trigger(), events


FAMILIES: dict[str, tuple[Callable[[Maker], tuple[Json, list[Json]]], int]] = {
    "zombie": (Maker.zombie, 6),
    "zombie-scheduled": (Maker.zombie_scheduled, 2),
    "proactive": (Maker.proactive, 3),
    "reactive": (Maker.reactive, 3),
    "after": (Maker.after, 3),
    "match": (Maker.match, 2),
    "related-for-each": (Maker.related_for_each, 2),
    "disorder": (Maker.disorder, 3),
    "duplicates": (Maker.duplicates, 2),
    "follows": (Maker.follows, 3),
    "compound": (Maker.compound, 2),
    "sequence": (Maker.sequence, 2),
    "nested": (Maker.nested, 2),
    "anything": (Maker.anything, 3),
}


def scenario(seed: int, index: int) -> Json:
    maker = Maker(seed, index)
    family = maker.random.choices(list(FAMILIES), [weight for _, weight in FAMILIES.values()])[0]
    trigger, events = FAMILIES[family][0](maker)
    # Copies, because an event that came twice stands twice in the list.
    events = [event | {key: text(event[key]) for key in ("occurred", "received")} for event in events]
    name = f"{family}-{seed}-{index}"
    return json.loads(json.dumps({
        "scenario": name,
        "family": family,
        "automation": {"name": name, "trigger": trigger, "actions": [{"type": "do-nothing"}]},
        "tick_seconds": maker.tick,
        "start": text(0),
        "end": text(maker.length),
        "delivery": maker.delivery,
        "events": events,
    }))
