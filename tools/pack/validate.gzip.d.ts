/** The module that validates events: compressed, in base64. `inline.js` puts it into the script. */
export const base64: string;
