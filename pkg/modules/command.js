// The command line: all of the core. Not for browsers.

import { readFileSync } from "node:fs";

import { Instance } from "../instance.js";
import * as glue from "../wasm/prefect_events_command.js";

export const commandModule = new Instance("command", glue, "the command line has not been loaded");

commandModule.startWhenCalled(() =>
  readFileSync(new URL("../wasm/prefect_events_command.wasm", import.meta.url)),
);
