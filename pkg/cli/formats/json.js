// One JSON document: the totals, and the package's report on each file.

import { jsonText } from "../escape.js";
import { totals } from "./totals.js";

/**
 * @param {import("./index.js").Out} out
 * @returns {import("./index.js").Format}
 */
export function json(out) {
  return {
    file() {},
    end(results) {
      const { count, errors, warnings, infos, unreadable, unfixed } = totals(results);
      const files = results.map((result) =>
        "unreadable" in result
          ? { file: result.file, unreadable: result.unreadable }
          : {
              file: result.file,
              ...(result.fixed === undefined ? {} : { fixed: result.fixed }),
              ...result.report,
            },
      );
      const document = {
        valid: errors === 0 && unreadable + unfixed === 0,
        count,
        errors,
        warnings,
        infos,
        files,
      };
      out.write(`${jsonText(document)}\n`);
    },
  };
}
