// Loaded before the command line (`node --import`): performs the action in AT_FSYNC just before a fixed file replaces the
// old one, and writes the state of the new file to standard error.

import crypto from "node:crypto";
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { basename } from "node:path";

const { fsyncSync, openSync, writeSync } = fs;
const action = process.env.AT_FSYNC ?? "";
const file = process.env.AT_FILE ?? "";

const mode = (/** @type {number} */ fd) => (fs.fstatSync(fd).mode & 0o777).toString(8);

/** @type {{ [action: string]: () => void }} */
const ACTIONS = {
  append: () => fs.appendFileSync(file, "\n{}"),
  touch: () => fs.utimesSync(file, 1, 1),
  replace() {
    // The same content and time, but another file.
    const { atime, mtime } = fs.statSync(file);
    fs.copyFileSync(file, `${file}.other`);
    fs.utimesSync(`${file}.other`, atime, mtime);
    fs.renameSync(`${file}.other`, file);
  },
  edit() {
    // The same size and time, but another content.
    const stats = fs.statSync(file, { bigint: true });
    fs.writeFileSync(file, fs.readFileSync(file, "utf8").replace("Z", "z"));
    while (fs.statSync(file, { bigint: true }).mtimeNs !== stats.mtimeNs)
      fs.utimesSync(file, Number(stats.atimeMs) / 1000, Number(stats.mtimeMs) / 1000);
  },
  remove: () => fs.rmSync(file),
};
for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"]))
  ACTIONS[signal] = () => process.kill(process.pid, signal);

fs.openSync = (path, flags, ...rest) => {
  const fd = openSync(path, flags, ...rest);
  if (flags === "wx") process.stderr.write(`created with ${mode(fd)}\n`);
  return fd;
};
// A hard-linked file has no new file: the action happens before the file is checked.
const { realpathSync } = fs;
// @ts-expect-error: only one of its forms is used
fs.realpathSync = (path) => {
  if (path === basename(file) && action.startsWith("early-")) ACTIONS[action.slice(6)]?.();
  return realpathSync(path);
};
// After the file was compared with what was read first.
const { readFileSync } = fs;
if (action.startsWith("late-"))
  // @ts-expect-error: only two of its forms are used
  fs.readFileSync = (path, /** @type {any[]} */ ...rest) => {
    const content = readFileSync(path, ...rest);
    if (
      rest.length === 0 &&
      (typeof path === "number" || basename(String(path)) === basename(file))
    )
      ACTIONS[action.slice(5)]?.();
    return content;
  };
fs.fsyncSync = (fd) => {
  process.stderr.write(`written with ${mode(fd)}\n`);
  fsyncSync(fd);
  ACTIONS[action]?.();
};
if (action === "same-name") crypto.randomUUID = () => "0-0-0-0-0";
if (action === "full-disk") {
  let failed = false;
  // Only the end of the file itself.
  fs.writeSync = (/** @type {any[]} */ ...args) => {
    const [fd, bytes, , length, position] = args;
    if (typeof position !== "number" || failed) return Reflect.apply(writeSync, fs, args);
    if (position === 0) return writeSync(fd, bytes, 0, length - 1, 0);
    failed = true;
    throw Object.assign(new Error("ENOSPC"), { code: "ENOSPC" });
  };
}
syncBuiltinESMExports();
