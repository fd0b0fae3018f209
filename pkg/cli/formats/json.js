// One document: the totals, and the report of each file as the package gives it.

import { totals } from "../words.js";

/**
 * @param {import("./index.js").Out} out
 * @returns {import("./index.js").Format}
 */
export function json(out) {
  return {
    file() {},
    end(results) {
      const { events, errors, warnings, infos, unreadable } = totals(results);
      const files = results.map((result) =>
        "unreadable" in result
          ? result
          : {
              file: result.file,
              ...(result.fixed === undefined ? {} : { fixed: result.fixed }),
              ...result.report,
            },
      );
      const document = {
        valid: errors === 0 && unreadable === 0,
        events,
        errors,
        warnings,
        infos,
        files,
      };
      out.write(`${JSON.stringify(document, null, 2)}\n`);
    },
  };
}
