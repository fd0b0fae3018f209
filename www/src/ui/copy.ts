import { announce } from "./announce.ts";
import { hasLoneSurrogate } from "./utf8.ts";

/** Puts a text into the clipboard, and returns what to say of it. */
export async function toClipboard(text: string, done = "Copied"): Promise<string> {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    return "Copying is not allowed here";
  }
  return hasLoneSurrogate(text) ? `${done}; lone surrogates became �` : done;
}

/** Copies, and says on the button for a moment that it did. */
export async function copy(text: string, button: HTMLElement) {
  const before = button.textContent;
  const done = await toClipboard(text);
  announce(done);
  button.textContent = done;
  setTimeout(() => {
    button.textContent = before;
  }, 1500);
}

/** Saves a text as a file, and returns what to say of it. */
export function download(text: string, name: string): string {
  const address = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  // The browser has begun to read it by then.
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
  return `${name} downloaded`;
}
