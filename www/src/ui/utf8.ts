// Converts between text and bytes, and never replaces anything silently.

const LONE = /\p{Surrogate}/u;

/** Whether the text has a lone surrogate, which would become `�` in UTF-8. With the flag `u`, a pair is one character. */
export function hasLoneSurrogate(text: string): boolean {
  return LONE.test(text);
}

/** The text of a file; `undefined` if it is not UTF-8. */
export function decoded(bytes: ArrayBuffer): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
