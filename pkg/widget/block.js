// The page's code block: its text, and the position of each part in the page. Nothing here changes the page.

/** @typedef {{ node: Text, start: number, end: number }} Piece of the text, from one node */

/** Elements inside code that are not part of it: line numbers, buttons, annotations. */
const NO_CODE =
  ".linenos, .lineno, .line-number, [aria-hidden='true'], button, nav, aside, template";

/** Wrappers that highlighters add around the code, by their classes. */
const WRAPPER = /code|highlight|language-|shiki|prism|listing/i;
/** Groups of blocks with tabs, which show one block at a time: widgets go below the whole group. */
const GROUP = ".code-group, [data-component-part='code-group']";
/** Maximum number of elements between such wrappers: cells of a table with line numbers. */
const LONGEST_GAP = 6;

export class Block {
  /** The element with the text. */
  code;
  /** @type {string} */
  text = "";
  /** @type {Piece[]} */
  #pieces = [];

  /** @param {HTMLElement} code */
  constructor(code) {
    this.code = code;
    this.read();
  }

  /**
   * The code block in an element, or the element itself.
   * @param {Element} element
   * @returns {Block | undefined}
   */
  static in(element) {
    const inside = ["pre code", "pre", "code"]
      .map((selector) => element.querySelector(selector))
      .find(Boolean);
    const code = inside ?? (element.matches("pre, code") ? element : undefined);
    return code instanceof HTMLElement ? new Block(code) : undefined;
  }

  /** Reads the text again. */
  read() {
    let text = "";
    this.#pieces = [];
    const walker = document.createTreeWalker(
      this.code,
      NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT,
      (node) =>
        node instanceof Element && node.matches(NO_CODE)
          ? NodeFilter.FILTER_REJECT
          : NodeFilter.FILTER_ACCEPT,
    );
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      if (node instanceof Text) {
        this.#pieces.push({ node, start: text.length, end: text.length + node.length });
        text += node.data;
      } else if (node instanceof HTMLBRElement) {
        text += "\n";
      }
    }
    this.text = text;
  }

  /**
   * A part of the text as a range of the page; undefined if the page has changed since.
   * @param {number} start
   * @param {number} end
   * @returns {Range | undefined}
   */
  range(start, end) {
    // An empty range is shown at the character before or after it.
    const [from, to] = start < end ? [start, end] : [Math.max(0, start - 1), start + 1];
    const first = this.#pieces.find((piece) => piece.end > from);
    const last = this.#pieces.findLast((piece) => piece.start < to);
    if (!first || !last || last.end < first.start) return undefined;
    const range = document.createRange();
    try {
      range.setStart(first.node, Math.max(0, from - first.start));
      range.setEnd(last.node, Math.min(last.node.length, to - last.start));
    } catch {
      return undefined;
    }
    return range;
  }

  /**
   * The element that styles a character.
   * @param {number} offset
   */
  elementAt(offset) {
    const piece = this.#pieces.find(({ start, end }) => start <= offset && offset < end);
    return piece?.node.parentElement ?? this.code;
  }

  /**
   * The outermost element that shows only this code.
   * @param {Element | null} [limit] stays outside of it
   * @returns {HTMLElement}
   */
  frame(limit = null) {
    const group = this.code.closest(GROUP);
    if (group instanceof HTMLElement && !(limit && group.contains(limit))) return group;
    let frame = this.code.closest("pre") ?? this.code;
    let up = frame.parentElement;
    for (let gap = 0; up && up !== limit && gap < LONGEST_GAP; up = up.parentElement) {
      if (up.matches("body, main, article") || up.querySelectorAll("pre code").length > 1) break;
      gap += 1;
      if (!WRAPPER.test(up.className)) continue;
      frame = up;
      gap = 0;
    }
    return frame;
  }

  /**
   * The element that paints the background of the code.
   * @param {HTMLElement} frame
   */
  painted(frame) {
    /** @type {HTMLElement | null} */
    let element = this.code;
    while (element && frame.contains(element)) {
      const { backgroundColor } = getComputedStyle(element);
      if (!/^transparent$|, 0\)$|\/ 0\)$/.test(backgroundColor)) return element;
      element = element.parentElement;
    }
    return this.code.closest("pre") ?? this.code;
  }

  /** The language of the block, such as `json`; undefined if it has none. */
  get language() {
    /** @type {Element | null} */
    let element = this.code;
    for (let steps = 0; element && steps < LONGEST_GAP; steps += 1) {
      const named =
        element.getAttribute("data-language") ??
        element.getAttribute("data-lang") ??
        // Mintlify.
        element.getAttribute("language") ??
        /(?:^|\s)(?:language|lang|highlight|highlight-source)-([\w+#.-]+)/.exec(
          element.className,
        )?.[1];
      if (named) return named.toLowerCase();
      element = element.parentElement;
    }
    return undefined;
  }
}
