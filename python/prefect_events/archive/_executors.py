"""Who runs tasks: processes on this machine, Dask, Ray, the task runner of a Prefect flow, or any executor."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, ProcessPoolExecutor
from multiprocessing import get_all_start_methods, get_context
from typing import Any, Protocol, Union, runtime_checkable

Done = Callable[[Any], None]


@runtime_checkable
class Executor(Protocol):
    """What runs tasks: ``concurrent.futures.Executor``, ``distributed.Client``, …"""

    def submit(self, function: Callable[..., Any], /, *arguments: Any) -> Any:
        """Returns a future: an object with ``result`` and ``add_done_callback``."""
        ...


On = Union[str, Executor]
"""``"local"``, ``"dask"``, ``"dask=ADDRESS"``, ``"ray"``, ``"ray=ADDRESS"``, ``"prefect"``, or an executor."""


class Runner:
    """Runs tasks. A runner that this module made ends with it."""

    lost: tuple[type[BaseException], ...] = ()
    """What a future raises whose worker is gone."""

    def __init__(self, executor: Any, workers: int | None = None) -> None:
        self.executor = executor
        self.workers = workers or 2 * (os.cpu_count() or 1)

    def submit(self, function: Callable[..., Any], *arguments: Any) -> Any:
        return self.executor.submit(function, *arguments)

    def restart(self) -> bool:
        """Makes new workers, if with one of them all are gone. Returns whether they were."""
        return False

    def close(self, at_once: bool) -> None:
        pass


class Local(Runner):
    """Processes on this machine."""

    lost = (BrokenExecutor,)

    def __init__(self, workers: int | None) -> None:
        count = workers or os.cpu_count() or 1
        super().__init__(self._pool(count), count)

    @staticmethod
    def _pool(workers: int) -> ProcessPoolExecutor:
        # With `fork`, threads of this process could have locks that nobody releases.
        method = "forkserver" if "forkserver" in get_all_start_methods() else "spawn"
        context = get_context(method)
        if method == "forkserver":
            context.set_forkserver_preload(["prefect_events.archive._tasks"])
        return ProcessPoolExecutor(workers, mp_context=context, initializer=_ignore_interrupts)

    def restart(self) -> bool:
        self.executor.shutdown(wait=False, cancel_futures=True)
        self.executor = self._pool(self.workers)
        return True

    def close(self, at_once: bool) -> None:
        if at_once:
            for process in list((getattr(self.executor, "_processes", None) or {}).values()):
                process.terminate()
        self.executor.shutdown(wait=not at_once, cancel_futures=True)


def _ignore_interrupts() -> None:
    """Ctrl-C reaches all processes of a terminal; the first one ends the others."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


class Dask(Runner):
    """A cluster of Dask. It starts lost workers' tasks again by itself; what it gives up, is tried again here."""

    def __init__(self, client: Any, own: bool) -> None:
        workers = sum(client.nthreads().values())
        super().__init__(client, max(1, workers))
        self.own = own
        from distributed import CancelledError, KilledWorker  # type: ignore[import-not-found, unused-ignore]

        self.lost = (KilledWorker, CancelledError)

    def submit(self, function: Callable[..., Any], *arguments: Any) -> Any:
        # Equal tasks are different ones: a result that is missing must be made again.
        return self.executor.submit(function, *arguments, pure=False)

    def close(self, at_once: bool) -> None:
        if self.own:
            self.executor.close()


class Ray(Runner):
    """A cluster of Ray, which starts lost workers' tasks again by itself."""

    def __init__(self, ray: Any, own: bool) -> None:
        super().__init__(None, max(1, int(ray.cluster_resources().get("CPU", 1))))
        self.ray = ray
        self.own = own
        self.remote = ray.remote(_call)
        self.lost = (ray.exceptions.WorkerCrashedError, ray.exceptions.NodeDiedError)

    def submit(self, function: Callable[..., Any], *arguments: Any) -> Any:
        return self.remote.remote(function, *arguments).future()

    def close(self, at_once: bool) -> None:
        if self.own:
            self.ray.shutdown()


def _call(function: Callable[..., Any], *arguments: Any) -> Any:
    return function(*arguments)


class Flow(Runner):
    """The task runner of the Prefect flow that runs: each task is one of the flow."""

    def __init__(self) -> None:
        from prefect import task  # type: ignore[import-not-found, unused-ignore]

        super().__init__(None)
        self.task = task(_call, name="prefect-events archive", retries=2)

    def submit(self, function: Callable[..., Any], *arguments: Any) -> Any:
        return self.task.submit(function, *arguments)


def runner(on: On, workers: int | None) -> Runner:
    """
    Raises:
        ValueError: The name is none of those.
        ImportError: A library is missing.
    """
    if not isinstance(on, str):
        if not hasattr(on, "submit"):
            raise TypeError(f"{type(on).__name__} is no executor: it has no `submit`")
        if type(on).__module__.partition(".")[0] == "distributed":
            return Dask(on, own=False)
        return Runner(on, workers)
    name, _, address = on.partition("=")
    if name == "local" and not address:
        return Local(workers)
    if name == "dask":
        return Dask(_dask(address, workers), own=True)
    if name == "ray":
        return _ray(address, workers)
    if name == "prefect" and not address:
        return Flow()
    raise ValueError(f"unknown executor `{on}`: give local, dask, dask=ADDRESS, ray, ray=ADDRESS or prefect")


def _dask(address: str, workers: int | None) -> Any:
    try:
        import distributed  # type: ignore[import-not-found, unused-ignore]
    except ImportError:
        raise ImportError("Dask is missing: pip install 'prefect-events[dask]'") from None
    client: Any = distributed.Client
    if address:
        return client(address)
    return client(n_workers=workers or os.cpu_count() or 1, threads_per_worker=1, dashboard_address=":0")


def _ray(address: str, workers: int | None) -> Runner:
    try:
        import ray  # type: ignore[import-not-found, unused-ignore]
    except ImportError:
        raise ImportError("Ray is missing: pip install 'prefect-events[ray]'") from None
    own = not ray.is_initialized()
    if own:
        how = {"address": address} if address else {"num_cpus": workers or os.cpu_count() or 1}
        ray.init(**how, include_dashboard=False, log_to_driver=False)
    return Ray(ray, own)
