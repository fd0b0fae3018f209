"""Starts real Prefect servers with events, for the tests in this folder.

    server.py [--prefect 3.9.1] [--python PYTHON] [--steady SECONDS]

The first server has a run that sends heartbeats every 30 seconds and completes, and one that was killed together with
its runner, which therefore cannot report it: an automation finds it. The second demands Basic authentication and CSRF
tokens. When all of that has happened, one line of JSON describes it; the servers stop when standard input ends.
"""

import argparse
import base64
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "oracle"))

Json = dict[str, Any]

AUTH = "admin:pa$$ word"
# Longer than the time between two heartbeats, 30 seconds.
WITHIN = 40
AUTOMATION: Json = {
    "name": "Crash zombie flows",
    "trigger": {
        "type": "event",
        "posture": "Proactive",
        "match": {"prefect.resource.id": "prefect.flow-run.*"},
        "after": ["prefect.flow-run.heartbeat"],
        "expect": ["prefect.flow-run.*"],
        "for_each": ["prefect.resource.id"],
        "threshold": 1,
        "within": WITHIN,
    },
    "actions": [{"type": "change-flow-run-state", "state": "CRASHED", "message": "No heartbeats"}],
}


def log(text: str) -> None:
    print(f"{time.monotonic() - BEGIN:5.1f} s  {text}", file=sys.stderr, flush=True)


BEGIN = time.monotonic()


class Server:
    def __init__(self, python: str, home: Path, settings: dict[str, str], auth: str | None = None) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}/api"
        self.headers = {"Content-Type": "application/json"}
        if auth:
            self.headers["Authorization"] = f"Basic {base64.b64encode(auth.encode()).decode()}"
        home.mkdir()
        self.python = python
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")},
            "PREFECT_HOME": str(home),
            "PREFECT_API_URL": self.url,
            "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
            "PREFECT_FLOWS_HEARTBEAT_FREQUENCY": "30",
            "PREFECT_RUNNER_POLL_FREQUENCY": "1",
            "PREFECT_LOGGING_LEVEL": "WARNING",
            "DO_NOT_TRACK": "1",
        }
        self.log = home / "server.log"
        self.settings = settings
        self.process: subprocess.Popen[bytes] | None = None
        self.start()

    def start(self) -> None:
        command = [self.python, "-m", "prefect", "server", "start", "--host", "127.0.0.1", "--port", str(self.port)]
        output = open(self.log, "ab")
        self.process = subprocess.Popen(
            command, env=self.environment | self.settings, stdin=subprocess.DEVNULL, stdout=output, stderr=output
        )

    def ask(self, path: str, body: Any = None, headers: dict[str, str] | None = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data, self.headers | (headers or {}))
        for _ in range(20):
            try:
                with urllib.request.urlopen(request, timeout=20) as answer:
                    text = answer.read()
                return json.loads(text) if text else None
            except urllib.error.HTTPError as error:
                # SQLite is locked.
                if error.code != 503:
                    raise
            time.sleep(0.5)
        raise OSError(f"{path}: SQLite is locked")

    def ready(self) -> None:
        for _ in range(240):
            try:
                self.ask("/health")
                return
            except OSError:
                if self.process and self.process.poll() is not None:
                    break
                time.sleep(0.5)
        sys.exit(f"the server does not start:\n{self.log.read_text()}")

    def stop(self) -> None:
        if self.process:
            self.process.terminate()
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()

    def flows(self, *arguments: str) -> subprocess.Popen[bytes]:
        """In a group of its own, so that a signal reaches the runner and its runs at once."""
        output = open(self.log.with_name("flows.log"), "ab")
        return subprocess.Popen(
            [self.python, str(HERE / "flows.py"), *arguments],
            env=self.environment, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True,
        )

    def until(self, what: str, found: Any, seconds: float) -> Any:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            try:
                if result := found():
                    log(what)
                    return result
            except OSError:
                pass
            time.sleep(0.5)
        sys.exit(f"no {what} within {seconds:.0f} s:\n{self.log.read_text()[-4000:]}\n{self.flows_log()}")

    def flows_log(self) -> str:
        path = self.log.with_name("flows.log")
        return path.read_text()[-4000:] if path.exists() else ""

    def events(self, *names: str, resource: str | None = None) -> list[Json]:
        chosen: Json = {"event": {"name": names}}
        if resource:
            chosen["any_resource"] = {"id": [resource]}
        return self.ask("/events/filter", {"filter": chosen, "limit": 50})["events"]


def kill(process: subprocess.Popen[bytes]) -> None:
    """Without any chance to report it."""
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def zombie(server: Server) -> Json:
    """A run that dies together with its runner after its first heartbeat."""
    runner = server.flows("serve")
    try:
        one = {"deployments": {"name": {"any_": ["doomed"]}}}
        found = server.until("served deployment", lambda: server.ask("/deployments/filter", one), 60)
        run = server.ask(f"/deployments/{found[0]['id']}/create_flow_run", {"name": "doomed-hare"})
        resource = f"prefect.flow-run.{run['id']}"
        server.until("heartbeat of the doomed run", lambda: server.events(HEARTBEAT, resource=resource), 90)
    finally:
        kill(runner)
    log("the runner and its run were killed")
    return {"id": run["id"], "name": "doomed-hare"}


HEARTBEAT = "prefect.flow-run.heartbeat"


def steady(server: Server, seconds: float) -> Json:
    process = server.flows("steady", str(seconds))
    named = {"flow_runs": {"name": {"any_": ["steady-otter"]}}}
    try:
        run = server.until("steady run", lambda: server.ask("/flow_runs/filter", named), 60)[0]
        process.wait(seconds + 60)
    finally:
        if process.poll() is None:
            kill(process)
    log("the steady run ended")
    return {"id": run["id"], "name": "steady-otter"}


def protected(server: Server) -> None:
    """A few events on the server with authentication."""
    server.ready()
    client = "b1a5d5a2-0000-4000-8000-000000000001"
    token = server.ask(f"/csrf-token?client={client}")["token"]
    csrf = {"Prefect-Csrf-Token": token, "Prefect-Csrf-Client": client}
    events = [
        {
            "id": f"00000000-0000-4000-8000-{number:012x}",
            "occurred": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - 300)),
            "event": "acme.order.paid",
            "resource": {"prefect.resource.id": f"acme.order.{number}"},
        }
        for number in range(120)
    ]
    server.ask("/events", events, csrf)

    def stored() -> bool:
        query = {"filter": {"event": {"name": ["acme.order.paid"]}}, "limit": 1}
        return server.ask("/events/filter", query, csrf)["total"] == len(events)

    server.until("events of one instant on the protected server", stored, 60)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--prefect", default="3.9.1", help="the release to install")
    parser.add_argument("--python", help="the Python of a Prefect that is installed already")
    parser.add_argument("--steady", type=float, default=62, help="how long the run with heartbeats works, in seconds")
    options = parser.parse_args()
    python = options.python
    if not python:
        from main import install  # of tests/oracle

        # What is read from standard output is the description.
        sys.stdout, output = sys.stderr, sys.stdout
        python = str(install(options.prefect))
        sys.stdout = output
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        home = Path(folder)
        servers: list[Server] = []
        try:
            open_server = Server(python, home / "open", {})
            servers.append(open_server)
            secured = {
                "PREFECT_SERVER_API_AUTH_STRING": AUTH,
                "PREFECT_SERVER_CSRF_PROTECTION_ENABLED": "true",
                # Settings of the server's own client.
                "PREFECT_API_AUTH_STRING": AUTH,
            }
            guarded = Server(python, home / "guarded", secured, AUTH)
            servers.append(guarded)
            open_server.ready()
            log("the server runs")
            automation = open_server.ask("/automations/", AUTOMATION)
            with ThreadPoolExecutor() as pool:
                healthy = pool.submit(steady, open_server, options.steady)
                doomed = pool.submit(zombie, open_server)
                others = pool.submit(protected, guarded)
                dead = doomed.result()
                crashed = f"prefect.flow-run.{dead['id']}"
                open_server.until(
                    "Crashed by the automation",
                    lambda: open_server.events("prefect.flow-run.Crashed", resource=crashed),
                    WITHIN + 60,
                )
                alive = healthy.result()
                others.result()
            # Events are stored in batches.
            completed = f"prefect.flow-run.{alive['id']}"
            open_server.until(
                "stored end of the steady run",
                lambda: open_server.events("prefect.flow-run.Completed", resource=completed),
                30,
            )
            described = {
                "url": open_server.url,
                "python": python,
                "automation": {"id": automation["id"], "name": automation["name"], "within": WITHIN},
                "runs": {"steady": alive, "doomed": dead},
                "guarded": {"url": guarded.url, "authString": AUTH},
            }
            print(json.dumps(described), flush=True)
            # `restart`: stops the first server and starts it again, for clients that must survive that.
            for line in sys.stdin:
                if line.strip() == "restart":
                    open_server.stop()
                    print("stopped", flush=True)
                    open_server.start()
                    open_server.ready()
                    print("started", flush=True)
        finally:
            for server in servers:
                server.stop()


if __name__ == "__main__":
    main()
