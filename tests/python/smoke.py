"""What a user does first, in an environment with nothing but the wheel: each part of the package once."""

import datetime
import importlib.metadata
import subprocess
import sys

import prefect_events as pe

assert importlib.metadata.version("prefect-events") == pe.__version__
assert "prefect" not in sys.modules

report = pe.validate('{"event": "acme.paid", "occurred": "2026-03-31T18:30:00Z", "resource": {}}')
assert [finding.code for finding in report.diagnostics] == ["missing-field", "missing-resource-id"], report
assert report.to_dict()["errors"] == 2

events = pe.build_run({"ends": "10m", "dies": "4m", "heartbeat": {"frequency": 30}}, seed=1, now="2026-03-01T12:00:00Z")
assert pe.validate(events).valid
automation = pe.check_automation("name: a\ntrigger: {expect: [prefect.flow-run.Failed]}\nactions: [{type: do-nothing}]\n")
assert automation.count == 1, automation

scenario = "automation: crash-zombie-flows\nend: 10m\nheartbeat: {frequency: 30}\nruns: [{name: zombie, dies: 2m}]\n"
[firing] = pe.simulate(scenario).firings
assert isinstance(firing.at, datetime.datetime) and firing.at.tzinfo is not None
assert pe.run_scenarios(scenario + "expect: [{run: zombie, fires: 1}]\n").passed == 1
assert pe.advise(frequency=180, within=540).tolerated_misses == 1
assert pe.explain("missing-resource-id").code == "missing-resource-id"
assert pe.describe_event("prefect.flow-run.Running").example
assert pe.json_schema("automation")["$schema"]

command = [sys.executable, "-m", "prefect_events", "validate", "-"]
checked = subprocess.run(command, input='{"event": "acme.paid"}', capture_output=True, text=True)
assert checked.returncode == 1 and "error[missing-field]" in checked.stdout, checked
