import assert from "node:assert/strict";

import webpack from "webpack";

/**
 * Bundles for production; fails with webpack's messages.
 * @param {import("webpack").Configuration} configuration
 */
export async function bundle(configuration) {
  /** @type {import("webpack").Stats | undefined} */
  const stats = await new Promise((done, failed) =>
    webpack({ mode: "production", ...configuration }, (error, stats) =>
      error ? failed(error) : done(stats),
    ),
  );
  assert.equal(stats?.toString({ all: false, errors: true, warnings: true }), "");
}
