// Formats counts and file names for people.

/**
 * @param {number} count
 * @param {string} noun
 */
export function plural(count, noun) {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/**
 * The name of a file for people.
 * @param {string} file
 */
export function displayName(file) {
  return file === "-" ? "<stdin>" : file;
}
