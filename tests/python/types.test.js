// The types of the installed wheel: complete, and right in a program of a user.

import { writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

import { folder } from "../node/helpers/run.js";
import { PYTHON, run } from "./helpers/python.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const PYRIGHT = join(root, "node_modules/pyright/index.js");
// Outside the source, which would be found instead. It asks the first Python in the path.
const cwd = folder();
const PATH = [dirname(PYTHON), process.env.PATH].join(delimiter);
const options = { cwd, env: { ...process.env, PATH } };

test("pyright finds the type of everything that is public", () => {
  const args = [PYRIGHT, "--ignoreexternal", "--verifytypes", "prefect_events"];
  run(process.execPath, args, options);
});

test("pyright accepts a program of a user, and finds its mistakes", () => {
  writeFileSync(
    join(cwd, "program.py"),
    `# pyright: strict, reportUnnecessaryTypeIgnoreComment=true
from datetime import datetime

import prefect_events as pe

report = pe.validate({"event": "acme.paid"}, profile="server")
codes: list[str] = [finding.code for finding in report.diagnostics]
first: datetime = pe.simulate("automation: crash-zombie-flows").firings[0].at
document: dict[str, object] = report.to_dict()
pe.validate({}, profile="strict")  # pyright: ignore[reportArgumentType]
pe.validate(object())  # pyright: ignore[reportArgumentType]
report.valid = True  # pyright: ignore[reportAttributeAccessIssue]
`,
  );
  run(process.execPath, [PYRIGHT, "program.py"], options);
});
