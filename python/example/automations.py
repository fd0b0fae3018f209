"""An automation that finds orders which were paid but not shipped."""

from datetime import timedelta

from prefect.automations import Automation
from prefect.events import EventTrigger
from prefect.events.actions import RunDeployment
from prefect.events.schemas.automations import Posture

not_shipped = Automation(
    name="Paid but not shipped",
    trigger=EventTrigger(
        posture=Posture.Proactive,
        after={"acme.order.paid"},
        expect={"acme.order.shipped"},
        for_each={"prefect.resource.id"},
        within=timedelta(hours=1),
    ),
    actions=[RunDeployment(source="inferred", parameters={"order": "{{ event.resource.id }}"})],
)

if __name__ == "__main__":
    not_shipped.create()
