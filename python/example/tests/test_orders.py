from datetime import datetime, timedelta, timezone
from typing import Any

from automations import not_shipped
from orders import order_resource, process
from prefect.events import Event
from prefect.events.clients import AssertingEventsClient
from prefect.events.worker import EventsWorker

import prefect_events as pe
from prefect_events.testing import PrefectEvents

NOON = datetime(2026, 3, 1, 12, tzinfo=timezone.utc)


def event(name: str, after: timedelta) -> Event:
    return Event(event=name, resource=order_resource("42"), occurred=NOON + after)


def test_the_flow_emits_valid_events(
    server: None,
    asserting_events_worker: EventsWorker,
    reset_worker_events: Any,
    prefect_events: PrefectEvents,
) -> None:
    process("42")
    asserting_events_worker.drain()

    captured = prefect_events.captured(AssertingEventsClient)
    paid, shipped = captured.event("acme.order.paid"), captured.event("acme.order.shipped")
    assert shipped.follows == paid.id
    assert paid.payload == {"cents": 4200}


def test_the_automation_has_no_mistakes() -> None:
    report = pe.check_automation(not_shipped)
    assert report.valid and report.warnings == 0


def test_an_order_that_is_not_shipped_is_found(prefect_events: PrefectEvents) -> None:
    paid = event("acme.order.paid", timedelta())
    prefect_events.assert_fires(not_shipped, events=[paid], times=1, between=("1h", "1h1m"))


def test_an_order_that_is_shipped_in_time_is_not(prefect_events: PrefectEvents) -> None:
    events = [event("acme.order.paid", timedelta()), event("acme.order.shipped", timedelta(minutes=50))]
    prefect_events.assert_never_fires(not_shipped, events=events)
