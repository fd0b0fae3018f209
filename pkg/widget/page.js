// All examples of a page: finds the code blocks that hold events or automations, now and later, and puts a widget behind
// each.

import { Block } from "./block.js";
import { loadCore, NEAR } from "./core.js";
import { isHydrated } from "./hydration.js";
import { holdsEvents, mayHoldAutomations } from "./recognise.js";

const TAG = "prefect-event-validator";
/** So long until it is looked at again whether a framework has taken over the page. */
const HYDRATION_MS = 100;
/** Authors put it on a block, or on anything around it, to leave it alone. */
const OFF = '[data-prefect-events="off"]';

/**
 * Puts a `<prefect-event-validator>` behind each code block of a page that holds Prefect events or automations, now and as
 * the page changes. `holdsEvents` decides what is an event. What may be an automation is read when it comes near the
 * window, and gets a widget if it is one. A block inside of `data-prefect-events="off"` is left alone, and so is one that
 * has a widget.
 * @param {import("../widget.js").ValidateAllOptions} [options]
 * @returns {() => void} takes the widgets away and stops
 */
export function validateAll({ root = document, blocks = "pre", attributes = {} } = {}) {
  /** @type {Map<HTMLElement, HTMLElement>} the widget of each block */
  const widgets = new Map();
  /** @type {WeakMap<Element, string>} what was looked at, and holds no events: pages change often */
  const others = new WeakMap();

  /** @type {Map<Element, () => void>} what may be an automation, until it comes near the window */
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
    // The framework changes nothing of the page when it takes over.
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
 * The verdict of what checks automations. What cannot be read counts only where its author named the language; where
 * nothing can be loaded, the block is left alone.
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
