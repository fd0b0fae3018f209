#!/usr/bin/env node
// The command line: runs a command, and sets the exit status. The commands and their options are in `commands.json`.

import { CommanderError } from "commander";

import { printableLines } from "./escape.js";
import { endWhenOutputFails, MISUSE, stderr } from "./output.js";
import { makeProgram } from "./program.js";
import { pullCommand } from "./pull.js";
import { runCommand } from "./run-command.js";
import { version } from "./version.js";

/** It needs processes, Dask or Ray. */
const ARCHIVE =
  "the command `archive` is in the Python package: pip install 'prefect-events[archive]'";

endWhenOutputFails();

const program = makeProgram(version(), (command, options) => {
  const name = command.name();
  if (name === "pull") return pullCommand(options);
  if (name === "archive") command.error(`error: ${ARCHIVE}`);
  return runCommand(name, options, {
    usage: () => command.help({ error: true }),
    misuse: (message) => command.error(`error: ${message}`),
  });
});

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    // `--help` and `--version` are not misuse.
    process.exitCode = error.exitCode === 0 ? 0 : MISUSE;
  } else {
    const trace = error instanceof Error ? (error.stack ?? error.message) : String(error);
    stderr.write(`Internal error in prefect-events. Please report it:\n${printableLines(trace)}\n`);
    process.exitCode = MISUSE;
  }
}
