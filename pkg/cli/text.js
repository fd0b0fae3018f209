// The names of files for people.

/**
 * The name of a file for people.
 * @param {string} file
 */
export function displayName(file) {
  return file === "-" ? "<stdin>" : file;
}
