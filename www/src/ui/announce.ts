// Announces changes to screen readers.

let timer: number | undefined;

/** Of several texts within a short time, only the last is announced. */
export function announce(text: string) {
  clearTimeout(timer);
  timer = setTimeout(() => {
    const region = document.querySelector("#announcer");
    if (region) region.textContent = text;
  }, 400) as unknown as number;
}
