// The language of a text.

export type Language = "json" | "yaml";

export function languageOf(text: string): Language {
  return /^\s*[{[]/.test(text) ? "json" : "yaml";
}
