import { announce } from "./announce.ts";
import { hasLoneSurrogate } from "./utf8.ts";

/** Copies a text to the clipboard, and returns a message about the result. */
export async function toClipboard(text: string, done = "Copied"): Promise<string> {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    return "Copying is not allowed here";
  }
  return hasLoneSurrogate(text) ? `${done}; lone surrogates became �` : done;
}

/** Copies, and briefly shows the result on the button. */
export async function copy(text: string, button: HTMLElement) {
  const before = button.textContent;
  const done = await toClipboard(text);
  announce(done);
  button.textContent = done;
  setTimeout(() => {
    button.textContent = before;
  }, 1500);
}

/** Saves a text as a file, and returns a message about the result. */
export function download(text: string, name: string): string {
  const address = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  // By then, the browser has started to read it.
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
  return hasLoneSurrogate(text)
    ? `${name} downloaded; lone surrogates became �`
    : `${name} downloaded`;
}
