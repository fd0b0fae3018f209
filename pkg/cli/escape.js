// Escapes characters that control a terminal, reorder text or are invisible, for every command.

/**
 * Control, bidirectional, zero-width and other invisible characters, lone surrogates, and separators of lines. A variation
 * selector after a pictogram is visible.
 */
const HIDDEN =
  /(?!(?<=\p{Extended_Pictographic})[\ufe0e\ufe0f])[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}\ufff9-\ufffb]/gu;

/** @param {string} character */
const code = (character) => character.codePointAt(0) ?? 0;

/**
 * Escapes text for one line of a terminal or a log: C0 controls become pictures (`␊`), the others `\u{202e}`.
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
 * Like indented `JSON.stringify`, but with escapes for hidden characters.
 * @param {unknown} value
 */
export function jsonText(value) {
  return jsonEscaped(JSON.stringify(value, null, 2));
}

/**
 * Escapes JSON, in which only strings contain hidden characters.
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
 * Escapes Python source, in which only strings contain hidden characters.
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
