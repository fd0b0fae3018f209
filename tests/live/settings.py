"""Which server Prefect reads from its settings, for random combinations of their sources.

    python tests/live/settings.py --seed 1 --count 400

Runs with the Python in which that Prefect is installed. Prints one JSON text a line: the files and the environment of a
case, and the settings that Prefect has there, or `"failed"`. Each case runs in a process and a folder of its own, which
is also its home. `--fresh N` checks the first N cases with a new Python each, because the others are forks of a process
that has loaded Prefect's dependencies.
"""

import argparse
import json
import multiprocessing
import os
import random
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

Json = dict[str, Any]

NAMES = {
    "PREFECT_API_URL": ("api", "url"),
    "PREFECT_API_AUTH_STRING": ("api", "auth_string"),
    "PREFECT_API_KEY": ("api", "key"),
}
PROFILES = ["ephemeral", "local", "test", "cloud", "mine", "other.one"]
# Relative to the folder of the case.
PLACES = {"prefect": ".prefect/profiles.toml", "home": "state/profiles.toml", "other": "elsewhere.toml"}


def value(chance: random.Random, name: str, source: str) -> str:
    """Names its source, so that a difference shows which one won."""
    if chance.random() < 0.2:
        return ""
    if name == "PREFECT_API_URL":
        return f"http://{source}.example:42{chance.randrange(100):02}/api"
    return f"{source}:{chance.choice(['secret', 'pa$$word', 'a b#c', '${HOME', 'ü'])}"


def quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def toml(chance: random.Random, source: str, header: str) -> str:
    """`[api]` of a TOML file."""
    lines = []
    for name, (_, key) in NAMES.items():
        if chance.random() < 0.5:
            lines.append(f"{key} = {quoted(value(chance, name, source))}")
        elif chance.random() < 0.03:
            lines.append(f"{key} = {chance.choice(['5', 'true', '{a = 1}', '[]'])}")
    parts = ["[", header, "]\n", "\n".join(lines), "\n"]
    if chance.random() < 0.1:
        parts.insert(0, "PREFECT_API_URL = 'http://no.example/api'\n")
    return "".join(parts)


def line(chance: random.Random, name: str, text: str) -> str:
    """A variable in one of the forms that `.env` files have."""
    begin = chance.choice(["", "", "export ", "  "])
    equals = chance.choice(["=", "=", " = "])
    end = chance.choice(["", "", " # a comment", "  "])
    forms = [f"'{text}'", quoted(text).replace("\\\\", "\\"), text if "#" not in text else f"'{text}'"]
    return begin + name + equals + chance.choice(forms) + end


def dot_env(chance: random.Random) -> str:
    lines = []
    if chance.random() < 0.3:
        lines.append(chance.choice(["# a comment", "", "BARE", "OTHER=x", "no assignment here"]))
    for name in NAMES:
        if chance.random() < 0.5:
            written = name.lower() if chance.random() < 0.1 else name
            lines.append(line(chance, written, value(chance, name, "dotenv")))
        elif chance.random() < 0.15:
            lines.append(
                chance.choice(
                    [
                        f"{name}=http://${{OTHER}}.example/api",
                        f"{name}=http://${{NONE:-default}}.example/api",
                        f'{name}="http://${{NONE}}dq.example/api"',
                        f"{name}=${{PREFECT_API_KEY}}",
                        f"{name}",
                        f"BARE\n{name}=${{BARE:-default}}",
                        f'{name}="two\\\\nlines"',
                        f"{name}=twice\n{name}=http://second.example/api",
                    ]
                )
            )
    if chance.random() < 0.08:
        lines.append(f"PREFECT_PROFILES_PATH={chance.choice([PLACES['other'], 'missing.toml'])}")
    if chance.random() < 0.05:
        # Only the environment chooses the profile.
        lines.append("PREFECT_PROFILE=mine")
    ending = chance.choice(["\n", "\n", "\r\n"])
    return chance.choice(["", "", "\ufeff"]) + ending.join(lines) + chance.choice(["", ending])


def profiles(chance: random.Random, place: str) -> str:
    # Where it is not read for the settings, it is for the list of profiles: then Prefect fails, or not.
    if place == "other" and chance.random() < 0.03:
        return "active = [\n"
    chosen = chance.sample(PROFILES, chance.randrange(1, 4))
    lines = []
    if chance.random() < 0.8:
        lines.append(f"active = {quoted(chance.choice([*chosen, *chosen, 'absent', '']))}")
    for profile in chosen:
        lines.append(f"\n[profiles.{quoted(profile)}]")
        for name in NAMES:
            if chance.random() < 0.5:
                lines.append(f"{name} = {quoted(value(chance, name, f'{place}.{profile}'))}")
    return "\n".join(lines) + "\n"


def case(seed: str) -> Json:
    chance = random.Random(seed)
    files: dict[str, str] = {}
    environment: dict[str, str] = {}
    for name in NAMES:
        if chance.random() < 0.2:
            written = name.lower() if chance.random() < 0.1 else name
            environment[written] = value(chance, name, "environment")
    if chance.random() < 0.4:
        files[".env"] = dot_env(chance)
    if chance.random() < 0.3:
        files["prefect.toml"] = toml(chance, "prefecttoml", "api")
        if chance.random() < 0.15:
            path = chance.choice([PLACES["other"], "missing.toml"])
            files["prefect.toml"] = f"profiles_path = {quoted(path)}\n" + files["prefect.toml"]
    if chance.random() < 0.3:
        other = chance.choice(["tool.prefect.api", "tool.prefect.api", "tool.other"])
        files["pyproject.toml"] = toml(chance, "pyproject", other)
    for place, path in PLACES.items():
        if chance.random() < {"prefect": 0.6, "home": 0.4, "other": 0.5}[place]:
            files[path] = profiles(chance, place)
    if chance.random() < 0.3:
        environment["PREFECT_HOME"] = chance.choice(["state", "state", "missing", ""])
    if chance.random() < 0.15:
        # Prefect fails if it is empty.
        environment["PREFECT_PROFILES_PATH"] = chance.choice([PLACES["other"], "missing.toml"])
    if chance.random() < 0.3:
        environment["PREFECT_PROFILE"] = chance.choice([*PROFILES, "absent", ""])
    return {"files": files, "environment": environment}


def written(one: Json, folder: Path) -> dict[str, str]:
    """Writes the files, and returns the whole environment."""
    for name, text in one["files"].items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(text.encode())
    return {"HOME": str(folder), "PATH": os.environ["PATH"], **one["environment"]}


def found() -> Json | str:
    """The settings of this process."""
    try:
        import prefect.context
        import prefect.settings

        api = prefect.settings.get_current_settings().api
    except Exception:
        return "failed"
    text = lambda secret: None if secret is None else secret.get_secret_value()
    return {"url": api.url, "key": text(api.key), "authString": text(api.auth_string)}


def silenced() -> None:
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, 2)


def forked(one: Json) -> Json:
    with tempfile.TemporaryDirectory() as folder:
        environment = written(one, Path(folder))
        os.chdir(folder)
        os.environ.clear()
        os.environ.update(environment)
        silenced()
        one["settings"] = found()
        os.chdir("/")
    return one


def fresh(one: Json) -> Any:
    with tempfile.TemporaryDirectory() as folder:
        environment = written(one, Path(folder))
        command = [sys.executable, __file__, "--here"]
        output = subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=True)
        return json.loads(output.stdout)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", default="1")
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--fresh", type=int, default=0)
    parser.add_argument("--processes", type=int, default=os.cpu_count())
    parser.add_argument("--here", action="store_true", help="print the settings of this folder and environment")
    options = parser.parse_args()
    if options.here:
        silenced()
        print(json.dumps(found()))
        return
    # What Prefect imports, but nothing of Prefect: it reads settings when it is imported.
    import cachetools, dotenv, httpx, pydantic, pydantic_settings, rich, sqlalchemy  # noqa: E401, F401

    cases = [case(f"{options.seed}.{number}") for number in range(options.count)]
    with multiprocessing.get_context("fork").Pool(options.processes, maxtasksperchild=1) as pool:
        for number, one in enumerate(pool.imap(forked, cases, chunksize=1)):
            if number < options.fresh and fresh(one) != one["settings"]:
                sys.exit(f"a new Python reads other settings: {json.dumps(one)}")
            print(json.dumps(one), flush=True)


if __name__ == "__main__":
    main()
