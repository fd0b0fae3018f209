"""The functions for captured events. What they return is tested where they are made; here, that they get there."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import prefect_events as pe
from prefect_events import live

AUTOMATION: dict[str, Any] = {
    "name": "Crash zombie flows",
    "trigger": {
        "posture": "Proactive",
        "after": ["prefect.flow-run.heartbeat"],
        "expect": ["prefect.flow-run.*"],
        "for_each": ["prefect.resource.id"],
        "within": 90,
    },
    "actions": [{"type": "change-flow-run-state", "state": "CRASHED"}],
}
SCENARIO: dict[str, Any] = {
    "automation": AUTOMATION,
    "heartbeat": {"frequency": 30},
    "runs": [{"name": "zombie", "dies": "2m"}, {"name": "healthy", "ends": "30m"}],
}


@pytest.fixture(scope="module")
def events() -> list[dict[str, Any]]:
    events = pe.simulate(SCENARIO, events=True).events
    assert events
    return list(events)


def test_backtest(events: list[dict[str, Any]]) -> None:
    result = live.backtest(AUTOMATION, events)
    assert result.events == len(events) and len(result.automations) == 1
    assert not result.errors
    text = live.render_backtest(AUTOMATION, events, columns=80)
    assert "Crash zombie flows" in text
    assert json.loads(live.render_backtest(AUTOMATION, events, format="json"))["events"] == len(events)
    errors = live.backtest(AUTOMATION, ["{"]).errors
    assert errors and errors[0].code == "syntax-truncated"


def test_compare_automations(events: list[dict[str, Any]]) -> None:
    longer = {**AUTOMATION, "trigger": {**AUTOMATION["trigger"], "within": 600}}
    result = live.compare_automations(AUTOMATION, longer, events)
    assert not result.same
    assert live.compare_automations(AUTOMATION, AUTOMATION, events).same
    assert "Crash zombie flows" in live.render_comparison(AUTOMATION, longer, events)


def test_why_run(events: list[dict[str, Any]]) -> None:
    result = live.why_run(events, "zombie", AUTOMATION)
    assert result.run == "zombie" and result.fired is not None
    assert "zombie" in live.render_why(events, "zombie", AUTOMATION)
    with pytest.raises(ValueError, match="nobody"):
        live.why_run(events, "nobody", AUTOMATION)


def test_freeze_firings(tmp_path: Path) -> None:
    (tmp_path / "automation.json").write_text(json.dumps(AUTOMATION))
    scenario = tmp_path / "zombies.yaml"
    scenario.write_text("automation: automation.json\nheartbeat: {frequency: 30}\nruns: [{name: zombie, dies: 2m}]\n")
    frozen = live.freeze_firings(scenario)
    assert "{ run: zombie, fires: 1, between: [3m5s, 3m5s] }" in frozen
    assert "expect" not in scenario.read_text()
    with pytest.raises(ValueError, match="line 2"):
        live.freeze_firings("automation: crash-zombie-flows\nruns: 1\n")


def test_render_actions(events: list[dict[str, Any]]) -> None:
    [of_scenario] = live.render_actions(SCENARIO, given={"flow_run": {"name": "zombie"}}).firings
    assert of_scenario.actions[0].type == "change-flow-run-state"
    [of_events, *_] = live.render_actions(AUTOMATION, events=events, most=1).firings
    assert of_events.actions[0].type == "change-flow-run-state"


def test_window_curve_and_heartbeats(events: list[dict[str, Any]]) -> None:
    assert [one.within for one in live.window_curve(frequency=30, windows=[90, "2m"]).windows] == [90, 120]
    assert "false alarms" in live.render_window_curve(frequency=30)
    assert live.observe_heartbeats(events).runs == 2
    assert "heartbeats" in live.render_heartbeats(events)
    with pytest.raises(ValueError, match="loss"):
        live.window_curve(loss=2)
