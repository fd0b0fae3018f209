"""Sends requests."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

if TYPE_CHECKING:
    from urllib3 import PoolManager

SECONDS = 60.0
"""A request without a response is given up after this time, like in Prefect's client."""


REDIRECTS = 20


class Lost(Exception):
    """A request had no response; the message says why."""


class Http:
    """Keeps connections open, and follows redirects. Proxies are those of the environment, certificates the system's."""

    def __init__(self) -> None:
        self.pools: dict[str | None, PoolManager] = {}

    def send(
        self, method: str, url: str, headers: Sequence[tuple[str, str]], body: str | None
    ) -> tuple[int, tuple[str | None, str | None], bytes]:
        """The status, the headers ``Retry-After`` and ``Date``, and the body of the response.

        Raises:
            Lost: There is none.
        """
        # Only few commands need it.
        from urllib3 import Retry, Timeout, make_headers
        from urllib3.exceptions import HTTPError

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
                timeout=Timeout(total=SECONDS),
            )
        except HTTPError as error:
            raise Lost(reason(error)) from None
        said = response.headers
        return response.status, (said.get("retry-after"), said.get("date")), response.data

    def pool(self, url: str) -> PoolManager:
        from urllib3 import PoolManager, ProxyManager

        proxy = proxy_of(url)
        if proxy not in self.pools:
            self.pools[proxy] = ProxyManager(proxy) if proxy else PoolManager()
        return self.pools[proxy]

    def close(self) -> None:
        for pool in self.pools.values():
            pool.clear()


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
