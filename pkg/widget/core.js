// The validator itself: loaded once for all widgets of a page, when the first of them is seen.

/** @typedef {{ validate: typeof import("../index.js").validate, applyFixes: typeof import("../index.js").applyFixes }} Core */

/** @type {Promise<Core> | undefined} */
let loading;

/**
 * A load that failed can be repeated.
 * @returns {Promise<Core>}
 */
export function loadCore() {
  loading ??= load().catch((error) => {
    loading = undefined;
    throw error;
  });
  return loading;
}

/** @returns {Promise<Core>} */
async function load() {
  const { applyFixes, init, validate } = await import("../browser.js");
  await init(undefined, false);
  return { validate, applyFixes };
}
