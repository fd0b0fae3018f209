// The built wheel and the sdist in empty virtual environments, with every Python of this machine.

import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

import { folder } from "../node/helpers/run.js";
import { installed, interpreters, PYTHON, run, SDIST, SOURCE, WHEEL } from "./helpers/python.js";

const here = (/** @type {string} */ name) => fileURLToPath(new URL(name, import.meta.url));
const SMOKE = here("smoke.py");
const place = folder();
const found = interpreters();
test("there is a Python", (t) => {
  assert.ok(found.size > 0);
  t.diagnostic(`Python ${[...found.keys()].join(", ")}`);
});

for (const [version, python] of found)
  test(`the wheel in an empty environment of Python ${version}`, () => {
    run(installed(python, join(place, version), [WHEEL]), [SMOKE], { cwd: place });
  });

// The environment of the tests has Prefect, if there is one for its Python.
const hasPrefect = run(PYTHON, [
  "-c",
  "import importlib.util as util; print(util.find_spec('prefect') is not None)",
]);

test("the wheel beside Prefect, whose objects it accepts", {
  skip: hasPrefect.trim() === "True" ? false : "Prefect is not installed",
}, () => {
  const env = { ...process.env, PREFECT_HOME: join(place, "home") };
  run(PYTHON, [here("smoke_prefect.py")], { cwd: place, env });
});

test("the sdist in an empty environment", () => {
  const names = run("tar", ["tzf", SDIST]).split("\n");
  for (const end of [
    "Cargo.lock",
    "PKG-INFO",
    "src/diagnostic/codes.yaml",
    "prefect_events/_types.py",
    "prefect_events/_cli/commands.json",
  ])
    assert.ok(
      names.some((name) => name.endsWith(`/${end}`)),
      `${end} is missing`,
    );
  for (const licence of ["LICENSE-MIT", "LICENSE-APACHE", "THIRD_PARTY_NOTICES.txt"])
    assert.ok(
      names.some((name) => name.endsWith(`/licenses/${licence}`)),
      `${licence} is missing`,
    );
  // Unpacked where the wheel was built from it: cargo has compiled it.
  const [, python = ""] = [...found].at(-1) ?? [];
  run(installed(python, join(place, "sdist"), [SOURCE]), [SMOKE], { cwd: place });
});
