"""Flows for the live tests: they send heartbeats every 30 seconds.

    flows.py steady SECONDS        a run that works for that long
    flows.py serve                 serves the deployment `doomed`, whose runs never end
"""

import sys
import time

from prefect import flow, task


@task
def extract() -> int:
    return 1


@flow(name="steady", log_prints=False)
def steady(seconds: float) -> None:
    extract()
    time.sleep(seconds)


@flow(name="doomed")
def doomed() -> None:
    time.sleep(3600)


if __name__ == "__main__":
    if sys.argv[1] == "steady":
        steady.with_options(flow_run_name="steady-otter")(float(sys.argv[2]))
    else:
        doomed.serve(name="doomed", pause_on_shutdown=False)
