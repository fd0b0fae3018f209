// All examples of a page: finds the code blocks that hold events, now and later, and puts a widget behind each.

import { Block } from "./block.js";

const TAG = "prefect-event-validator";
/** Authors put it on a block, or on anything around it, to leave it alone. */
const OFF = '[data-prefect-events="off"]';
const JSON_LANGUAGES = new Set(["json", "jsonl", "ndjson"]);

/**
 * Puts a `<prefect-event-validator>` behind each code block of a page that holds Prefect events, now and as the page
 * changes. `holdsEvents` decides what is an event; a block inside of `data-prefect-events="off"` is left alone, and so
 * is one that has a widget.
 * @param {import("../widget.js").ValidateAllOptions} [options]
 * @returns {() => void} takes the widgets away and stops
 */
export function validateAll({ root = document, blocks = "pre", attributes = {} } = {}) {
  /** @type {Map<HTMLElement, HTMLElement>} the widget of each block */
  const widgets = new Map();
  /** @type {WeakMap<Element, string>} what was looked at, and holds no events: pages change often */
  const others = new WeakMap();

  const look = () => {
    for (const [pre, widget] of widgets) {
      if (pre.isConnected && widget.isConnected) continue;
      widget.remove();
      widgets.delete(pre);
    }
    for (const found of root.querySelectorAll(blocks)) {
      const content = found.textContent ?? "";
      if (others.get(found) === content) continue;
      const block = Block.in(found);
      const pre = block?.code.closest("pre") ?? block?.code;
      if (!block || !pre || widgets.has(pre) || isTaken(pre)) continue;
      if (!holdsEvents(block.text, block.language)) {
        others.set(found, content);
        continue;
      }
      const widget = /** @type {import("../widget.js").PrefectEventValidator} */ (
        document.createElement(TAG)
      );
      for (const [name, value] of Object.entries(attributes)) widget.setAttribute(name, value);
      widget.target = pre;
      widgets.set(pre, widget);
      block.frame().after(widget);
    }
  };

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
    observer.disconnect();
    cancelAnimationFrame(waiting);
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
 * Whether a code block holds Prefect events: an object with `event`, a text, and at least two of `id`, `occurred` and
 * `resource`; or these in an array, one per line, as a page of the API, or as websocket frames. What is no JSON but was
 * meant to be (its language says so) counts if it has these keys.
 * @param {string} text
 * @param {string} [language]
 * @returns {boolean}
 */
export function holdsEvents(text, language) {
  if (language !== undefined && !JSON_LANGUAGES.has(language)) return false;
  const values = parsed(text);
  if (values) return values.length > 0 && values.every(isEvent);
  if (language === undefined || !/^\s*[[{]/.test(text)) return false;
  const has = (/** @type {string} */ key) => new RegExp(`"${key}"\\s*:`).test(text);
  return /"event"\s*:\s*"/.test(text) && ENVELOPE.filter(has).length >= 2;
}

const ENVELOPE = ["id", "occurred", "resource"];

/** @param {any} value */
function isEvent(value) {
  return (
    typeof value?.event === "string" &&
    ENVELOPE.filter((key) => Object.hasOwn(value, key)).length >= 2
  );
}

/**
 * The values in which events are looked for; undefined if it is no JSON.
 * @param {string} text
 * @returns {unknown[] | undefined}
 */
function parsed(text) {
  const whole = parse(text);
  if (whole !== undefined) return unwrapped(whole);
  const lines = text.split("\n").filter((line) => line.trim());
  const values = lines.map(parse);
  if (lines.length < 2 || values.includes(undefined)) return undefined;
  return values.flatMap(unwrapped);
}

/** @param {any} value */
function unwrapped(value) {
  if (Array.isArray(value)) return value;
  if (Array.isArray(value?.events)) return value.events;
  return [value?.type === "event" ? value.event : value];
}

/**
 * @param {string} text
 * @returns {unknown}
 */
function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
