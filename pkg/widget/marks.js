// Marks ranges in the page's code without changing it: with highlights, or by selection if the browser has none.

import { markStyles } from "./styles.js";

/** @typedef {import("../index.js").Severity} Severity */
/** @typedef {{ range: Range, severity: Severity, active: boolean }} Mark */

const NAMES = /** @type {const} */ (["error", "warning", "info", "active"]);

const supported = () => typeof Highlight === "function" && CSS.highlights !== undefined;

/** @param {string} name */
function highlight(name) {
  const key = `prefect-event-${name}`;
  let all = CSS.highlights.get(key);
  if (!all) {
    all = new Highlight();
    // The active mark is painted over the others.
    all.priority = name === "active" ? 2 : name === "error" ? 1 : 0;
    CSS.highlights.set(key, all);
  }
  return all;
}

/** @type {WeakSet<Document | ShadowRoot>} */
const styled = new WeakSet();

/**
 * Adds the styles of highlights to the tree that contains the code.
 * @param {Node} node
 */
function style(node) {
  const root = /** @type {Document | ShadowRoot} */ (node.getRootNode());
  if (styled.has(root)) return;
  styled.add(root);
  root.adoptedStyleSheets = [...root.adoptedStyleSheets, markStyles()];
}

/** The marks of one widget; all widgets share the same highlights. */
export class Marks {
  /** @type {[name: string, range: Range][]} */
  #shown = [];

  /** @param {Mark[]} marks */
  show(marks) {
    this.clear();
    for (const { range, severity, active } of marks) {
      if (!supported()) {
        if (active) getSelection()?.setBaseAndExtent(...ends(range));
        continue;
      }
      style(range.startContainer);
      for (const name of active ? [severity, "active"] : [severity]) {
        highlight(name).add(range);
        this.#shown.push([name, range]);
      }
    }
  }

  clear() {
    for (const [name, range] of this.#shown) highlight(name).delete(range);
    this.#shown = [];
  }
}

/**
 * @param {Range} range
 * @returns {[Node, number, Node, number]}
 */
function ends({ startContainer, startOffset, endContainer, endOffset }) {
  return [startContainer, startOffset, endContainer, endOffset];
}

/**
 * Scrolls a range of the page into view.
 * @param {Range} range
 * @param {HTMLElement} block the element that scrolls sideways, or something in it
 */
export function reveal(range, block) {
  const behavior = matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth";
  const at = range.getBoundingClientRect();
  /** @type {HTMLElement | null} */
  let box = block;
  while (box && box.scrollWidth <= box.clientWidth) box = box.parentElement;
  if (box && box !== document.documentElement && box !== document.body) {
    const { left, right } = box.getBoundingClientRect();
    if (at.left < left || at.right > right) {
      box.scrollBy({ left: at.left - left - box.clientWidth / 4, behavior });
    }
  }
  const height = document.documentElement.clientHeight;
  if (at.top < height / 8 || at.bottom > height) {
    window.scrollBy({ top: at.top - height / 3, behavior });
  }
}

export { NAMES as markNames };
