"""The plugin of pytest, as its users see it: in processes of their own, from the installed wheel."""

from __future__ import annotations

import textwrap

import pytest

MET = """\
# yaml-language-server: $schema=./scenario.json
- scenario: a dead run is found
  automation: crash-zombie-flows
  heartbeat: { frequency: 30 }
  runs: [{ name: zombie, dies: 2m }]
  expect: [{ run: zombie, fires: 1, between: [3m, 3m30s] }]
- automation: crash-zombie-flows
  heartbeat: { frequency: 30 }
  runs: [{ name: healthy, ends: 10m }]
  expect: [{ run: healthy, never: true }]
"""
UNMET = MET.replace("[3m, 3m30s]", "[4m, 5m]")


def files(pytester: pytest.Pytester, **texts: str) -> None:
    for name, text in texts.items():
        (pytester.path / f"{name}.scenario.yaml").write_text(text)


def test_one_item_for_each_scenario(pytester: pytest.Pytester) -> None:
    files(pytester, zombies=MET)
    result = pytester.runpytest("-v")
    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines(
        ["zombies.scenario.yaml::a dead run is found PASSED*", "zombies.scenario.yaml::scenario 2 PASSED*"]
    )
    pytester.runpytest("-k", "dead").assert_outcomes(passed=1, deselected=1)
    pytester.runpytest("zombies.scenario.yaml::scenario 2").assert_outcomes(passed=1)


def test_a_failure_shows_what_was_expected_and_what_happened(pytester: pytest.Pytester) -> None:
    files(pytester, zombies=UNMET)
    result = pytester.runpytest()
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(
        [
            "*a dead run is found*",
            "*expected: run zombie fires once between 4m and 5m; actual: it fired once, at 3m5s*",
            "*zombie *●*✗*",
            "*expected *[[]*[]]*",
            "*none of the expected events arrived*",
        ]
    )
    # No traceback of the plugin.
    result.stdout.no_fnmatch_line("*_scenarios.py*")


def test_the_update_freezes_firings(pytester: pytest.Pytester) -> None:
    files(pytester, zombies=UNMET, met=MET)
    result = pytester.runpytest("--prefect-events-update")
    result.assert_outcomes(passed=4)
    result.stdout.fnmatch_lines(["*updated*zombies.scenario.yaml"])
    text = (pytester.path / "zombies.scenario.yaml").read_text()
    assert text.startswith("# yaml-language-server") and "between: [3m5s, 3m5s]" in text
    assert sorted(file.name for file in pytester.path.glob("*zombies*")) == ["zombies.scenario.yaml"]
    again = pytester.runpytest("--prefect-events-update")
    again.assert_outcomes(passed=4)
    again.stdout.no_fnmatch_line("*updated*")


EDITS = """
import pathlib
import prefect_events._core as core

freeze = core.freeze_firings


def edited(text, options):
    with pathlib.Path("zombies.scenario.yaml").open("a") as file:
        file.write("# an edit\\n")
    return freeze(text, options)


core.freeze_firings = edited
"""


def test_the_update_does_not_touch_a_file_that_changed_meanwhile(pytester: pytest.Pytester) -> None:
    files(pytester, zombies=UNMET)
    pytester.makeconftest(EDITS)
    result = pytester.runpytest_subprocess("--prefect-events-update")
    result.assert_outcomes(failed=2)
    result.stdout.fnmatch_lines(["zombies.scenario.yaml changed during the check: not updated"])
    assert (pytester.path / "zombies.scenario.yaml").read_text() == UNMET + "# an edit\n"


def test_the_update_does_not_touch_a_read_only_file(pytester: pytest.Pytester) -> None:
    files(pytester, zombies=UNMET)
    path = pytester.path / "zombies.scenario.yaml"
    path.chmod(0o444)
    result = pytester.runpytest("--prefect-events-update")
    result.assert_outcomes(failed=2)
    result.stdout.fnmatch_lines(["zombies.scenario.yaml is read-only: not updated"])
    assert path.read_text() == UNMET


def test_the_update_keeps_links(pytester: pytest.Pytester) -> None:
    files(pytester, zombies=UNMET)
    path = pytester.path / "zombies.scenario.yaml"
    other, link = pytester.path / "other.yaml", pytester.path / "link.scenario.yaml"
    other.hardlink_to(path)
    link.symlink_to(path.name)
    pytester.runpytest("--prefect-events-update", link.name).assert_outcomes(passed=2)
    assert path.samefile(other) and link.is_symlink()
    assert "between: [3m5s, 3m5s]" in other.read_text()


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("automation: [\n", "broken.scenario.yaml:1:13: *"),
        ("- just a text\n", "*--> broken.scenario.yaml:1:3"),
        ("trigger: {type: event}\nname: an automation\n", "broken.scenario.yaml:1:1: *an automation*"),
        ("", "broken.scenario.yaml:*"),
    ],
)
def test_a_broken_file_is_one_clear_error(pytester: pytest.Pytester, text: str, place: str) -> None:
    files(pytester, broken=text, zombies=MET)
    result = pytester.runpytest()
    outcomes = result.parseoutcomes()
    assert outcomes.get("errors", 0) + outcomes.get("failed", 0) == 1, outcomes
    result.stdout.fnmatch_lines([place])
    result.stdout.no_fnmatch_line("*Traceback*")


def test_a_broken_scenario_fails_with_its_place(pytester: pytest.Pytester) -> None:
    broken = MET.replace("dies: 2m", "dies: yesterday")
    missing = MET.replace("automation: crash-zombie-flows", "automation: ./none.yaml")
    files(pytester, broken=broken, missing=missing)
    result = pytester.runpytest()
    result.assert_outcomes(passed=1, failed=3)
    result.stdout.fnmatch_lines(["error*`dies` must be*", "*--> broken.scenario.yaml:5:*", "missing.scenario.yaml: *none.yaml: No such file*"])


def test_the_globs_are_an_option(pytester: pytest.Pytester) -> None:
    pytester.makeini("[pytest]\nprefect_events_scenarios = scenarios/*.yml *.zombies\n")
    folder = pytester.mkdir("scenarios")
    (folder / "one.yml").write_text(MET)
    (pytester.path / "two.zombies").write_text(MET)
    files(pytester, ignored=UNMET)
    pytester.runpytest().assert_outcomes(passed=4)


def test_xdist(pytester: pytest.Pytester) -> None:
    pytest.importorskip("xdist")
    files(pytester, zombies=UNMET, met=MET)
    result = pytester.runpytest_subprocess("-n", "2")
    result.assert_outcomes(passed=3, failed=1)
    result.stdout.fnmatch_lines(["*expected: run zombie fires once between 4m and 5m*"])
    updated = pytester.runpytest_subprocess("-n", "2", "--prefect-events-update")
    updated.assert_outcomes(passed=4)
    updated.stdout.fnmatch_lines(["*updated*zombies.scenario.yaml"])


FIXTURE = '''
import pytest

ZOMBIES = "crash-zombie-flows"
FAILED = {"name": "Failed", "trigger": {"posture": "Reactive", "expect": ["prefect.flow-run.Failed"], "threshold": 1, "within": 0}}


class Model:
    def __init__(self, content):
        self.content = content

    def model_dump(self, *, mode):
        assert mode == "json"
        return self.content


class Client:
    all = []

    def __init__(self, *events):
        self.events = list(events)
        Client.all.append(self)
'''


def run(pytester: pytest.Pytester, body: str) -> pytest.RunResult:
    pytester.makepyfile(FIXTURE + "\n\ndef test_it(prefect_events):\n" + textwrap.indent(textwrap.dedent(body), "    "))
    return pytester.runpytest()


@pytest.mark.parametrize(
    "body",
    [
        'prefect_events.assert_fires(ZOMBIES, {"dies": "2m"}, times=1, between=("3m", "4m"))',
        'prefect_events.assert_fires(ZOMBIES, [{"dies": "2m"}, {"dies": "3m"}], times=2)',
        'prefect_events.assert_never_fires(ZOMBIES, {"ends": "10m"})',
        'prefect_events.assert_fires(FAILED, {"ends": "10m", "state": "Failed"})',
        'prefect_events.assert_fires(Model(FAILED), events=prefect_events.build_run({"ends": "10m", "state": "Failed"}))',
        'prefect_events.assert_fires(Model(FAILED["trigger"]), {"ends": "10m", "state": "Failed"})',
        'prefect_events.assert_fires(FAILED, events=map(Model, prefect_events.build_run({"state": "Failed"})))',
        """
        from datetime import timedelta
        prefect_events.assert_fires(ZOMBIES, {"dies": timedelta(minutes=2)}, between=(180, timedelta(minutes=4)))
        """,
        """
        import json, pathlib
        pathlib.Path("automation.json").write_text(json.dumps(FAILED))
        prefect_events.assert_never_fires(pathlib.Path("automation.json"), {"ends": "10m"})
        prefect_events.assert_never_fires(json.dumps(FAILED), {"ends": "10m"})
        """,
        """
        result = prefect_events.simulate(ZOMBIES, run={"name": "zombie", "dies": "2m"})
        assert [firing.at.minute for firing in result.firings] == [3]
        """,
        """
        with pytest.raises(ValueError, match="`dies`"):
            prefect_events.assert_fires(ZOMBIES, {"dies": "yesterday"})
        with pytest.raises(TypeError, match="either a run"):
            prefect_events.assert_fires(ZOMBIES)
        """,
        """
        import prefect_events as pe
        paid = pe.build_event("prefect.flow-run.Running")
        client = Client(Model(paid), Model(pe.build_event("prefect.flow-run.Completed")))
        captured = prefect_events.captured(client)
        assert captured.event("prefect.flow-run.Running") is client.events[0]
        assert captured.names == ("prefect.flow-run.Running", "prefect.flow-run.Completed") and len(captured) == 2
        Client(Model(paid))
        assert len(prefect_events.captured(Client)) == 3
        with pytest.raises(AssertionError, match="2 events are called prefect.flow-run.Running"):
            prefect_events.captured(Client).event("prefect.flow-run.Running")
        """,
    ],
)
def test_what_holds(pytester: pytest.Pytester, body: str) -> None:
    run(pytester, body).assert_outcomes(passed=1)


@pytest.mark.parametrize(
    ("body", "lines"),
    [
        (
            'prefect_events.assert_fires(ZOMBIES, {"ends": "10m"})',
            ["*expected: the automation fires; actual: it never fired: 20 windows opened, *"],
        ),
        (
            'prefect_events.assert_never_fires(ZOMBIES, {"dies": "2m"})',
            ["*expected: the automation never fires; actual: it fired once, at 3m5s*", "*none of the expected events*"],
        ),
        (
            'prefect_events.assert_fires(FAILED, events=prefect_events.build_run({"ends": "10m"}))',
            ["*it never fired: none of the 7 events matches `expect` (`prefect.flow-run.Failed`); seen: *"],
        ),
        (
            'prefect_events.captured(Client(Model({"event": "acme.paid", "resource": {}})))',
            ["*missing-resource-id (event 0, acme.paid): *"],
        ),
        (
            'prefect_events.captured(Client()).event("acme.paid")',
            ["*no event is called acme.paid: none was caught*"],
        ),
        (
            """
            import prefect_events as pe
            caught = Client(Model(pe.build_event("prefect.flow-run.Running")))
            prefect_events.captured(caught).event("prefect.flow-run.Completed")
            """,
            ["*no event is called prefect.flow-run.Completed; caught: prefect.flow-run.Running*"],
        ),
    ],
)
def test_what_does_not_hold_says_why(pytester: pytest.Pytester, body: str, lines: list[str]) -> None:
    result = run(pytester, body)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(lines)
    # The traceback ends in the test.
    result.stdout.no_fnmatch_line("*testing.py*")


def test_prefect_is_not_imported(pytester: pytest.Pytester) -> None:
    run(
        pytester,
        """
        prefect_events.assert_fires(ZOMBIES, {"dies": "2m"})
        import sys
        assert "prefect" not in sys.modules
        """,
    ).assert_outcomes(passed=1)
