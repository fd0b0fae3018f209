"""Ctrl-C ends a long call within a second, whatever it does."""

from __future__ import annotations

import signal
import subprocess
import sys
import time

import pytest

# What a program of a user does before the call. An event is a kilobyte unless it is small; a scenario or a run of a few lines
# has a million.
PREPARE = """
import json, sys
import prefect_events as pe

EVENT = json.dumps({
    "event": "acme.paid", "occurred": "2026-03-31T18:30:00Z", "resource": {"prefect.resource.id": "acme.order.42"},
    "payload": {"note": "x" * 800}, "id": "019d4528-e040-7de0-838a-f446f930975f",
})
AUTOMATION = '''{
    "name": "zombies", "actions": [{"type": "do-nothing"}], "trigger": {
        "type": "event", "posture": "Reactive", "expect": ["acme.*"], "threshold": 3, "within": 90,
    "for_each": ["prefect.resource.id"]}}'''.replace("\\n", " ")

def lines(megabytes, event=EVENT):
    return (event + "\\n").encode() * (megabytes * 1_000_000 // len(event))
"""

CALLS = {
    "validate": ("text = lines(800, EVENT.replace('x', ''))", "pe.validate(text)"),
    "validate, of values": ("values = [json.loads(EVENT)] * 2_000_000", "pe.validate(values)"),
    "validate_file": (
        "text = lines(1)\nclass Endless:\n    def read(self, size): return text",
        "pe.validate_file(Endless())",
    ),
    "check_automation": ("text = ((AUTOMATION + ',') * 200_000)[:-1]", "pe.check_automation('[' + text + ']')"),
    "simulate": (
        "text = 'automation: crash-zombie-flows\\nend: 30d\\nheartbeat: {frequency: 30}\\nruns: [{name: a, count: 20}]'",
        "pe.simulate(text)",
    ),
    "compare": (
        "text = 'automation: crash-zombie-flows\\nend: 30d\\nheartbeat: {frequency: 30}\\nruns: [{name: a, count: 20}]'",
        "pe.compare(text)",
    ),
    "build_run": ("spec = {'ends': '8000h', 'heartbeat': {'frequency': 30}}", "pe.build_run(spec)"),
    "build_event_lines": ("inputs = [{}] * 2_000_000", "pe.build_event_lines('prefect.flow-run.Running', inputs)"),
    "replay": ("text = lines(600, EVENT.replace('x', ''))", "pe.replay(AUTOMATION, text)"),
}


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C is no signal there")
@pytest.mark.parametrize("name", CALLS)
def test_a_signal_ends_a_long_call_within_a_second(name: str) -> None:
    prepare, call = CALLS[name]
    code = f"{PREPARE}\n{prepare}\nprint('begins', flush=True)\n{call}\nprint('ended', flush=True)"
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None and process.stderr is not None
        assert process.stdout.readline() == "begins\n", process.stderr.read()
        time.sleep(0.5)
        process.send_signal(signal.SIGINT)
        sent = time.monotonic()
        try:
            output, errors = process.communicate(timeout=30)
        finally:
            process.kill()
        took = time.monotonic() - sent
    assert output == "", "the call was too short to be interrupted"
    assert "KeyboardInterrupt" in errors, errors
    assert took < 1, took
