#!/usr/bin/env node
// The command line: what its commands do, and the exit status. Their arguments and options are in `commands.json`.

import { CommanderError } from "commander";

import { version } from "../node.js";
import { adviseCommand } from "./commands/advise.js";
import { backtestCommand } from "./commands/backtest.js";
import { buildCommand } from "./commands/build.js";
import { checkCommand } from "./commands/check.js";
import { diffCommand } from "./commands/diff.js";
import { explainCommand } from "./commands/explain.js";
import { pullCommand } from "./commands/pull.js";
import { schemaCommand } from "./commands/schema.js";
import { simulateCommand } from "./commands/simulate.js";
import { testCommand } from "./commands/test.js";
import { validateCommand } from "./commands/validate.js";
import { whyCommand } from "./commands/why.js";
import { printableLines } from "./escape.js";
import { endWhenOutputFails, MISUSE, stderr } from "./output.js";
import { makeProgram } from "./program.js";

/** @typedef {import("commander").Command} Command */

endWhenOutputFails();

/** Prints the help as after misuse, and ends the program. @param {Command} command */
const usage = (command) => () => command.help({ error: true });

/** @type {{ [command: string]: import("./program.js").Action }} */
const actions = {
  validate: (command, options, files) => validateCommand(files, options, usage(command)),
  check: (command, options, files) => checkCommand(files, options, usage(command)),
  explain: (_, options, subject) => explainCommand(subject, options),
  build: (command, options, name) => buildCommand(name, options, usage(command)),
  schema: (_, __, name) => schemaCommand(name),
  simulate: (command, options, file) => simulateCommand(file, options, usage(command)),
  test: (_, options, files) => testCommand(files, options),
  backtest: (command, options, subject) => backtestCommand(subject, options, usage(command)),
  why: (command, options) => whyCommand(options, usage(command)),
  diff: (command, options, old, young) => diffCommand(old, young, options, usage(command)),
  advise: (command, options) =>
    adviseCommand(options, (message) => command.error(`error: ${message}`)),
  pull: (_, options) => pullCommand(options),
};

try {
  await makeProgram(actions, version()).parseAsync();
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
