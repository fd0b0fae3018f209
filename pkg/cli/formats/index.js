// The formats of results. Each receives the files one by one, and then the end. The noun names the content of the files.

import { github } from "./github.js";
import { json } from "./json.js";
import { junit } from "./junit.js";
import { pretty } from "./pretty.js";
import { sarif } from "./sarif.js";

/** @typedef {import("../file-report.js").Result} Result */
/** @typedef {{ write: (text: string) => unknown, isTTY?: boolean, columns?: number }} Out */
/** @typedef {{ file: (result: Result) => void, end: (results: Result[]) => void }} Format */

export const FORMATS = { pretty, json, github, sarif, junit };
