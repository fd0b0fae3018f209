// Runs a command of the core: does what it asks for.

import { readdir } from "node:fs/promises";
import { dirname, join, resolve, sep } from "node:path";

import { PrefectEventsError } from "../error.js";
import { commandModule } from "../modules/command.js";
import { printable } from "./escape.js";
import { printError, stderr, stdout } from "./output.js";
import { progress } from "./progress-bar.js";
import { openInput, reasonOf, Unreadable } from "./read-input.js";
import { FixRefused, rejectSpecialFile, writeBack } from "./rewrite.js";
import { hasColours } from "./terminal.js";
import { displayName } from "./text.js";

/** @typedef {import("../wasm/prefect_events_command.js").Command} Command */
/** @typedef {{ use: <T>(action: (command: Command) => T, size?: number) => T, close: () => void }} Opened */
/** @typedef {import("./rewrite.js").Original} Original */
/** @typedef {import("../wasm/steps.js").CommandNext} Next what the core asks for */

/**
 * What the parser of arguments does.
 * @typedef {object} Parser
 * @property {() => void} [usage] prints how the command is used, and ends
 * @property {(message: string) => never} [misuse] prints an error, and ends
 */

/** Files of more bytes have a progress bar. */
const LONG_BYTES = 8 * 1024 * 1024;

/** A file that made the program fail, by the number of the request to read it. */
class Failure extends Error {
  /**
   * @param {number} read
   * @param {unknown} cause
   */
  constructor(read, cause) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.read = read;
  }
}

/**
 * Why a command failed.
 * @param {string} name
 * @param {Failure} failure
 */
function reason(name, { cause, message }) {
  // The message of the library names its functions.
  if (!(cause instanceof PrefectEventsError && cause.code === "out-of-memory")) return message;
  const less = name === "validate" ? " (NDJSON needs much less)" : "";
  return `the input is too large: out of memory${less}`;
}

/**
 * @param {string} name
 * @param {object} options by the core's names
 * @param {Parser} [parser]
 * @returns {Promise<number>} the exit status
 */
export async function runCommand(name, options, parser = {}) {
  const run = new Run(name, options, parser);
  for (;;) {
    try {
      return await run.start();
    } catch (error) {
      if (error instanceof TypeError) return printError(error.message);
      if (!(error instanceof Failure)) throw error;
      // Too large, or an internal error. The other files are still reported on: the command starts again without this one.
      const why = reason(name, error);
      if (!run.isolates || run.failed.has(error.read)) return printError(why);
      run.failed.set(error.read, `cannot be checked: ${why}`);
    }
  }
}

class Run {
  /** Files that made the program fail, and why. @type {Map<number, string>} */
  failed = new Map();
  isolates = false;
  #name;
  #options;
  #parser;
  /** How many texts were printed. */
  #printed = 0;
  /** What was read and can be written. @type {Map<string, Original>} */
  #originals = new Map();

  /**
   * @param {string} name
   * @param {object} options
   * @param {Parser} parser
   */
  constructor(name, options, parser) {
    this.#name = name;
    // Values that were not given are `undefined`, which the core does not know.
    this.#options = JSON.parse(JSON.stringify(options));
    this.#parser = parser;
  }

  async start() {
    const opened = commandModule.open(
      (core) => new core.Command(this.#name, this.#options, surroundings()),
    );
    let [reads, prints] = [0, 0];
    try {
      this.isolates = opened.use((command) => command.isolatesFiles);
      for (;;) {
        /** @type {Next} */
        const next = call(reads, () => opened.use((command) => command.next()));
        switch (next.want) {
          case "read":
            reads += 1;
            await this.#read(opened, next, reads);
            break;
          case "list":
            await list(opened, next.folder);
            break;
          case "pull":
          case "automations":
            reads += 1;
            await this.#ask(opened, next, reads);
            break;
          case "write":
            await this.#write(opened, next.file);
            break;
          case "print":
            prints += 1;
            if (prints > this.#printed) {
              (next.to === "stdout" ? stdout : stderr).write(next.text);
              this.#printed = prints;
            }
            break;
          case "usage":
            this.#parser.usage?.();
            return 2;
          case "misuse":
            this.#parser.misuse?.(next.message);
            return 2;
          default:
            return next.status;
        }
      }
    } finally {
      opened.close();
    }
  }

  /**
   * @param {Opened} opened
   * @param {Extract<Next, { want: "read" }>} request
   * @param {number} number
   */
  async #read(opened, { file, beside, rewrite }, number) {
    const failed = this.failed.get(number);
    if (failed !== undefined) return opened.use((command) => command.failed(failed));
    const path = beside === undefined ? file : resolve(folderOf(beside), file);
    /** @type {ReturnType<typeof progress> | undefined} */
    let bar;
    try {
      // The core says of standard input that nothing can be written to it.
      if (rewrite !== undefined && file !== "-") await rejectSpecialFile(path, rewrite);
      const input = await openInput(path);
      if (input.size !== undefined && input.size > LONG_BYTES)
        bar = progress(printable(displayName(file)), input.size);
      /** @type {Uint8Array[]} */
      const kept = [];
      for await (const piece of input.pieces) {
        if (rewrite !== undefined) kept.push(Uint8Array.from(piece));
        const more = call(number, () =>
          opened.use((command) => command.piece(piece), piece.length),
        );
        bar?.add(piece.length);
        if (!more) break;
      }
      if (rewrite !== undefined)
        this.#originals.set(file, {
          bytes: Buffer.concat(kept),
          stats: input.stats,
          option: rewrite,
        });
      call(number, () => opened.use((command) => command.end(), input.size));
    } catch (error) {
      if (error instanceof FixRefused) opened.use((command) => command.rejected(error.message));
      else if (error instanceof Unreadable) opened.use((command) => command.failed(error.message));
      else throw error;
    } finally {
      bar?.stop();
    }
  }

  /**
   * Asks a server.
   * @param {Opened} opened
   * @param {Extract<Next, { want: "pull" | "automations" }>} request
   * @param {number} number
   */
  async #ask(opened, request, number) {
    const { automations, pull } = await import("./server.js");
    const texts = request.want === "pull" ? pull(request) : automations(request);
    const encoder = new TextEncoder();
    try {
      for await (const text of texts) {
        const bytes = encoder.encode(text);
        if (!call(number, () => opened.use((command) => command.piece(bytes), bytes.length))) break;
      }
      call(number, () => opened.use((command) => command.end()));
    } catch (error) {
      if (!(error instanceof TypeError || error instanceof PrefectEventsError)) throw error;
      // The core adds the name of the program, as the library has for misuse.
      opened.use((command) => command.failed(error.message.replace(/^prefect-events: /, "")));
    }
  }

  /**
   * @param {Opened} opened
   * @param {string} file
   */
  async #write(opened, file) {
    const text = opened.use((command) => command.text());
    const original = this.#originals.get(file);
    try {
      if (file === "-") {
        stdout.write(text);
        // It only counts if it was written.
        await stdout.flush();
      } else if (original) await writeBack(file, text, original);
      opened.use((command) => command.written());
    } catch (error) {
      if (!(error instanceof FixRefused)) throw error;
      opened.use((command) => command.failed(error.message));
    }
  }
}

/**
 * Calls the core; a failure of the core itself is one on the last file.
 * @template T
 * @param {number} read
 * @param {() => T} action
 */
function call(read, action) {
  try {
    return action();
  } catch (error) {
    throw new Failure(read, error);
  }
}

/**
 * @param {Opened} opened
 * @param {string} folder
 */
async function list(opened, folder) {
  try {
    const names = await readdir(folder);
    opened.use((command) =>
      command.listed(
        names,
        names.map((name) => join(folder, name)),
      ),
    );
  } catch (error) {
    const reason = reasonOf("list", /** @type {NodeJS.ErrnoException} */ (error));
    opened.use((command) => command.failed(reason));
  }
}

/** @param {string} file */
function folderOf(file) {
  return file === "-" ? "." : dirname(file);
}

/** What a command knows of this program. */
function surroundings() {
  return {
    stdinIsTerminal: process.stdin.isTTY === true,
    stdout: terminal(stdout),
    stderr: terminal(stderr),
    seed: globalThis.crypto.getRandomValues(new Uint32Array(4)).join("-"),
    now: new Date().toISOString(),
    backslash: sep === "\\",
  };
}

/** @param {import("./output.js").Out} stream */
function terminal(stream) {
  const { columns } = stream;
  const colour = hasColours(stream);
  return columns === undefined ? { colour } : { colour, columns };
}
