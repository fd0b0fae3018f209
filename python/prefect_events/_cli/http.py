"""Sends requests."""

from __future__ import annotations

import socket
import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

if TYPE_CHECKING:
    from urllib3 import HTTPConnectionPool, PoolManager

SECONDS = 60.0
"""A request without a complete response is given up after this time, like in Prefect's client."""

MOST_BYTES = 256 << 20
"""A page has 50 events: more than these bytes, unpacked, come from no Prefect. The same in ``pkg/api/client.js``."""

REDIRECTS = 20


class Lost(Exception):
    """A request had no response; the message says why."""


class TooLarge(Exception):
    """A response has more than `MOST_BYTES`; the message is a sentence."""

    def __init__(self, what: str) -> None:
        super().__init__(f"{what} is larger than {MOST_BYTES >> 20} MiB: no Prefect server sends so much at once")


class Deadline:
    """Ends a request: the timeouts of libraries begin anew with each byte that comes."""

    def __init__(self, seconds: float) -> None:
        self.is_over = False
        self.socket: socket.socket | None = None
        self.lock = threading.Lock()
        self.timer = threading.Timer(seconds, self.end)
        self.timer.daemon = True
        self.timer.start()

    def watch(self, used: socket.socket) -> None:
        with self.lock:
            self.socket = used
            if self.is_over:
                shut_down(used)

    def end(self) -> None:
        with self.lock:
            self.is_over = True
            if self.socket is not None:
                shut_down(self.socket)


def shut_down(used: socket.socket) -> None:
    """What waits for this socket goes on, in whichever thread."""
    try:
        # Not the method of an encrypted one, which no other thread may call.
        socket.socket.shutdown(used, socket.SHUT_RDWR)
    except OSError:
        pass


class Http:
    """Keeps connections open, and follows redirects. Proxies are those of the environment, certificates the system's."""

    def __init__(self, seconds: float = SECONDS) -> None:
        self.seconds = seconds
        self.deadline: Deadline | None = None
        self.pools: dict[str | None, PoolManager] = {}

    def send(
        self, method: str, url: str, headers: Sequence[tuple[str, str]], body: str | None
    ) -> tuple[int, tuple[str | None, str | None], bytes]:
        """The status, the headers ``Retry-After`` and ``Date``, and the body of the response.

        Raises:
            Lost: There is none.
            TooLarge: Its body is not read to its end.
        """
        # Only few commands need it.
        from urllib3 import Retry, Timeout, make_headers
        from urllib3.exceptions import HTTPError

        self.deadline = deadline = Deadline(self.seconds)
        content = bytearray()
        try:
            response = self.pool(url).request(
                method,
                url,
                headers={**make_headers(accept_encoding=True), **dict(headers)},
                body=None if body is None else body.encode(),
                # The core repeats requests itself.
                retries=Retry(
                    total=REDIRECTS, connect=0, read=0, status=0, other=0, respect_retry_after_header=False
                ),
                timeout=Timeout(total=self.seconds),
                preload_content=False,
            )
            for piece in response.stream(decode_content=True):
                content += piece
                if len(content) > MOST_BYTES:
                    response.close()
                    raise TooLarge(f"the response of {origin(url)}")
        except HTTPError as error:
            if not deadline.is_over:
                raise Lost(reason(error)) from None
        finally:
            deadline.timer.cancel()
        if deadline.is_over:
            raise Lost(f"no response within {self.seconds:g} seconds")
        said = response.headers
        return response.status, (said.get("retry-after"), said.get("date")), bytes(content)

    def pool(self, url: str) -> PoolManager:
        from urllib3 import PoolManager, ProxyManager

        proxy = proxy_of(url)
        if proxy not in self.pools:
            pool = ProxyManager(proxy) if proxy else PoolManager()
            pool.pool_classes_by_scheme = self.pool_classes()
            self.pools[proxy] = pool
        return self.pools[proxy]

    def pool_classes(self) -> dict[str, type[HTTPConnectionPool]]:
        """Pools of connections on which the deadline of a request has an effect."""
        from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
        from urllib3.connection import HTTPConnection, HTTPSConnection
        from urllib3.response import HTTPResponse

        http = self

        class Plain(HTTPConnection):
            def getresponse(self) -> HTTPResponse:  # type: ignore[override]
                http.watch(self.sock)
                return super().getresponse()

        class Encrypted(HTTPSConnection):
            def getresponse(self) -> HTTPResponse:  # type: ignore[override]
                http.watch(self.sock)
                return super().getresponse()

        class PlainPool(HTTPConnectionPool):
            ConnectionCls = Plain

        class EncryptedPool(HTTPSConnectionPool):
            ConnectionCls = Encrypted

        return {"http": PlainPool, "https": EncryptedPool}

    def watch(self, used: socket.socket | None) -> None:
        if self.deadline is not None and used is not None:
            self.deadline.watch(used)

    def close(self) -> None:
        for pool in self.pools.values():
            pool.clear()


def origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"


def proxy_of(url: str) -> str | None:
    parts = urlsplit(url)
    proxies = getproxies()
    proxy = proxies.get(parts.scheme) or proxies.get("all")
    if not proxy or proxy_bypass(parts.netloc):
        return None
    return proxy if "://" in proxy else f"http://{proxy}"


def reason(error: BaseException) -> str:
    """The system's reason: libraries wrap it several times."""
    inner = getattr(error, "reason", None) or error.__cause__ or error.__context__
    if isinstance(inner, BaseException):
        return reason(inner)
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return str(error)
