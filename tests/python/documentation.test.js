// Runs every example of docs/python.md with the installed wheel: `documentation.test.js` of Node.js runs those of the other pages.

import assert from "node:assert/strict";
import { dirname } from "node:path";

import { Workplace } from "../node/helpers/documentation.js";
import { testPage } from "../node/helpers/page.js";
import { PYTHON } from "./helpers/python.js";

testPage("docs/python.md", new Workplace([dirname(PYTHON)]), {
  runOrKnow: (command) => assert.match(command, /^pip install prefect-events$/),
});
