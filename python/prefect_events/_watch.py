"""Watches a live server: the part of ``live.watch`` that needs the client."""

from __future__ import annotations

import logging
import os
import uuid
from collections.abc import Generator
from contextlib import closing

import msgspec

from ._cli.files import Failed
from ._cli.server import ServerError
from ._cli.settings import settings_sources
from ._cli.watch_client import State, WatchClient
from ._input import Document, document, settings
from ._types import Firing

LOG = logging.getLogger("prefect_events.watch")


class WatchedFiring(msgspec.Struct, frozen=True):
    """An automation has fired."""

    automation: str
    """Its name."""
    firing: Firing
    """When and why."""


class Named(msgspec.Struct):
    automation: str


NAMED, FIRING = msgspec.json.Decoder(Named), msgspec.json.Decoder(Firing)


def documents(automations: Document) -> list[tuple[bytes, str]]:
    """Texts in a list are files; anything else in a list is an automation."""
    if isinstance(automations, (list, tuple)) and all(
        isinstance(one, (str, bytes, os.PathLike)) for one in automations
    ):
        return [named(one) for one in automations]
    return [named(automations)]


def named(automations: Document) -> tuple[bytes, str]:
    """A document, and what it is called in errors."""
    name = os.fspath(automations) if isinstance(automations, os.PathLike) else "automations"
    return document(automations)[0], name


def connection(url: str | None, auth_string: str | None, api_key: str | None, profile: str | None) -> str:
    own: dict[str, object] = {"client_id": str(uuid.uuid4())}
    if url is None:
        try:
            own["settings"] = {**settings_sources(), **({} if profile is None else {"profile": profile})}
        except Failed as failed:
            raise ValueError(str(failed)) from None
    return settings(url=url, auth_string=auth_string, api_key=api_key, **own)


def begin(
    connect: str, automations: list[tuple[bytes, str]], options: str, state: str | os.PathLike[str] | None
) -> Generator[WatchedFiring, None, None]:
    client = WatchClient()
    client.report = LOG.warning
    file = None if state is None else State(os.fspath(state), os.fspath(state))
    try:
        client.begin(connect, automations, options, settings(format="json"), file)
    except Failed as failed:
        raise OSError(str(failed)) from None
    return firings(client)


def firings(client: WatchClient) -> Generator[WatchedFiring, None, None]:
    try:
        with closing(client):
            for text in client.firings():
                try:
                    yield WatchedFiring(NAMED.decode(text).automation, FIRING.decode(text))
                finally:
                    # The caller had it, also if it wants no more.
                    client.acknowledge()
    except (ServerError, Failed) as error:
        raise OSError(str(error)) from None
