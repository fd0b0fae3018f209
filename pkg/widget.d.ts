import type { CheckReport, ValidateOptions, ValidationReport } from "./index.js";

/** The `event.detail` of `prefect-event-validated`. */
export interface PrefectEventValidated {
  /** Of events that of `validate`, of automations that of `checkAutomation`. */
  report: ValidationReport | CheckReport;
  /** The text that it is about. */
  value: string;
}

/** The `event.detail` of `prefect-event-failed`: nothing could be checked. */
export interface PrefectEventFailed {
  error: Error;
}

/**
 * `<prefect-event-validator>`: around a code block with Prefect events or automations, or naming one by `for`. Shows under
 * it whether they are right, and lets readers try changes.
 */
export class PrefectEventValidator extends HTMLElement {
  /** The id of the code block, or of an element around it, if it does not stand inside of this one. */
  htmlFor: string;
  /** The code block, or an element around it, given by a script: it goes before `for`. */
  target: Element | null;
  /** As in the options of `validate` and `checkAutomation`. */
  profile: NonNullable<ValidateOptions["profile"]>;
  /** Severities of single codes, as text: `"missing-label=warning unknown-label=off"`. */
  severity: string;
  /** How it looks; `"auto"` goes by the page. */
  theme: "auto" | "light" | "dark";
  /** Whether the findings are shown. */
  open: boolean;
  /** Whether the block is being edited. */
  editing: boolean;
  /** Whether example runs are shown under an automation: one on which it fires, and one on which it does not. */
  playing: boolean;
  /** Whether there is no button to edit it. */
  readOnly: boolean;
  /** The text that is checked: that of the block, or of the editor. To set it opens the editor with this text. */
  value: string;
  /** What the last check found; null before it. */
  readonly report: ValidationReport | CheckReport | null;
  /** Checks at once, also what has not come into view yet; fails if the validator cannot be loaded. */
  validate(): Promise<ValidationReport | CheckReport>;
}

export interface ValidateAllOptions {
  /** Where to look. Default: the document. */
  root?: Document | Element;
  /** Which elements are code blocks, or hold one: a selector. Default: `"pre"`. */
  blocks?: string;
  /** Attributes that each widget gets, such as `{ readonly: "", profile: "server" }`. */
  attributes?: { [name: string]: string };
}

/**
 * Puts a `<prefect-event-validator>` behind each code block of the page that holds Prefect events or automations, now and
 * as the page changes. Returns a function that removes them.
 */
export function validateAll(options?: ValidateAllOptions): () => void;

declare global {
  interface HTMLElementTagNameMap {
    "prefect-event-validator": PrefectEventValidator;
  }
  interface GlobalEventHandlersEventMap {
    "prefect-event-validated": CustomEvent<PrefectEventValidated>;
    "prefect-event-failed": CustomEvent<PrefectEventFailed>;
  }
}
