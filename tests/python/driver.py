"""Makes the calls in a file (NDJSON) through Python, and writes each result as a line of JSON, or its error."""

from __future__ import annotations

import json
import re
import sys
from typing import Any

import prefect_events as pe

# Functions whose names in Python are not those of JavaScript in snake case.
NAMES = {"compareVersions": "compare", "testScenarios": "run_scenarios", "heartbeatAdvice": "advise"}


def snake(name: str) -> str:
    return re.sub("[A-Z]", lambda letter: f"_{letter[0].lower()}", name)


def plain(result: Any) -> Any:
    if hasattr(result, "to_dict"):
        return result.to_dict()
    if isinstance(result, tuple):
        return [plain(one) for one in result]
    return result


def answer(call: dict[str, Any]) -> dict[str, Any]:
    function = getattr(pe, NAMES.get(call["call"]) or snake(call["call"]))
    options = {snake(name): value for name, value in call.get("options", {}).items()}
    try:
        return {"result": plain(function(*call["arguments"], **options))}
    except (TypeError, ValueError) as error:
        return {"error": str(error)}


def main() -> None:
    calls, results = sys.argv[1:]
    with open(calls, encoding="utf-8") as lines, open(results, "w", encoding="utf-8") as out:
        for line in lines:
            out.write(json.dumps(answer(json.loads(line))) + "\n")


main()
