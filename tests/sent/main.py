"""Sends built events to a real Prefect server, and compares what it stored.

    make sent [PREFECT=3.9.1]

Each event goes twice, with other ids: by the curl command and by the Python that `prefect-events build` prints. The
status is 1 if the server has one otherwise than it was built.
"""

import argparse
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path.insert(0, str(HERE.parent / "oracle"))

Json = dict[str, Any]

NASTY = "it's \"$HOME\" `id` \\ é 😀 $(id)\n!"
RUNS: list[Json] = [
    {
        "deployment": "nightly",
        "work_pool": {"name": "k8s", "type": "kubernetes"},
        "worker": "My k8s worker",
        "scheduled": "-10m",
        "ends": "8m",
        "heartbeat": {"frequency": 60},
        "tags": ["prod", "it's"],
        "tasks": [{"name": "extract", "retries": 1}, {"name": "load", "state": "Failed"}],
    },
    {"cancelled": "30s", "runner": "etl-runner", "subflows": [{"flow": "child", "ends": "20s"}]},
]
EVENTS: list[tuple[str, Json]] = [
    ("acme.order.paid", {"resource": {"prefect.resource.id": "acme.order.1", "note": NASTY}, "payload": {NASTY: [NASTY, None, True, 1.5, {}]}}),
    ("prefect.flow-run.Processed", {"state": {"type": "COMPLETED", "message": NASTY}, "tags": [NASTY.strip()]}),
    ("prefect.asset.materialization.succeeded", {"asset": {"key": "s3://warehouse/orders", "owners": ["a", "b"]}, "payload": {"rows": 7}}),
    ("prefect.deployment.updated", {"updates": {"paused": {"from": False, "to": True}}}),
]


def command(*arguments: str, text: str = "") -> str:
    main = ROOT / "pkg" / "cli" / "main.js"
    done = subprocess.run(["node", main, *arguments], input=text, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"prefect-events {' '.join(arguments)}: {done.stderr}")
    return done.stdout


def ask(url: str, body: Json | None = None) -> Any:
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)


def stored(api: str, ids: list[str]) -> dict[str, Json]:
    events: list[Json] = []
    for start in range(0, len(ids), 50):
        part = {"filter": {"id": {"id": ids[start : start + 50]}}, "limit": 50}
        events += ask(f"{api}/events/filter", part)["events"]
    return {event["id"]: event for event in events}


def as_sent(event: Json) -> Json:
    own = {key: value for key, value in event.items() if key != "received"}
    own["occurred"] = datetime.fromisoformat(own["occurred"].replace("Z", "+00:00"))
    return own


def compare(api: str, way: str, events: list[Json]) -> int:
    ids = [event["id"] for event in events]
    # The server writes events after its response.
    for _ in range(60):
        found = stored(api, ids)
        if len(found) == len(ids):
            break
        time.sleep(0.5)
    wrong = 0
    for event in events:
        theirs = found.get(event["id"])
        if theirs is None or as_sent(theirs) != as_sent(event):
            wrong += 1
            print(f"{way}: {event['event']} differs\n  built  {json.dumps(event)}\n  stored {json.dumps(theirs)}")
    print(f"{way}: {len(events) - wrong} of {len(events)} events are stored as they were built", flush=True)
    return wrong


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--prefect", default="3.9.1", help="the release to install")
    parser.add_argument("--python", help="the Python of a Prefect that is installed already")
    options = parser.parse_args()
    if options.python:
        python = options.python
    else:
        from main import install  # of tests/oracle

        python = str(install(options.prefect))
    with socket.socket() as free, tempfile.TemporaryDirectory() as home:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
        free.close()
        api = f"http://127.0.0.1:{port}/api"
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")},
            "PREFECT_HOME": home,
            "PREFECT_API_URL": api,
            "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
            "DO_NOT_TRACK": "1",
        }
        start = [python, "-m", "prefect", "server", "start", "--host", "127.0.0.1", "--port", port]
        log = open(Path(home) / "server.log", "w+")
        server = subprocess.Popen(start, env=environment, stdout=log, stderr=log)
        try:
            for _ in range(240):
                try:
                    ask(f"{api}/health")
                    break
                except OSError:
                    if server.poll() is not None:
                        log.seek(0)
                        sys.exit(f"the server does not start:\n{log.read()}")
                    time.sleep(0.5)
            return send(api, python, environment)
        finally:
            server.terminate()
            server.wait()


def send(api: str, python: str, environment: dict[str, str]) -> int:
    now = (datetime.now(timezone.utc) - timedelta(hours=1)).isoformat()
    wrong = 0
    for way, program in (("curl", ["sh"]), ("python", [python, "-"])):
        sent: list[Json] = []
        builds = [(["--run"], run) for run in RUNS] + [([name], told) for name, told in EVENTS]
        for number, (arguments, told) in enumerate(builds):
            build = ["build", *arguments, "--from", "-", "--seed", f"{way}{number}{now}", "--now", now]
            built = json.loads(command(*build, text=json.dumps(told)))
            sent += built if isinstance(built, list) else [built]
            snippet = command(*build, "--as", way, text=json.dumps(told))
            done = subprocess.run(program, input=snippet, env=environment, capture_output=True, text=True)
            if done.returncode != 0:
                print(f"{way} {arguments}: {done.stderr}")
                wrong += 1
        wrong += compare(api, way, sent)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
