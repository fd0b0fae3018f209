// The view's texts about a report.

import type { Diagnostic, Severity, ValidationReport } from "prefect-events";
import { code, fence, plain, sentence as prose } from "../../ui/markdown.ts";
import type { Profile } from "./state.ts";

const NUMBER = new Intl.NumberFormat("en-US");

const NOUNS = {
  error: ["error", "errors"],
  warning: ["warning", "warnings"],
  info: ["info", "infos"],
  event: ["event", "events"],
  fix: ["fix", "fixes"],
  finding: ["finding", "findings"],
} as const;

export function count(number: number, noun: keyof typeof NOUNS): string {
  return `${NUMBER.format(number)} ${NOUNS[noun][number === 1 ? 0 : 1]}`;
}

export function counts({ errors, warnings, infos }: ValidationReport): [Severity, number][] {
  return [
    ["error", errors],
    ["warning", warnings],
    ["info", infos],
  ];
}

/** The core's finding on another kind of document: an automation, a `prefect.yaml`, Terraform, a scenario. */
export function otherDocument({ diagnostics }: ValidationReport): Diagnostic | undefined {
  return diagnostics.find(({ code }) => code === "not-events");
}

/** Whether the view Simulate reads it; for a document that must be converted first, the help explains how. */
export function canSimulate({ help = "" }: Diagnostic): boolean {
  return !help.startsWith("run ");
}

export interface Verdict {
  sign: Severity | "good";
  text: string;
}

/** The result in one line. */
export function verdict(report: ValidationReport): Verdict {
  const { errors, warnings, infos, count: events } = report;
  const other = otherDocument(report);
  if (other) return { sign: "info", text: sentence(other.message.replaceAll("`", "")) };
  const where = events === 0 ? "" : ` in ${count(events, "event")}`;
  if (errors > 0) {
    const more = warnings > 0 ? ` and ${count(warnings, "warning")}` : "";
    return { sign: "error", text: `${count(errors, "error")}${more}${where}` };
  }
  if (warnings > 0)
    return { sign: "warning", text: `No error, but ${count(warnings, "warning")}${where}` };
  if (infos > 0)
    return { sign: "info", text: `No errors or warnings, but ${count(infos, "info")}${where}` };
  if (events === 0) return { sign: "good", text: "No events, no problems found" };
  if (events === 1) return { sign: "good", text: "The event is valid" };
  return { sign: "good", text: `All ${count(events, "event")} are valid` };
}

/** The line for events without findings: it names what accepts them. */
export function approval({ count: events }: ValidationReport, profile: Profile): string {
  const them = events === 1 ? "it" : "them";
  const agree = events === 1 ? "it agrees" : "they agree";
  return profile === "server"
    ? `The Prefect server accepts ${them}. Conformance with Prefect’s documentation was not checked.`
    : `No problems found: ${agree} with Prefect’s documentation and source code.`;
}

/** The location of a finding: its line, and its path in the event. */
export function place({ range, path }: Diagnostic): string {
  const line = range ? `line ${NUMBER.format(range.start.line)}` : "";
  return [line, path].filter(Boolean).join(" · ");
}

const UNITS = ["bytes", "kB", "MB", "GB"];

export function size(bytes: number): string {
  const unit = bytes < 1 ? 0 : Math.min(Math.floor(Math.log10(bytes) / 3), UNITS.length - 1);
  const digits = unit > 0 && bytes / 1000 ** unit < 10 ? 1 : 0;
  return `${(bytes / 1000 ** unit).toFixed(digits)} ${UNITS[unit]}`;
}

/** The text and the findings, for a bug report. */
export function markdown(
  report: ValidationReport,
  { text, title }: { text?: string; title?: string },
): string {
  const shown = report.diagnostics.map((finding) => {
    const at = place(finding);
    const event = report.count > 1 && finding.index !== undefined ? `event ${finding.index}, ` : "";
    const help = finding.help ? ` ${prose(sentence(finding.help))}` : "";
    return `- **${finding.severity}** ${code(finding.code)} (${event}${at ? plain(at) : "the event"}): ${prose(sentence(finding.message))}${help}`;
  });
  if (report.truncated) shown.push(`- … and ${count(report.truncated, "finding")} more`);
  const parts = [`**${verdict(report).text}**${title ? ` (${plain(title)})` : ""}`];
  if (text !== undefined) parts.push(fence(text, "json"));
  if (shown.length > 0) parts.push(shown.join("\n"));
  return parts.join("\n\n");
}

/** A message as a full sentence. */
export function sentence(text: string): string {
  const first = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.?!]$/.test(first) ? first : `${first}.`;
}
