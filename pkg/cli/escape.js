// Characters that command a terminal, reorder text or cannot be seen are shown as escapes, in one place for every command.

/**
 * Control, bidirectional, zero-width and other invisible characters, lone surrogates, and separators of lines. A variation
 * selector behind a pictogram is a part of what is seen.
 */
const HIDDEN =
  /(?!(?<=\p{Extended_Pictographic})[\ufe0e\ufe0f])[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}\ufff9-\ufffb]/gu;

/** @param {string} character */
const code = (character) => character.codePointAt(0) ?? 0;

/**
 * Text for one line of a terminal or a log: C0 controls as pictures (`␊`), the others by their number (`\u{202e}`).
 * @param {string} text
 */
export function printable(text) {
  return text.replace(HIDDEN, (character) => {
    const number = code(character);
    if (number < 0x20) return String.fromCharCode(0x2400 + number);
    return number === 0x7f ? "\u2421" : `\\u{${number.toString(16)}}`;
  });
}

/**
 * The same for text of several lines.
 * @param {string} text
 */
export function printableLines(text) {
  return text.split("\n").map(printable).join("\n");
}

/**
 * The same data as `JSON.stringify`, indented, with escapes where it would write what is hidden as it is.
 * @param {unknown} value
 */
export function jsonText(value) {
  return jsonEscaped(JSON.stringify(value, null, 2));
}

/**
 * JSON in which only strings hold what is hidden.
 * @param {string} json
 */
export function jsonEscaped(json) {
  return escaped(json, (character) =>
    character
      .split("")
      .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
      .join(""),
  );
}

/**
 * Python in which only strings hold what is hidden.
 * @param {string} source
 */
export function pythonEscaped(source) {
  return escaped(source, (character) => {
    const hex = code(character).toString(16);
    return hex.length > 4 ? `\\U${hex.padStart(8, "0")}` : `\\u${hex.padStart(4, "0")}`;
  });
}

/**
 * @param {string} text
 * @param {(character: string) => string} write
 */
function escaped(text, write) {
  return text.replace(HIDDEN, (character) => (character === "\n" ? character : write(character)));
}
