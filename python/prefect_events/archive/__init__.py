"""Archives of events that no machine holds as a whole: checked in parts, by processes, on Dask, on Ray or in Prefect's flows.

- ``validate``: the report of one process over all of it;
- ``replay``: which automations would have fired, as one process replays it;
- ``advise``: what the captured heartbeats call for.

Results depend neither on how the archive is cut nor on who checks which part of it.
"""

from ._advise import HeartbeatAdvice, advise
from ._executors import Executor
from ._replay import ArchiveReplay, replay
from ._run import Failed, Interrupted
from ._validate import ArchiveReport, Unread, validate

__all__ = [
    "ArchiveReplay",
    "ArchiveReport",
    "Executor",
    "Failed",
    "HeartbeatAdvice",
    "Interrupted",
    "Unread",
    "advise",
    "replay",
    "validate",
]
