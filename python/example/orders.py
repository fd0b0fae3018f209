"""A flow that emits events."""

from prefect import flow
from prefect.events import emit_event


def order_resource(order: str) -> dict[str, str]:
    return {"prefect.resource.id": f"acme.order.{order}", "prefect.resource.name": f"Order {order}"}


@flow
def process(order: str, in_stock: bool = True) -> None:
    paid = emit_event("acme.order.paid", resource=order_resource(order), payload={"cents": 4200})
    if in_stock:
        emit_event("acme.order.shipped", resource=order_resource(order), follows=paid)
