"""The functions of the package."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from datetime import datetime, timezone
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from . import _core
from ._input import Document, Duration, Events, Model, document, json_text, scenario_folder, settings, texts, to_json
from ._read import read

if TYPE_CHECKING:
    from ._types import (
        Advice,
        CheckReport,
        Delivery,
        EventType,
        Explanation,
        InputKey,
        Profile,
        Route,
        SimulationResult,
        TestReport,
        ValidationReport,
        VersionComparison,
    )


def validate(
    events: Document,
    *,
    profile: Profile | None = None,
    severity: Mapping[str, str] | None = None,
    max_diagnostics: int | None = None,
    schemas: Mapping[str, Mapping[str, Any]] | None = None,
) -> ValidationReport:
    """Validates events.

    Args:
        events: One event, a list of events, NDJSON, a page of the events API or a websocket frame:
            as text, bytes, the path of a file, plain values, or Prefect's own ``Event``.
        profile: ``"documented"`` (default) checks all rules, ``"server"`` only what the Prefect
            server rejects.
        severity: Severities that differ from the default, by code: ``{"missing-label": "off"}``.
        max_diagnostics: The most diagnostics in the report (default 1000).
        schemas: JSON Schemas of your own, by the names of events: ``{"acme.order.*": {...}}``.

    Returns:
        The report. Wrong events are findings in it, not exceptions.

    Raises:
        ValueError: An option or a schema is invalid.

    Example:
        >>> report = validate('{"event": "acme.paid", "occurred": "2026-03-31T18:30:00Z", "resource": {}}')
        >>> [diagnostic.code for diagnostic in report.diagnostics]
        ['missing-field', 'missing-resource-id']
    """
    # The text of an event is read as it is: copying it first would take a tenth of the time.
    text, places = (events, True) if isinstance(events, (str, bytes)) else document(events)
    if profile is None and severity is None and max_diagnostics is None:
        options = "{}"
    else:
        options = settings(profile=profile, severity=severity, max_diagnostics=max_diagnostics)
    found = _core.validate(text, options, json_text(schemas), places)
    if len(found) <= _SHORT:
        return _short_report(found)
    result: ValidationReport = read(found, "ValidationReport")
    return result


_SHORT = 128
"""The most bytes of a report without findings."""


@lru_cache(maxsize=16)
def _short_report(text: bytes) -> ValidationReport:
    # Most events have no findings: their reports are equal, and frozen.
    result: ValidationReport = read(text, "ValidationReport")
    return result


def check_automation(
    automations: Document,
    *,
    profile: Profile | None = None,
    route: Route | None = None,
    severity: Mapping[str, str] | None = None,
    max_diagnostics: int | None = None,
    server_version: str | None = None,
    client_version: str | None = None,
    heartbeat_frequency: float | None = None,
    cloud: bool | None = None,
) -> CheckReport:
    """Checks automations: what Prefect rejects, and what can never fire or never stops.

    Args:
        automations: JSON or YAML with one or several automations, a trigger, a ``prefect.yaml`` or the
            output of ``terraform show -json``: as text, bytes, the path of a file, plain values, or
            Prefect's own ``Automation``, ``EventTrigger``, ``DeploymentEventTrigger`` and the like.
        profile: ``"documented"`` (default) checks all rules, ``"server"`` only what the REST API
            rejects.
        route: How the document reaches Prefect. Default: from its format.
        severity: Severities that differ from the default, by code.
        max_diagnostics: The most diagnostics in the report (default 1000).
        server_version: The version of the server, such as ``"3.9.1"``. Default: the latest known.
        client_version: The version of Prefect where the flows run. Default: recent.
        heartbeat_frequency: Seconds between two heartbeats of a run. Default: 180.
        cloud: Whether it is for Prefect Cloud.

    Returns:
        The report, with an outline of each trigger.

    Raises:
        ValueError: An option is invalid.

    Example:
        >>> trigger = {"posture": "Proactive", "expect": ["prefect.flow-run.Completed"], "within": 5}
        >>> report = check_automation({"name": "Too short", "trigger": trigger, "actions": []})
        >>> [(diagnostic.code, diagnostic.path) for diagnostic in report.diagnostics if diagnostic.severity == "error"]
        [('within-too-short', '/trigger/within')]
    """
    text, places = document(automations)
    options = settings(
        profile=profile,
        route=route,
        severity=severity,
        max_diagnostics=max_diagnostics,
        server_version=server_version,
        client_version=client_version,
        heartbeat_frequency=heartbeat_frequency,
        cloud=cloud,
    )
    result: CheckReport = read(_core.check_automation(text, options, places), "CheckReport")
    return result


def _build_options(seed: int | str | None, now: datetime | str | None) -> str:
    # The core has neither a clock nor a random source.
    return settings(
        seed=os.urandom(16).hex() if seed is None else seed,
        now=datetime.now(timezone.utc) if now is None else now,
    )


def build_event(
    name: str,
    input: Mapping[str, Any] | Model | None = None,
    *,
    seed: int | str | None = None,
    now: datetime | str | None = None,
) -> dict[str, Any]:
    """Builds an event.

    Args:
        name: The name of the event, such as ``"prefect.flow-run.Running"``.
        input: Values of the event, such as ``{"flow_run": {"name": "brave-otter"}}``. Missing ones are
            generated. ``describe_event(name).inputs`` lists them.
        seed: With ``now``: generates the same ids every time.
        now: The current time. Default: that of the clock.

    Returns:
        The event, as Prefect's API accepts it.

    Raises:
        ValueError: A value of the input is invalid or missing.

    Example:
        >>> event = build_event("prefect.flow-run.Running", {"flow_run": {"name": "brave-otter"}})
        >>> event["event"], event["resource"]["prefect.resource.name"]
        ('prefect.flow-run.Running', 'brave-otter')
    """
    built = _core.build_event(name, to_json(input or {}), _build_options(seed, now))
    event: dict[str, Any] = json.loads(built)
    return event


def build_event_lines(
    name: str,
    inputs: Sequence[Mapping[str, Any]],
    *,
    seed: int | str | None = None,
    now: datetime | str | None = None,
) -> str:
    """Builds an event from each input.

    Args:
        name: See ``build_event``.
        inputs: Values of each event: see ``build_event``.
        seed: See ``build_event``.
        now: See ``build_event``.

    Returns:
        The events as NDJSON, one line each.

    Raises:
        ValueError: A value of an input is invalid or missing.

    Example:
        >>> lines = build_event_lines("prefect.flow-run.Running", [{}, {}], seed=1, now="2026-03-01T12:00:00Z")
        >>> validate(lines).count
        2
    """
    return _core.build_event_lines(name, to_json(list(inputs)), _build_options(seed, now))


def build_run(
    spec: Mapping[str, Any] | None = None,
    *,
    seed: int | str | None = None,
    now: datetime | str | None = None,
) -> list[dict[str, Any]]:
    """Builds all events of a flow run, in order of time.

    Args:
        spec: The run, such as ``{"flow": "etl", "ends": "10m", "tasks": [{"name": "extract"}]}``.
        seed: With ``now``: generates the same ids every time.
        now: When the run begins to be scheduled. Default: the time of the clock.

    Returns:
        The events.

    Raises:
        ValueError: A value is invalid, or the parts of the run do not fit together.

    Example:
        >>> events = build_run({"ends": "10m", "tasks": [{"name": "extract"}]})
        >>> validate(events).valid, events[-1]["event"]
        (True, 'prefect.flow-run.Completed')
    """
    events: list[dict[str, Any]] = []
    # Part by part, so that a signal is noticed in between.
    for part in _core.build_run(to_json(spec or {}), _build_options(seed, now)):
        events += json.loads(part)
    return events


def simulate(
    scenario: Document,
    *,
    trace: bool | None = None,
    timeline: bool | None = True,
    coverage: bool | None = None,
    chance: bool | None = None,
    events: bool | None = None,
    server_version: str | None = None,
    files: Mapping[str, str] | None = None,
    automation_index: int | None = None,
) -> SimulationResult:
    """Plays a scenario: would the automation fire, when, and why, or why not?

    Args:
        scenario: A scenario, as text (YAML or JSON), bytes, the path of a file, or plain values.
        trace: Whether to return each decision. Default ``False``.
        timeline: Whether to return a timeline for each run. Default ``True``.
        coverage: Whether to return how many events pass each clause, even if the automation fires.
        chance: Whether to return which firings depend on chance.
        events: Whether to return the generated events.
        server_version: The version of the server: ``"3.9"`` (default), ``"3.8"``, ``"3.7"``, ``"3.6"``.
        files: The texts of the files that the scenario refers to, by their names there. Default: read
            from the folder of the scenario's file.
        automation_index: Of a document with several automations: which one, from 0.

    Returns:
        The firings with their reasons. Errors in the scenario are in ``errors``.

    Raises:
        ValueError: An option is invalid.

    Example:
        >>> result = simulate({
        ...     "automation": "crash-zombie-flows",
        ...     "heartbeat": {"frequency": 30},
        ...     "runs": [{"name": "zombie", "dies": "2m"}],
        ... })
        >>> [firing.at.isoformat() for firing in result.firings]
        ['2026-01-01T00:03:05+00:00']
    """
    text, places = document(scenario)
    options = settings(
        trace=trace,
        timeline=timeline,
        coverage=coverage,
        chance=chance,
        events=events,
        server_version=server_version,
        files=scenario_folder(scenario, files, text),
        automation_index=automation_index,
    )
    result: SimulationResult = read(_core.simulate(text, options, places), "SimulationResult")
    return result


def compare(
    scenario: Document,
    *,
    trace: bool | None = None,
    timeline: bool | None = None,
    files: Mapping[str, str] | None = None,
) -> VersionComparison:
    """Plays a scenario to the server 3.8 and 3.9, and reports which firings differ.

    Args:
        scenario: See ``simulate``.
        trace: See ``simulate``.
        timeline: See ``simulate``. Default ``False``.
        files: See ``simulate``.

    Returns:
        The results of both, and each difference in a sentence.

    Raises:
        ValueError: An option is invalid.

    Example:
        >>> compare({"automation": "crash-zombie-flows", "runs": [{"ends": "10m"}]}).differences
        ()
    """
    text, places = document(scenario)
    options = settings(trace=trace, timeline=timeline, files=scenario_folder(scenario, files, text))
    result: VersionComparison = read(_core.compare_versions(text, options, places), "VersionComparison")
    return result


def run_scenarios(scenarios: Document, *, files: Mapping[str, str] | None = None) -> TestReport:
    """Plays scenarios and checks what they expect.

    Args:
        scenarios: A document with one or several scenarios: see ``simulate``.
        files: The texts of the files that they refer to: see ``simulate``.

    Returns:
        Each expectation with whether it is met, and why not.

    Raises:
        ValueError: An option is invalid.

    Example:
        >>> report = run_scenarios('''
        ... automation: crash-zombie-flows
        ... heartbeat: {frequency: 30}
        ... runs: [{name: zombie, dies: 2m}]
        ... expect: [{run: zombie, fires: 2}]
        ... ''')
        >>> report.scenarios[0].expectations[0].message
        'expected: run zombie fires 2 times; actual: it fired once, at 3m5s'
    """
    text, places = document(scenarios)
    options = settings(files=scenario_folder(scenarios, files, text))
    result: TestReport = read(_core.test_scenarios(text, options, places), "TestReport")
    return result


def replay(
    automation: Document,
    events: Events,
    *,
    trace: bool | None = None,
    timeline: bool | None = True,
    coverage: bool | None = None,
    chance: bool | None = None,
    start: datetime | str | None = None,
    end: datetime | Duration | None = None,
    tick_seconds: Duration | None = None,
    tick_offset_seconds: Duration | None = None,
    delivery: Delivery | None = None,
    server_version: str | None = None,
    intended: bool | None = None,
    ignore_missing_leaders: bool | None = None,
    without_actions: bool | None = None,
    name: str | None = None,
) -> SimulationResult:
    """Plays captured events to an automation.

    Args:
        automation: One or several automations: see ``check_automation``.
        events: Captured events: see ``validate``. Several texts or files are one history.
        trace: Whether to return each decision. Default ``False``.
        timeline: Whether to return a timeline for each run. Default ``True``.
        coverage: Whether to return how many events pass each clause, even if the automation fires.
        chance: Whether to return which firings depend on chance.
        start: When the automation starts. Default: when it was created, or with the first event.
        end: When it stops: a time, or a duration from the start.
        tick_seconds: The interval of the server's loops. Default 5 s.
        tick_offset_seconds: From the start to the first round of the loops. Default 0 s.
        delivery: ``"direct"``: events reach the triggers without the filters before them.
        server_version: The version of the server. Default ``"3.9"``.
        intended: Whether to play what is intended instead of the server's faults.
        ignore_missing_leaders: Whether to evaluate events at once that follow an event which is not in
            the input. The server holds them back for 15 minutes.
        without_actions: Whether to leave out the events that the automation's recorded actions caused.
        name: Of several automations: the name of the one to use.

    Returns:
        The firings with their reasons; recorded firings are compared. Errors are in ``errors``.

    Raises:
        ValueError: An option is invalid.

    Example:
        >>> trigger = {"posture": "Reactive", "expect": ["prefect.flow-run.Failed"], "threshold": 1, "within": 0}
        >>> events = build_run({"ends": "10m", "state": "Failed"})
        >>> [firing.reason for firing in replay({"name": "Failed", "trigger": trigger}, events).firings]
        ['1 of 1 required events: prefect.flow-run.Failed']
    """
    text, places = document(automation)
    options = settings(
        trace=trace,
        timeline=timeline,
        coverage=coverage,
        chance=chance,
        start=start,
        end=end,
        tick_seconds=tick_seconds,
        tick_offset_seconds=tick_offset_seconds,
        delivery=delivery,
        server_version=server_version,
        intended=intended,
        ignore_missing_leaders=ignore_missing_leaders,
        without_actions=without_actions,
        name=name,
    )
    result: SimulationResult = read(_core.replay(text, texts(events), options, places), "SimulationResult")
    return result


def advise(
    *,
    frequency: float,
    within: float,
    tick: float | None = None,
    client_version: str | None = None,
    expect: Sequence[str] | None = None,
) -> Advice:
    """Calculates what a window over heartbeats tolerates, and how soon it finds a dead run.

    Args:
        frequency: Seconds between two heartbeats.
        within: The trigger's ``within``, in seconds.
        tick: Seconds between two proactive evaluations. Default 5.
        client_version: The version of Prefect where the flows run.
        expect: The trigger's ``expect``.

    Returns:
        The advice, with its arithmetic.

    Raises:
        ValueError: A value is invalid.

    Example:
        >>> advise(frequency=30, within=90).tolerated_misses
        1
    """
    options = settings(frequency=frequency, within=within, tick=tick, client_version=client_version, expect=expect)
    result: Advice = read(_core.heartbeat_advice(options), "Advice")
    return result


def explain(code: str) -> Explanation:
    """Explains a diagnostic code, with a right and a wrong example.

    Args:
        code: The code, such as ``"missing-label"``.

    Returns:
        The explanation.

    Raises:
        ValueError: No diagnostic has this code.

    Example:
        >>> explain("missing-label").severity
        'error'
    """
    explanation = _core.explain(code)
    if explanation is None:
        raise ValueError(f"unknown diagnostic code: {code}")
    result: Explanation = read(explanation, "Explanation")
    return result


@lru_cache(maxsize=1)
def diagnostic_codes() -> tuple[str, ...]:
    """All diagnostic codes.

    Returns:
        The codes, in the order of the documentation.

    Example:
        >>> "missing-label" in diagnostic_codes()
        True
    """
    return tuple(_core.diagnostic_codes())


@lru_cache(maxsize=1)
def event_types() -> tuple[EventType, ...]:
    """Describes all types of events.

    Returns:
        The descriptions, in the order of Prefect's documentation.

    Example:
        >>> "prefect.flow-run.{state}" in [event_type.name_pattern for event_type in event_types()]
        True
    """
    types: tuple[EventType, ...] = read(_core.event_types(), "EventType", several=True)
    return types


@lru_cache(maxsize=1)
def custom_event_inputs() -> tuple[InputKey, ...]:
    """Describes what ``build_event`` accepts for a custom event, an event whose name is not Prefect's.

    Returns:
        The keys, in the order of the event.

    Example:
        >>> [key.key for key in custom_event_inputs() if key.required]
        ['resource']
    """
    inputs: tuple[InputKey, ...] = read(_core.custom_event_inputs(), "InputKey", several=True)
    return inputs


def describe_event(name: str) -> EventType:
    """Describes the type of an event: its labels, related resources and payload, with an example.

    Args:
        name: The name of an event, or the pattern of a family: ``"prefect.flow-run.{state}"``.

    Returns:
        The description.

    Raises:
        ValueError: Prefect has no such event.

    Example:
        >>> describe_event("prefect.flow-run.Running").name_pattern
        'prefect.flow-run.{state}'
    """
    described = _core.describe_event(name)
    if described is None:
        raise ValueError(_unknown("unknown event", name, _core.suggest(name)))
    result: EventType = read(described, "EventType")
    return result


def json_schema(name: str = "events") -> dict[str, Any]:
    """The JSON Schema of events or automations.

    Args:
        name: ``"events"`` (all events), ``"event"`` (any event), ``"automation"``, ``"trigger"``,
            ``"deployment-triggers"``, ``"scenario"``, or the name of an event.

    Returns:
        The schema.

    Raises:
        ValueError: There is no such schema or event.

    Example:
        >>> json_schema("prefect.flow-run.Running")["type"]
        'object'
    """
    schema: dict[str, Any] = json.loads(_core.json_schema(name))
    return schema


def _unknown(what: str, name: str, near: str | None) -> str:
    return f"{what}: {name}" + (f"; did you mean `{near}`?" if near else "")
