#!/usr/bin/env node
// The command line: runs a command, and sets the exit status. The commands and their options are in `commands.json`.

import { CommanderError } from "commander";

import { printableLines } from "./escape.js";
import { endWhenOutputFails, MISUSE, stderr } from "./output.js";
import { makeProgram } from "./program.js";
import { pullCommand } from "./pull.js";
import { runCommand } from "./run-command.js";
import { version } from "./version.js";

/** Archives need processes, Dask or Ray; a watch is meant for services. */
const ELSEWHERE = new Map([
  ["archive", "pip install 'prefect-events[archive]'"],
  ["watch", "pip install 'prefect-events[stream]'"],
]);

endWhenOutputFails();

const program = makeProgram(version(), (command, options) => {
  const name = command.name();
  if (name === "pull") return pullCommand(options);
  const install = ELSEWHERE.get(name);
  if (install) command.error(`error: the command \`${name}\` is in the Python package: ${install}`);
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
    stderr.write(report(error));
    process.exitCode = MISUSE;
  }
}

/**
 * The text about an error that no command reports.
 * @param {unknown} error
 */
function report(error) {
  const trace = error instanceof Error ? (error.stack ?? error.message) : String(error);
  try {
    return `Internal error in prefect-events. Please report it:\n${printableLines(trace)}\n`;
  } catch {
    // What makes texts printable is in the module that does not start.
    const reason = String(error instanceof Error ? error.message : error).replace(/[^ -~]/g, "?");
    return `prefect-events: its WebAssembly module cannot be started: ${reason}. Please install prefect-events again\n`;
  }
}
