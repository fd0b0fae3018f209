// Finds all code blocks of a page with events or automations, now and later, and adds a widget after each.

import { Block } from "./block.js";
import { loadCore, NEAR } from "./core.js";
import { isHydrated } from "./hydration.js";
import { holdsEvents, mayHoldAutomations } from "./recognise.js";

const TAG = "prefect-event-validator";
/** Milliseconds between checks whether a framework has hydrated the page. */
const HYDRATION_MS = 100;
/** Authors set it on a block, or on an element around it, to exclude the block. */
const OFF = '[data-prefect-events="off"]';

/**
 * Adds a `<prefect-event-validator>` after each code block of a page with Prefect events or automations, now and whenever the
 * page changes. `holdsEvents` recognises events. A block that may be an automation is read when it comes near the window, and
 * gets a widget if it is one. Blocks inside `data-prefect-events="off"`, and blocks with a widget, are ignored.
 * @param {import("../widget.js").ValidateAllOptions} [options]
 * @returns {() => void} removes the widgets and stops
 */
export function validateAll({ root = document, blocks = "pre", attributes = {} } = {}) {
  /** @type {Map<HTMLElement, HTMLElement>} the widget of each block */
  const widgets = new Map();
  /** @type {WeakMap<Element, string>} blocks without events that were already read: pages change often */
  const others = new WeakMap();

  /** @type {Map<Element, () => void>} blocks that may be automations, until they come near the window */
  const waitingFor = new Map();
  const near = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) {
        if (isIntersecting) waitingFor.get(target)?.();
      }
    },
    { rootMargin: NEAR },
  );

  /**
   * @param {Block} block
   * @param {HTMLElement} pre
   */
  const add = (block, pre) => {
    const widget = /** @type {import("../widget.js").PrefectEventValidator} */ (
      document.createElement(TAG)
    );
    for (const [name, value] of Object.entries(attributes)) widget.setAttribute(name, value);
    widget.target = pre;
    widgets.set(pre, widget);
    block.frame().after(widget);
  };

  /** @param {Element} found */
  const forget = (found) => {
    near.unobserve(found);
    waitingFor.delete(found);
  };

  const look = () => {
    for (const [pre, widget] of widgets) {
      if (pre.isConnected && widget.isConnected) continue;
      widget.remove();
      widgets.delete(pre);
    }
    for (const found of waitingFor.keys()) if (!found.isConnected) forget(found);
    let waits = false;
    for (const found of root.querySelectorAll(blocks)) {
      if (!isHydrated(found)) {
        waits = true;
        continue;
      }
      const content = found.textContent ?? "";
      if (others.get(found) === content) continue;
      const block = Block.in(found);
      const pre = block?.code.closest("pre") ?? block?.code;
      if (!block || !pre || widgets.has(pre) || isTaken(pre)) continue;
      if (holdsEvents(block.text, block.language)) {
        add(block, pre);
        continue;
      }
      others.set(found, content);
      forget(found);
      if (!mayHoldAutomations(block.text, block.language)) continue;
      waitingFor.set(found, async () => {
        forget(found);
        if (!(await isAutomation(block.text, block.language))) return;
        const same = found.isConnected && others.get(found) === content && !stopped;
        if (same && !widgets.has(pre) && !isTaken(pre)) add(block, pre);
      });
      near.observe(found);
    }
    // Hydration does not change the page.
    if (waits) later ||= window.setTimeout(again, HYDRATION_MS);
  };

  let later = 0;
  const again = () => {
    later = 0;
    look();
  };

  let stopped = false;
  let waiting = 0;
  const observer = new MutationObserver(() => {
    waiting ||= requestAnimationFrame(() => {
      waiting = 0;
      look();
    });
  });
  look();
  observer.observe(root, { childList: true, subtree: true });

  return () => {
    stopped = true;
    near.disconnect();
    waitingFor.clear();
    observer.disconnect();
    cancelAnimationFrame(waiting);
    clearTimeout(later);
    for (const widget of widgets.values()) widget.remove();
    widgets.clear();
  };
}

/** @param {HTMLElement} pre */
function isTaken(pre) {
  if (pre.closest(`${TAG}, ${OFF}, [contenteditable=""], [contenteditable="true"]`)) return true;
  for (const widget of document.querySelectorAll(`${TAG}[for]`)) {
    const target = document.getElementById(widget.getAttribute("for") ?? "");
    if (target && Block.in(target)?.code.closest("pre") === pre) return true;
  }
  return false;
}

/**
 * Whether the check of automations recognises an automation. Unreadable text only counts if the block names a language; if the
 * module cannot be loaded, the block is ignored.
 * @param {string} text
 * @param {string | undefined} language
 */
async function isAutomation(text, language) {
  try {
    const { check, isOther } = await loadCore("automations");
    const report = check(text);
    const isRead = "triggers" in report && report.triggers.length > 0;
    return !isOther(report, text) && (isRead || language !== undefined);
  } catch (error) {
    console.warn("prefect-events: a block that may contain automations is not checked", error);
    return false;
  }
}
