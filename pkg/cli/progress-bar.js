// A progress bar on a terminal, for large files.

import { SingleBar } from "cli-progress";

import { printable } from "./escape.js";

/**
 * @param {string} label
 * @param {number | undefined} total in bytes
 * @returns {{ add: (bytes: number) => void, stop: () => void }}
 */
export function progress(label, total) {
  if (!process.stderr.isTTY || total === undefined) return { add() {}, stop() {} };
  const megabytes = (/** @type {number} */ bytes) => Math.round(bytes / 1e6);
  const bar = new SingleBar({
    stream: process.stderr,
    clearOnComplete: true,
    hideCursor: true,
    format: `{bar} {percentage}% of ${megabytes(total)} MB, {eta_formatted} left: ${label}`,
  });
  let started = false;
  return {
    add(bytes) {
      if (!started) bar.start(total, 0);
      started = true;
      bar.increment(bytes);
    },
    stop() {
      if (started) bar.stop();
    },
  };
}

/**
 * Progress of reading from a server: events and their rate.
 * @returns {{ update: (progress: import("../entries/live.js").PullProgress) => void, wait: (milliseconds: number, reason: string) => void, stop: () => void }}
 */
export function pullProgress() {
  const { stderr } = process;
  const started = Date.now();
  /** @type {SingleBar | undefined} */
  let bar;
  return {
    update({ events, since, until, reached }) {
      if (!stderr.isTTY) return;
      const [from, to, now] = [since, until, reached].map((time) => Date.parse(time));
      const total = Math.max(1, Number(to) - Number(from));
      const rate = Math.round(events / Math.max(0.001, (Date.now() - started) / 1000));
      const shown = { events: events.toLocaleString("en"), rate: rate.toLocaleString("en") };
      if (!bar) {
        bar = new SingleBar({
          stream: stderr,
          clearOnComplete: true,
          hideCursor: true,
          format: "{bar} {percentage}%, {events} events, {rate} a second",
        });
        bar.start(total, 0, shown);
      }
      bar.update(Math.min(total, Number(now) - Number(from)), shown);
    },
    wait(milliseconds, reason) {
      bar?.stop();
      bar = undefined;
      stderr.write(`waiting ${Math.ceil(milliseconds / 100) / 10} s: ${printable(reason)}\n`);
    },
    stop() {
      bar?.stop();
      bar = undefined;
    },
  };
}
