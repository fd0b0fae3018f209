"""The websocket of ``pull --stream`` and ``watch``."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from .http import MOST_BYTES, TooLarge, origin

if TYPE_CHECKING:
    from websockets.sync.client import ClientConnection

LOG = logging.getLogger("prefect_events.websocket")
# The library logs errors of connections that `Closed` reports, and some that end while it closes them. Without a handler they
# would be printed.
LOG.addHandler(logging.NullHandler())

ABNORMAL = 1006
"""The code for a socket that could not be opened, or whose peer said nothing."""
TOO_BIG = 1009


def require_websockets(what: str) -> None:
    """
    Raises:
        ValueError: The library is missing.
    """
    try:
        import websockets  # noqa: F401
    except ImportError:
        raise ValueError(f"{what} needs the library websockets: pip install 'prefect-events[stream]'") from None


class Closed(Exception):
    """The websocket is closed."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


class Socket:
    """A websocket that can be opened again."""

    def __init__(self) -> None:
        self.connection: ClientConnection | None = None
        self.url = ""

    def open(self, url: str) -> None:
        """
        Raises:
            Closed: It could not be opened.
        """
        from websockets.exceptions import InvalidHandshake, InvalidURI
        from websockets.sync.client import connect
        from websockets.typing import Subprotocol

        self.close()
        self.url = url
        try:
            self.connection = connect(
                url, subprotocols=[Subprotocol("prefect")], max_size=MOST_BYTES, close_timeout=1, logger=LOG
            )
        except (OSError, InvalidHandshake, InvalidURI) as error:
            raise Closed(ABNORMAL, str(error)) from None

    def send(self, text: str) -> None:
        from websockets.exceptions import ConnectionClosed

        try:
            if self.connection:
                self.connection.send(text)
        except ConnectionClosed:
            # `receive` says so.
            pass

    def receive(self, milliseconds: int) -> str | None:
        """The next text; ``None`` if there is none in this time.

        Raises:
            Closed: There will be none.
            TooLarge: It was too large, and closed the websocket.
        """
        from websockets.exceptions import ConnectionClosed

        if self.connection is None:
            raise Closed(ABNORMAL, "")
        try:
            text = self.connection.recv(timeout=milliseconds / 1000)
        except TimeoutError:
            return None
        except ConnectionClosed as closed:
            if closed.sent is not None and closed.sent.code == TOO_BIG:
                raise TooLarge(f"a message of {origin(self.url)}") from None
            received = closed.rcvd
            raise Closed(received.code if received else ABNORMAL, received.reason if received else "") from None
        return text if isinstance(text, str) else None

    def close(self) -> None:
        if self.connection:
            self.connection.close()
        self.connection = None
