// The command `schema`.

import { jsonSchema } from "../../api/json-schema.js";
import { jsonText } from "../escape.js";
import { printError, stdout } from "../output.js";

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
    return printError(error.message);
  }
  stdout.write(`${jsonText(schema)}\n`);
  return 0;
}
