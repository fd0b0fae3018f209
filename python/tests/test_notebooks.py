"""What notebooks show."""

from __future__ import annotations

from html.parser import HTMLParser
from xml.etree import ElementTree

import prefect_events as pe

SVG = "{http://www.w3.org/2000/svg}"
NASTY = "<script>alert(1)</script>\"'&\u202e\x00"
VOID = {"br"}


class Balanced(HTMLParser):
    """Collects tags, and checks that each is closed."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.links: list[str] = []
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        names = dict(attrs)
        assert not any(name.startswith("on") for name in names), attrs
        self.links += [value for name, value in attrs if name == "href" and value]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def html(result: pe.ValidationReport | pe.CheckReport | pe.SimulationResult) -> str:
    shown = result._repr_html_()
    assert shown is not None
    return shown


def picture(result: pe.SimulationResult) -> ElementTree.Element:
    shown = html(result)
    start, end = shown.index("<svg"), shown.index("</svg>") + len("</svg>")
    # An XML document: also in files of their own.
    return ElementTree.fromstring(shown[start:end])


def titles(svg: ElementTree.Element) -> list[str]:
    return [title.text or "" for title in svg.iter(f"{SVG}title")]


def test_a_report_is_a_table_whose_codes_are_links() -> None:
    event = {"event": "prefect.flow-run.Running", "occurred": NASTY, "resource": {}}
    report = pe.validate(event)
    page = Balanced(html(report))
    assert page.tags.count("tr") == len(report.diagnostics) + 1
    assert set(page.links) == {one.docs for one in report.diagnostics if one.docs}
    assert page.links and "script" not in page.tags


def test_everything_is_escaped() -> None:
    report = pe.validate({"event": NASTY, "resource": {NASTY: NASTY}})
    shown = html(report)
    assert "<script" not in shown and "\u202e" not in shown and "\x00" not in shown
    assert "&lt;script&gt;" in shown
    Balanced(shown)
    name = NASTY.replace("\x00", "")
    result = pe.simulate({"scenario": name, "automation": "crash-zombie-flows", "runs": [{"name": name, "dies": "2m"}]})
    shown = html(result)
    assert not result.errors and "<script" not in shown and "\u202e" not in shown
    Balanced(shown)
    picture(result)


def test_addresses_are_only_of_the_web() -> None:
    [found, *_] = pe.validate({"event": "acme.paid"}).diagnostics
    import msgspec

    report = pe.validate({"event": "acme.paid"})
    forged = msgspec.structs.replace(
        report, diagnostics=(msgspec.structs.replace(found, docs="javascript:alert(1)"),)
    )
    assert Balanced(html(forged)).links == []


def test_a_timeline_has_lanes_windows_firings_and_reasons() -> None:
    result = pe.simulate(
        {
            "automation": "crash-zombie-flows",
            "heartbeat": {"frequency": 30},
            "runs": [{"name": "zombie", "dies": "2m"}, {"name": "healthy", "ends": "4m", "misses": [3]}],
        },
        trace=True,
    )
    svg = picture(result)
    assert svg.get("role") == "img"
    assert svg.get("aria-label") == "Timeline: 1 of 2 lanes fired"
    assert result.timeline is not None
    found = titles(svg)
    windows = sum(len(lane.windows) for lane in result.timeline.lanes)
    assert sum(" window from " in title for title in found) == windows > 5
    [fired] = [title for title in found if title.startswith("fired 00:03:05")]
    assert fired.endswith(result.firings[0].reason)
    assert sum(title.startswith("heartbeat ") for title in found) == sum(
        len(lane.heartbeats) for lane in result.timeline.lanes
    )
    assert sum(title.startswith("missing heartbeat") for title in found) == 1
    assert any(title.startswith("the process dies 00:02:00") for title in found)
    assert any(title.startswith("rearmed ") for title in found)
    texts = [text.text for text in svg.iter(f"{SVG}text")]
    assert {"zombie", "healthy", "fired 00:03:05", "was dead", "finished", "not fired"} <= set(texts)


def test_a_replay_and_a_failure() -> None:
    trigger = {"posture": "Reactive", "expect": ["prefect.flow-run.Failed"], "threshold": 1, "within": 0}
    events = pe.build_run({"ends": "10m", "state": "Failed"}, now="2026-03-01T12:00:00Z")
    assert any(title.startswith("fired ") for title in titles(picture(pe.replay({"name": "A", "trigger": trigger}, events))))
    broken = pe.simulate("automation: 1")
    assert "<svg" not in html(broken) and "<table" in html(broken)
    assert pe.explain("missing-label").to_dict()
    assert not hasattr(pe.explain("missing-label"), "_repr_html_")


def test_large_results_stay_small() -> None:
    runs = [{"name": "run", "dies": "2h", "count": 300, "every": "1s"}]
    result = pe.simulate({"automation": "crash-zombie-flows", "heartbeat": {"frequency": 30}, "runs": runs})
    shown = html(result)
    assert len(shown) < 4_000_000 and "and 260 more lanes" in shown
    report = pe.validate([{"event": "acme.paid"}] * 5000)
    assert len(html(report)) < 200_000 and "more</p>" in html(report)
