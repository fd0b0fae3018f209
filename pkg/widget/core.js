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
  const [{ validateModule }, { validate }, { applyFixes }] = await Promise.all([
    import("../modules/validate.js"),
    import("../api/validate.js"),
    import("../api/fixes.js"),
  ]);
  await validateModule.load(new URL("../wasm/prefect_events_validate.wasm", import.meta.url));
  return { validate, applyFixes };
}
