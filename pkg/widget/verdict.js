// The line below the code, and the list of findings.

import { button, icon, make, prose } from "./make.js";
import { findingsCounted, notListed, severityNames, validOnes, words } from "./words.js";

/** @typedef {import("../index.js").ValidationReport} Report */
/** @typedef {import("./words.js").Noun} Noun */
/** @typedef {import("../index.js").Diagnostic} Diagnostic */
/**
 * The actions that the verdict requests from its widget.
 * @typedef {{
 *   toggle: () => void,
 *   show: (finding: Diagnostic) => void,
 *   fix: (finding: Diagnostic) => void,
 * }} Hands
 */

export class Verdict {
  summary = make("div", { class: "summary", part: "summary" });
  list = make("ol", {
    class: "findings",
    part: "findings",
    id: "findings",
    role: "list",
    hidden: true,
  });
  /** @type {Hands} */
  #hands;
  /** @type {HTMLButtonElement | undefined} */
  #disclosure;
  /** @type {Map<Diagnostic, HTMLElement>} */
  #places = new Map();

  /** @param {Hands} hands */
  constructor(hands) {
    this.#hands = hands;
  }

  /**
   * @param {string} text
   * @param {string} [of] its kind: `busy`, `failed`
   */
  say(text, of = "") {
    this.summary.className = `summary ${of}`;
    this.summary.replaceChildren(make("span", { class: "words" }, ...prose(text)));
    this.#disclosure = undefined;
    this.list.replaceChildren();
  }

  /**
   * @param {Report} report
   * @param {{ name: string | undefined, noun: Noun, open: boolean, editing: boolean }} state `name` of the event or
   *   automation, if it is one
   */
  show(report, { name, noun, open, editing }) {
    const kind = worst(report);
    const counted = findingsCounted(report);
    const about = name === undefined ? [] : [make("span", { class: "name" }, name)];
    this.summary.className = `summary ${kind}`;
    if (counted === "") {
      const verdict = report.count === 0 ? words.none(noun) : validOnes(report.count, noun);
      this.#disclosure = undefined;
      this.summary.replaceChildren(
        icon(kind, "icon"),
        make("span", { class: "words" }, verdict, about.length > 0 && " ", ...about),
      );
    } else {
      const lead = report.valid && report.count > 0 ? `${validOnes(report.count, noun)}, ` : "";
      this.#disclosure = button("", this.#hands.toggle, {
        class: "disclosure",
        part: "disclosure",
        "aria-controls": "findings",
      });
      this.#disclosure.append(
        make("span", { class: "label" }, lead + counted),
        icon("chevron", "chevron"),
      );
      this.summary.replaceChildren(
        icon(kind, "icon"),
        make("span", { class: "words" }, this.#disclosure, about.length > 0 && " ", ...about),
      );
    }
    this.#places.clear();
    const more = report.truncated;
    this.list.replaceChildren(
      ...report.diagnostics.map((finding) => this.#finding(finding, editing)),
      ...(more ? [make("li", { class: "more" }, notListed(more))] : []),
    );
    this.open(open);
  }

  /** @param {boolean} open */
  open(open) {
    this.#disclosure?.setAttribute("aria-expanded", String(open));
    this.list.hidden = !open || this.list.childElementCount === 0;
  }

  /**
   * @param {Diagnostic} finding
   * @param {boolean} editing
   */
  #finding(finding, editing) {
    const { severity, message, range, help, docs, fix } = finding;
    const line = range && make("span", { class: "line" }, ` (${words.place(range.start.line)})`);
    const text = make("span", { class: "label" }, ...prose(message));
    const place = button("", () => this.#hands.show(finding), { class: "place", part: "message" });
    place.append(make("span", { class: "unseen" }, `${severityNames[severity]}: `), text);
    if (line) place.append(line);
    this.#places.set(finding, place);
    const advice = help ?? (fix && !editing ? words.fix(fix.title) : undefined);
    const next = [
      advice !== undefined && make("span", { class: "help", part: "help" }, ...prose(advice)),
      fix && editing && this.#button(words.fix(fix.title), () => this.#hands.fix(finding)),
      docs && link(docs),
    ].filter((part) => part !== undefined && part !== false && part !== "");
    return make(
      "li",
      { class: "finding", part: `finding ${severity}` },
      icon(severity),
      make(
        "div",
        { class: "about" },
        place,
        next.length > 0 && make("div", { class: "next" }, ...next),
      ),
    );
  }

  /**
   * @param {string} title
   * @param {() => void} press
   */
  #button(title, press) {
    const element = button("", press, { class: "fix", part: "button fix" });
    element.append(...prose(title));
    return element;
  }

  /** @param {Diagnostic | undefined} finding the one whose position is shown */
  current(finding) {
    for (const [one, place] of this.#places) {
      if (one === finding) place.setAttribute("aria-current", "true");
      else place.removeAttribute("aria-current");
    }
  }
}

/** @param {Report} report */
function worst({ count, errors, warnings }) {
  if (errors) return "error";
  if (warnings) return "warning";
  return count === 0 ? "info" : "valid";
}

/** @param {string} address */
function link(address) {
  // In a new tab, so that the reader's text is not lost.
  return make(
    "a",
    { href: address, target: "_blank", rel: "noopener", part: "link" },
    words.docs,
    make("span", { class: "unseen" }, ` (${words.newTab})`),
  );
}
