"""What the package promises of itself: its import, its docstrings."""

from __future__ import annotations

import doctest
import inspect
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import pytest

import prefect_events
from prefect_events import _api, _file, archive, live, testing
from prefect_events.archive import _advise, _replay, _validate


def functions() -> Iterator[tuple[str, Callable[..., Any]]]:
    for module in (prefect_events, archive, live):
        for name in module.__all__:
            value = getattr(module, name)
            if inspect.isfunction(value):
                yield name, value
    for owner in (testing.PrefectEvents, testing.Captured):
        for name, value in vars(owner).items():
            if inspect.isfunction(value) and not name.startswith("_"):
                yield f"{owner.__name__}.{name}", value


def sections(docstring: str) -> dict[str, str]:
    found = re.split(r"^(Args|Returns|Raises|Example):\n", docstring, flags=re.MULTILINE)
    return dict(zip(found[1::2], found[2::2]))


@pytest.mark.parametrize(("name", "function"), list(functions()))
def test_docstrings_are_complete(name: str, function: Callable[..., Any]) -> None:
    signature = inspect.signature(function)
    docstring = inspect.getdoc(function) or ""
    assert docstring.partition("\n")[0].endswith((".", "?")), docstring
    found = sections(docstring)
    documented = re.findall(r"^ {4}(\w+):", found.get("Args", ""), flags=re.MULTILINE)
    assert documented == [one for one in signature.parameters if one != "self"]
    assert ("Returns" in found) == (signature.return_annotation not in (None, "None"))
    assert ">>> " in found["Example"]


@pytest.mark.parametrize("module", [_api, _file, _advise, _replay, _validate, live, testing])
def test_examples_of_docstrings(module: ModuleType) -> None:
    result = doctest.testmod(module)
    assert result.attempted > 0 and result.failed == 0


def test_every_name_exists() -> None:
    assert len(set(prefect_events.__all__)) == len(prefect_events.__all__) > 90
    for name in prefect_events.__all__:
        assert getattr(prefect_events, name) is not None
        assert name in dir(prefect_events)
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = prefect_events.nothing  # type: ignore[attr-defined]
    space: dict[str, Any] = {}
    exec("from prefect_events import *", space)
    assert space["validate"] is prefect_events.validate


def imported(code: str, before: str = "pass") -> list[str]:
    """The modules that an import adds."""
    program = f"import sys; {before}; known = set(sys.modules); {code}; print(*sorted(set(sys.modules) - known))"
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, text=True)
    return run.stdout.split()


def test_the_import_is_small() -> None:
    assert imported("import prefect_events") == ["prefect_events"]
    # With the native module, and what a first call needs of the standard library; the types of results come with the first.
    added = imported("from prefect_events import validate")
    own = [name for name in added if name.startswith("prefect_events.")]
    assert own == [f"prefect_events.{name}" for name in ("_api", "_core", "_input", "_read")]
    assert not {"msgspec", "asyncio", "inspect", "pathlib"} & set(added)


def test_the_plugin_imports_nothing() -> None:
    added = imported("import prefect_events.pytest_plugin", before="import pytest")
    assert added == ["prefect_events", "prefect_events.pytest_plugin"]
