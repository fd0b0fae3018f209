"""Events of a live server: backtests, causes, comparisons, actions, windows over heartbeats, and firings as they happen.

- ``backtest``: would the automation have fired as it did, and why not;
- ``why_run``: what happened to one run;
- ``compare_automations``: what a change fires more or less;
- ``freeze_firings``: the firings of scenarios as their expectations;
- ``render_actions``: what the actions of each firing do;
- ``window_curve``, ``observe_heartbeats``: false alarms against delay, and what captured heartbeats call for;
- ``watch``: which automations fire on a server, as it happens.

The functions that begin with ``render_`` return text for people, or in another form.
"""

from __future__ import annotations

import os
from collections.abc import Generator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from . import _core
from ._input import Document, Duration, Events, Text, document, json_text, scenario_folder, settings, texts
from ._read import read

if TYPE_CHECKING:
    from ._types import (
        Backtest,
        Comparison,
        Delivery,
        ObservedHeartbeats,
        RenderedFirings,
        Why,
        WindowCurve,
    )
    from ._watch import WatchedFiring

__all__ = [
    "backtest",
    "compare_automations",
    "freeze_firings",
    "observe_heartbeats",
    "render_actions",
    "render_backtest",
    "render_comparison",
    "render_heartbeats",
    "render_why",
    "render_window_curve",
    "watch",
    "why_run",
    "window_curve",
]


def backtest(
    automations: Document,
    events: Events,
    *,
    start: datetime | str | None = None,
    tick_seconds: Duration | None = None,
    server_version: str | None = None,
    ignore_missing_leaders: bool | None = None,
    name: str | None = None,
) -> Backtest:
    """Replays automations over captured events, and compares their firings with those that the server recorded.

    Args:
        automations: One automation or several: see ``check_automation``.
        events: Captured events, with the events ``prefect.automation.triggered`` of the server.
        start: When the automation starts. Default: when the server received its present version, if the
            document or the events say so, otherwise the first event.
        tick_seconds: The interval of the server's loops. Default 5 s.
        server_version: The version of the server. Default ``"3.9"``.
        ignore_missing_leaders: Whether to evaluate events at once that follow an event which is not in
            the input. The server holds them back for 15 minutes.
        name: Of several automations: the name of the one to use. Default: all of them.

    Returns:
        Each automation with its firings, and the cause of each difference. Errors are in ``errors``.

    Raises:
        ValueError: An option is invalid.

    Example:
        >>> from prefect_events import build_run
        >>> trigger = {"posture": "Reactive", "expect": ["prefect.flow-run.Failed"], "threshold": 1, "within": 0}
        >>> events = build_run({"flow_run": {"name": "brave-otter"}, "ends": "10m", "state": "Failed"})
        >>> [(one.name, one.verdict, one.fired_here) for one in backtest({"name": "Failed", "trigger": trigger}, events).automations]
        [('Failed', 'not-compared', 1)]
    """
    options, _ = _options(locals())
    result: Backtest = read(_backtest(automations, events, options), "Backtest")
    return result


def render_backtest(
    automations: Document,
    events: Events,
    *,
    start: datetime | str | None = None,
    tick_seconds: Duration | None = None,
    server_version: str | None = None,
    ignore_missing_leaders: bool | None = None,
    name: str | None = None,
    format: Literal["pretty", "json", "junit", "github", "markdown"] | None = None,
    colour: bool | None = None,
    columns: int | None = None,
) -> str:
    """The result of ``backtest`` as text.

    Args:
        automations: See ``backtest``.
        events: See ``backtest``.
        start: See ``backtest``.
        tick_seconds: See ``backtest``.
        server_version: See ``backtest``.
        ignore_missing_leaders: See ``backtest``.
        name: See ``backtest``.
        format: Default ``"pretty"``.
        colour: Whether to use the colours of a terminal. Default ``False``.
        columns: How many columns a line may have, from 40 on. Default 100.

    Returns:
        The text.

    Raises:
        ValueError: An option is invalid.

    Example:
        >>> from prefect_events import build_run
        >>> trigger = {"posture": "Reactive", "expect": ["prefect.flow-run.Failed"], "threshold": 1, "within": 0}
        >>> events = build_run({"flow_run": {"name": "brave-otter"}, "ends": "10m", "state": "Failed"})
        >>> print(render_backtest({"name": "Failed", "trigger": trigger}, events).splitlines()[2])
        Failed  not compared
    """
    options, how = _options(locals())
    return _backtest(automations, events, options, how).decode("utf-8")


def _backtest(automations: Document, events: Events, options: str, how: str | None = None) -> bytes:
    text, places = document(automations)
    return _core.backtest(text, texts(events), options, places, how)


_INPUTS = {"automations", "events", "old", "new", "run"}

_RENDERED = {"format", "colour", "columns"}


def _options(arguments: Mapping[str, Any]) -> tuple[str, str]:
    """Of the arguments of a function: the options of the task, and how its result is rendered."""
    of_task = {name: value for name, value in arguments.items() if name not in _INPUTS | _RENDERED}
    return settings(**of_task), settings(**{name: arguments[name] for name in _RENDERED & arguments.keys()})


def compare_automations(
    old: Document,
    new: Document,
    events: Events,
    *,
    start: datetime | str | None = None,
    tick_seconds: Duration | None = None,
    server_version: str | None = None,
    ignore_missing_leaders: bool | None = None,
) -> Comparison:
    """Plays captured events to two versions of automations, and compares the firings.

    What the recorded actions of the automation caused is not played.

    Args:
        old: The old version: see ``check_automation``.
        new: The new version.
        events: Captured events.
        start: When both start. Default: the first event.
        tick_seconds: The interval of the server's loops. Default 5 s.
        server_version: The version of the server. Default ``"3.9"``.
        ignore_missing_leaders: Whether to evaluate events at once that follow an event which is not in
            the input.

    Returns:
        Each automation, or those with the same name, with what fires more or less. Errors are in
        ``errors``.

    Raises:
        ValueError: An option is invalid.

    Example:
        >>> from prefect_events import build_run
        >>> trigger = {"posture": "Reactive", "expect": ["prefect.flow-run.Failed"], "threshold": 1, "within": 0}
        >>> events = build_run({"flow_run": {"name": "brave-otter"}, "ends": "10m", "state": "Failed"})
        >>> old, new = ({"name": "Failed", "trigger": {**trigger, "threshold": threshold}} for threshold in [1, 2])
        >>> [one.message for one in compare_automations(old, new, events).automations]
        ['1 firing with the old version, 0 with the new one']
    """
    options, _ = _options(locals())
    compared = _core.compare_automations(document(old), document(new), texts(events), options, None)
    result: Comparison = read(compared, "Comparison")
    return result


def render_comparison(
    old: Document,
    new: Document,
    events: Events,
    *,
    start: datetime | str | None = None,
    tick_seconds: Duration | None = None,
    server_version: str | None = None,
    ignore_missing_leaders: bool | None = None,
    format: Literal["pretty", "json", "junit", "github", "markdown"] | None = None,
    colour: bool | None = None,
    columns: int | None = None,
) -> str:
    """The result of ``compare_automations`` as text.

    Args:
        old: See ``compare_automations``.
        new: See ``compare_automations``.
        events: See ``compare_automations``.
        start: See ``compare_automations``.
        tick_seconds: See ``compare_automations``.
        server_version: See ``compare_automations``.
        ignore_missing_leaders: See ``compare_automations``.
        format: Default ``"pretty"``.
        colour: Whether to use the colours of a terminal. Default ``False``.
        columns: How many columns a line may have, from 40 on. Default 100.

    Returns:
        The text.

    Raises:
        ValueError: An option is invalid.

    Example:
        >>> from prefect_events import build_run
        >>> trigger = {"posture": "Reactive", "expect": ["prefect.flow-run.Failed"], "threshold": 1, "within": 0}
        >>> events = build_run({"flow_run": {"name": "brave-otter"}, "ends": "10m", "state": "Failed"})
        >>> old, new = ({"name": "Failed", "trigger": {**trigger, "threshold": threshold}} for threshold in [1, 2])
        >>> print(render_comparison(old, new, events).splitlines()[1].strip())
        1 firing with the old version, 0 with the new one
    """
    options, how = _options(locals())
    return _core.compare_automations(document(old), document(new), texts(events), options, how).decode("utf-8")


def why_run(
    events: Events,
    run: str,
    automations: Document | None = None,
    *,
    name: str | None = None,
    tick_seconds: Duration | None = None,
    server_version: str | None = None,
) -> Why:
    """Explains what happened to one run.

    Why an automation fired for it, or why it did not, and one changed line with which it would not have, or
    would have.

    Args:
        events: Captured events.
        run: The name or id of the run, or the beginning of one.
        automations: Those to look at. Default: those that the events describe.
        name: Of several automations: the name of the one to explain. Default: the one that acted on the
            run.
        tick_seconds: The interval of the server's loops. Default 5 s.
        server_version: The version of the server. Default ``"3.9"``.

    Returns:
        The explanation.

    Raises:
        ValueError: The run is unknown or ambiguous, an input cannot be read, or an option is invalid.

    Example:
        >>> from prefect_events import build_run
        >>> trigger = {"posture": "Reactive", "expect": ["prefect.flow-run.Failed"], "threshold": 1, "within": 0}
        >>> events = build_run({"flow_run": {"name": "brave-otter"}, "ends": "10m", "state": "Failed"})
        >>> why = why_run(events, "brave-otter", {"name": "Failed", "trigger": trigger})
        >>> why.state, why.cause, why.automation
        ('Failed', 'fired', 'Failed')
    """
    options, _ = _options(locals())
    given = None if automations is None else document(automations)
    result: Why = read(_core.why_run(texts(events), run, given, options, None), "Why")
    return result


def render_why(
    events: Events,
    run: str,
    automations: Document | None = None,
    *,
    name: str | None = None,
    tick_seconds: Duration | None = None,
    server_version: str | None = None,
    format: Literal["pretty", "json", "markdown"] | None = None,
    colour: bool | None = None,
    columns: int | None = None,
) -> str:
    """The result of ``why_run`` as text.

    Args:
        events: See ``why_run``.
        run: See ``why_run``.
        automations: See ``why_run``.
        name: See ``why_run``.
        tick_seconds: See ``why_run``.
        server_version: See ``why_run``.
        format: Default ``"pretty"``.
        colour: Whether to use the colours of a terminal. Default ``False``.
        columns: How many columns a line may have, from 40 on. Default 100.

    Returns:
        The text.

    Raises:
        ValueError: The run is unknown or ambiguous, an input cannot be read, or an option is invalid.

    Example:
        >>> from prefect_events import build_run
        >>> trigger = {"posture": "Reactive", "expect": ["prefect.flow-run.Failed"], "threshold": 1, "within": 0}
        >>> events = build_run({"flow_run": {"name": "brave-otter"}, "ends": "10m", "state": "Failed"})
        >>> text = render_why(events, "brave-otter", {"name": "Failed", "trigger": trigger}, format="markdown")
        >>> "brave-otter" in text
        True
    """
    options, how = _options(locals())
    given = None if automations is None else document(automations)
    return _core.why_run(texts(events), run, given, options, how).decode("utf-8")


def freeze_firings(scenarios: Text, *, files: Mapping[str, str] | None = None) -> str:
    """Freezes the firings of scenarios as their expectations, which ``run_scenarios`` then checks.

    Args:
        scenarios: A document with one or several scenarios, as text (YAML or JSON), bytes, or the path of
            a file, which is not changed.
        files: The texts of the files that the scenarios refer to, by their names there. Default: read
            from the folder of the scenarios' file.

    Returns:
        The text with a new ``expect``. All other bytes stay the same.

    Raises:
        ValueError: A scenario cannot be read or played.

    Example:
        >>> scenario = '''
        ... automation: crash-zombie-flows
        ... heartbeat: {frequency: 30}
        ... runs: [{name: zombie, dies: 2m}]
        ... '''
        >>> print(freeze_firings(scenario).splitlines()[-3:])
        ['expect:', '  - { run: zombie, fires: 1, between: [3m5s, 3m5s] }', '  - { fires: 1 }']
    """
    text, _ = document(scenarios)
    options = settings(files=scenario_folder(scenarios, files, text))
    return _core.freeze_firings(text, options).decode("utf-8", "surrogatepass")


def render_actions(
    input: Document,
    *,
    events: Events | None = None,
    given: Mapping[str, Mapping[str, Any] | None] | None = None,
    ui_url: str | None = None,
    most: int | None = None,
    start: datetime | str | None = None,
    end: datetime | Duration | None = None,
    tick_seconds: Duration | None = None,
    tick_offset_seconds: Duration | None = None,
    delivery: Delivery | None = None,
    server_version: str | None = None,
    ignore_missing_leaders: bool | None = None,
    without_actions: bool | None = None,
    name: str | None = None,
    files: Mapping[str, str] | None = None,
) -> RenderedFirings:
    """Plays a scenario, or events to an automation, and renders what the actions of each firing do.

    As the server would: texts of notifications, parameters of flow runs with their types, and what an
    action acts on.

    Args:
        input: A scenario. With ``events``: one automation or several.
        events: Captured events, which are played to the automation: see ``replay``.
        given: What only the server knows, in the form of its API: by variable (``flow_run``,
            ``deployment``, ``flow``, ``task_run``, ``work_pool``, ``work_queue``, ``concurrency_limit``,
            ``variables``), or by resource (``"prefect.flow-run.…"``). ``None``: it does not exist.
        ui_url: The address of Prefect's interface, for links. Default ``"http://127.0.0.1:4200"``.
        most: The most firings whose actions are rendered. Default 1000.
        start: With ``events``: see ``replay``.
        end: With ``events``: see ``replay``.
        tick_seconds: With ``events``: see ``replay``.
        tick_offset_seconds: With ``events``: see ``replay``.
        delivery: With ``events``: see ``replay``.
        server_version: The version of the server. Default ``"3.9"``.
        ignore_missing_leaders: With ``events``: see ``replay``.
        without_actions: With ``events``: see ``replay``.
        name: With ``events``: see ``replay``.
        files: Of a scenario: the texts of the files that it refers to. Default: read from the folder of
            the scenario's file.

    Returns:
        Each firing with its actions. Errors are in ``errors``.

    Raises:
        ValueError: An option is invalid.

    Example:
        >>> from prefect_events import build_run
        >>> trigger = {"posture": "Reactive", "expect": ["prefect.flow-run.Failed"], "threshold": 1, "within": 0}
        >>> events = build_run({"flow_run": {"name": "brave-otter"}, "ends": "10m", "state": "Failed"})
        >>> block = "019ca945-0a00-7bd1-b7fd-6c15dca0119a"
        >>> action = {"type": "send-notification", "block_document_id": block, "subject": "{{ flow_run.name }} failed"}
        >>> automation = {"name": "Failed", "trigger": trigger, "actions": [action]}
        >>> rendered = render_actions(automation, events=events)
        >>> [text.text for text in rendered.firings[0].actions[0].texts][0]
        'brave-otter failed'
    """
    text, places = document(input)
    options = settings(
        start=start,
        end=end,
        tick_seconds=tick_seconds,
        tick_offset_seconds=tick_offset_seconds,
        delivery=delivery,
        server_version=server_version,
        ignore_missing_leaders=ignore_missing_leaders,
        without_actions=without_actions,
        name=name,
        files=files if events is not None else scenario_folder(input, files, text),
    )
    all_events = None if events is None else texts(events)
    of_actions = settings(ui_url=ui_url, most=most)
    rendered = _core.render_actions((text, places), all_events, json_text(given), options, of_actions)
    result: RenderedFirings = read(rendered, "RenderedFirings")
    return result


def window_curve(
    *,
    frequency: Duration | None = None,
    within: Duration | None = None,
    windows: Sequence[Duration] | None = None,
    loss: float | str | None = None,
    jitter: Duration | None = None,
    drift: Duration | None = None,
    outage: str | None = None,
    runs: int | None = None,
    hours: float | None = None,
    seed: int | None = None,
    tick: Duration | None = None,
    target: str | None = None,
    run_hours: int | None = None,
) -> WindowCurve:
    """Calculates the false alarms of windows over heartbeats against the delay of detection.

    Exactly where heartbeats are only lost at random, otherwise by simulation, from a seed.

    Args:
        frequency: Between two heartbeats of a run. Clients raise it to 30 s. Default 180 s.
        within: The present ``within`` of the trigger, from 10 s.
        windows: The windows to calculate, at most 100. Default: for each number of missed heartbeats the
            shortest that tolerates it, and ``within``.
        loss: The probability that a heartbeat never arrives: from 0 to 0.9, or ``"2%"``. Default 0.
        jitter: A heartbeat arrives later than it occurred by a random span up to this. Default 0.
        drift: By how much each period between two heartbeats exceeds ``frequency``. Default 0.015 s.
        outage: A time without heartbeats: ``"30s/day"`` is 30 s, once in each day, at random.
        runs: How many runs are alive at any time. Default 1.
        hours: How many hours a run lives. Default 24.
        seed: The seed of all random numbers. Default 0.
        tick: From one evaluation of the server to the next. Default 5 s.
        target: How many false alarms are allowed over all runs. Default ``"1/month"``.
        run_hours: How many hours of runs to simulate at most, where no formula is exact.

    Returns:
        The windows with their false alarms and delays, and the assumptions.

    Raises:
        ValueError: A value is invalid.

    Example:
        >>> curve = window_curve(frequency=30, loss="2%", target="1/week")
        >>> curve.best
        92.0
    """
    options, _ = _options(locals())
    result: WindowCurve = read(_core.window_curve(options, None), "WindowCurve")
    return result


def render_window_curve(
    *,
    frequency: Duration | None = None,
    within: Duration | None = None,
    windows: Sequence[Duration] | None = None,
    loss: float | str | None = None,
    jitter: Duration | None = None,
    drift: Duration | None = None,
    outage: str | None = None,
    runs: int | None = None,
    hours: float | None = None,
    seed: int | None = None,
    tick: Duration | None = None,
    target: str | None = None,
    run_hours: int | None = None,
    format: Literal["pretty", "json"] | None = None,
    colour: bool | None = None,
    columns: int | None = None,
) -> str:
    """The result of ``window_curve`` as text.

    Args:
        frequency: See ``window_curve``.
        within: See ``window_curve``.
        windows: See ``window_curve``.
        loss: See ``window_curve``.
        jitter: See ``window_curve``.
        drift: See ``window_curve``.
        outage: See ``window_curve``.
        runs: See ``window_curve``.
        hours: See ``window_curve``.
        seed: See ``window_curve``.
        tick: See ``window_curve``.
        target: See ``window_curve``.
        run_hours: See ``window_curve``.
        format: Default ``"pretty"``.
        colour: Whether to use the colours of a terminal. Default ``False``.
        columns: How many columns a line may have, from 40 on. Default 100.

    Returns:
        The text.

    Raises:
        ValueError: A value is invalid.

    Example:
        >>> print(render_window_curve(frequency=30, loss="2%").splitlines()[0])
        Heartbeats every 30.015 s: 2 % lost
    """
    options, how = _options(locals())
    return _core.window_curve(options, how).decode("utf-8")


def observe_heartbeats(events: Events, *, within: Duration | None = None) -> ObservedHeartbeats:
    """Reads the heartbeats among captured events.

    Args:
        events: Captured events.
        within: The present ``within`` of the trigger. Default: it is not among the windows.

    Returns:
        Their gaps by deployment, delays, bursts and losses, and the windows that they call for.

    Raises:
        ValueError: The events cannot be read, or the option is invalid.

    Example:
        >>> from prefect_events import build_run
        >>> events = build_run({"ends": "10m", "heartbeat": {"frequency": 30}}, now="2026-03-01T12:00:00Z")
        >>> observed = observe_heartbeats(events)
        >>> observed.heartbeats, observed.calls_for
        (20, 31.0)
    """
    options, _ = _options(locals())
    observed = _core.observe_heartbeats(texts(events), options, None)
    result: ObservedHeartbeats = read(observed, "ObservedHeartbeats")
    return result


def render_heartbeats(
    events: Events,
    *,
    within: Duration | None = None,
    format: Literal["pretty", "json"] | None = None,
    colour: bool | None = None,
    columns: int | None = None,
) -> str:
    """The result of ``observe_heartbeats`` as text.

    Args:
        events: See ``observe_heartbeats``.
        within: See ``observe_heartbeats``.
        format: Default ``"pretty"``.
        colour: Whether to use the colours of a terminal. Default ``False``.
        columns: How many columns a line may have, from 40 on. Default 100.

    Returns:
        The text.

    Raises:
        ValueError: The events cannot be read, or an option is invalid.

    Example:
        >>> from prefect_events import build_run
        >>> events = build_run({"ends": "10m", "heartbeat": {"frequency": 30}}, now="2026-03-01T12:00:00Z")
        >>> print(render_heartbeats(events).splitlines()[0])
        20 heartbeats of 1 run among 23 events
    """
    options, how = _options(locals())
    return _core.observe_heartbeats(texts(events), options, how).decode("utf-8")


def watch(
    automations: Document,
    *,
    state: str | os.PathLike[str] | None = None,
    since: datetime | str | None = None,
    server_version: str | None = None,
    reorder_seconds: Duration | None = None,
    check_seconds: Duration | None = None,
    profile: str | None = None,
    url: str | None = None,
    auth_string: str | None = None,
    api_key: str | None = None,
) -> Generator[WatchedFiring, None, None]:
    """Plays the events of a live server to automations, and yields each firing as soon as it is certain.

    It needs ``prefect-events[stream]``. Close it, or leave the loop, to write the state.

    Args:
        automations: One automation or several: see ``check_automation``. Texts or paths in a list are
            several documents.
        state: The path of a file that keeps the state: the next watch with the same automations goes on
            from there, and yields each firing once. Default: none is kept.
        since: When the automations start, without a saved state: a point in time, or how long ago, such as
            ``"1h"``. Default: now.
        server_version: The version of the server. Default ``"3.9"``.
        reorder_seconds: How long the server may take to store an event that it has received: firings are
            certain so much later. Default 10 s.
        check_seconds: The time between two pulls. Default 15 s.
        profile: The profile of Prefect that names the server. Default: Prefect's settings, as Prefect reads
            them.
        url: The address of the server's API, instead of Prefect's settings.
        auth_string: With ``url``: user and password, as ``PREFECT_API_AUTH_STRING``.
        api_key: With ``url``: the key of Prefect Cloud.

    Returns:
        The firings, each with the name of its automation. It waits for the next one.

    Raises:
        ValueError: The automations cannot be read, an option is invalid, or the state is damaged or that of
            other automations or of another server.
        OSError: The server or the state cannot be read, or the state not be written.

    Example:
        >>> trigger = {"posture": "Reactive", "expect": ["prefect.flow-run.Failed"], "threshold": 1, "within": 0}
        >>> firings = watch({"name": "Failed", "trigger": trigger}, url="http://127.0.0.1:4200/api")
        >>> firings.close()
    """
    from ._watch import begin, connection, documents

    options = settings(
        since=since,
        server_version=server_version,
        reorder_seconds=reorder_seconds,
        check_seconds=check_seconds,
    )
    return begin(connection(url, auth_string, api_key, profile), documents(automations), options, state)
