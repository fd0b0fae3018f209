// The element: its attributes, when it checks, and what it shows.

import { Block } from "./block.js";
import { checkAs, loadCore, NEAR } from "./core.js";
import { Editor } from "./editor.js";
import { button, make } from "./make.js";
import { Marks, reveal } from "./marks.js";
import { Play } from "./play.js";
import { kindOf } from "./recognise.js";
import { styles } from "./styles.js";
import { themeOf, watchTheme } from "./theme.js";
import { Verdict } from "./verdict.js";
import { words } from "./words.js";

/** @typedef {import("../index.js").ValidationReport} Report */
/** @typedef {import("../index.js").Diagnostic} Diagnostic */
/** @typedef {import("../index.js").CheckReport} CheckReport */
/** @typedef {import("./core.js").Core} Core */
/** @typedef {import("./core.js").Kind} Kind */
/** @typedef {import("./words.js").Noun} Noun */
/** @typedef {import("../widget.js").PrefectEventValidator} Public */

/** Time from the last keystroke to the check, in milliseconds. */
const PAUSE_MS = 120;
/** Findings listed at most: for more, the command line is the better tool. */
const MOST_FINDINGS = 100;
/** Space between the code and the verdict, in pixels. More space than this has another cause than the block's margin. */
const GAP = 4;
const WIDEST_GAP = 64;

// Importing this file on a server that renders pages is harmless.
const Base = /** @type {typeof HTMLElement} */ (globalThis.HTMLElement ?? class {});

/**
 * Shows below a code block whether the Prefect events or automations in it are valid, and lets readers try changes.
 *
 * The code block is inside the element, or `for` names it. The element does not change the page, except that it hides a block
 * named by `for` while it is edited. Without JavaScript, the block stays as it is.
 *
 * @element prefect-event-validator
 *
 * @attr {string} for - The id of the code block, or of an element around it, if the block is not inside this element.
 * @attr {"documented" | "server"} [profile=documented] - `documented`: report everything that differs from Prefect's documentation and emitters; `server`: only what the Prefect server rejects.
 * @attr {string} severity - Severities of individual codes, such as `missing-label=warning unknown-label=off`.
 * @attr {"auto" | "light" | "dark"} [theme=auto] - The colour theme; `auto` detects it from the page.
 * @attr {boolean} open - Whether the findings are shown. It follows the reader's actions.
 * @attr {boolean} editing - Whether the block is being edited. It follows the reader's actions.
 * @attr {boolean} playing - Whether example runs are shown below an automation: one on which it fires, and one on which it does not. It follows the reader's actions.
 * @attr {boolean} readonly - Hides the button to edit the block.
 *
 * @slot - The code block. If there are several, the first one is checked.
 *
 * @fires {CustomEvent<PrefectEventValidated>} prefect-event-validated - After each check: `detail.report` is the report of `validate` or `checkAutomation`, `detail.value` the text that was checked.
 * @fires {CustomEvent<PrefectEventFailed>} prefect-event-failed - The check failed because a module did not load or an attribute is invalid: `detail.error`.
 *
 * @cssprop [--prefect-events-color=inherit] - Text.
 * @cssprop [--prefect-events-font=inherit] - Font family of the text.
 * @cssprop [--prefect-events-font-size=0.85em] - Size of the text.
 * @cssprop [--prefect-events-code-font=monospace] - Font family of names in the text.
 * @cssprop --prefect-events-valid-color - The sign of a valid example.
 * @cssprop --prefect-events-error-color - The sign of an error.
 * @cssprop --prefect-events-warning-color - The sign of a warning.
 * @cssprop --prefect-events-info-color - The sign of an info; buttons that fix.
 * @cssprop --prefect-events-line-color - Lines between the findings, and around the editor.
 * @cssprop [--prefect-events-focus-color=currentColor] - The outline of the focused element.
 * @cssprop --prefect-events-editor-background - Background of the editor. Default: that of the block.
 *
 * @csspart verdict - The line under the code.
 * @csspart summary - The text of the verdict.
 * @csspart disclosure - The button that shows the findings.
 * @csspart button - Each button of the verdict, and each button that fixes.
 * @csspart findings - The list of findings.
 * @csspart finding - One finding; its severity is a part too.
 * @csspart error - A finding that is an error.
 * @csspart warning - A finding that is a warning.
 * @csspart info - A finding that is an info.
 * @csspart message - The message of a finding: a button that shows its position.
 * @csspart help - The help text of a finding.
 * @csspart fix - The button that fixes a finding.
 * @csspart link - The link to the documentation.
 * @csspart play - The box of the example runs.
 * @csspart example - An example run.
 * @csspart timeline - The drawing of an example run.
 * @csspart editor - The box of the editor.
 * @csspart textarea - The text field of the editor.
 *
 * @implements {Public}
 */
export class PrefectEventValidator extends Base {
  static observedAttributes = [
    "for",
    "profile",
    "severity",
    "theme",
    "open",
    "editing",
    "playing",
    "readonly",
  ];

  /** The module that checked the text. @type {Core | undefined} */
  #core;
  /** The kind of the text at the last check. @type {Kind} */
  #kind = "events";
  #isLoaded = false;
  /** @type {Block | undefined} */
  #block;
  /** @type {Element | null} */
  #target = null;
  /** @type {Report | CheckReport | null} */
  #report = null;
  /** @type {Diagnostic | undefined} */
  #active;
  /** Whether it has come near the window, or `validate` was called. */
  #seen = false;
  /** Whether the editor has the reader's text. */
  #draft = false;
  /** The number of the current check; late results of earlier checks are dropped. */
  #checks = 0;
  #timer = 0;
  #said = "";
  /** @type {{ element: HTMLElement, display: string, priority: string } | undefined} */
  #hidden;

  #marks = new Marks();
  /** @type {(() => void)[]} */
  #stop = [];

  #slot = make("slot");
  #status = make("span", { class: "unseen", role: "status" });
  #actions = make("span", { class: "actions" });
  #verdict = new Verdict({
    toggle: () => {
      this.open = !this.open;
    },
    show: (finding) => this.#showPlace(finding),
    fix: (finding) => this.#fix(finding),
  });
  #editor = new Editor(
    () => {
      this.#draft = true;
      this.#checkSoon();
    },
    () => this.#leave(),
  );
  #play = new Play();
  #bar = make("div", { class: "verdict", part: "verdict" }, this.#verdict.summary, this.#actions);
  #group = make(
    "div",
    { role: "group", "aria-label": words.group },
    this.#bar,
    this.#verdict.list,
    this.#play.element,
  );
  #widget = make("div", { class: "widget" }, this.#editor.element, this.#group, this.#status);

  constructor() {
    super();
    const shadow = this.attachShadow({ mode: "open" });
    shadow.adoptedStyleSheets = [styles()];
    // Outside the widget's box, so that the block only inherits from the page.
    shadow.append(this.#slot, this.#widget);
  }

  /**
   * The id of the code block, or of an element around it, if the block is not inside this element.
   * @type {string}
   * @attr for
   */
  get htmlFor() {
    return this.getAttribute("for") ?? "";
  }

  set htmlFor(id) {
    this.setAttribute("for", id);
  }

  /**
   * The code block, or an element around it, set by a script. It takes precedence over `for`.
   * @type {Element | null}
   */
  get target() {
    return this.#target;
  }

  set target(element) {
    this.#target = element;
    this.#restart();
  }

  /**
   * As in the options of `validate` and `checkAutomation`.
   * @type {"documented" | "server"}
   * @attr profile
   */
  get profile() {
    return this.getAttribute("profile") === "server" ? "server" : "documented";
  }

  set profile(profile) {
    this.setAttribute("profile", profile);
  }

  /**
   * Severities of individual codes, as text: `missing-label=warning unknown-label=off`.
   * @type {string}
   * @attr severity
   */
  get severity() {
    return this.getAttribute("severity") ?? "";
  }

  set severity(list) {
    this.setAttribute("severity", list);
  }

  /**
   * The colour theme; `auto` detects it from the page.
   * @type {"auto" | "light" | "dark"}
   * @attr theme
   */
  get theme() {
    const theme = this.getAttribute("theme");
    return theme === "light" || theme === "dark" ? theme : "auto";
  }

  set theme(theme) {
    this.setAttribute("theme", theme);
  }

  /**
   * Whether the findings are shown.
   * @type {boolean}
   * @attr open
   */
  get open() {
    return this.hasAttribute("open");
  }

  set open(open) {
    this.toggleAttribute("open", Boolean(open));
  }

  /**
   * Whether the block is being edited.
   * @type {boolean}
   * @attr editing
   */
  get editing() {
    return this.hasAttribute("editing");
  }

  set editing(editing) {
    this.toggleAttribute("editing", Boolean(editing));
  }

  /**
   * Whether example runs are shown below an automation.
   * @type {boolean}
   * @attr playing
   */
  get playing() {
    return this.hasAttribute("playing");
  }

  set playing(playing) {
    this.toggleAttribute("playing", Boolean(playing));
  }

  /**
   * Whether the button to edit the block is hidden.
   * @type {boolean}
   * @attr readonly
   */
  get readOnly() {
    return this.hasAttribute("readonly");
  }

  set readOnly(readOnly) {
    this.toggleAttribute("readonly", Boolean(readOnly));
  }

  /**
   * The text that is checked: that of the block or of the editor. Setting it opens the editor with this text.
   * @type {string}
   */
  get value() {
    if (this.editing) return this.#editor.value;
    this.#block?.read();
    return (this.#block ?? this.#find())?.text ?? "";
  }

  set value(text) {
    this.#draft = true;
    this.#editor.value = String(text);
    this.editing = true;
    this.#checkSoon();
  }

  /**
   * The report of the last check; null before the first check.
   * @type {Report | CheckReport | null}
   */
  get report() {
    return this.#report;
  }

  /**
   * Checks immediately, even before the block comes into view. Rejects if the module cannot be loaded.
   * @returns {Promise<Report | CheckReport>}
   */
  async validate() {
    this.#seen = true;
    return await this.#check();
  }

  /** @internal */
  connectedCallback() {
    this.#stop.push(watchTheme(() => this.#dress()));
    this.#start();
  }

  /** @internal */
  disconnectedCallback() {
    for (const stop of this.#stop.splice(0)) stop();
    this.#release();
  }

  /**
   * @internal
   * @param {string} name
   * @param {string | null} old
   * @param {string | null} value
   */
  attributeChangedCallback(name, old, value) {
    if (old === value || !this.isConnected) return;
    if (name === "for") this.#restart();
    if (name === "profile" || name === "severity") this.#checkSoon();
    if (name === "theme") this.#dress();
    if (name === "open") this.#disclose();
    if (name === "playing") this.#playRuns();
    if (name === "readonly") this.#act();
    if (name === "editing" && (old === null) !== (value === null)) this.#switch();
  }

  /** Waits until the element comes near the window. */
  #start() {
    this.#block = this.#find();
    this.#dress();
    this.#act();
    const seen = new IntersectionObserver(
      (entries) => {
        this.#follow();
        if (entries.some(({ isIntersecting }) => isIntersecting)) this.#see();
      },
      { rootMargin: NEAR },
    );
    seen.observe(this);
    const changed = new MutationObserver(() => this.#pageChanged());
    const watched = { childList: true, characterData: true, subtree: true };
    changed.observe(this, watched);
    if (this.#block) {
      changed.observe(this.#block.code, watched);
      const { code } = this.#block;
      // Not its frame, which is visible with every block of a group with tabs.
      if (!this.contains(code)) seen.observe(code.closest("pre") ?? code);
    }
    this.#observers = [seen, changed];
    if (this.editing) this.#switch();
    else if (this.#seen) this.#checkSoon();
  }

  /** @type {(IntersectionObserver | MutationObserver)[]} */
  #observers = [];

  /** Releases the block. */
  #release() {
    for (const observer of this.#observers.splice(0)) observer.disconnect();
    clearTimeout(this.#timer);
    this.#checks += 1;
    this.#marks.clear();
    this.#unhide();
  }

  #restart() {
    if (!this.isConnected) return;
    this.#release();
    this.#report = null;
    this.#start();
  }

  #see() {
    if (this.#seen) return;
    this.#seen = true;
    this.#checkSoon(0);
  }

  /** Hides the widget while its block is hidden, in a tab that is not selected. */
  #follow() {
    if (this.#hidden || !this.#block || this.contains(this.#block.code)) return;
    this.#widget.hidden = this.#block.code.getClientRects().length === 0;
  }

  /** @returns {Block | undefined} */
  #find() {
    if (this.#target) return Block.in(this.#target);
    if (!this.htmlFor) return Block.in(this);
    const root = this.getRootNode();
    const named =
      root instanceof Document || root instanceof ShadowRoot
        ? root.getElementById(this.htmlFor)
        : null;
    return named ? Block.in(named) : undefined;
  }

  /** The page has written, highlighted or removed the code. */
  #pageChanged() {
    if (this.editing) return;
    if (!this.#block?.code.isConnected || !this.#block) this.#restart();
    else if (this.#seen) this.#checkSoon();
  }

  #checkSoon(pause = PAUSE_MS) {
    if (!this.#seen) return;
    clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => {
      // The widget and its event report the error.
      this.#check().catch(() => {});
    }, pause);
  }

  /** @returns {Promise<Report | CheckReport>} */
  async #check() {
    this.#checks += 1;
    const check = this.#checks;
    clearTimeout(this.#timer);
    /** @type {string | undefined} */
    let misuse;
    try {
      this.#block ??= this.#find();
      if (!this.#block && !this.editing) {
        throw new Error(this.htmlFor ? words.noSuchBlock(this.htmlFor) : words.noBlock);
      }
      const value = this.value;
      const kind = kindOf(value) ?? this.#kind;
      if (!this.#report) this.#verdict.say(words.checking, "busy");
      misuse = words.notLoaded;
      this.#isLoaded = false;
      await loadCore(kind);
      misuse = undefined;
      this.#isLoaded = true;
      const checked = await checkAs(value, kind, {
        profile: /** @type {"documented"} */ (this.getAttribute("profile") ?? "documented"),
        severity: severities(this.severity),
        maxDiagnostics: MOST_FINDINGS,
      });
      if (check === this.#checks) {
        this.#core = checked.core;
        this.#kind = checked.kind;
        this.#show(checked.report, value);
      }
      return checked.report;
    } catch (thrown) {
      const error = thrown instanceof Error ? thrown : new Error(String(thrown));
      if (check === this.#checks) this.#fail(error, misuse ?? words.misused(error.message));
      throw error;
    }
  }

  /**
   * @param {Report | CheckReport} report
   * @param {string} value
   */
  #show(report, value) {
    this.#report = report;
    this.#active = undefined;
    const noun = nounOf(report);
    const name = noun === "event" ? eventName(value) : automationName(report, value, noun);
    this.#group.setAttribute("aria-label", name ? words.groupOf(name) : words.group);
    this.#editor.label = words.editor(noun === "event" ? "event" : "automation");
    const focus = this.#focused();
    this.#verdict.show(report, { name, noun, open: this.open, editing: this.editing });
    this.#playRuns();
    focus();
    this.#mark();
    this.#align();
    // Screen readers announce it only while the reader edits.
    if (this.editing) this.#say(this.#verdict.summary.textContent ?? "");
    this.#tell("prefect-event-validated", { report, value });
  }

  /**
   * @param {Error} error
   * @param {string} sentence
   */
  #fail(error, sentence) {
    this.#report = null;
    this.#marks.clear();
    this.#verdict.say(sentence, "failed");
    this.#playRuns();
    this.#align();
    console.warn(`prefect-events: ${sentence}`, error);
    this.#tell("prefect-event-failed", { error });
  }

  /**
   * @param {string} type
   * @param {object} detail
   */
  #tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { bubbles: true, composed: true, detail }));
  }

  /**
   * Announces a text to screen readers, but never the same text twice in a row.
   * @param {string} text
   */
  #say(text) {
    if (text === this.#said) return;
    this.#said = text;
    this.#status.textContent = text;
  }

  /** Restores the focus after the focused element was replaced. */
  #focused() {
    const focused = this.shadowRoot?.activeElement;
    const within = [this.#verdict.summary, this.#verdict.list, this.#actions].find((part) =>
      part.contains(focused ?? null),
    );
    if (!within || !focused) return () => {};
    const all = () => [...within.querySelectorAll("button, a")];
    const index = all().indexOf(focused);
    return () => {
      const others = all();
      const next =
        others[Math.min(index, others.length - 1)] ?? this.#actions.querySelector("button");
      if (next instanceof HTMLElement) next.focus({ preventScroll: true });
    };
  }

  /** The buttons. */
  #act() {
    const failed = this.#verdict.summary.classList.contains("failed");
    const part = { part: "button", class: "action" };
    /** @type {HTMLButtonElement[]} */
    const buttons = [];
    if (this.#playable > 0) {
      const play = button(words.play, () => this.#togglePlay(), part);
      play.setAttribute("aria-controls", "play");
      buttons.push(play);
    }
    if (failed && !this.#isLoaded) buttons.push(button(words.retry, () => this.#retry(), part));
    if (this.editing) {
      buttons.push(
        button(words.reset, () => this.#reset(), part),
        button(words.copy, () => void this.#copy(), part),
        button(words.done, () => this.#leave(), part),
      );
    } else if (!this.readOnly && !failed && this.#block) {
      buttons.push(button(words.edit, () => this.#edit(), part));
    }
    // Buttons that stay keep the focus.
    const same = [...this.#actions.children].map(({ textContent }) => textContent).join();
    if (same !== buttons.map(({ textContent }) => textContent).join())
      this.#actions.replaceChildren(...buttons);
    this.#actions
      .querySelector("[aria-controls=play]")
      ?.setAttribute("aria-expanded", String(this.playing));
  }

  /** The number of automations in the text that can be played; 0 while unknown. */
  get #playable() {
    const report = this.#report;
    if (!report || !("triggers" in report) || !this.#core?.exampleRuns) return 0;
    return report.triggers.reduce((most, { automation }) => Math.max(most, automation + 1), 0);
  }

  #togglePlay() {
    this.playing = !this.playing;
  }

  /** Shows example runs for the automation that was checked last. */
  #playRuns() {
    this.#act();
    const { exampleRuns } = this.#core ?? {};
    const number = this.#playable;
    if (!this.playing || number === 0 || !exampleRuns) {
      this.#play.hide();
      return;
    }
    const text = this.value;
    this.#play.show((automationIndex) => exampleRuns(text, { automationIndex }), number);
  }

  #disclose() {
    this.#verdict.open(this.open);
    if (!this.open) this.#choose(undefined);
    this.#mark();
  }

  /** @param {Diagnostic | undefined} finding */
  #choose(finding) {
    this.#active = finding;
    this.#verdict.current(finding);
  }

  /** Marks the positions of the findings: in the editor always, in the page while they are listed. */
  #mark() {
    const findings = this.#report?.diagnostics ?? [];
    if (this.editing) {
      this.#marks.clear();
      this.#editor.mark(findings, this.#active);
      return;
    }
    if (!this.open) {
      this.#marks.clear();
      return;
    }
    this.#block?.read();
    const marks = findings.flatMap((finding) => {
      const { range, severity } = finding;
      const place = range && this.#block?.range(range.start.offset, range.end.offset);
      return place ? [{ range: place, severity, active: finding === this.#active }] : [];
    });
    this.#marks.show(marks);
  }

  /** @param {Diagnostic} finding */
  #showPlace(finding) {
    this.#choose(finding);
    this.#mark();
    if (this.editing) {
      this.#editor.reveal(finding);
    } else if (finding.range && this.#block) {
      const { start, end } = finding.range;
      const range = this.#block.range(start.offset, end.offset);
      if (range) reveal(range, this.#block.code);
    }
  }

  /** @param {Diagnostic} finding */
  #fix(finding) {
    if (!this.#core || !finding.fix) return;
    this.#editor.replace(this.#core.applyFixes(this.#editor.value, [finding]));
    this.#said = "";
    this.#say(words.fixed(finding.fix.title));
  }

  #edit() {
    this.editing = true;
    this.#editor.focus();
  }

  #leave() {
    this.editing = false;
    this.#actions.querySelector("button")?.focus({ preventScroll: true });
  }

  #reset() {
    this.#editor.replace(this.#original());
    this.#draft = false;
  }

  async #copy() {
    const text = this.#editor.value;
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      this.#editor.select();
      if (!document.execCommand("copy")) return this.#say(words.notCopied);
    }
    this.#said = "";
    this.#say(words.copied);
  }

  #retry() {
    this.#verdict.say(words.checking, "busy");
    this.#act();
    this.#checkSoon(0);
  }

  #original() {
    this.#block?.read();
    return this.#block?.text ?? "";
  }

  /** Opens the editor of the block, or closes it. */
  #switch() {
    this.#seen = true;
    this.#choose(undefined);
    if (this.editing) {
      this.#block ??= this.#find();
      if (!this.#draft) this.#editor.value = this.#original().replace(/\n$/, "");
      if (this.#block) {
        const frame = this.#block.frame(this);
        this.#align();
        this.#editor.takeLook(this.#block, frame, this.#widget);
        if (this.contains(frame)) this.#slot.hidden = true;
        else this.#hide(frame);
      }
      this.#said = this.#verdict.summary.textContent ?? "";
    } else {
      this.#draft = this.#editor.value !== this.#original().replace(/\n$/, "");
      this.#unhide();
    }
    this.#editor.element.hidden = !this.editing;
    this.#act();
    this.#align();
    this.#checkSoon(0);
  }

  /**
   * Hides a block outside the element while its editor is open in its place.
   * @param {HTMLElement} element
   */
  #hide(element) {
    const { style } = element;
    const [display, priority] = [
      style.getPropertyValue("display"),
      style.getPropertyPriority("display"),
    ];
    this.#hidden = { element, display, priority };
    style.setProperty("display", "none", "important");
  }

  #unhide() {
    this.#slot.hidden = false;
    if (!this.#hidden) return;
    const { element, display, priority } = this.#hidden;
    this.#hidden = undefined;
    element.style.setProperty("display", display, priority);
    if (element.getAttribute("style") === "") element.removeAttribute("style");
  }

  /** Places the verdict close below the code, whatever margin the page sets, and moves that margin below the verdict. */
  #align() {
    const { style } = this.#widget;
    for (const property of ["--_pull", "--_push"]) style.removeProperty(property);
    const block = this.#block;
    if (!block || this.#editor.element.hidden === false) return;
    const frame = block.frame(this);
    if (!this.contains(frame) && this.previousElementSibling !== frame) return;
    const { bottom } = block.painted(frame).getBoundingClientRect();
    const gap = Math.round(this.#bar.getBoundingClientRect().top - bottom);
    if (gap <= 0 || gap > WIDEST_GAP) return;
    style.setProperty("--_pull", `${GAP - gap}px`);
    style.setProperty("--_push", `${gap}px`);
  }

  /** Sets the light or dark theme. */
  #dress() {
    const { theme } = this;
    const shown = theme === "auto" ? themeOf(this) : theme;
    if (this.#widget.dataset.theme === shown) return;
    this.#widget.dataset.theme = shown;
    if (this.editing && this.#block) this.#editor.takeColors(this.#block);
  }
}

/**
 * @param {string} list
 * @returns {NonNullable<import("../index.js").ValidateOptions["severity"]>}
 */
function severities(list) {
  const pairs = list.split(/[\s,]+/).filter(Boolean);
  return Object.fromEntries(
    pairs.map((pair) => {
      const [code, level, ...rest] = pair.split("=");
      if (!code || !level || rest.length > 0) throw new Error(words.badSeverity(pair));
      return /** @type {const} */ ([code, /** @type {"off"} */ (level)]);
    }),
  );
}

/**
 * The name of the text's content for readers.
 * @param {Report | CheckReport} report
 * @returns {Noun}
 */
function nounOf(report) {
  if (!("triggers" in report)) return "event";
  const [first] = report.triggers;
  // The trigger of an automation is at `/trigger`; a bare trigger is the whole document.
  return first === undefined || /^\/trigger(\/|$)/.test(first.pointer) ? "automation" : "trigger";
}

/**
 * The name of an automation, if the text is a single one.
 * @param {Report | CheckReport} report
 * @param {string} text
 * @param {Noun} noun
 * @returns {string | undefined}
 */
function automationName({ count, diagnostics }, text, noun) {
  if (count !== 1 || noun !== "automation") return undefined;
  const [json, yaml] = [/^[ [{\s]*"name": *"([^"\\]+)"/, /^(?:- )?name: *(["']?)(.+?)\1 *$/m].map(
    (name) => name.exec(text),
  );
  return diagnostics[0]?.name ?? json?.[1] ?? yaml?.[2];
}

/**
 * The name of the event, if the text is a single one.
 * @param {string} text
 * @returns {string | undefined}
 */
function eventName(text) {
  try {
    const value = JSON.parse(text);
    const name = value?.event?.event ?? value?.event;
    return typeof name === "string" ? name : undefined;
  } catch {
    return undefined;
  }
}
