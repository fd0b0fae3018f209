"""Inputs of all kinds, and how they are judged."""

from __future__ import annotations

import dataclasses
import json
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

import prefect_events as pe

EVENT: dict[str, Any] = {
    "event": "acme.paid",
    "occurred": "2026-03-31T18:30:00Z",
    "resource": {"prefect.resource.id": "acme.order.42"},
    "id": "019d4528-e040-7de0-838a-f446f930975f",
}
TEXT = json.dumps(EVENT)


class Model:
    """What Prefect's models have."""

    def model_dump(self, *, mode: str) -> dict[str, Any]:
        assert mode == "json"
        return EVENT


def inputs(folder: Path) -> list[Any]:
    file = folder / "event.json"
    file.write_text(TEXT)
    occurred = datetime(2026, 3, 31, 18, 30, tzinfo=timezone.utc)
    return [TEXT, TEXT.encode(), bytearray(TEXT.encode()), file, EVENT, [EVENT], Model(), [Model()], {**EVENT, "occurred": occurred}]


def test_every_kind_of_input_has_the_same_verdict(tmp_path: Path) -> None:
    for given in inputs(tmp_path):
        report = pe.validate(given)
        assert (report.valid, report.count, report.diagnostics) == (True, 1, ()), given


def test_places_are_of_texts_only() -> None:
    wrong = {**EVENT, "resource": {}}
    [of_text] = pe.validate(json.dumps(wrong)).diagnostics
    [of_object] = pe.validate(wrong).diagnostics
    assert of_text.code == of_object.code == "missing-resource-id"
    assert of_text.range is not None and of_text.range.start.line == 1
    assert of_object.range is None


def test_results_are_frozen_and_become_plain_values() -> None:
    report = pe.validate({**EVENT, "resource": {}})
    with pytest.raises(AttributeError):
        report.valid = True  # type: ignore[misc]
    plain = report.to_dict()
    assert plain["diagnostics"][0]["code"] == "missing-resource-id"
    assert "truncated" not in plain
    assert json.loads(json.dumps(plain)) == plain


def test_wrong_data_is_a_report() -> None:
    documents: list[Any] = ["", "{", b"\xff", "\ud800", "null", "[1, 2", {}, []]
    for wrong in documents:
        assert isinstance(pe.validate(wrong), pe.ValidationReport)


def test_misuse_is_an_exception_with_the_sentence_of_the_core() -> None:
    with pytest.raises(ValueError, match="must be `documented` or `server`, not `strict`"):
        pe.validate(EVENT, profile="strict")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="did you mean `missing-label`"):
        pe.validate(EVENT, severity={"mising-label": "off"})
    with pytest.raises(TypeError, match="object has no form in JSON"):
        pe.validate({"event": object()})
    with pytest.raises(ValueError, match="JSON compliant"):
        pe.validate({"event": float("nan")})
    with pytest.raises(ValueError, match="`flowrun`"):
        pe.build_event("prefect.flow-run.Running", {"flowrun": {}})
    with pytest.raises(ValueError, match="did you mean"):
        pe.describe_event("prefect.worker.startd")
    with pytest.raises(ValueError):
        pe.explain("no-such-code")


SCENARIO = """
automation: crash-zombie-flows
start: 2026-03-01T12:00:00Z
end: 10m
heartbeat: {frequency: 30}
runs: [{name: zombie, dies: 2m}]
"""


def test_a_scenario_fires_and_says_why() -> None:
    result = pe.simulate(SCENARIO, trace=True)
    [firing] = result.firings
    assert firing.at.tzinfo is not None and firing.at > datetime(2026, 3, 1, 12, 2, tzinfo=timezone.utc)
    assert firing.reason
    assert result.timeline is not None and result.timeline.lanes[0].name == "zombie"
    assert result.to_dict()["firings"][0]["at"].startswith("2026-03-01T12:0")


def test_times_are_exact_to_the_microsecond() -> None:
    result = pe.simulate(SCENARIO)
    text = result.to_dict()["firings"][0]["at"]
    assert datetime.fromisoformat(text.replace("Z", "+00:00")) == result.firings[0].at


def test_history_and_replay() -> None:
    events = pe.build_run({"ends": "10m", "dies": "4m", "heartbeat": {"frequency": 30}}, seed=1, now="2026-03-01T12:00:00Z")
    assert pe.validate(events).errors == 0
    automation = {
        "name": "zombies",
        "trigger": {
            "type": "event",
            "posture": "Proactive",
            "after": ["prefect.flow-run.heartbeat"],
            "expect": ["prefect.flow-run.*"],
            "for_each": ["prefect.resource.id"],
            "within": 90,
        },
        "actions": [{"type": "change-flow-run-state", "state": "CRASHED"}],
    }
    result = pe.replay(automation, events, end=timedelta(hours=1))
    assert not result.errors
    assert len(result.firings) == 1
    lines = "\n".join(json.dumps(event) for event in events)
    assert pe.replay(json.dumps(automation), lines, end="1h").firings == result.firings


def test_the_same_seed_gives_the_same_events() -> None:
    once, again = (pe.build_event("prefect.flow-run.Running", seed="x", now="2026-03-01T12:00:00Z") for _ in range(2))
    assert once == again
    assert pe.build_event("prefect.flow-run.Running")["id"] != pe.build_event("prefect.flow-run.Running")["id"]


def test_explanations_descriptions_and_schemas() -> None:
    for code in pe.diagnostic_codes():
        explanation = pe.explain(code)
        assert explanation.code == code and explanation.wrong != explanation.right
    assert len(pe.event_types()) == 83
    running = pe.describe_event("prefect.flow-run.Running")
    assert running.name_pattern == "prefect.flow-run.{state}"
    assert running.example["event"] == "prefect.flow-run.Running"
    assert pe.validate(running.example).valid
    for name in ["events", "automation", "trigger", "deployment-triggers", "prefect.flow-run.Running"]:
        assert pe.json_schema(name)["$schema"].startswith("https://json-schema.org")


def test_advice() -> None:
    advice = pe.advise(frequency=180, within=540)
    assert advice.tolerated_misses == 1
    assert advice.recommended_within == 810


def test_results_are_no_dataclasses_but_compare_and_hash() -> None:
    assert not dataclasses.is_dataclass(pe.ValidationReport)
    assert pe.validate(EVENT) == pe.validate(TEXT)
