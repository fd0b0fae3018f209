// Detects a light or dark theme: from the page's markup, its background, or the reader's system.

import { backdrop, isDark } from "./colors.js";

/** @typedef {"light" | "dark"} Theme */

/** Documented attributes of themes: MkDocs Material, Docusaurus and Sphinx, GitHub's Primer, Bootstrap. */
const ATTRIBUTES = ["data-md-color-scheme", "data-theme", "data-color-mode", "data-bs-theme"];
/** @type {{ [value: string]: Theme }} */
const VALUES = { dark: "dark", slate: "dark", light: "light", default: "light" };
/** Milliseconds to wait, because pages fade from one theme to the other. */
const FADED_MS = 400;

/** @type {Set<() => void>} */
const watchers = new Set();
/** @type {(() => void) | undefined} */
let stopWatching;

/**
 * Calls `changed` when the page's theme may have changed.
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
  return marked() ?? (isDark(backdrop(element)) ? "dark" : "light");
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
