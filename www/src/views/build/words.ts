// Texts about the built event.

export function plain(text: string) {
  return text.replaceAll("`", "");
}

export function sentence(text: string) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** `task_run` as a heading. */
export function heading(key: string) {
  return sentence(key.replaceAll("_", " "));
}

export function counted(count: number, one: string, many = `${one}s`) {
  return `${count.toLocaleString("en")} ${count === 1 ? one : many}`;
}

/** The texts between backticks. */
export function quoted(text: string): string[] {
  return text.split("`").filter((_, n) => n % 2 === 1);
}
