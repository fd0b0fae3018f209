// Checks a file that is too large for the editor, and holds the results so far.

import type { Diagnostic, ValidationReport } from "prefect-events";
import { InputError, validateFile } from "../../core/client.ts";
import type { Profile } from "./state.ts";

/** Maximum number of listed findings. */
const MOST_FINDINGS = 1000;
/** Minimum time between updates of the page, in milliseconds. */
const PACE = 100;

export class FileCheck {
  bytes = 0;
  report: ValidationReport = {
    valid: true,
    count: 0,
    errors: 0,
    warnings: 0,
    infos: 0,
    diagnostics: [],
  };
  phase: "running" | "done" | "stopped" = "running";
  /** The reason if it cannot be checked. */
  rejected: string | undefined;
  private readonly halt: () => void;
  private reportedAt = 0;

  constructor(
    readonly file: File,
    profile: Profile,
    private readonly changed: () => void,
    fault: (error: unknown) => void,
  ) {
    const options = { profile, maxDiagnostics: MOST_FINDINGS };
    const { done, stop } = validateFile(file, options, (bytes, report) => this.add(bytes, report));
    this.halt = stop;
    done
      .then(() => {
        if (this.phase === "running") this.phase = "done";
      })
      .catch((error) => {
        this.phase = "stopped";
        if (error instanceof InputError) this.rejected = error.message;
        else fault(error);
      })
      .finally(changed);
  }

  stop() {
    if (this.phase !== "running") return;
    this.phase = "stopped";
    this.halt();
    this.changed();
  }

  private add(bytes: number, part: ValidationReport) {
    if (this.phase !== "running") return;
    const { report } = this;
    const left = MOST_FINDINGS - report.diagnostics.length;
    const diagnostics: Diagnostic[] =
      left > 0 && part.diagnostics.length > 0
        ? [...report.diagnostics, ...part.diagnostics.slice(0, left)]
        : report.diagnostics;
    this.bytes = bytes;
    const errors = report.errors + part.errors;
    const warnings = report.warnings + part.warnings;
    const infos = report.infos + part.infos;
    const unlisted = errors + warnings + infos - diagnostics.length;
    this.report = {
      valid: errors === 0,
      count: report.count + part.count,
      errors,
      warnings,
      infos,
      diagnostics,
      ...(unlisted > 0 && { truncated: unlisted }),
    };
    const now = performance.now();
    if (now - this.reportedAt < PACE) return;
    this.reportedAt = now;
    this.changed();
  }
}

export interface Line {
  number: number;
  text: string;
}

const LINE_BREAK = 10;

/** A line of a file, with its short neighbours; the file is only read up to there. */
export async function linesAround(file: Blob, wanted: number, around = 3): Promise<Line[]> {
  const first = Math.max(1, wanted - around);
  const last = wanted + around;
  const starts = new Map<number, number>([[1, 0]]);
  let line = 1;
  let bytes = 0;
  const reader = file.stream().getReader();
  try {
    while (line <= last) {
      const { done, value } = await reader.read();
      if (done) break;
      let at = value.indexOf(LINE_BREAK);
      while (at >= 0 && line <= last) {
        line += 1;
        if (line >= first) starts.set(line, bytes + at + 1);
        at = value.indexOf(LINE_BREAK, at + 1);
      }
      bytes += value.byteLength;
    }
  } finally {
    void reader.cancel();
  }
  const lines: Line[] = [];
  for (let number = first; number <= Math.min(last, line); number += 1) {
    const start = starts.get(number);
    if (start === undefined) continue;
    const end = starts.get(number + 1) ?? file.size;
    if (number !== wanted && end - start > LONGEST_NEIGHBOUR) continue;
    const text = await file.slice(start, end).text();
    lines.push({ number, text: text.replace(/\r?\n$/, "") });
  }
  return lines;
}

/** In bytes. */
const LONGEST_NEIGHBOUR = 400;
