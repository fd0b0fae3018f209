"""Checks Prefect events and automations, builds events, and decides triggers like the Prefect server.

- ``validate``, ``validate_file``, ``check_automation``: reports with places, reasons and fixes;
- ``simulate``, ``replay``, ``run_scenarios``, ``compare``: would an automation fire, when, and why, or why not;
- ``build_event``, ``build_run``, ``build_event_lines``: events and histories of runs;
- ``advise``: what a window over heartbeats tolerates;
- ``explain``, ``describe_event``, ``event_types``, ``custom_event_inputs``, ``json_schema``: what codes and events mean;
- ``prefect_events.archive``: archives that no machine holds as a whole;
- ``prefect_events.live``: captured events of a server: backtests, causes, comparisons, actions, windows.

Wrong data is a report; misuse is a ``TypeError`` or a ``ValueError``.
"""

# Checkers of types know this name. The import of `typing` takes longer than all else here.
TYPE_CHECKING = False

_FUNCTIONS = {
    "advise": "_api",
    "build_event": "_api",
    "build_event_lines": "_api",
    "build_run": "_api",
    "check_automation": "_api",
    "compare": "_api",
    "custom_event_inputs": "_api",
    "describe_event": "_api",
    "diagnostic_codes": "_api",
    "event_types": "_api",
    "explain": "_api",
    "json_schema": "_api",
    "replay": "_api",
    "run_scenarios": "_api",
    "simulate": "_api",
    "validate": "_api",
    "validate_file": "_file",
    "__version__": "_core",
}

if TYPE_CHECKING:
    from . import _types as _types
    from ._api import advise as advise
    from ._api import build_event as build_event
    from ._api import build_event_lines as build_event_lines
    from ._api import build_run as build_run
    from ._api import check_automation as check_automation
    from ._api import compare as compare
    from ._api import custom_event_inputs as custom_event_inputs
    from ._api import describe_event as describe_event
    from ._api import diagnostic_codes as diagnostic_codes
    from ._api import event_types as event_types
    from ._api import explain as explain
    from ._api import json_schema as json_schema
    from ._api import replay as replay
    from ._api import run_scenarios as run_scenarios
    from ._api import simulate as simulate
    from ._api import validate as validate
    from ._core import __version__ as __version__
    from ._file import validate_file as validate_file
    from ._types import *  # noqa: F403

    __all__: list[str] = [
        "__version__",
        "advise",
        "build_event",
        "build_event_lines",
        "build_run",
        "check_automation",
        "compare",
        "custom_event_inputs",
        "describe_event",
        "diagnostic_codes",
        "event_types",
        "explain",
        "json_schema",
        "replay",
        "run_scenarios",
        "simulate",
        "validate",
        "validate_file",
    ]
    __all__ += _types.__all__
else:
    # The types of results take longer to make than most programs run, and pytest imports this package for its plugin: each
    # name is made when it is first used.
    def __getattr__(name):
        from importlib import import_module

        own = _FUNCTIONS.get(name)
        if own is None:
            if name.startswith("_") and name != "__all__":
                raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
            if name in ("live", "archive"):
                return import_module(f".{name}", __name__)
            types = import_module("._types", __name__)
            if name == "__all__":
                return [*_FUNCTIONS, *types.__all__]
            if name not in types.__all__:
                raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
            value = getattr(types, name)
        else:
            value = getattr(import_module(f".{own}", __name__), name)
        globals()[name] = value
        return value

    def __dir__():
        return sorted({*globals(), *__getattr__("__all__"), "archive", "live"})
