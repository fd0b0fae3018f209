#!/usr/bin/env node
// The command line: its commands, their options, and the exit status.

import { Command, CommanderError, InvalidArgumentError, Option } from "commander";

import { version } from "../node.js";
import { adviseCommand } from "./commands/advise.js";
import { buildCommand } from "./commands/build.js";
import { checkCommand } from "./commands/check.js";
import { explainCommand } from "./commands/explain.js";
import { schemaCommand } from "./commands/schema.js";
import { simulateCommand } from "./commands/simulate.js";
import { testCommand } from "./commands/test.js";
import { validateCommand } from "./commands/validate.js";
import { printable, printableLines } from "./escape.js";
import { FORMATS } from "./formats/index.js";
import { endWhenOutputFails, MISUSE, stderr, stdout } from "./output.js";

endWhenOutputFails();

const program = new Command("prefect-events")
  .description(
    "Validates Prefect events and automations: what is wrong, where, why, and how to fix it.",
  )
  .version(version())
  .exitOverride()
  .configureOutput({
    writeOut: (text) => stdout.write(text),
    writeErr: (text) => stderr.write(text),
    // What is on the command line can come from others, such as names of files.
    outputError(text, write) {
      const [, error = "", hint = ""] = /^(.*?)(\n\(Did you mean [^\n]*\?\))?\n$/s.exec(text) ?? [];
      write(`${printable(error)}${hint}\n`);
    },
  })
  .showHelpAfterError("(run with --help for usage)");

const EXIT_STATUS = `
Results go to standard output, all else to standard error.
Exit status: 0 no error (warnings alone are no error), 1 at least one error, 2 misuse, or something cannot be read or written.`;

reporting(
  "validate",
  "check events: JSON, NDJSON, an API page or websocket frames",
  "documented: what Prefect documents and emits; server: only what its server rejects",
)
  .option(
    "--schemas <DIR>",
    "JSON Schemas of your own: each *.json in this folder is for the events that its name is a pattern of",
  )
  .addHelpText(
    "after",
    `${EXIT_STATUS}

Examples:
  prefect-events validate events.ndjson
  prefect-events validate --schemas schemas events.ndjson
  prefect-events validate --format github events/*.json
  cat events.ndjson | prefect-events validate --profile server -`,
  )
  .action(async (files, options, command) => {
    process.exitCode = await validateCommand(files, options, () => command.help({ error: true }));
  });

reporting(
  "check",
  "check automations: JSON or YAML; one, several, a trigger, a prefect.yaml, or what terraform show -json prints",
  "documented: what Prefect rejects, and advice; server: only what the REST API rejects",
)
  .addOption(
    new Option(
      "--route <route>",
      "the way to Prefect: as it stands to the REST API; prefect automation create and the SDK; prefect deploy; Terraform (default: by the form of the file)",
    ).choices(["api", "cli", "deploy", "terraform"]),
  )
  .option("--server-version <VERSION>", "the version of the Prefect server (default: the latest)")
  .option("--client-version <VERSION>", "the version of Prefect where the flows run")
  .option(
    "--heartbeat-frequency <SECONDS>",
    "PREFECT_FLOWS_HEARTBEAT_FREQUENCY where the flows run (default: 180)",
    wholeNumber,
  )
  .option("--cloud", "it goes to Prefect Cloud: metric triggers and incidents are right")
  .addHelpText(
    "after",
    `${EXIT_STATUS}

Examples:
  prefect-events check automation.yaml prefect.yaml
  prefect-events check --route api automation.json
  terraform show -json | prefect-events check -
  prefect-events check --heartbeat-frequency 30 zombies.json
  cat automation.yaml | prefect-events check --profile server -`,
  )
  .action(async (files, options, command) => {
    process.exitCode = await checkCommand(files, options, () => command.help({ error: true }));
  });

program
  .command("explain")
  .description("what a diagnostic or an event means")
  .argument(
    "<CODE|NAME>",
    "a diagnostic code such as missing-label, or an event such as prefect.task-run.Running",
  )
  .addOption(
    new Option("--format <format>", "how to print it")
      .choices(["pretty", "json"])
      .default("pretty"),
  )
  .action((subject, options) => {
    process.exitCode = explainCommand(subject, options);
  });

program
  .command("build")
  .description("build an event, or all events of a run, to send or to test with")
  .argument("[NAME]", "the event's name, such as prefect.task-run.Completed")
  .option("--run", "in place of NAME: build the history of a flow run")
  .option(
    "--set <KEY=VALUE>",
    "a value of the event, such as task_run.name=extract-0; can be repeated",
    collect,
  )
  .option("--from <FILE>", "the same as a JSON object; - is standard input")
  .addOption(
    new Option("--as <format>", "as JSON, as a curl command, or as Python")
      .choices(["json", "curl", "python"])
      .default("json"),
  )
  .option("--seed <SEED>", "with --now: always the same ids")
  .option("--now <TIME>", "the time, such as 2026-03-31T18:30:00Z; without, the present")
  .addHelpText(
    "after",
    `
Exit status: 0 it was built, 2 misuse, or something is missing.

Examples:
  prefect-events build prefect.flow-run.Running --set flow_run.name=brave-otter
  prefect-events build acme.paid --set resource.prefect.resource.id=acme.order.42 --as curl | sh
  prefect-events build --run --from run.json --as python`,
  )
  .action(async (name, options, command) => {
    process.exitCode = await buildCommand(name, options, () => command.help({ error: true }));
  });

program
  .command("schema")
  .description("the JSON Schema of automations, triggers or events, for editors")
  .argument(
    "[NAME]",
    "automation, trigger, deployment-triggers, event (any event), or an event such as prefect.task-run.Running; without a name: all events",
  )
  .action((name) => {
    process.exitCode = schemaCommand(name);
  });

program
  .command("simulate")
  .description("play a scenario, or real events, to an automation: would it fire, when, and why?")
  .argument("[FILE]", "a scenario, YAML or JSON; - is standard input")
  .option(
    "--automation <FILE>",
    "with --events: the automation, or several: a file for Prefect, or what Prefect exports",
  )
  .option("--name <NAME>", "with --events: of several automations, the one of this name")
  .option(
    "--events <FILE>",
    "events to play to it: NDJSON, a list, pages of the events API, or the output of `prefect event stream`; can be repeated",
    collect,
  )
  .option(
    "--start <TIME>",
    "with --events: what is received before is not evaluated; without, when the automation was created, or with the first event",
  )
  .option(
    "--end <TIME>",
    "with --events: until when it is played; without, until all can have fired",
  )
  .option(
    "--tick <SECONDS>",
    "with --events: from one evaluation of the server to the next",
    number,
  )
  .addOption(
    new Option(
      "--delivery <DELIVERY>",
      "with --events: direct plays repeated events too; each still waits for the one it follows",
    ).choices(["consumer", "direct"]),
  )
  .option(
    "--ignore-missing-leaders",
    "with --events: an event that follows one which is not among them waits for none",
  )
  .option(
    "--without-actions",
    "with --events: leave out what the automation's recorded actions brought about",
  )
  .option("--run <NAME>", "print only the run of this name or id")
  .option("--server-version <VERSION>", "3.9, 3.8, 3.7 or 3.6, in place of the scenario's")
  .option("--compare", "play it on 3.8 and on 3.9, and print what differs")
  .option("--trace", "print every decision")
  .addOption(format(["pretty", "json"]))
  .addHelpText(
    "after",
    `
Exit status: 0 it was played, 2 misuse, or it could not be played.

Examples:
  prefect-events simulate zombies.yaml
  prefect-events simulate --compare zombies.yaml
  prefect-events simulate --automation automation.json --events events.ndjson --trace
  prefect-events simulate --automation all.yaml --name zombies --events page1.json --events page2.json`,
  )
  .action(async (file, options, command) => {
    process.exitCode = await simulateCommand(file, options, () => command.help({ error: true }));
  });

program
  .command("test")
  .description("check what scenarios expect")
  .argument("<FILE...>", "scenarios with expectations, YAML or JSON; - is standard input")
  .addOption(format(["pretty", "json", "junit"]))
  .addHelpText(
    "after",
    `
Exit status: 0 all is as expected, 1 it is not, 2 misuse, or a scenario that cannot be played.`,
  )
  .action(async (files, options) => {
    process.exitCode = await testCommand(files, options);
  });

program
  .command("advise")
  .description("what a window over heartbeats tolerates, and how soon it finds a dead run")
  .requiredOption("--frequency <SECONDS>", "how often a run sends a heartbeat", number)
  .requiredOption("--within <SECONDS>", "the trigger's window", number)
  .option("--tick <SECONDS>", "from one evaluation of the server to the next", number, 5)
  .option("--client-version <VERSION>", "Prefect's version where the runs are")
  .option("--expect <NAME...>", "the trigger's expect, if it is not the wildcard")
  .addOption(format(["pretty", "json"]))
  .action((options) => {
    process.exitCode = adviseCommand(options);
  });

/**
 * A command that reports on files.
 * @param {string} name
 * @param {string} description
 * @param {string} profiles
 */
function reporting(name, description, profiles) {
  return program
    .command(name)
    .description(description)
    .argument("[FILE...]", "files to check; - is standard input")
    .addOption(
      new Option("--profile <profile>", profiles)
        .choices(["documented", "server"])
        .default("documented"),
    )
    .addOption(format(Object.keys(FORMATS)))
    .option(
      "--fix",
      "apply every fix that is certain, in the files themselves; all else in them, their mode, owner and links stay (with -: print the fixed text)",
    )
    .option(
      "--severity <CODE=LEVEL>",
      "report a code as an error, a warning or an info, or turn it off; can be repeated",
      severity,
    )
    .option(
      "--max-diagnostics <N>",
      "show at most N findings per file, errors first; totals count all",
      wholeNumber,
      1000,
    );
}

/**
 * @param {string} text
 * @param {{ [code: string]: string }} [levels]
 */
function severity(text, levels = Object.create(null)) {
  const [, code, level] = /^([^=]+)=([^=]+)$/.exec(text) ?? [];
  if (!code || !level)
    throw new InvalidArgumentError("Expected CODE=LEVEL, e.g. missing-label=warning.");
  levels[code] = level;
  return levels;
}

/** @param {string[]} names */
function format(names) {
  return new Option("--format <format>", "how to print the result")
    .choices(names)
    .default("pretty");
}

/**
 * @param {string} text
 * @param {string[]} [before]
 */
function collect(text, before = []) {
  before.push(text);
  return before;
}

/** @param {string} text */
function number(text) {
  if (!/^\d{1,9}(\.\d{1,6})?$/.test(text))
    throw new InvalidArgumentError("Expected a number of seconds.");
  return Number(text);
}

/** @param {string} text */
function wholeNumber(text) {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError("Expected a whole number.");
  return Number(text);
}

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    // Help and version that were asked for are no misuse.
    process.exitCode = error.exitCode === 0 ? 0 : MISUSE;
  } else {
    const trace = error instanceof Error ? (error.stack ?? error.message) : String(error);
    stderr.write(`Internal error in prefect-events, please report it:\n${printableLines(trace)}\n`);
    process.exitCode = MISUSE;
  }
}
