// `--fix` must not damage a file that changed, is not a regular file, is shared, or is read-only.

import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import {
  chmodSync,
  chownSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

import { wrongCase } from "./helpers/events.js";
import { folder, programWith, run } from "./helpers/run.js";

const WRONG = wrongCase();
const RIGHT = WRONG.replace('"running"', '"RUNNING"');
const HOOK = fileURLToPath(new URL("helpers/at-fsync.js", import.meta.url));
const PYTHON_HOOK = fileURLToPath(new URL("helpers/python", import.meta.url));
const ROOT = process.getuid?.() === 0;
const posix = { skip: process.platform === "win32" };
const asRoot = { skip: !ROOT && "only as root" };
const parent = folder();
let folders = 0;

/** A new folder with a file in it. */
function place(name = "a.json", content = WRONG) {
  folders += 1;
  const cwd = join(parent, String(folders));
  mkdirSync(cwd);
  const path = join(cwd, name);
  writeFileSync(path, content);
  return { cwd, name, path };
}

/**
 * Fixes a file, and performs an action just before it is replaced.
 * @param {{ cwd: string, name: string, path: string }} file
 * @param {string} [action]
 * @returns {Promise<{ status: number | null, signal: string | null, stdout: string, stderr: string }>}
 */
function fix({ cwd, name, path }, action = "") {
  const env = { ...process.env, AT_FSYNC: action, AT_FILE: path, NO_COLOR: "1" };
  return new Promise((resolve, reject) => {
    // Python loads a file of this name that it finds there.
    const hook = { ...env, NODE_OPTIONS: `--import ${HOOK}`, PYTHONPATH: PYTHON_HOOK };
    const child = spawn(...programWith(["validate", "--fix", name]), { cwd, env: hook });
    let stdout = "";
    let stderr = "";
    child.stdout.on("data", (piece) => {
      stdout += piece;
    });
    child.stderr.on("data", (piece) => {
      stderr += piece;
    });
    child.on("error", reject);
    child.on("close", (status, signal) => resolve({ status, signal, stdout, stderr }));
  });
}

const read = (/** @type {string} */ path) => readFileSync(path, "utf8");
/** The messages of a run, without those of the hook. @param {string} stderr */
const sentence = (stderr) => stderr.replaceAll(/^(created|written) with .*\n/gm, "");

test("a file that changed meanwhile is not written", posix, async () => {
  for (const [action, content] of /** @type {[string, string | undefined][]} */ ([
    ["append", `${WRONG}\n{}`],
    ["edit", WRONG.replace("Z", "z")],
    ["replace", WRONG],
    ["touch", WRONG],
    ["remove", undefined],
  ])) {
    for (const [links, when] of /** @type {[number, string][]} */ ([
      [1, ""],
      [1, "late-"],
      [2, "early-"],
      [2, "late-"],
    ])) {
      const file = place();
      // A time in whole milliseconds, which can be set again.
      utimesSync(file.path, 1_000_000_000, 1_000_000_000);
      if (links === 2) linkSync(file.path, join(parent, `link-${folders}`));
      const { status, stdout, stderr } = await fix(file, `${when}${action}`);
      assert.deepEqual(
        [status, sentence(stderr)],
        [2, "prefect-events: a.json changed during the check: not fixed\n"],
        `${when}${action} ${links}`,
      );
      assert.equal(stdout, "1 file could not be fixed\n");
      assert.equal(existsSync(file.path) ? read(file.path) : undefined, content, action);
      assert.deepEqual(readdirSync(file.cwd), content === undefined ? [] : ["a.json"]);
    }
  }
});

test("the new file is never readable by more users than the old one", posix, async () => {
  for (const mode of [0o600, 0o640, 0o644, 0o664, 0o777]) {
    const file = place();
    chmodSync(file.path, mode);
    const { status, stderr } = await fix(file);
    assert.equal(status, 0);
    const octal = mode.toString(8);
    assert.equal(stderr, `created with 600\nwritten with ${octal}\n`);
    assert.equal(statSync(file.path).mode & 0o777, mode);
    assert.equal(read(file.path), RIGHT);
  }
});

test("an existing file with the name of the temporary file is kept", async () => {
  const file = place();
  const other = join(file.cwd, ".prefect-events-0-0-0-0-0.tmp");
  writeFileSync(other, "of someone else");
  const { status, stderr } = await fix(file, "same-name");
  assert.equal(status, 2);
  assert.match(stderr, /^prefect-events: a\.json cannot be written: (EEXIST|File exists)[^\n]*\n$/);
  assert.equal(read(other), "of someone else");
  assert.equal(read(file.path), WRONG);
  rmSync(other);
  assert.equal((await fix(file, "same-name")).status, 0);
  assert.equal(read(file.path), RIGHT);
});

test("file names of the maximum length", posix, async () => {
  for (const name of [`${"n".repeat(250)}.json`, `${"é".repeat(125)}.json`]) {
    assert.equal(Buffer.byteLength(name), 255);
    const { cwd, path } = place(name);
    const { status, stdout } = await run(["validate", "--fix", name], { cwd });
    assert.deepEqual([status, stdout], [0, "1 event in 1 file: no problems found; 1 fixed\n"]);
    assert.equal(read(path), RIGHT);
    assert.deepEqual(readdirSync(cwd), [name]);
  }
});

test("anything except regular files is not changed, and reported", posix, async () => {
  const { cwd } = place();
  execFileSync("mkfifo", [join(cwd, "fifo")]);
  symlinkSync("fifo", join(cwd, "link"));
  mkdirSync(join(cwd, "directory"));
  const server = createServer().listen(join(cwd, "socket"));
  await new Promise((resolve) => server.once("listening", resolve));
  const hint = "--fix changes only files (use - for standard input)";
  for (const [name, reason] of /** @type {[string, string][]} */ ([
    ["fifo", `is a named pipe: ${hint}`],
    ["link", `is a named pipe: ${hint}`],
    ["socket", `is a socket: ${hint}`],
    ["/dev/null", `is a device: ${hint}`],
    ["directory", "is a directory: name its files"],
  ])) {
    for (const command of ["validate", "check"]) {
      const { status, stderr } = await run([command, "--fix", name], { cwd });
      assert.deepEqual([status, stderr], [2, `prefect-events: ${name} ${reason}\n`]);
    }
  }
  server.close();
  assert.ok(lstatSync(join(cwd, "fifo")).isFIFO());
  assert.ok(lstatSync(join(cwd, "link")).isSymbolicLink());
});

test("without --fix, a named pipe is read", posix, async () => {
  const { cwd } = place();
  execFileSync("mkfifo", [join(cwd, "fifo")]);
  const writer = spawn("sh", ["-c", "cat a.json > fifo"], { cwd });
  const { status, stdout } = await run(["validate", "fifo"], { cwd });
  writer.kill();
  assert.equal(status, 1);
  assert.match(stdout, /--> fifo:1:/);
});

test("hard links stay one file, and all of them are fixed", posix, async () => {
  // Shorter and longer than before.
  for (const [wrong, right] of [
    [WRONG, RIGHT],
    [WRONG.replace('"prefect.state-type"', '"prefect.state-types"'), RIGHT],
    [WRONG.replace('"prefect.state-type"', '"prefect.state-typ"'), RIGHT],
  ]) {
    const file = place("a.json", wrong);
    linkSync(file.path, join(file.cwd, "b.json"));
    symlinkSync("b.json", join(file.cwd, "c.json"));
    const { ino } = statSync(file.path);
    const { status } = await fix({ ...file, name: "c.json" });
    assert.equal(status, 0);
    assert.equal(read(file.path), right);
    assert.deepEqual([statSync(file.path).ino, statSync(join(file.cwd, "b.json")).ino], [ino, ino]);
    assert.ok(lstatSync(join(file.cwd, "c.json")).isSymbolicLink());
    assert.deepEqual(readdirSync(file.cwd), ["a.json", "b.json", "c.json"]);
  }
});

test("a full disk while writing a hard-linked file does not change it", posix, async () => {
  const file = place();
  linkSync(file.path, join(file.cwd, "b.json"));
  const { status, stderr } = await fix(file, "full-disk");
  assert.equal(status, 2);
  assert.equal(
    sentence(stderr),
    "prefect-events: a.json cannot be written: no space left on the device\n",
  );
  assert.equal(read(file.path), WRONG);
});

test("a read-only file is not replaced, and is no error if nothing is fixable", posix, async () => {
  const { cwd, path } = place();
  chmodSync(path, 0o444);
  const { ino } = statSync(path);
  const { status, stderr } = await run(["validate", "--fix", "a.json"], { cwd });
  assert.deepEqual([status, stderr], [2, "prefect-events: a.json is read-only: not fixed\n"]);
  assert.deepEqual([read(path), statSync(path).ino], [WRONG, ino]);
  const good = place("a.json", RIGHT);
  chmodSync(good.path, 0o444);
  assert.equal((await run(["validate", "--fix", "a.json"], { cwd: good.cwd })).status, 0);
});

test(
  "a signal between writing and replacing leaves no temporary file, and still ends it",
  posix,
  async () => {
    for (const wanted of ["SIGINT", "SIGTERM", "SIGHUP"]) {
      const file = place();
      const { signal, stdout } = await fix(file, wanted);
      assert.deepEqual([signal, stdout], [wanted, ""]);
      assert.deepEqual(readdirSync(file.cwd), ["a.json"]);
      assert.equal(read(file.path), RIGHT);
    }
  },
);

test("the owner is kept, with a new file if possible", asRoot, async () => {
  const file = place();
  chownSync(file.path, 12345, 23456);
  chmodSync(file.path, 0o6640);
  assert.equal((await fix(file)).status, 0);
  const { uid, gid, mode } = statSync(file.path);
  assert.deepEqual([uid, gid, mode & 0o7777], [12345, 23456, 0o6640]);
  assert.equal(read(file.path), RIGHT);
});

test(
  "another's file, or one in a folder that may not be written, is fixed in itself",
  asRoot,
  async (context) => {
    chmodSync(parent, 0o755);
    for (const [ofFile, ofFolder] of /** @type {[number, number][]} */ ([
      [0o666, 0o777],
      [0o666, 0o755],
      [0o644, 0o777],
      [0o466, 0o777],
    ])) {
      const { cwd, path } = place();
      // Its owner cannot write it, but others can.
      if (ofFile === 0o466) chownSync(path, 65534, process.getgid?.() ?? 0);
      chmodSync(path, ofFile);
      chmodSync(cwd, ofFolder);
      const before = statSync(path);
      const result = await run(["validate", "--fix", "a.json"], { cwd, uid: 65534 }).catch(
        () => undefined,
      );
      if (!result || /Cannot find module|EACCES/.test(result.stderr))
        return context.skip("this machine does not let nobody run Node.js");
      const after = statSync(path);
      assert.deepEqual([after.uid, after.ino, after.mode], [before.uid, before.ino, before.mode]);
      if (ofFile !== 0o666) {
        const said = "prefect-events: a.json cannot be written: permission denied\n";
        assert.deepEqual([result.status, result.stderr, read(path)], [2, said, WRONG]);
      } else assert.deepEqual([result.status, read(path)], [0, RIGHT]);
      assert.deepEqual(readdirSync(cwd), ["a.json"]);
    }
  },
);

test("with -, text without fixes is passed on unchanged", async () => {
  const bytes = Buffer.concat([Buffer.from(RIGHT), Buffer.from([0xff])]);
  const child = spawn(...programWith(["validate", "--fix", "-"]));
  /** @type {Buffer[]} */
  const pieces = [];
  child.stdout.on("data", (piece) => pieces.push(piece));
  child.stdin.end(bytes);
  await new Promise((resolve) => child.on("close", resolve));
  assert.deepEqual(Buffer.concat(pieces), bytes);
  const empty = await run(["validate", "--fix", "-"], { input: "" });
  assert.deepEqual([empty.status, empty.stdout], [2, ""]);
});
