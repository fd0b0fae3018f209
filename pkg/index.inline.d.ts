export * from "./index.js";

/**
 * Nothing need be done before the first call, which compiles the modules. This compiles them before, in the background.
 */
export function init(): Promise<void>;
