// Selects the findings to list if there are too many: errors first, so that a thousand infos hide none.

/** @typedef {import("../index.js").Diagnostic} Diagnostic */
/** @typedef {import("../index.js").ValidationReport} Report */
/** @typedef {import("../index.js").ValidateOptions} ValidateOptions */
/** @typedef {import("./excerpt.js").Excerpt} Excerpt */
/** @typedef {{ diagnostic: Diagnostic, excerpt: Excerpt | undefined }} Finding */

/** Collects the reports on one file; each already keeps its worst findings. */
export class Selection {
  #limit;
  #counts = { count: 0, errors: 0, warnings: 0, infos: 0 };
  /** @type {{ [severity in import("../index.js").Severity]: Finding[] }} */
  #found = { error: [], warning: [], info: [] };

  /** @param {ValidateOptions} options */
  constructor({ maxDiagnostics = Number.POSITIVE_INFINITY }) {
    this.#limit = maxDiagnostics;
  }

  /**
   * @param {Report} report
   * @param {(Excerpt | undefined)[]} excerpts of its diagnostics
   */
  add(report, excerpts) {
    this.#counts.count += report.count;
    this.#counts.errors += report.errors;
    this.#counts.warnings += report.warnings;
    this.#counts.infos += report.infos;
    for (const [index, diagnostic] of report.diagnostics.entries()) {
      const list = this.#found[diagnostic.severity];
      if (list.length < this.#limit) list.push({ diagnostic, excerpt: excerpts[index] });
    }
  }

  /**
   * Sorts late findings, such as a missing link, by their position in the text.
   * @param {string} file
   * @returns {import("./file-report.js").Checked}
   */
  result(file) {
    const { error, warning, info } = this.#found;
    const listed = [...error, ...warning, ...info].slice(0, this.#limit);
    listed.sort((one, other) => offset(one) - offset(other));
    const { count, errors, warnings, infos } = this.#counts;
    const truncated = errors + warnings + infos - listed.length;
    return {
      file,
      report: {
        valid: errors === 0,
        count,
        errors,
        warnings,
        infos,
        diagnostics: listed.map(({ diagnostic }) => diagnostic),
        ...(truncated > 0 && { truncated }),
      },
      excerpts: listed.map(({ excerpt }) => excerpt),
    };
  }
}

/** @param {Finding} finding */
function offset({ diagnostic: { range } }) {
  return range?.start.offset ?? 0;
}
