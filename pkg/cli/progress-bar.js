// A progress bar on a terminal, for large files.

import { SingleBar } from "cli-progress";

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
