// Counts what code does, since the time that it takes depends on the machine.

import { Session } from "node:inspector/promises";

/** Methods of arrays that walk over the array, or move what is in it. */
const WALKS = /** @type {const} */ ([
  ...[
    "concat",
    "copyWithin",
    "entries",
    "every",
    "fill",
    "filter",
    "find",
    "findIndex",
    "findLast",
  ],
  ...[
    "findLastIndex",
    "flat",
    "flatMap",
    "forEach",
    "includes",
    "indexOf",
    "join",
    "lastIndexOf",
    "map",
  ],
  ...[
    "reduce",
    "reduceRight",
    "reverse",
    "shift",
    "slice",
    "some",
    "sort",
    "splice",
    "unshift",
    "values",
  ],
]);

let copies = 0;

/**
 * The number of steps of a module while `work` runs: how often its functions and loops run, and how many elements the methods
 * of arrays walk over.
 * @template M
 * @param {string} url of the module
 * @param {(module: M) => void} work
 */
export async function steps(url, work) {
  let elements = 0;
  const prototype = /** @type {any} */ (Array.prototype);
  const own = [...WALKS, Symbol.iterator].map((name) => [name, prototype[name]]);
  const session = new Session();
  session.connect();
  await session.post("Profiler.enable");
  await session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: true });
  // V8 counts the loops of functions that it compiles from now on.
  copies += 1;
  const copy = `${url}?copy=${copies}`;
  const module = await import(copy);
  try {
    for (const [name, method] of own)
      prototype[name] = function (/** @type {unknown[]} */ ...given) {
        elements += this.length;
        return Reflect.apply(method, this, given);
      };
    work(module);
  } finally {
    for (const [name, method] of own) prototype[name] = method;
  }
  const { result } = await session.post("Profiler.takePreciseCoverage");
  session.disconnect();
  const functions = result.find((script) => script.url === copy)?.functions ?? [];
  return functions
    .flatMap(({ ranges }) => ranges)
    .reduce((sum, { count }) => sum + count, elements);
}
