"""The plugin of pytest: collects scenario files, and has the fixture ``prefect_events``.

pytest imports it in every project, so it imports nothing until it is needed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ._scenarios import Scenarios
    from .testing import PrefectEvents

UPDATE = "--prefect-events-update"
PATTERNS = "prefect_events_scenarios"
UPDATED = "prefect-events-updated"


@pytest.fixture
def prefect_events() -> PrefectEvents:
    """Assertions about automations and events: ``assert_fires``, ``assert_never_fires``, ``captured`` and more."""
    from .testing import PrefectEvents

    return PrefectEvents()


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("prefect-events")
    group.addoption(
        UPDATE,
        action="store_true",
        help="write the firings of scenarios into their files as what is expected",
    )
    parser.addini(
        PATTERNS,
        help="globs of the files with scenarios",
        type="args",
        default=["*.scenario.yaml", "*.scenario.yml"],
    )


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> ScenarioFile | None:
    patterns: list[str] = parent.config.getini(PATTERNS)
    if any(file_path.match(pattern) for pattern in patterns):
        return ScenarioFile.from_parent(parent, path=file_path)
    return None


class ScenarioFile(pytest.File):
    """A file with scenarios."""

    _scenarios: Scenarios | None = None
    _broken: Exception | None = None

    def collect(self) -> Iterator[ScenarioItem]:
        from ._scenarios import Broken, listed

        try:
            scenarios = listed(self.path, self.name)
        except Broken as error:
            raise self.CollectError(str(error)) from None
        for index, (name, line) in enumerate(scenarios):
            yield ScenarioItem.from_parent(self, name=name, index=index, line=line)

    def scenarios(self) -> Scenarios:
        """The file, played once for all of its items."""
        from ._scenarios import Broken, Scenarios

        if self._broken is not None:
            raise self._broken
        if self._scenarios is None:
            update = self.config.getoption(UPDATE)
            try:
                self._scenarios = Scenarios(self.path, self.name, update=bool(update))
            except Broken as error:
                self._broken = error
                raise
        return self._scenarios


class ScenarioItem(pytest.Item):
    """A scenario."""

    def __init__(self, *, index: int, line: int, **arguments: Any) -> None:
        super().__init__(**arguments)
        self._index = index
        self._line = line

    def runtest(self) -> None:
        parent = self.parent
        assert isinstance(parent, ScenarioFile)
        scenarios = parent.scenarios()
        if scenarios.updated:
            self.user_properties.append((UPDATED, str(self.path)))
        scenarios.check(self._index)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], *arguments: Any, **options: Any) -> Any:
        from ._scenarios import Broken, Unmet

        if isinstance(excinfo.value, (Broken, Unmet)):
            return str(excinfo.value)
        return super().repr_failure(excinfo, *arguments, **options)

    def reportinfo(self) -> tuple[Path, int, str]:
        return self.path, self._line, self.name


def pytest_terminal_summary(terminalreporter: Any) -> None:
    updated: dict[str, None] = {}
    for reports in terminalreporter.stats.values():
        for report in reports:
            # Not everything that is reported has properties.
            for name, path in getattr(report, "user_properties", ()):
                if name == UPDATED:
                    updated[path] = None
    if updated:
        terminalreporter.section("prefect-events")
        for path in updated:
            terminalreporter.line(f"updated {path}")
