"""What tests need: automations that must fire or must not, and events that were caught.

The plugin of pytest returns a ``PrefectEvents`` as its fixture ``prefect_events``. Other frameworks make their own.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Union

from . import _api, _core
from ._api import build_run, run_scenarios
from ._input import Document, Model, document, plain, settings, to_json

if TYPE_CHECKING:
    from ._types import Diagnostic, SimulationResult, ValidationReport

Run = Mapping[str, Any]
"""A flow run, as in scenarios: ``{"name": "zombie", "dies": "2m"}``."""

Moment = Union[str, float, timedelta, datetime]
"""A time, or a duration from the start: ``"3m30s"``, seconds, or a ``timedelta``."""

__all__ = ["Captured", "Moment", "PrefectEvents", "Run"]


class Captured(Sequence[Any]):
    """Events that a client of Prefect caught, in their order. All of them are valid.

    Attributes:
        report: The report on them, which can have warnings.
    """

    report: ValidationReport

    def __init__(self, events: Sequence[Any], report: ValidationReport) -> None:
        self._events = tuple(events)
        self._names = tuple(str(plain(event).get("event")) for event in self._events)
        self.report = report

    def __len__(self) -> int:
        return len(self._events)

    def __getitem__(self, index: Any) -> Any:
        return self._events[index]

    def __iter__(self) -> Iterator[Any]:
        return iter(self._events)

    def __repr__(self) -> str:
        return f"Captured({', '.join(self._names)})"

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the events."""
        return self._names

    def event(self, name: str) -> Any:
        """Finds the only event with a name.

        Args:
            name: The name, such as ``"acme.order.paid"``.

        Returns:
            The event, as it was caught.

        Raises:
            AssertionError: There is none, or more than one.
        """
        __tracebackhide__ = True
        found = self.all(name)
        if len(found) == 1:
            return found[0]
        if found:
            raise AssertionError(f"{len(found)} events are called {name}, expected one: use `all` for several")
        if not self._events:
            raise AssertionError(f"no event is called {name}: none was caught")
        caught = ", ".join(dict.fromkeys(self._names))
        raise AssertionError(f"no event is called {name}; caught: {caught}")

    def all(self, name: str) -> list[Any]:
        """All events with a name.

        Args:
            name: The name.

        Returns:
            The events, as they were caught, in their order.
        """
        return [event for event, own in zip(self._events, self._names) if own == name]


class PrefectEvents:
    """Assertions about automations and events.

    Example:
        >>> PrefectEvents().assert_fires("crash-zombie-flows", {"dies": "2m"}, times=1, between=("3m", "4m"))
        >>> PrefectEvents().assert_never_fires("crash-zombie-flows", {"ends": "10m"}, heartbeat={"frequency": 30})
    """

    def simulate(
        self,
        automation: Document,
        run: Run | Sequence[Run] | None = None,
        *,
        events: Document | None = None,
        heartbeat: Mapping[str, Any] | None = None,
        start: Moment | None = None,
        end: Moment | None = None,
        server_version: str | None = None,
    ) -> SimulationResult:
        """Plays flow runs, or events, to an automation.

        Args:
            automation: Prefect's own ``Automation`` or trigger, plain values, a text (JSON or YAML), the path
                of a file, or ``"crash-zombie-flows"``.
            run: A flow run or several, as in scenarios, whose events are generated:
                ``{"name": "zombie", "dies": "2m"}``.
            events: Events: Prefect's own ``Event``, or plain values, in a list.
            heartbeat: How runs send heartbeats. Default: every 30 seconds.
            start: When the automation starts. Default: with the first event.
            end: When it stops: a time, or a duration from the start. Default: when every window has ended.
            server_version: The version of the server. Default ``"3.9"``.

        Returns:
            The firings with their reasons, and a timeline.

        Raises:
            ValueError: The automation, a run or an event is invalid.
        """
        scenario, files = _scenario(automation, run, events, heartbeat, start, end, server_version)
        result = _api.simulate(scenario, files=files)
        if result.errors:
            raise ValueError(_sentences(result.errors))
        return result

    def assert_fires(
        self,
        automation: Document,
        run: Run | Sequence[Run] | None = None,
        *,
        events: Document | None = None,
        times: int | None = None,
        between: tuple[Moment, Moment] | None = None,
        heartbeat: Mapping[str, Any] | None = None,
        start: Moment | None = None,
        end: Moment | None = None,
        server_version: str | None = None,
    ) -> None:
        """Asserts that an automation fires.

        Args:
            automation: See ``simulate``.
            run: See ``simulate``.
            events: See ``simulate``.
            times: How often. Default: at least once.
            between: When: two times, or two durations from the start, both included.
            heartbeat: See ``simulate``.
            start: See ``simulate``.
            end: See ``simulate``.
            server_version: See ``simulate``.

        Raises:
            AssertionError: It does not fire, or not so: with the reason and the timeline.
            ValueError: The automation, a run or an event is invalid.
        """
        __tracebackhide__ = True
        expected: dict[str, Any] = {}
        if times is not None:
            expected["fires"] = times
        if between is not None:
            expected["between"] = list(between)
        scenario, files = _scenario(automation, run, events, heartbeat, start, end, server_version)
        _assert({**scenario, "expect": [expected]}, files)

    def assert_never_fires(
        self,
        automation: Document,
        run: Run | Sequence[Run] | None = None,
        *,
        events: Document | None = None,
        heartbeat: Mapping[str, Any] | None = None,
        start: Moment | None = None,
        end: Moment | None = None,
        server_version: str | None = None,
    ) -> None:
        """Asserts that an automation never fires.

        Args:
            automation: See ``simulate``.
            run: See ``simulate``.
            events: See ``simulate``.
            heartbeat: See ``simulate``.
            start: See ``simulate``.
            end: See ``simulate``.
            server_version: See ``simulate``.

        Raises:
            AssertionError: It fires: with the reasons and the timeline.
            ValueError: The automation, a run or an event is invalid.
        """
        __tracebackhide__ = True
        scenario, files = _scenario(automation, run, events, heartbeat, start, end, server_version)
        _assert({**scenario, "expect": [{"never": True}]}, files)

    def build_run(
        self,
        spec: Mapping[str, Any] | None = None,
        *,
        seed: int | str | None = 0,
        now: datetime | str | None = "2026-01-01T00:00:00Z",
    ) -> list[dict[str, Any]]:
        """Builds all events of a flow run: see ``prefect_events.build_run``.

        Args:
            spec: The run, such as ``{"flow": "etl", "ends": "10m"}``.
            seed: Generates the same ids in every test run. ``None``: others each time.
            now: When the run begins to be scheduled. ``None``: the time of the clock.

        Returns:
            The events.

        Raises:
            ValueError: A value is invalid.
        """
        return build_run(spec, seed=seed, now=now)

    def captured(self, client: Any, *, severity: Mapping[str, str] | None = None) -> Captured:
        """Validates the events that a client of Prefect caught.

        Args:
            client: Prefect's ``AssertingEventsClient``: the class, for all of its clients; or one client; or
                a list of events.
            severity: Severities that differ from the default, by code: see ``validate``.

        Returns:
            The events.

        Raises:
            AssertionError: An event is invalid.
            TypeError: It is no such client.
        """
        __tracebackhide__ = True
        events = _caught(client)
        report = _api.validate([plain(event) for event in events], severity=severity)
        if not report.valid:
            errors = [diagnostic for diagnostic in report.diagnostics if diagnostic.severity == "error"]
            raise AssertionError("\n".join(map(_of_event, errors)))
        return Captured(events, report)


def _caught(client: Any) -> list[Any]:
    if isinstance(client, (list, tuple)):
        return list(client)
    clients = client.all if isinstance(client, type) and hasattr(client, "all") else [client]
    caught: list[Any] = []
    for one in clients:
        # A client has events once it was entered.
        if not isinstance(client, type) and not hasattr(one, "events"):
            raise TypeError(f"{type(one).__name__} has no events: give Prefect's AssertingEventsClient")
        caught += getattr(one, "events", [])
    return caught


def _of_event(diagnostic: Diagnostic) -> str:
    where = f"event {diagnostic.index}" if diagnostic.name is None else f"event {diagnostic.index}, {diagnostic.name}"
    text = f"{diagnostic.code} ({where}): {diagnostic.message}"
    return text if diagnostic.help is None else f"{text}\n  {diagnostic.help}"


_FILE = "./automation.yaml"

_BUILT_IN = ("crash-zombie-flows", "unresponsive-run-detection")


def _scenario(
    automation: Document,
    run: Run | Sequence[Run] | None,
    events: Document | None,
    heartbeat: Mapping[str, Any] | None,
    start: Moment | None,
    end: Moment | None,
    server_version: str | None,
) -> tuple[dict[str, Any], dict[str, str]]:
    """A scenario, and the files that it refers to."""
    if (run is None) == (events is None):
        raise TypeError("give either a run (or several) or events")
    own, files = _automation(automation)
    scenario: dict[str, Any] = {"automation": own, "heartbeat": heartbeat or {"frequency": 30}}
    if run is not None:
        scenario["runs"] = [run] if isinstance(run, Mapping) else list(run)
    if events is not None:
        scenario["events"] = _events(events)
    times = {"start": start, "end": end, "server_version": server_version}
    return {**scenario, **{key: value for key, value in times.items() if value is not None}}, files


def _automation(automation: Document) -> tuple[str, dict[str, str]]:
    """How a scenario names the automation, and its file: whose text can have any form."""
    if isinstance(automation, str) and automation in _BUILT_IN:
        return automation, {}
    text, _ = document(automation)
    return _FILE, {_FILE: text.decode("utf-8")}


def _events(events: Document) -> list[Any]:
    if isinstance(events, (Mapping, Model)):
        return [plain(events)]
    # Files can be long: a replay reads them without this detour.
    if isinstance(events, (str, bytes, bytearray, memoryview, os.PathLike)):
        raise TypeError("events of a file or a text: replay them with `prefect_events.replay`")
    return [plain(event) for event in events]


def _assert(scenario: Mapping[str, Any], files: Mapping[str, str]) -> None:
    __tracebackhide__ = True
    report = run_scenarios(scenario, files=files)
    errors = [*(report.errors or ()), *(error for one in report.scenarios for error in one.errors or ())]
    if errors:
        raise ValueError(_sentences(errors))
    if not report.passed:
        # With the timeline, as the command `test` prints it.
        [played] = json.loads(_core.play_scenarios(to_json(scenario), settings(files=files), ""))
        raise AssertionError(played["text"])


def _sentences(errors: Sequence[Diagnostic]) -> str:
    return "; ".join(error.message for error in errors)
