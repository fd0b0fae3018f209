// The totals of several files.

/**
 * The totals of all files.
 * @param {import("../file-report.js").Result[]} results
 */
export function totals(results) {
  const sum = {
    files: 0,
    count: 0,
    errors: 0,
    warnings: 0,
    infos: 0,
    fixable: 0,
    fixed: 0,
    unreadable: 0,
    unfixed: 0,
  };
  for (const result of results) {
    if ("unreadable" in result) {
      if (result.unfixed) sum.unfixed += 1;
      else sum.unreadable += 1;
      continue;
    }
    const { report } = result;
    sum.files += 1;
    sum.count += report.count;
    sum.errors += report.errors;
    sum.warnings += report.warnings;
    sum.infos += report.infos;
    sum.fixed += result.fixed ?? 0;
    sum.fixable += report.diagnostics.filter(({ fix }) => fix).length;
  }
  return sum;
}
