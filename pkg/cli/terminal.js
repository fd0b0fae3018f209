// The capabilities of a terminal.

/**
 * Whether to use colours: on a terminal only; NO_COLOR disables them, FORCE_COLOR enables them elsewhere.
 * @param {{ isTTY?: boolean }} stream
 * @param {NodeJS.ProcessEnv} [env]
 */
export function hasColours(stream, env = process.env) {
  const { NO_COLOR, FORCE_COLOR, TERM } = env;
  const forced = FORCE_COLOR !== undefined && FORCE_COLOR !== "0" && FORCE_COLOR !== "false";
  return !NO_COLOR && (forced || (stream.isTTY === true && TERM !== "dumb"));
}
