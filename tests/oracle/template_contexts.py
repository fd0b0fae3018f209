"""The firings for which tests/oracle/templates.py renders templates, most with events captured from a real server."""

import copy
import json
from pathlib import Path
from typing import Any

LIVE = Path(__file__).parent.parent / "cases/live/automations"

FIRED = "2026-11-27T02:08:04.250000Z"
FLOW_RUN = "02f614c2-8b69-414e-bd7e-f9cc7230afd2"
FLOW = "a0052e3e-7d13-4520-bfb5-af2c4fd028ed"
DEPLOYMENT = "6fed2eb5-07a3-43a0-af35-2064c11ee1ab"
QUEUE = "461a0c89-40c9-43f7-88c8-0f28b0453ef3"
POOL = "75a5387e-324e-48c1-bac5-682fa21d16e1"
TIMES = {"created": "2026-11-27T02:07:40.100000Z", "updated": "2026-11-27T02:08:04.184700Z"}

# Of some, without the fields that have their default: `complete` adds them.
GIVEN = {
    "flow_run": {
        "id": FLOW_RUN,
        **TIMES,
        "name": "crash-start",
        "flow_id": FLOW,
        "deployment_id": DEPLOYMENT,
        "deployment_version": "v3",
        "work_queue_name": "default",
        "work_queue_id": QUEUE,
        "work_pool_id": POOL,
        "work_pool_name": "proc",
        "parameters": {"day": "2026-11-27", "limit": 10, "ratio": 0.5, "dry": False, "only": None, "tags": ["a", "b"]},
        "tags": ["nightly", "Team A/B"],
        "labels": {"prefect.flow.id": FLOW, "retries": 2},
        "state_type": "RUNNING",
        "state_name": "Running",
        "state": {
            "id": "01a21ac2-8058-7c09-8b08-75a822b2d600",
            "type": "RUNNING",
            "name": "Running",
            "timestamp": "2026-11-27T02:08:00.000000Z",
            "message": "",
            "state_details": {},
        },
        "run_count": 1,
        "expected_start_time": "2026-11-27T02:07:40.000000Z",
        "start_time": "2026-11-27T02:07:58.500000Z",
        "total_run_time": 5.25,
        "estimated_run_time": 5.75,
        "auto_scheduled": False,
    },
    "flow": {"id": FLOW, **TIMES, "name": "crasher", "tags": ["etl"], "labels": {}},
    "deployment": {
        "id": DEPLOYMENT,
        **TIMES,
        "name": "crasher",
        "description": "Crashes at once",
        "flow_id": FLOW,
        "paused": False,
        "tags": ["prod"],
        "parameters": {"day": "today"},
        "work_queue_name": "default",
        "work_pool_name": "proc",
        "path": "/srv/flows",
        "entrypoint": "flows.py:crasher",
        "status": "READY",
    },
    "work_pool": {
        "id": POOL,
        **TIMES,
        "name": "proc",
        "type": "process",
        "is_paused": False,
        "concurrency_limit": 4,
        "default_queue_id": QUEUE,
        "status": "READY",
        "base_job_template": {},
    },
    "work_queue": {
        "id": QUEUE,
        **TIMES,
        "name": "default",
        "description": "",
        "is_paused": False,
        "priority": 1,
        "concurrency_limit": None,
        "work_pool_id": POOL,
        "work_pool_name": "proc",
        "status": "READY",
        "healthy": True,
        "late_runs_count": 0,
        "last_polled": "2026-11-27T02:08:01.000000Z",
        "health_check_policy": {"maximum_late_runs": 0, "maximum_seconds_since_last_polled": 60},
    },
    "variables": {"channel": "#ops", "limit": 25, "urls": {"wiki": "https://wiki.example/x"}, "on_call": ["ann", "bob"]},
}
NOTHING = {
    **dict.fromkeys(("flow_run", "flow", "deployment", "work_pool", "work_queue", "task_run", "concurrency_limit")),
    "variables": {},
}

ORDER = {
    "occurred": "2026-03-01T12:00:00.123456Z",
    "event": "acme.order.created",
    "resource": {
        "prefect.resource.id": "acme.order.7",
        "prefect.resource.name": "Order <7>",
        "acme.total": "12",
        "acme.customer.name": "Zoë & Söhne",
    },
    "related": [
        {"prefect.resource.id": "acme.shop.berlin", "prefect.resource.role": "shop", "acme.city": "Berlin"},
        {"prefect.resource.id": "acme.shop.paris", "prefect.resource.role": "shop", "acme.city": "Paris"},
        {"prefect.resource.id": "prefect.tag.nightly", "prefect.resource.role": "tag"},
    ],
    "payload": {
        "total": 12,
        "price": 1234567.891,
        "tax": 0.1,
        "big": 1e22,
        "small": 1.5e-7,
        "whole": 3.0,
        "negative": -7,
        "paid": True,
        "gift": False,
        "coupon": None,
        "empty": "",
        "text": "Hello, World!",
        "quote": "it's \"fine\"",
        "html": "<b>bold</b> & more",
        "lines": "one\ntwo\n\nthree",
        "unicode": "naïve – ☃ 東京",
        "number_text": "42",
        "float_text": "3.50",
        "date": "2026-02-28",
        "time": "2026-02-28T23:59:59Z",
        "seconds": 93784,
        "bytes": 1234567,
        "items": [
            {"sku": "b-2", "name": "Nut", "count": 3, "price": 0.5},
            {"sku": "a-1", "name": "bolt", "count": 10, "price": 2.25},
            {"sku": "c-3", "name": "Washer", "count": 3, "price": 0.1},
        ],
        "numbers": [3, 1, 2, 10],
        "names": ["beta", "Alpha", "gamma", "Alpha"],
        "nothing": [],
        "none": {},
        "nested": {"a": {"b": {"c": "deep"}}, "list": [[1, 2], [3]], "with space": 1, "items": "own"},
        "run": "see https://app.example/runs/flow-run/02f614c2-8b69-414e-bd7e-f9cc7230afd2?x=1",
    },
    "id": "01a21ac2-272c-7a09-bb2f-97e380153a88",
    "follows": None,
    "received": "2026-03-01T12:00:01.500000Z",
}


def complete(given: dict[str, Any]) -> dict[str, Any]:
    """The objects as the server's API returns them."""
    from prefect.server.schemas.core import Flow, WorkPool
    from prefect.server.schemas.responses import DeploymentResponse, FlowRunResponse, WorkQueueWithStatus

    models = {
        "flow_run": FlowRunResponse,
        "flow": Flow,
        "deployment": DeploymentResponse,
        "work_pool": WorkPool,
        "work_queue": WorkQueueWithStatus,
    }
    objects = {name: model.model_validate(given[name]) for name, model in models.items() if given.get(name)}
    return {**NOTHING, **given, **{name: one.model_dump(mode="json") for name, one in objects.items()}}


def automation(name: str) -> dict[str, Any]:
    document = json.loads((LIVE / f"{name}.json").read_text())
    for key in ("actions", "actions_on_trigger", "actions_on_resolve"):
        document[key] = []
    return document


def contexts(events: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    def first(name: str, where: Any = lambda event: True) -> dict[str, Any]:
        return next(event for event in events if event["event"] == name and where(event))

    def firing(document: dict[str, Any], event: dict[str, Any] | None, labels: tuple[str, ...] = (), **more: Any) -> dict[str, Any]:
        return {
            "id": "00000000-0000-7000-8000-000000000001",
            "trigger": copy.deepcopy(document["trigger"]),
            "trigger_states": ["Triggered"],
            "triggered": FIRED,
            "triggering_labels": {label: event["resource"][label] for label in labels} if event else {},
            "triggering_event": event,
            **more,
        }

    found: dict[str, dict[str, Any]] = {}

    def add(name: str, document: dict[str, Any], fired: dict[str, Any], given: dict[str, Any]) -> None:
        found[name] = {"automation": document, "firing": fired, "given": complete(given)}

    crashed = automation("on-crashed")
    add("crashed", crashed, firing(crashed, first("prefect.flow-run.Crashed")), GIVEN)

    zombies = automation("yaml-zombies")
    zombies["tags"] = ["zombies", "prod"]
    zombies["description"] = "from the docs: 100% sure"
    heartbeat = first("prefect.flow-run.heartbeat", lambda event: "prefect.tag" in json.dumps(event))
    add("zombie", zombies, firing(zombies, heartbeat, ("prefect.resource.id",)), {})

    order = automation("order-proactive")
    order["trigger"] |= {"posture": "Reactive", "within": 0.0, "for_each": ["acme.customer.name", "prefect.resource.id"]}
    add("order", order, firing(order, ORDER, ("acme.customer.name", "prefect.resource.id")), {"variables": GIVEN["variables"]})

    silent = automation("order-proactive")
    add("silent", silent, firing(silent, None), GIVEN)

    both = automation("compound-all")
    children = both["trigger"]["triggers"]
    events_of = [first("prefect.flow-run.Completed"), first("prefect.flow-run.Failed")]
    fired = [
        {
            "id": f"00000000-0000-7000-8000-00000000001{index}",
            "trigger": copy.deepcopy(child),
            "trigger_states": ["Triggered"],
            "triggered": event["occurred"],
            "triggering_labels": {},
            "triggering_event": event,
        }
        for index, (child, event) in enumerate(zip(children, events_of))
    ]
    add("both", both, firing(both, events_of[1], triggering_firings=fired), {})

    task = automation("on-crashed")
    task["trigger"]["expect"] = ["prefect.task-run.Completed"]
    add("task", task, firing(task, first("prefect.task-run.Completed")), {})

    queue = automation("any-of-resource")
    add("queue", queue, firing(queue, first("prefect.work-queue.ready")), {"work_pool": GIVEN["work_pool"]})
    return found
