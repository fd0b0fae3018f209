// The command `schema`.

import { readFileSync } from "node:fs";

import { jsonSchema } from "../../api/json-schema.js";
import { jsonText } from "../escape.js";
import { printError, stdout } from "../output.js";

/** Only the command line and editors need it: it is a file of the package, and in no bundle. */
function scenarioSchema() {
  return JSON.parse(readFileSync(new URL("../../schemas/scenario.json", import.meta.url), "utf8"));
}

/**
 * @param {string | undefined} name
 * @returns {number} the exit status
 */
export function schemaCommand(name) {
  let schema;
  try {
    schema = name === "scenario" ? scenarioSchema() : jsonSchema(name);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return printError(error.message);
  }
  stdout.write(`${jsonText(schema)}\n`);
  return 0;
}
