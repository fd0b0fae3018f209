// Summarises a scene in words. The sentences about decisions come from the core.

import type { Diagnostic, RunOutcome } from "prefect-events";
import type { Fired, Lane, Played, Scene } from "../../core/functions/scenes.ts";

export interface Summary {
  tone: "good" | "bad" | "plain";
  /** The sentence of the banner, in two parts. */
  fires: string;
  on: string;
  /** The most instructive firing: which run, when, and why. */
  why?: { lane: number; fired: Fired; name: string };
  /** The remedy: another window, or a finding of the automation's check. */
  help?: { within: number } | { finding: Diagnostic };
}

/** Firings that do not depend on what comes after the last captured event. */
const acts = ({ fired }: Lane) => fired.filter((one) => !one.child && !one.ifSilent);

export function summarise({ scene, report, facts }: Played): Summary | undefined {
  if (!scene) return undefined;
  const runs = scene.lanes.filter((lane) => lane.run);
  const firedOn = runs.filter((lane) => acts(lane).length > 0);
  const times = scene.firings;
  const outcomes = firedOn.map((lane) => acts(lane)[0]?.outcome);
  const unfound = scene.watchesHeartbeats ? runs.filter((lane) => lane.undetected) : [];
  const lost =
    unfound.length === 0
      ? ""
      : `${unfound.length} dead ${unfound.length === 1 ? "run is" : "runs are"} not detected.`;
  const never = runs.length > 0 ? `Never fires on ${these(runs.length)}` : "Never fires";
  if (times === 0)
    return {
      tone: lost ? "bad" : "plain",
      fires: scene.silent > 0 ? `${never} up to the last event.` : `${never}.`,
      on: [lost, afterwards(scene.silent)].filter(Boolean).join(" "),
    };
  const often = times === 1 ? "once" : `${times} times`;
  const fires =
    firedOn.length === 0
      ? `Fires ${often}`
      : times > firedOn.length
        ? `Fires ${often}, on ${firedOn.length} of ${plural(runs.length, "run")}`
        : `Fires on ${firedOn.length} of ${plural(runs.length, "run")}`;
  const bad = firedOn.some((lane) => acts(lane)[0]?.falseAlarm);
  const why = instructive(scene);
  // Whether a run was dead only matters for triggers on missing heartbeats.
  const says =
    firedOn.length === 0
      ? ""
      : scene.watchesHeartbeats
        ? described(outcomes)
        : firedOn.every((lane) => acts(lane)[0]?.overdue)
          ? "the expected events did not arrive in time."
          : "";
  return {
    tone:
      bad || lost
        ? "bad"
        : scene.watchesHeartbeats && firedOn.length > 0 && outcomes.every((one) => one === "dead")
          ? "good"
          : "plain",
    fires: says === "" ? `${fires}.` : `${fires};`,
    on: [says, lost, afterwards(scene.silent)].filter(Boolean).join(" "),
    ...(why && { why }),
    ...(bad && why && helped(why.fired, report.diagnostics, facts.window !== undefined)),
  };
}

/** Firings that depend on what comes after the last captured event. */
function afterwards(silent: number): string {
  if (silent === 0) return "";
  return silent === 1
    ? "Once more if nothing comes after the last event."
    : `${silent} times more if nothing comes after the last event.`;
}

/** "1 of them was alive, 2 had finished." */
function described(outcomes: (RunOutcome | undefined)[]): string {
  const count = (outcome: RunOutcome) => outcomes.filter((one) => one === outcome).length;
  const [alive, dead, finished, silent] = [
    count("alive"),
    count("dead"),
    count("finished"),
    count("silent"),
  ];
  const all = outcomes.length;
  const was = (number: number) => (number === 1 ? "was" : "were");
  if (dead === all)
    return all === 1 ? "it was dead." : all === 2 ? "both were dead." : "all were dead.";
  if (alive === all)
    return all === 1 ? "it was alive." : all === 2 ? "both were alive." : "all were alive.";
  const parts = [
    alive > 0 && `${alive} of them ${was(alive)} alive`,
    finished > 0 && `${finished} ${alive > 0 ? "" : "of them "}had finished`,
    silent > 0 && `${silent} sent nothing more`,
  ].filter(Boolean);
  return parts.length > 0 ? `${parts.join(", ")}.` : "nothing more is known about them.";
}

/** The first false alarm, preferably on a run that was alive; otherwise the first firing. */
function instructive(scene: Scene): Summary["why"] {
  const all = scene.lanes.flatMap((lane, index) =>
    acts(lane).map((fired) => ({ lane: index, fired, name: lane.name })),
  );
  all.sort((one, other) => one.fired.at - other.fired.at);
  const of = (outcome: RunOutcome) => all.find(({ fired }) => fired.outcome === outcome);
  return scene.watchesHeartbeats ? (of("alive") ?? of("finished") ?? all[0]) : all[0];
}

/** The window that the core recommends, if the text has one to change; otherwise the first finding. */
function helped(wrong: Fired, findings: Diagnostic[], hasWindow: boolean): Pick<Summary, "help"> {
  if (wrong.longerWithin !== undefined && hasWindow)
    return { help: { within: wrong.longerWithin } };
  // No change of the automation helps against events that the server held back.
  const finding = wrong.fault ? undefined : findings.find((one) => one.severity !== "info");
  return finding ? { help: { finding } } : {};
}

/** A time of day, with the date if the scene lasts longer than a day. */
export function clock(time: number, { precise = false, dated = false } = {}): string {
  const text = new Date(time).toISOString();
  const date = dated ? `${day(time)} ` : "";
  return date + text.slice(11, precise ? 21 : 19);
}

const MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");

/** `1 Mar` */
export function day(time: number): string {
  const date = new Date(time);
  return `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]}`;
}

/** `90 s`, `9 min`, `1 h 5 min`. */
export function span(seconds: number): string {
  const rounded = Math.round(seconds * 1000) / 1000;
  if (rounded < 120) return `${rounded} s`;
  const whole = Math.round(rounded);
  const [hours, minutes, rest] = [
    Math.floor(whole / 3600),
    Math.floor(whole / 60) % 60,
    whole % 60,
  ];
  return [hours && `${hours} h`, minutes && `${minutes} min`, rest && `${rest} s`]
    .filter(Boolean)
    .join(" ");
}

function these(runs: number) {
  return runs === 1 ? "this run" : `these ${runs} runs`;
}

export function plural(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? "" : "s"}`;
}

/** A message of the core as a sentence with a full stop. */
export function ended(text: string): string {
  return /[.…]$/.test(text) ? text : `${text}.`;
}
