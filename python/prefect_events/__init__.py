"""Checks Prefect events and automations, builds events, and decides triggers like the Prefect server.

- ``validate``, ``check_automation``: reports with places, reasons and fixes;
- ``simulate``, ``replay``, ``run_scenarios``, ``compare``: would an automation fire, when, and why, or why not;
- ``build_event``, ``build_run``, ``build_event_lines``: events and histories of runs;
- ``advise``: what a window over heartbeats tolerates;
- ``explain``, ``describe_event``, ``event_types``, ``json_schema``: what codes and events mean.

Wrong data is a report; misuse is a ``TypeError`` or a ``ValueError``.
"""

from ._api import (
    advise,
    build_event,
    build_event_lines,
    build_run,
    check_automation,
    compare,
    describe_event,
    diagnostic_codes,
    event_types,
    explain,
    json_schema,
    replay,
    run_scenarios,
    simulate,
    validate,
)
from ._core import __version__
from ._types import *  # noqa: F403
from ._types import __all__ as _types

__all__ = [
    "__version__",
    "advise",
    "build_event",
    "build_event_lines",
    "build_run",
    "check_automation",
    "compare",
    "describe_event",
    "diagnostic_codes",
    "event_types",
    "explain",
    "json_schema",
    "replay",
    "run_scenarios",
    "simulate",
    "validate",
    *_types,
]
