// The widget's types: what must compile, and what must not. `make lint` checks this file; nothing runs it.

import type { ValidationReport } from "prefect-events";
import { type PrefectEventValidator, validateAll } from "prefect-events/widget";
import "prefect-events/widget/all";

const widget: PrefectEventValidator = document.createElement("prefect-event-validator");
widget.profile = "server";
widget.severity = "missing-label=warning";
widget.theme = "dark";
widget.readOnly = true;
widget.target = document.querySelector("pre");
widget.value = "{}";
const report: Promise<ValidationReport> = widget.validate();

// @ts-expect-error: there is no such profile
widget.profile = "strict";
// @ts-expect-error: the report is read-only
widget.report = null;

document.addEventListener("prefect-event-validated", ({ detail }) => {
  const counted: number = detail.report.errors + detail.value.length;
  return counted;
});
widget.addEventListener("prefect-event-failed", ({ detail }) => detail.error.message);

const stop: () => void = validateAll({
  root: document,
  blocks: "pre.json",
  attributes: { open: "" },
});
// @ts-expect-error: the attributes are texts
validateAll({ attributes: { open: true } });

export { report, stop };
