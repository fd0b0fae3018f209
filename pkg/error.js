// What is thrown when it is not the caller's mistake.

/** @typedef {import("./index.js").PrefectEventsErrorCode} PrefectEventsErrorCode */

/** A failure that is no misuse: that is a `TypeError`. */
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
