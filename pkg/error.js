// The error for every failure except misuse.

/** @typedef {import("./index.js").PrefectEventsErrorCode} PrefectEventsErrorCode */

/** Thrown when a function fails for a reason other than misuse. Misuse throws a `TypeError`. */
export class PrefectEventsError extends Error {
  /**
   * @param {PrefectEventsErrorCode} code
   * @param {string} message
   * @param {ErrorOptions} [options]
   */
  constructor(code, message, options) {
    super(message, options);
    this.name = "PrefectEventsError";
    /** @type {PrefectEventsErrorCode} */
    this.code = code;
  }
}
