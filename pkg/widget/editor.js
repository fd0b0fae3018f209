// The editor of a block: a field that looks like the block.

import { backdrop, readable } from "./colors.js";
import { make } from "./make.js";
import { words } from "./words.js";

/** @typedef {import("./block.js").Block} Block */
/** @typedef {import("../index.js").Diagnostic} Diagnostic */

/** A key, a string, a number, a literal, or punctuation. */
const TOKENS = /("(?:[^"\\\n]|\\.)*")(\s*:)?|(-?\d[\d.eE+-]*)|\b(true|false|null)\b|([[\]{},:])/g;
/** The same in YAML, where strings need no quotes. */
const YAML_TOKENS =
  /#.*|("(?:[^"\\\n]|\\.)*"|'(?:[^'\n]|'')*'|(?<=^[ -]*|[{,] *)(?<![\w.$-])[\w.$-]+(?=:(?:\s|$)))(:(?=\s|$))?|(?<![\w.-])(-?\d[\d.eE+-]*)(?![\w.-])|\b(true|false|null)\b(?=[ ,}\]]*(?:#|$))|([[\]{},]|:(?=\s|$))/gm;
const KINDS = /** @type {const} */ (["key", "string", "number", "literal", "punctuation"]);
/** @typedef {(typeof KINDS)[number]} Kind */

/** @param {string} text */
function tokensOf(text) {
  const all = [...text.matchAll(/^\s*[[{]/.test(text) ? TOKENS : YAML_TOKENS)];
  return all.filter(([token]) => !token.startsWith("#"));
}

/**
 * @param {RegExpMatchArray} token
 * @returns {Kind}
 */
function kindOf([, text, colon, number, literal]) {
  if (text !== undefined) return colon === undefined ? "string" : "key";
  if (number !== undefined) return "number";
  return literal === undefined ? "punctuation" : "literal";
}

export class Editor {
  #area = make("textarea", {
    "aria-label": words.editor("event"),
    part: "textarea",
    spellcheck: "false",
    autocapitalize: "off",
    autocomplete: "off",
    autocorrect: "off",
  });
  #shown = make("pre", { class: "shown", "aria-hidden": "true" });
  #field = make("div", { class: "field" }, this.#area, this.#shown);
  element = make("div", { class: "editor", part: "editor", hidden: true }, this.#field);

  /** @type {Map<Kind, string>} the page's own colours */
  #colors = new Map();
  /** @type {Diagnostic[]} */
  #findings = [];
  /** @type {Diagnostic | undefined} */
  #active;

  /**
   * @param {() => void} changed
   * @param {() => void} leave
   */
  constructor(changed, leave) {
    this.#area.addEventListener("input", () => {
      // The new positions of the findings are unknown until the text is checked.
      this.#findings = [];
      this.#active = undefined;
      this.#draw();
      changed();
    });
    this.#area.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !event.isComposing) {
        event.preventDefault();
        leave();
      }
      // Single letters are shortcuts on many sites.
      event.stopPropagation();
    });
  }

  /** @param {string} label */
  set label(label) {
    this.#area.setAttribute("aria-label", label);
  }

  get value() {
    return this.#area.value;
  }

  set value(text) {
    this.#area.value = text;
    this.#findings = [];
    this.#active = undefined;
    this.#draw();
  }

  focus() {
    this.#area.focus({ preventScroll: true });
  }

  select() {
    this.#area.focus();
    this.#area.select();
  }

  /**
   * Replaces the text by the smallest possible change, which the reader can undo.
   * @param {string} text
   */
  replace(text) {
    const old = this.value;
    if (text === old) return;
    let start = 0;
    while (start < Math.min(text.length, old.length) && text[start] === old[start]) start += 1;
    let same = 0;
    while (
      same < Math.min(text.length, old.length) - start &&
      text[text.length - 1 - same] === old[old.length - 1 - same]
    ) {
      same += 1;
    }
    this.#area.focus({ preventScroll: true });
    this.#area.setSelectionRange(start, old.length - same);
    const inserted = text.slice(start, text.length - same);
    // The only way that keeps the browser's undo working; check whether it worked.
    document.execCommand(inserted ? "insertText" : "delete", false, inserted);
    if (this.value === text) return;
    this.#area.value = text;
    this.#area.dispatchEvent(new InputEvent("input", { bubbles: true, composed: true }));
  }

  /**
   * @param {Diagnostic[]} findings
   * @param {Diagnostic} [active]
   */
  mark(findings, active) {
    this.#findings = findings;
    this.#active = active;
    this.#draw();
  }

  /**
   * Moves the caret to a finding.
   * @param {Diagnostic} finding
   */
  reveal({ range }) {
    if (!range) return;
    this.#area.focus({ preventScroll: true });
    this.#area.setSelectionRange(range.start.offset, range.start.offset);
    this.#shown.querySelector(".active")?.scrollIntoView({
      block: "nearest",
      inline: "nearest",
      behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth",
    });
  }

  /** The text with colours and marks. */
  #draw() {
    const text = this.value;
    const cuts = new Set([0, text.length]);
    /** @type {{ start: number, end: number, kind: Kind }[]} */
    const tokens = [];
    for (const token of tokensOf(text)) {
      const start = token.index;
      const end = start + (token[1] ?? token[0]).length;
      tokens.push({ start, end, kind: kindOf(token) });
      cuts.add(start).add(end);
    }
    const marks = this.#findings.flatMap((finding) => {
      if (!finding.range) return [];
      const [start, end] = [finding.range.start.offset, finding.range.end.offset];
      cuts.add(start).add(end);
      return [{ start, end, severity: finding.severity, active: finding === this.#active }];
    });
    const places = [...cuts].filter((cut) => cut <= text.length).sort((one, other) => one - other);
    /** @type {Node[]} */
    const parts = [];
    let next = 0;
    places.forEach((start, index) => {
      const end = places[index + 1] ?? start;
      for (const mark of marks) {
        if (mark.start === start && mark.end === start) parts.push(marked([mark], "", true));
      }
      if (start === end) return;
      while ((tokens[next]?.end ?? Infinity) <= start) next += 1;
      const token = tokens[next];
      const color = token && token.start <= start ? this.#colors.get(token.kind) : undefined;
      const over = marks.filter(
        (mark) => mark.start <= start && mark.end >= end && mark.start < mark.end,
      );
      const part = marked(over, text.slice(start, end));
      if (color !== undefined) part.style.color = color;
      parts.push(part);
    });
    // An empty last line needs a height too.
    const open = text === "" || text.endsWith("\n");
    this.#shown.replaceChildren(...parts, ...(open ? ["\u200b"] : []));
  }

  /** Copies the colours that the page's highlighter gives to the tokens, if they are readable. */
  takeColors(/** @type {Block} */ block) {
    const background = backdrop(block.code);
    const { style } = this.element;
    style.setProperty("--_code-color", readable(getComputedStyle(block.code).color, background));
    const { backgroundColor } = getComputedStyle(block.painted(block.frame()));
    style.setProperty("--_background", backgroundColor);
    this.#colors.clear();
    for (const token of tokensOf(block.text)) {
      const kind = kindOf(token);
      if (this.#colors.has(kind)) continue;
      // Inside the quotes, because some highlighters colour quotes differently.
      const inside = token.index + (token[1] === undefined ? 0 : 1);
      const { color } = getComputedStyle(block.elementAt(inside));
      this.#colors.set(kind, readable(color, background));
      if (this.#colors.size === KINDS.length) break;
    }
    this.#draw();
  }

  /**
   * Copies the current look of the block.
   * @param {Block} block
   * @param {HTMLElement} frame the outermost element of the block
   * @param {HTMLElement} widget the box around the editor
   */
  takeLook(block, frame, widget) {
    const code = getComputedStyle(block.code);
    const painted = block.painted(frame);
    const paint = getComputedStyle(painted);
    const box = painted.getBoundingClientRect();
    const around = widget.getBoundingClientRect();
    const wraps = !/^(pre|nowrap)$/.test(code.whiteSpace);
    const line = Number.parseFloat(code.lineHeight) || Number.parseFloat(code.fontSize) * 1.5;
    const first = block.range(0, 1)?.getBoundingClientRect();
    const length = block.text.trimEnd().length;
    const last = block.range(Math.max(0, length - 1), length)?.getBoundingClientRect();
    const pixels = (/** @type {number} */ number) =>
      `${Math.max(0, Math.round(number * 100) / 100)}px`;
    const top = first ? first.top + first.height / 2 - line / 2 - box.top : 12;
    const bottom = last ? box.bottom - (last.top + last.height / 2 + line / 2) : top;
    const left = first ? first.left - box.left + scrolled(block.code, painted) : 12;
    const inside = box.width > 0 && Math.abs(box.left - around.left) < 64;
    const side = (/** @type {number} */ number) => (inside ? `${Math.round(number)}px` : "0px");
    /** @type {{ [property: string]: string }} */
    const look = {
      "--_padding": `${pixels(top)} ${pixels(left)} ${pixels(Math.min(bottom, 2 * top + 8))}`,
      "--_left": side(box.left - around.left),
      "--_right": side(around.right - box.right),
      "--_top": marginTop(painted, frame),
      "--_height": isCut(block.code, frame) ? `${box.height}px` : "none",
      "--_radius": paint.borderRadius,
      "--_code-font": `${code.fontWeight} ${code.fontSize}/${line}px ${code.fontFamily}`,
      "--_code-features": code.fontFeatureSettings,
      "--_code-spacing": code.letterSpacing,
      "--_code-tab": code.tabSize,
      "--_code-wrap": wraps ? "pre-wrap" : "pre",
    };
    for (const [property, value] of Object.entries(look)) {
      this.element.style.setProperty(property, value);
    }
    this.#field.classList.toggle("wraps", wraps);
    this.takeColors(block);
  }
}

/**
 * @param {{ severity: string, active: boolean }[]} marks
 * @param {string} text
 * @param {boolean} [empty]
 */
function marked(marks, text, empty = false) {
  const part = make("span", {}, text);
  const [mark] = marks;
  if (mark) {
    const worst = ["error", "warning", "info"].find((one) =>
      marks.some(({ severity }) => severity === one),
    );
    part.className = `mark ${worst}`;
    part.classList.toggle(
      "active",
      marks.some(({ active }) => active),
    );
    part.classList.toggle("empty", empty);
  }
  return part;
}

/**
 * Whether the page shows a long block in a box of a fixed height.
 * @param {HTMLElement} code
 * @param {HTMLElement} outermost
 */
function isCut(code, outermost) {
  for (let box = /** @type {HTMLElement | null} */ (code); box; box = box.parentElement) {
    if (box.clientHeight > 0 && box.scrollHeight > box.clientHeight + 4) return true;
    if (box === outermost) break;
  }
  return false;
}

/**
 * How far the code is scrolled sideways, in pixels.
 * @param {HTMLElement} code
 * @param {HTMLElement} outermost
 */
function scrolled(code, outermost) {
  let left = 0;
  for (let box = /** @type {HTMLElement | null} */ (code); box; box = box.parentElement) {
    left += box.scrollLeft;
    if (box === outermost) break;
  }
  return left;
}

/**
 * The space above the block: its collapsed margins, in pixels.
 * @param {HTMLElement} painted
 * @param {HTMLElement} frame
 */
function marginTop(painted, frame) {
  let most = 0;
  for (let box = /** @type {HTMLElement | null} */ (painted); box; box = box.parentElement) {
    most = Math.max(most, Number.parseFloat(getComputedStyle(box).marginTop) || 0);
    if (box === frame) break;
  }
  return `${most}px`;
}
