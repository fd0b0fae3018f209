// Makes commander's commands from the table `commands.json`, which the command line of the Python package reads too.

import { readFileSync } from "node:fs";

import { Argument, Command, InvalidArgumentError, Option } from "commander";

import { printable } from "./escape.js";
import { stderr, stdout } from "./output.js";

/**
 * How the values of an option are read, by patterns that match all of it.
 * @typedef {object} Kind
 * @property {string} [number] matches what becomes a number
 * @property {string} [text] matches what remains a text
 * @property {string} [pair] matches a key and its value; pairs become an object
 * @property {string} problem if nothing matches
 *
 * @typedef {object} OptionRow
 * @property {string} name
 * @property {string} [value] the name of the value in the help; without it, the option is a flag
 * @property {string} [kind] of the value; without it, a text
 * @property {string[]} [choices]
 * @property {string | number} [default]
 * @property {boolean} [repeat] the option can be repeated
 * @property {boolean} [list] the option takes several values
 * @property {boolean} [required]
 * @property {string} description
 *
 * @typedef {object} ArgumentRow
 * @property {string} name
 * @property {string} key the core's name
 * @property {boolean} [optional]
 * @property {boolean} [many]
 * @property {string} description
 *
 * @typedef {object} CommandRow
 * @property {string} name
 * @property {string} description
 * @property {ArgumentRow[]} arguments
 * @property {(OptionRow | string)[]} options a text is the name of a group
 * @property {string[]} [about] lines of the help
 * @property {string[]} [examples]
 *
 * @typedef {object} Table
 * @property {string} name
 * @property {string} description
 * @property {string} hint after an error
 * @property {{ [name: string]: Kind }} kinds
 * @property {{ [name: string]: (OptionRow | string)[] }} groups of options that several commands have
 * @property {CommandRow[]} commands
 */

/** @type {Table} */
const TABLE = JSON.parse(readFileSync(new URL("commands.json", import.meta.url), "utf8"));

/**
 * Runs a command with its options and arguments by the core's names, and returns the exit status.
 * @typedef {(command: Command, options: any) => number | Promise<number>} Action
 */

/**
 * @param {string} version
 * @param {Action} action
 * @returns {Command}
 */
export function makeProgram(version, action) {
  const program = new Command(TABLE.name)
    .description(TABLE.description)
    .version(version)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => stdout.write(text),
      writeErr: (text) => stderr.write(text),
      // Arguments, such as file names, can come from others.
      outputError(text, write) {
        const [, error = "", hint = ""] =
          /^(.*?)(\n\(Did you mean [^\n]*\?\))?\n$/s.exec(text) ?? [];
        write(`${printable(error)}${hint}\n`);
      },
    })
    .showHelpAfterError(TABLE.hint);
  for (const row of TABLE.commands) addCommand(program, row, action);
  return program;
}

/**
 * @param {Command} program
 * @param {CommandRow} row
 * @param {Action} action
 */
function addCommand(program, row, action) {
  // It inherits the settings of the program.
  const command = program.command(row.name).description(row.description);
  for (const argument of row.arguments) command.addArgument(makeArgument(argument));
  for (const option of ungrouped(row.options)) command.addOption(makeOption(option));
  if (row.about) command.addHelpText("after", `\n${row.about.join("\n")}`);
  if (row.examples) command.addHelpText("after", `\nExamples:\n  ${row.examples.join("\n  ")}`);
  command.action(async (...given) => {
    const values = Object.fromEntries(row.arguments.map(({ key }, index) => [key, given[index]]));
    process.exitCode = await action(command, { ...command.opts(), ...values });
  });
}

/**
 * @param {(OptionRow | string)[]} options
 * @returns {OptionRow[]}
 */
function ungrouped(options) {
  return options.flatMap((option) =>
    typeof option === "string" ? ungrouped(TABLE.groups[option] ?? []) : option,
  );
}

/** @param {ArgumentRow} row */
function makeArgument({ name, optional, many, description }) {
  const inner = many ? `${name}...` : name;
  return new Argument(optional ? `[${inner}]` : `<${inner}>`, description);
}

/** @param {OptionRow} row */
function makeOption(row) {
  const { name, value, kind, choices, default: usual, repeat, list, required, description } = row;
  const flags = value === undefined ? `--${name}` : `--${name} <${value}${list ? "..." : ""}>`;
  const option = new Option(flags, description).makeOptionMandatory(required === true);
  if (usual !== undefined) option.default(usual);
  const known = kind === undefined ? undefined : TABLE.kinds[kind];
  if (choices) option.choices(choices);
  else if (known?.pair !== undefined) option.argParser(pairs(known));
  else if (known && list) option.argParser(several((text) => read(known, text)));
  else if (known) option.argParser((text) => read(known, text));
  else if (repeat) option.argParser(several((text) => text));
  return option;
}

/**
 * @param {(text: string) => unknown} one
 * @returns {(text: string, before?: unknown[]) => unknown[]}
 */
function several(one) {
  return (text, before = []) => [...before, one(text)];
}

/**
 * @param {Kind} kind
 * @returns {(text: string, before?: { [key: string]: string }) => { [key: string]: string }}
 */
function pairs({ pair = "", problem }) {
  return (text, before = Object.create(null)) => {
    const [, key, value] = whole(pair).exec(text) ?? [];
    if (!key || !value) throw new InvalidArgumentError(problem);
    before[key] = value;
    return before;
  };
}

/**
 * @param {Kind} kind
 * @param {string} text
 */
function read({ number, text: pattern, problem }, text) {
  if (number !== undefined && whole(number).test(text)) return Number(text);
  if (pattern === undefined || !whole(pattern).test(text)) throw new InvalidArgumentError(problem);
  return text;
}

/** @param {string} pattern */
function whole(pattern) {
  return new RegExp(`^(?:${pattern})$`);
}
