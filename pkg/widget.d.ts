import type { CheckReport, ValidateOptions, ValidationReport } from "./index.js";

/** The `event.detail` of `prefect-event-validated`. */
export interface PrefectEventValidated {
  /** The report of `validate` for events, of `checkAutomation` for automations. */
  report: ValidationReport | CheckReport;
  /** The text that was checked. */
  value: string;
}

/** The `event.detail` of `prefect-event-failed`: the check failed. */
export interface PrefectEventFailed {
  error: Error;
}

/**
 * `<prefect-event-validator>` checks a code block with Prefect events or automations: the block inside the element, or the one
 * that `for` names. It shows below the block whether it is valid, and lets readers try changes.
 */
export class PrefectEventValidator extends HTMLElement {
  /** The id of the code block, or of an element around it, if the block is not inside this element. */
  htmlFor: string;
  /** The code block, or an element around it, set by a script. It takes precedence over `for`. */
  target: Element | null;
  /** As in the options of `validate` and `checkAutomation`. */
  profile: NonNullable<ValidateOptions["profile"]>;
  /** Severities of individual codes, as text: `"missing-label=warning unknown-label=off"`. */
  severity: string;
  /** The color theme; `"auto"` detects it from the page. */
  theme: "auto" | "light" | "dark";
  /** Whether the findings are shown. */
  open: boolean;
  /** Whether the block is being edited. */
  editing: boolean;
  /** Whether example runs are shown below an automation: one on which it fires, and one on which it does not. */
  playing: boolean;
  /** Whether the button to edit the block is hidden. */
  readOnly: boolean;
  /** The text that is checked: that of the block or of the editor. Setting it opens the editor with this text. */
  value: string;
  /** The report of the last check; null before the first check. */
  readonly report: ValidationReport | CheckReport | null;
  /** Checks immediately, even before the block comes into view. Rejects if the module cannot be loaded. */
  validate(): Promise<ValidationReport | CheckReport>;
}

export interface ValidateAllOptions {
  /** Where to look. Default: the document. */
  root?: Document | Element;
  /** A selector for code blocks, or for elements that contain one. Default: `"pre"`. */
  blocks?: string;
  /** Attributes that each widget gets, such as `{ readonly: "", profile: "server" }`. */
  attributes?: { [name: string]: string };
}

/**
 * Adds a `<prefect-event-validator>` after each code block of the page that contains Prefect events or automations, now and
 * whenever the page changes. Returns a function that removes them.
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
