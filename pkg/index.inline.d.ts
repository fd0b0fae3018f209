export * from "./index.js";

/**
 * Optional: compiles the modules in the background. Without it, the first call compiles them.
 */
export function init(): Promise<void>;
