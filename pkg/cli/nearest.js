// "Did you mean": the known names that a misspelt one is nearest to.

/**
 * @param {string} name
 * @param {string[]} known
 * @returns {string[]} at most three, the nearest first
 */
export function nearest(name, known) {
  const lower = name.toLowerCase();
  return known
    .map((other) => ({ other, distance: distance(lower, other.toLowerCase()) }))
    .filter(({ other, distance }) => distance <= Math.max(2, other.length / 4))
    .sort((one, other) => one.distance - other.distance)
    .slice(0, 3)
    .map(({ other }) => other);
}

/**
 * How many letters must be inserted, removed or replaced (Levenshtein).
 * @param {string} one
 * @param {string} other
 */
function distance(one, other) {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let i = 1; i <= one.length; i++) {
    const next = [i];
    for (let j = 1; j <= other.length; j++) {
      const replaced = Number(row[j - 1]) + (one[i - 1] === other[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, Number(row[j]) + 1, Number(next[j - 1]) + 1));
    }
    row = next;
  }
  return Number(row[other.length]);
}
