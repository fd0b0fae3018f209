// Runs every example of docs/python.md and docs/archives.md with the installed wheel: `documentation.test.js` of Node.js runs those of the other pages.

import assert from "node:assert/strict";
import { dirname } from "node:path";

import { Workplace } from "../node/helpers/documentation.js";
import { testPage } from "../node/helpers/page.js";
import { PYTHON } from "./helpers/python.js";

const install = /^pip install (prefect-events|'prefect-events\[[a-z,]+\]')$/;
for (const page of ["docs/python.md", "docs/archives.md"])
  testPage(page, new Workplace([dirname(PYTHON)]), {
    runOrKnow: (command) => assert.match(command, install),
  });
