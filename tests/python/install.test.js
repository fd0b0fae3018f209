// The built wheel and the sdist in empty virtual environments, with every Python of this machine.

import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

import { folder } from "../node/helpers/run.js";
import { installed, interpreters, PYTHON, run, SDIST, SOURCE, WHEEL } from "./helpers/python.js";

const here = (/** @type {string} */ name) => fileURLToPath(new URL(name, import.meta.url));
const SMOKE = here("smoke.py");
const place = folder();
const found = interpreters();
const root = here("../..");

/** The Python of an installed Prefect: the one of the other tests. */
function prefectPython() {
  const code =
    "import sys; sys.path.insert(0, 'tests/oracle'); from main import install; print(install('3.9.1'))";
  const { PREFECT_PYTHON } = process.env;
  return PREFECT_PYTHON ?? run(PYTHON, ["-c", code], { cwd: root }).trim().split("\n").at(-1) ?? "";
}

test("there is a Python", (t) => {
  assert.ok(found.size > 0);
  t.diagnostic(`Python ${[...found.keys()].join(", ")}`);
});

for (const [version, python] of found)
  test(`the wheel in an empty environment of Python ${version}`, () => {
    run(installed(python, join(place, version), [WHEEL]), [SMOKE], { cwd: place });
  });

test("the wheel beside Prefect, whose objects it accepts", () => {
  const beside = join(place, "prefect");
  const prefect = prefectPython();
  const pip = ["-m", "pip", "--disable-pip-version-check", "--quiet", "install"];
  run(prefect, [...pip, "--target", beside, WHEEL]);
  const home = join(place, "home");
  mkdirSync(home);
  const env = { ...process.env, PYTHONPATH: beside, PREFECT_HOME: home };
  run(prefect, [here("smoke_prefect.py")], { cwd: place, env });
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
