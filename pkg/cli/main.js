#!/usr/bin/env node
// The command line: its commands, their options, and the exit status.

import { Command, CommanderError, InvalidArgumentError, Option } from "commander";

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
import { PROFILE } from "./connection.js";
import { printable, printableLines } from "./escape.js";
import { endWhenOutputFails, MISUSE, stderr, stdout } from "./output.js";
import { version } from "./version.js";

endWhenOutputFails();

const program = new Command("prefect-events")
  .description("Check Prefect events and automations before you deploy.")
  .version(version())
  .exitOverride()
  .configureOutput({
    writeOut: (text) => stdout.write(text),
    writeErr: (text) => stderr.write(text),
    // Arguments, such as file names, can come from others.
    outputError(text, write) {
      const [, error = "", hint = ""] = /^(.*?)(\n\(Did you mean [^\n]*\?\))?\n$/s.exec(text) ?? [];
      write(`${printable(error)}${hint}\n`);
    },
  })
  .showHelpAfterError("(run with --help for usage)");

const EXIT_STATUS = `
Results go to standard output, all else to standard error.
Exit status: 0 no errors (warnings are allowed), 1 at least one error, 2 misuse, or a file cannot be read or written.`;

reporting(
  "validate",
  "validate events: JSON, NDJSON, pages of the events API or websocket frames",
  "documented: check everything; server: only what the Prefect server rejects",
)
  .option(
    "--schemas <DIR>",
    "folder with your JSON Schemas: each *.json file is for the events that match its name",
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
  "check automations: JSON or YAML with one or several automations, a trigger, a prefect.yaml, or the output of terraform show -json",
  "documented: what Prefect rejects, and advice; server: only what the REST API rejects",
)
  .addOption(
    new Option(
      "--route <route>",
      "how the file reaches Prefect: api (sent to the REST API), cli (prefect automation create, or the SDK), deploy (prefect deploy) or terraform (default: from the file's format)",
    ).choices(["api", "cli", "deploy", "terraform"]),
  )
  .option("--server-version <VERSION>", "version of the Prefect server (default: the latest)")
  .option("--client-version <VERSION>", "version of Prefect where the flows run")
  .option(
    "--heartbeat-frequency <SPAN>",
    "PREFECT_FLOWS_HEARTBEAT_FREQUENCY where the flows run, such as 180 or 3m (default: 180)",
    span,
  )
  .option("--cloud", "for Prefect Cloud: allow metric triggers and incidents")
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
  .description("explain the code of a finding, or an event")
  .argument(
    "<CODE|NAME>",
    "a diagnostic code such as missing-label, or an event such as prefect.task-run.Running",
  )
  .addOption(
    new Option("--format <format>", "output format").choices(["pretty", "json"]).default("pretty"),
  )
  .action(async (subject, options) => {
    process.exitCode = await explainCommand(subject, options);
  });

program
  .command("build")
  .description("build an event, or all events of a flow run")
  .argument("[NAME]", "name of the event, such as prefect.task-run.Completed")
  .option("--run", "instead of NAME: build the history of a flow run")
  .option(
    "--set <KEY=VALUE>",
    "value of the event, such as task_run.name=extract-0; can be repeated",
    collect,
  )
  .option("--from <FILE>", "values as a JSON object; - for standard input")
  .addOption(
    new Option("--as <format>", "output as JSON, a curl command, or Python")
      .choices(["json", "curl", "python"])
      .default("json"),
  )
  .option("--seed <SEED>", "with --now: generate the same ids every time")
  .option("--now <TIME>", "current time, such as 2026-03-31T18:30:00Z (default: now)")
  .addHelpText(
    "after",
    `
Exit status: 0 built, 2 misuse, or a value is missing.

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
  .description("print the JSON Schema of automations, triggers, scenarios or events, for editors")
  .argument(
    "[NAME]",
    "automation, trigger, deployment-triggers, scenario, event (any event), or an event such as prefect.task-run.Running; without a name: all events",
  )
  .action(async (name) => {
    process.exitCode = await schemaCommand(name);
  });

program
  .command("simulate")
  .description("play a scenario or captured events to an automation: would it fire, when, and why?")
  .argument("[FILE]", "scenario, YAML or JSON; - for standard input")
  .option(
    "--automation <FILE>",
    "with --events: file with automations, written for Prefect or exported from it",
  )
  .option("--name <NAME>", "with --events: use only the automation with this name")
  .option(
    "--events <FILE>",
    "captured events: NDJSON, a JSON array, pages of the events API, or the output of `prefect event stream`; can be repeated",
    collect,
  )
  .option(
    "--start <TIME>",
    "with --events: ignore events received before this time (default: when the automation was created, otherwise the first event)",
  )
  .option("--end <TIME>", "with --events: when to stop (default: when nothing more can fire)")
  .option("--tick <SPAN>", "with --events: interval between the server's evaluations", span)
  .addOption(
    new Option(
      "--delivery <DELIVERY>",
      "with --events: consumer (as on the server) or direct (evaluates repeated events too)",
    ).choices(["consumer", "direct"]),
  )
  .option(
    "--ignore-missing-leaders",
    "with --events: do not hold back events that follow an event outside the input",
  )
  .option(
    "--without-actions",
    "with --events: leave out the events that the automation's own actions caused",
  )
  .option("--run <NAME>", "print only the run with this name or id; the totals count all runs")
  .option("--server-version <VERSION>", "3.9, 3.8, 3.7 or 3.6 (default: the scenario's)")
  .option("--compare", "simulate 3.8 and 3.9, and print the differences")
  .option("--trace", "print every decision")
  .option("--actions", "render what the actions of each firing do")
  .option(
    "--given <FILE>",
    "with --actions: JSON of what only the server knows: flow_run, deployment, flow, variables, …",
  )
  .addOption(format(["pretty", "json"]))
  .addHelpText(
    "after",
    `
Exit status: 0 simulated, 2 misuse, or it could not be simulated.

Examples:
  prefect-events simulate zombies.yaml
  prefect-events simulate --compare zombies.yaml
  prefect-events simulate --automation automation.json --events events.ndjson --trace
  prefect-events simulate --automation automation.json --events events.ndjson --actions --given objects.json
  prefect-events simulate --automation all.yaml --name zombies --events page1.json --events page2.json`,
  )
  .action(async (file, options, command) => {
    process.exitCode = await simulateCommand(file, options, () => command.help({ error: true }));
  });

program
  .command("test")
  .description("test scenarios with expectations")
  .argument("<FILE...>", "scenario files, YAML or JSON; - for standard input")
  .option("--update", "write the present firings into the files as expectations, then test")
  .addOption(format(["pretty", "json", "github", "junit"]))
  .addHelpText(
    "after",
    `
Exit status: 0 all expectations met, 1 at least one not met, 2 misuse, or a scenario cannot be played.`,
  )
  .action(async (files, options) => {
    process.exitCode = await testCommand(files, options);
  });

fromEvents(
  program
    .command("backtest")
    .description(
      "replay automations over the events of a server, and compare the firings with those that it recorded",
    )
    .argument("[AUTOMATION]", "file with automations, or the name of one of the server")
    .option("--all", "instead of AUTOMATION: all automations of the server")
    .option("--name <NAME>", "of the automations in the file, only the one with this name"),
)
  .option(
    "--start <TIME>",
    "ignore events received before this time (default: when the server received the present version)",
  )
  .option("--ignore-missing-leaders", "do not wait for followed events that are not in the input")
  .addOption(format(["pretty", "json", "junit", "github"]))
  .addHelpText(
    "after",
    `
Exit status: 0 the firings agree, 1 at least one difference counts, 2 misuse, or an input cannot be read.
Differences by chance on the server, and because events were not captured, do not count.

Examples:
  prefect-events backtest zombies.yaml --events events.ndjson
  prefect-events backtest "Crash zombie flows" --since 2d
  prefect-events backtest --all --events monday.ndjson --events tuesday.ndjson --format junit`,
  )
  .action(async (subject, options, command) => {
    process.exitCode = await backtestCommand(subject, options, () => command.help({ error: true }));
  });

fromEvents(
  program
    .command("why")
    .description(
      "explain why an automation fired for a run, or why it did not, and which changed line would change this",
    )
    .requiredOption("--run <NAME|ID>", "name or id of the run, or the beginning of one")
    .option(
      "--automation <FILE>",
      "file with the automations to look at (default: those of the server)",
    )
    .option("--name <NAME>", "of these automations, only the one with this name"),
)
  .addOption(format(["pretty", "json"]))
  .addHelpText(
    "after",
    `
Exit status: 0 explained, 2 misuse, an unknown run, or an input cannot be read.

Examples:
  prefect-events why --run brave-otter
  prefect-events why --run brave-otter --events events.ndjson --automation zombies.yaml`,
  )
  .action(async (options, command) => {
    process.exitCode = await whyCommand(options, () => command.help({ error: true }));
  });

fromEvents(
  program
    .command("diff")
    .description("compare the firings of two versions of an automation on the same events")
    .argument("<OLD>", "file with the old version")
    .argument("<NEW>", "file with the new version"),
)
  .option("--start <TIME>", "ignore events received before this time (default: the first event)")
  .option("--ignore-missing-leaders", "do not wait for followed events that are not in the input")
  .option("--exit-code", "exit with 1 if a firing changes")
  .addOption(format(["pretty", "json", "markdown"]))
  .addHelpText(
    "after",
    `
Exit status: 0 compared, 1 with --exit-code if a firing changes, 2 misuse, or an input cannot be read.

Examples:
  prefect-events diff old.yaml new.yaml --events events.ndjson
  prefect-events diff old.yaml new.yaml --since 7d --format markdown >> "$GITHUB_STEP_SUMMARY"`,
  )
  .action(async (old, young, options, command) => {
    process.exitCode = await diffCommand(old, young, options, () => command.help({ error: true }));
  });

program
  .command("advise")
  .description(
    "calculate how many missed heartbeats a window tolerates, and how soon it detects a dead run; with assumptions: false alarms against delay; with --events: what the captured heartbeats call for",
  )
  .option("--frequency <SPAN>", "between two heartbeats of a run, such as 60 or 3m", span)
  .option("--within <SPAN>", "the trigger's `within`", span)
  .option("--tick <SPAN>", "interval between the server's evaluations (default: 5)", span)
  .option("--client-version <VERSION>", "version of Prefect where the flows run")
  .option("--expect <NAME...>", "the trigger's `expect` (default: prefect.flow-run.*)")
  .option(
    "--events <FILE>",
    "captured events: NDJSON, a JSON array, or pages of the events API; can be repeated",
    collect,
  )
  .option("--loss <SHARE>", "assume that heartbeats are lost: a probability, such as 2% or 0.02")
  .option("--jitter <SPAN>", "assume that a heartbeat arrives up to so much later", span)
  .option(
    "--drift <SPAN>",
    "assume that the time between two heartbeats is so much longer than the frequency (default: 0.015)",
    span,
  )
  .option(
    "--outage <SPAN/PERIOD>",
    "assume a time in which no heartbeat arrives, such as 30s/day or 5m/week",
  )
  .option("--runs <N>", "how many runs are alive at any time (default: 1)", wholeNumber)
  .option("--hours <HOURS>", "how long a run lives (default: 24)", decimal)
  .option(
    "--target <N/PERIOD>",
    "how many false alarms are allowed over all runs (default: 1/month)",
  )
  .option("--windows <SPAN...>", "the windows to calculate (default: chosen)", spans)
  .option("--seed <N>", "seed of the simulation (default: 0)", wholeNumber)
  .option("--run-hours <HOURS>", "most hours of runs to simulate (default: chosen)", wholeNumber)
  .addOption(format(["pretty", "json"]))
  .addHelpText(
    "after",
    `
Exit status: 0 calculated, 2 misuse.

Examples:
  prefect-events advise --frequency 30 --within 90
  prefect-events advise --frequency 60 --within 180 --loss 2% --runs 500
  prefect-events advise --frequency 3m --loss 1% --jitter 5s --outage 30s/day --runs 500 --target 1/week
  prefect-events advise --events captured.ndjson --within 180`,
  )
  .action(async (options, command) => {
    process.exitCode = await adviseCommand(options, (message) =>
      /** @type {Command} */ (command).error(`error: ${message}`),
    );
  });

program
  .command("pull")
  .description("print the events of a Prefect server, one per line: NDJSON for the other commands")
  .option(
    "--since <TIME>",
    "earliest time: how long ago, such as 7d or 1h30m, or such as 2026-03-01T12:00:00Z (default: 7d)",
  )
  .option("--until <TIME>", "latest time, likewise (default: now)")
  .option(
    "--for <FILE>",
    "file with automations: only events that these wait for, and those that they follow",
  )
  .option(
    "--run <NAME|ID>",
    "only events of, or related to, this flow run; can be repeated",
    collect,
  )
  .option(...PROFILE)
  .option(
    "--resume <FILE>",
    "append to FILE, which an earlier pull wrote, the events after its last one",
  )
  .option(
    "--stream",
    "follow new events until Ctrl-C; with --since, begin with past ones (default: now)",
  )
  .addHelpText(
    "after",
    `
Events go to standard output; progress goes to standard error. Credentials are never printed.
Exit status: 0 all events came, 2 misuse, or the server cannot be read, or the output not written,
130 interrupted: only whole lines were written.

Examples:
  prefect-events pull > events.ndjson
  prefect-events pull --resume events.ndjson
  prefect-events pull --stream --since 1h
  prefect-events pull --since 1h --run brave-otter | prefect-events validate -
  prefect-events pull --profile production --for automation.yaml > events.ndjson`,
  )
  .action(async (options) => {
    process.exitCode = await pullCommand(options);
  });

/**
 * Adds the options of a command that reads captured events, or a server.
 * @param {Command} command
 */
function fromEvents(command) {
  return command
    .option(
      "--events <FILE>",
      "captured events instead of a server: NDJSON, a JSON array or pages of the events API; can be repeated",
      collect,
    )
    .option("--since <TIME>", "with a server: earliest time, such as 7d or 1h30m (default: 7d)")
    .option("--until <TIME>", "with a server: latest time, likewise (default: now)")
    .option(...PROFILE)
    .option("--tick <SPAN>", "interval between the server's evaluations (default: 5)", span)
    .option("--server-version <VERSION>", "3.9, 3.8, 3.7 or 3.6 (default: 3.9)");
}

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
    .argument("[FILE...]", "files to check; - for standard input")
    .addOption(
      new Option("--profile <profile>", profiles)
        .choices(["documented", "server"])
        .default("documented"),
    )
    .addOption(format(["pretty", "json", "github", "sarif", "junit"]))
    .option(
      "--fix",
      "apply every certain fix to the files, and change nothing else (with -: print the fixed text)",
    )
    .option(
      "--severity <CODE=LEVEL>",
      "report a code as error, warning or info, or turn it off; can be repeated",
      severity,
    )
    .option(
      "--max-diagnostics <N>",
      "list at most N findings per file, errors first; totals count all",
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
  return new Option("--format <format>", "output format").choices(names).default("pretty");
}

/**
 * @param {string} text
 * @param {string[]} [before]
 */
function collect(text, before = []) {
  before.push(text);
  return before;
}

/**
 * A number of seconds, or a text such as `5m`, which the core reads.
 * @param {string} text
 */
function span(text) {
  if (/^\d{1,9}(\.\d{1,6})?$/.test(text)) return Number(text);
  if (!/^[\d.]+\s*[a-z]|^P/i.test(text))
    throw new InvalidArgumentError(
      "Expected a number of seconds, or a duration such as 5m or 1h30m.",
    );
  return text;
}

/**
 * @param {string} text
 * @param {(string | number)[]} [before]
 */
function spans(text, before = []) {
  return [...before, span(text)];
}

/** @param {string} text */
function decimal(text) {
  if (!/^\d{1,9}(\.\d{1,6})?$/.test(text)) throw new InvalidArgumentError("Expected a number.");
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
    // `--help` and `--version` are not misuse.
    process.exitCode = error.exitCode === 0 ? 0 : MISUSE;
  } else {
    const trace = error instanceof Error ? (error.stack ?? error.message) : String(error);
    stderr.write(`Internal error in prefect-events. Please report it:\n${printableLines(trace)}\n`);
    process.exitCode = MISUSE;
  }
}
