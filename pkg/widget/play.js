// Shows below an automation a run on which it fires, and one on which it does not.

import { draw, lastOf, stepsOf } from "./drawing.js";
import { icon, make, prose } from "./make.js";
import { words } from "./words.js";

/** @typedef {import("../index.js").ExampleRun} Example */
/** @typedef {import("../index.js").ExampleRuns} Examples */

/** Two runs of similar length share one scale. */
const ALIKE = 3;

export class Play {
  element = make("div", { class: "play", part: "play", id: "play", hidden: true });
  /** Redraws at another width. */
  #resized = new ResizeObserver(() => this.#draw());
  /** @type {{ example: Example, place: HTMLElement, label: string, until: number }[]} */
  #drawn = [];
  #width = 0;

  /**
   * @param {(automation: number) => Examples} examplesOf
   * @param {number} number of automations in the text
   */
  show(examplesOf, number) {
    const place = make("div", { class: "examples" });
    const fill = (/** @type {number} */ automation) => {
      place.replaceChildren(...this.#examples(examplesOf(automation)));
      this.#draw();
    };
    this.element.replaceChildren(place);
    if (number > 1) this.element.prepend(choice(number, fill));
    this.element.hidden = false;
    this.#resized.observe(this.element);
    fill(0);
  }

  hide() {
    this.element.hidden = true;
    this.element.replaceChildren();
    this.#resized.disconnect();
    this.#drawn = [];
    this.#width = 0;
  }

  /** @param {Examples} examples */
  #examples({ fires, doesNotFire, reason, errors = [] }) {
    this.#drawn = [];
    this.#width = 0;
    const both = [fires, doesNotFire].map((example) => (example ? lastOf(example) : 0));
    const until = Math.max(...both);
    const starts = fires?.timeline.start ?? doesNotFire?.timeline.start ?? 0;
    const figures = [fires, doesNotFire].flatMap((example, index) => {
      if (!example) return [];
      const own = both[index] ?? 0;
      const isAlike = (until - starts) / Math.max(1, own - starts) < ALIKE;
      return [this.#figure(example, index === 0, isAlike ? until : own)];
    });
    const why = errors[0]?.message ?? reason;
    return [
      ...(why === undefined ? [] : [make("p", { class: "why" }, ...prose(sentence(why)))]),
      ...figures,
    ];
  }

  /**
   * @param {Example} example
   * @param {boolean} fires
   * @param {number} until
   */
  #figure(example, fires, until) {
    const { title, reason } = example;
    const place = make("div", { class: "drawing" });
    const verdict = fires ? words.fires : words.doesNotFire;
    const label = `${words.timeline}: ${title.replaceAll("`", "")}. ${verdict}.`;
    this.#drawn.push({ example, place, label, until });
    const steps = stepsOf(example).map((step) => make("li", {}, step));
    return make(
      "figure",
      { class: fires ? "example fires" : "example", part: "example" },
      make(
        "figcaption",
        {},
        icon(fires ? "fires" : "quiet", "icon"),
        make("span", {}, make("strong", {}, `${verdict}: `), ...prose(title)),
      ),
      place,
      make("p", { class: "why" }, ...prose(sentence(reason))),
      make(
        "details",
        {},
        make("summary", {}, words.inWords),
        make("ol", { class: "steps" }, ...steps),
      ),
    );
  }

  #draw() {
    const width = Math.floor(this.element.clientWidth);
    if (width <= 0 || width === this.#width) return;
    this.#width = width;
    for (const { example, place, label, until } of this.#drawn)
      place.replaceChildren(draw(example, { width, until, label }));
  }
}

/**
 * A control to choose one of several automations.
 * @param {number} number
 * @param {(automation: number) => void} choose
 */
function choice(number, choose) {
  const select = make("select", { id: "automation" });
  for (let index = 0; index < number; index += 1)
    select.append(make("option", { value: String(index) }, words.automation(index + 1, number)));
  select.addEventListener("change", () => choose(Number(select.value)));
  return make("p", { class: "choice" }, make("label", { for: "automation" }, words.choice), select);
}

/** The core's sentences begin with a lower-case letter and end without a full stop. @param {string} text */
function sentence(text) {
  // The name of an event is not capitalised.
  const capital = /^[a-z]+(?: |$)/.test(text) ? text.charAt(0).toUpperCase() + text.slice(1) : text;
  return /[.!?]$/.test(capital) ? capital : `${capital}.`;
}
