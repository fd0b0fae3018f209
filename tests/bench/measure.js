// Functions that all benchmarks measure with.

/** @param {() => unknown} action @returns {number} microseconds of CPU time, of all threads */
export function cpu(action) {
  globalThis.gc?.();
  const before = process.cpuUsage();
  action();
  const { user, system } = process.cpuUsage(before);
  return user + system;
}

/** @param {number[]} numbers @param {number} share */
export function quantile(numbers, share) {
  const sorted = numbers.toSorted((one, other) => one - other);
  return Number(sorted[Math.round(share * (sorted.length - 1))]);
}
