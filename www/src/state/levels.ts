// Nesting: what visits a value level by level, such as a browser's copy for a worker, fails on some thousand levels.

/** Maximum nesting of values in a link or a field. The core reads JSON of 900 levels. */
export const MOST_LEVELS = 500;

/** Whether a value is nested deeper than that; without recursion. */
export function isTooDeep(value: unknown): boolean {
  let level = [value];
  for (let depth = 0; depth <= MOST_LEVELS; depth += 1) {
    level = level.flatMap((one) =>
      one !== null && typeof one === "object" ? Object.values(one) : [],
    );
    if (level.length === 0) return false;
  }
  return true;
}
