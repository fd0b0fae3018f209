"""Records what actions do on the real Prefect server: how it renders their templates, and which requests they send.

    python tests/oracle/templates.py | gzip -9n > tests/cases/rendered-templates.ndjson.gz

Runs with the Python in which that Prefect is installed. Everything that renders is the server's own code. Replaced is
the client with which it reads objects and sends requests: it returns the objects of `given`, and notes the requests.

The first lines are contexts: {"context": name, "automation", "firing", "given"}. `firing` has its events, as the events
API returns them. Each other line is a case in a context: {"in": context} with
- "template": how a notification's text renders; "text", or "error" and "reason" of the failed action;
- "parameters": those of `run-deployment`; "rendered", or "reason";
- "action": any action; "requests": the methods of the server's client with their arguments, or "reason".
"""

import asyncio
import copy
import gzip
import json
import logging
import os
import re
import sys
from pathlib import Path
from typing import Any
from uuid import UUID

os.environ |= {
    "PREFECT_API_DATABASE_CONNECTION_URL": "sqlite+aiosqlite:///:memory:",
    "PREFECT_LOGGING_LEVEL": "CRITICAL",
    "PREFECT_LOGGING_SERVER_LEVEL": "CRITICAL",
    "PREFECT_SERVER_LOGGING_LEVEL": "CRITICAL",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "DO_NOT_TRACK": "1",
    "PREFECT_UI_URL": "http://127.0.0.1:4200",
}

import httpx
from prefect.server.events import actions
from prefect.server.events.schemas.automations import Automation, Firing, TriggeredAction
from prefect.server.events.schemas.events import ReceivedEvent

import template_contexts
import template_filters
import template_list
import template_operations

logging.disable(logging.CRITICAL)

AT = "2026-11-27T02:20:00.250000Z"


class Client:
    """The server's client of its own API."""

    def __init__(self, given: dict[str, Any]) -> None:
        self.given = given
        self.requests: list[Any] = []

    async def __aenter__(self) -> "Client":
        return self

    async def __aexit__(self, *_: Any) -> None:
        pass

    async def read_workspace_variables(self, names: list[str] | None = None) -> dict[str, Any]:
        variables = self.given.get("variables", {})
        return {name: value for name, value in variables.items() if names is None or name in names}

    async def read_work_pool(self, work_pool_id: UUID) -> Any:
        from prefect.server.schemas.core import WorkPool

        given = self.given.get("work_pool")
        return given and WorkPool.model_validate(given)

    async def read_block_document_raw(self, block_document_id: UUID) -> httpx.Response:
        return httpx.Response(404, json={})

    def __getattr__(self, method: str) -> Any:
        reads = re.fullmatch(r"read_(.*?)(_v2|_status)?_raw", method)

        async def call(*args: Any, **kwargs: Any) -> Any:
            if reads:
                found = self.given.get(reads[1])
                return httpx.Response(200, json=found) if found else httpx.Response(404, json={})
            self.requests.append([method, *(plain(one) for one in args), plain(kwargs)])
            return httpx.Response(500, json={})

        return call


def plain(value: Any) -> Any:
    if hasattr(value, "model_dump"):
        return value.model_dump(mode="json", exclude_unset=True)
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items()}
    if isinstance(value, list):
        return [plain(one) for one in value]
    return str(value) if isinstance(value, UUID) else value


def triggered(context: dict[str, Any], action: dict[str, Any]) -> tuple[TriggeredAction, Client]:
    # `indent` of a list adds to the list itself.
    context = copy.deepcopy(context)
    document = {**context["automation"], "actions": [action], "id": context["automation"]["id"]}
    automation = Automation.model_validate(document)
    firing = Firing.model_validate(context["firing"])
    client = Client(context["given"])
    done = TriggeredAction(
        automation=automation,
        firing=firing,
        triggered=firing.triggered,
        triggering_labels=firing.triggering_labels,
        triggering_event=firing.triggering_event,
        action=automation.actions[0],
        id=UUID("00000000-0000-7000-8000-0000000000aa"),
    )

    async def orchestration(_: Any) -> Client:
        return client

    cls = type(done.action)
    cls.orchestration_client = lambda self, _: orchestration(_)
    cls.events_api_client = lambda self, _: orchestration(_)
    return done, client


async def notification(context: dict[str, Any], template: str) -> dict[str, Any]:
    action = {
        "type": "send-notification",
        "block_document_id": "11111111-1111-4111-8111-111111111111",
        "body": template,
    }
    try:
        done, _ = triggered(context, action)
    except Exception as error:
        return {"invalid": str(error.errors()[0]["msg"])}
    try:
        _, text = await done.action.render(done)
    except actions.ActionFailed as failed:
        return {"reason": failed.reason, "error": done.action._result_details["template_error"]}
    except Exception as error:
        return {"raised": repr(error)}
    return {"text": text}


async def parameters(context: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    try:
        done, _ = triggered(
            context,
            {
                "type": "run-deployment",
                "deployment_id": "11111111-1111-4111-8111-111111111111",
                "parameters": given,
            },
        )
    except Exception as error:
        return {"invalid": str(error.errors()[0]["msg"])}
    try:
        rendered = await done.action.render_parameters(done)
        return {"rendered": json.loads(json.dumps(rendered))}
    except Exception as exc:
        return {"reason": f"Unable to create flow run from deployment: {exc!r}", "error": str(exc)}


async def acted(context: dict[str, Any], action: dict[str, Any]) -> dict[str, Any]:
    done, client = triggered(context, action)
    try:
        await done.action.act(done)
    except actions.ActionFailed as failed:
        if not client.requests:
            return {"reason": failed.reason}
    except Exception as error:
        if not client.requests:
            return {"raised": repr(error)}
    for request in client.requests:
        for argument in request:
            if isinstance(argument, dict) and "state" in argument:
                # It says when the run is scheduled, by the server's clock.
                argument.pop("state")
            if isinstance(argument, dict) and "state_details" in argument:
                argument.pop("state_details")
    return {"requests": client.requests}


async def main() -> None:
    def write(line: dict[str, Any]) -> None:
        print(json.dumps(line, ensure_ascii=False))

    contexts = template_contexts.contexts(captured())
    for name, context in contexts.items():
        write({"context": name, **context})
    for name, templates in template_list.TEMPLATES.items():
        for template in templates:
            write({"in": name, "template": template, **await notification(contexts[name], template)})
    for template in template_operations.OPERATIONS:
        write({"in": "order", "template": template, **await notification(contexts["order"], template)})
    for name, template in template_filters.templates():
        rendered = await notification(contexts[name], template)
        # The address of an object in memory differs each time.
        if not re.search("0x7f|do_map", rendered.get("text", ""), re.IGNORECASE):
            write({"in": name, "template": template, **rendered})
    for name, all_parameters in template_list.PARAMETERS.items():
        for given in all_parameters:
            write({"in": name, "parameters": given, **await parameters(contexts[name], given)})
    for name, all_actions in template_list.ACTIONS.items():
        for action in all_actions:
            write({"in": name, "action": action, **await acted(contexts[name], action)})


def captured() -> list[dict[str, Any]]:
    path = Path(__file__).parent.parent / "cases/live/captured.ndjson.gz"
    with gzip.open(path, "rt") as lines:
        return [json.loads(line) for line in lines]


if __name__ == "__main__":
    asyncio.run(main())
