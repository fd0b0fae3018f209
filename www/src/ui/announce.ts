// Announces to screen readers what has changed.

let timer: number | undefined;

/** The last of several in a short time is said. */
export function announce(text: string) {
  clearTimeout(timer);
  timer = setTimeout(() => {
    const region = document.querySelector("#announcer");
    if (region) region.textContent = text;
  }, 400) as unknown as number;
}
