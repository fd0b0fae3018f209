// Converts between text and bytes, and never replaces anything silently.

const LONE = /\p{Surrogate}/u;

/** Whether half of a surrogate pair stands alone: as UTF-8 it would become `�`. With the flag u, a pair is one character. */
export function hasLoneSurrogate(text: string): boolean {
  return LONE.test(text);
}

/** The text of a file; nothing if it is not UTF-8. */
export function decoded(bytes: ArrayBuffer): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
