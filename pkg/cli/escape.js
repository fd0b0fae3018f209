// Escapes characters that control a terminal, reorder text or are invisible, in errors about arguments and in messages of
// live servers: before the core is loaded, or without it. Results are escaped by the core (`src/render/printable.rs`).

/**
 * Control, bidirectional, zero-width and other invisible characters, lone surrogates, and separators of lines. A variation
 * selector after a pictogram is visible.
 */
const HIDDEN =
  /(?!(?<=\p{Extended_Pictographic})[\ufe0e\ufe0f])[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}\ufff9-\ufffb]/gu;

/**
 * Escapes text for one line of a terminal or a log: C0 controls become pictures (`␊`), the others `\u{202e}`.
 * @param {string} text
 */
export function printable(text) {
  return text.replace(HIDDEN, (character) => {
    const number = character.codePointAt(0) ?? 0;
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
