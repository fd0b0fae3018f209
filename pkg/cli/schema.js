// The command `schema`.

import { jsonSchema } from "../api/json-schema.js";
import { printable } from "./terminal.js";

/**
 * @param {string | undefined} name
 * @returns {number} the exit status
 */
export function schemaCommand(name) {
  let schema;
  try {
    schema = jsonSchema(name);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    process.stderr.write(`prefect-events: ${printable(error.message)}\n`);
    return 2;
  }
  process.stdout.write(`${JSON.stringify(schema, null, 2)}\n`);
  return 0;
}
