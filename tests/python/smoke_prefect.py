"""Prefect's own objects are accepted as they are."""

from datetime import timedelta

from prefect.automations import Automation
from prefect.events import DeploymentEventTrigger, Event, EventTrigger, Posture, Resource
from prefect.events.actions import DoNothing
from prefect.events.schemas.automations import AutomationCore

import prefect_events as pe

event = Event(event="acme.paid", resource=Resource({"prefect.resource.id": "acme.order.42"}))
assert pe.validate(event).valid, pe.validate(event)
assert pe.validate([event, event]).count == 2

trigger = EventTrigger(
    expect={"acme.paid"}, match={"prefect.resource.id": "acme.*"}, posture=Posture.Reactive, threshold=1, within=timedelta(0)
)
for made in [Automation, AutomationCore]:
    automation = made(name="paid", trigger=trigger, actions=[DoNothing()])
    report = pe.check_automation(automation)
    assert report.count == 1 and report.errors == 0, report
    assert len(pe.replay(automation, event).firings) == 1, pe.replay(automation, event)
assert pe.check_automation(trigger).errors == 0
deployed = DeploymentEventTrigger(expect={"acme.paid"}, match={"prefect.resource.id": "acme.*"})
assert pe.check_automation(deployed).errors == 0, pe.check_automation(deployed)
