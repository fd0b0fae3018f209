// Light or dark: as the page says, as it looks, or as the reader's system wants it.

/** @typedef {"light" | "dark"} Theme */

/** What themes of documentation document: MkDocs Material, Docusaurus and Sphinx, GitHub's Primer, Bootstrap. */
const ATTRIBUTES = ["data-md-color-scheme", "data-theme", "data-color-mode", "data-bs-theme"];
/** @type {{ [value: string]: Theme }} */
const VALUES = { dark: "dark", slate: "dark", light: "light", default: "light" };
/** Pages fade from one theme to the other. */
const FADED_MS = 400;

/** @type {Set<() => void>} */
const watchers = new Set();
/** @type {(() => void) | undefined} */
let stopWatching;

/**
 * Calls when the page's theme may have changed.
 * @param {() => void} changed
 * @returns {() => void} stops it
 */
export function watchTheme(changed) {
  watchers.add(changed);
  stopWatching ??= watchPage();
  return () => {
    watchers.delete(changed);
    if (watchers.size > 0) return;
    stopWatching?.();
    stopWatching = undefined;
  };
}

function watchPage() {
  let timer = 0;
  const tell = () => {
    for (const changed of watchers) changed();
  };
  const change = () => {
    tell();
    clearTimeout(timer);
    timer = window.setTimeout(tell, FADED_MS);
  };
  const media = matchMedia("(prefers-color-scheme: dark)");
  media.addEventListener("change", change);
  const observer = new MutationObserver(change);
  const attributeFilter = [...ATTRIBUTES, "class", "style"];
  observer.observe(document.documentElement, { attributeFilter });
  observer.observe(document.body, { attributeFilter });
  return () => {
    clearTimeout(timer);
    media.removeEventListener("change", change);
    observer.disconnect();
  };
}

/**
 * The theme around an element.
 * @param {Element} element
 * @returns {Theme}
 */
export function themeOf(element) {
  return marked() ?? seen(element);
}

/** @returns {Theme | undefined} */
function marked() {
  for (const element of [document.body, document.documentElement]) {
    for (const attribute of ATTRIBUTES) {
      const theme = VALUES[element.getAttribute(attribute) ?? ""];
      if (theme) return theme;
    }
    // VitePress, Tailwind, Mintlify.
    if (element.classList.contains("dark")) return "dark";
    if (element.classList.contains("light")) return "light";
  }
  return undefined;
}

/**
 * By the nearest background that can be seen. Where none is painted, it is that of the system, if the page takes it.
 * @param {Element} element
 * @returns {Theme}
 */
function seen(element) {
  /** @type {Node | null} */
  let node = element;
  while (node) {
    if (node instanceof Element) {
      const light = lightness(getComputedStyle(node).backgroundColor);
      if (light !== undefined) return light < 0.5 ? "dark" : "light";
    }
    node = node instanceof ShadowRoot ? node.host : node.parentNode;
  }
  const { colorScheme } = getComputedStyle(element);
  if (!/dark/.test(colorScheme)) return "light";
  if (!/light/.test(colorScheme)) return "dark";
  return matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}

/**
 * From 0, black, to 1; undefined for what can be seen through.
 * @param {string} color
 * @returns {number | undefined}
 */
function lightness(color) {
  const [red, green, blue, alpha] = channels(color);
  if (alpha < 0.5) return undefined;
  return 0.299 * red + 0.587 * green + 0.114 * blue;
}

/**
 * Each from 0 to 1.
 * @param {string} color
 * @returns {[number, number, number, number]}
 */
function channels(color) {
  const rgb = /^rgba?\((\d+), (\d+), (\d+)(?:, ([\d.]+))?\)$/.exec(color);
  if (rgb) {
    const [red, green, blue] = rgb.slice(1, 4).map((channel) => Number(channel) / 255);
    return [red ?? 0, green ?? 0, blue ?? 0, rgb[4] === undefined ? 1 : Number(rgb[4])];
  }
  // Other spaces of colour: the browser itself converts them.
  const context = document.createElement("canvas").getContext("2d");
  if (!context) return [0, 0, 0, 0];
  context.fillStyle = color;
  context.fillRect(0, 0, 1, 1);
  const [red = 0, green = 0, blue = 0, alpha = 0] = context.getImageData(0, 0, 1, 1).data;
  return [red / 255, green / 255, blue / 255, alpha / 255];
}
