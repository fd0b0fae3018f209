import { announce } from "./announce.ts";

/** Copies, and says on the button for a moment that it did. */
export async function copy(text: string, button: HTMLElement) {
  const before = button.textContent;
  let done = "Copied";
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    done = "Copying is not allowed here";
  }
  announce(done);
  button.textContent = done;
  setTimeout(() => {
    button.textContent = before;
  }, 1500);
}
