// Counts and names of files, as people read them.

/**
 * @param {number} count
 * @param {string} noun
 */
export function plural(count, noun) {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/**
 * How a file is called where people read it.
 * @param {string} file
 */
export function displayName(file) {
  return file === "-" ? "<stdin>" : file;
}
