// What a scene comes to, in words. It counts; what is decided, and why, are the core's sentences.

import type { Diagnostic } from "prefect-events";
import type { Fate, Fired, Lane, Played, Scene } from "../../core/functions/scenes.ts";

export interface Story {
  tone: "good" | "bad" | "plain";
  /** The sentence of the banner, in two parts. */
  fires: string;
  on: string;
  /** The most instructive firing: who, when, and why. */
  why?: { lane: number; fired: Fired; name: string };
  /** What would help: another window, or a finding of the automation's check. */
  help?: { within: number; misses: number } | { finding: Diagnostic };
}

export const FATES: Record<Fate, string> = {
  alive: "was alive",
  dead: "was dead",
  done: "had finished",
  silent: "sent nothing more",
  unknown: "",
};

/** Firings on which the automation acts. */
const acts = ({ fired }: Lane) => fired.filter((one) => !one.child);

export function story({ scene, report, advice }: Played): Story | undefined {
  if (!scene) return undefined;
  const runs = scene.lanes.filter((lane) => lane.run);
  const struck = runs.filter((lane) => acts(lane).length > 0);
  const times = scene.firings;
  const fates = struck.map((lane) => acts(lane)[0]?.fate);
  const unfound = scene.watchesHeartbeats ? runs.filter((lane) => isUnfound(lane, scene)) : [];
  const lost =
    unfound.length === 0
      ? ""
      : `${unfound.length} dead ${unfound.length === 1 ? "run is" : "runs are"} never found.`;
  if (times === 0)
    return {
      tone: lost ? "bad" : "plain",
      fires: runs.length > 0 ? `Never fires on ${these(runs.length)}.` : "Never fires.",
      on: lost,
      ...helped(report.diagnostics, scene, undefined, advice),
    };
  const often = times === 1 ? "once" : `${times} times`;
  const fires =
    struck.length === 0
      ? `Fires ${often}`
      : times > struck.length
        ? `Fires ${often}, on ${struck.length} of ${plural(runs.length, "run")}`
        : `Fires on ${struck.length} of ${plural(runs.length, "run")}`;
  const wrong = struck.filter((lane) => isWrong(acts(lane)[0]?.fate));
  const bad = scene.watchesHeartbeats && wrong.length > 0;
  const why = instructive(scene);
  return {
    tone:
      bad || lost
        ? "bad"
        : scene.watchesHeartbeats && struck.length > 0 && fates.every((fate) => fate === "dead")
          ? "good"
          : "plain",
    fires: struck.length === 0 ? `${fires}.` : `${fires};`,
    on: [struck.length === 0 ? "" : told(fates), lost].filter(Boolean).join(" "),
    ...(why && { why }),
    ...helped(report.diagnostics, scene, bad ? why?.fired : undefined, advice),
  };
}

/** "1 of them was alive, 2 had finished." */
function told(fates: (Fate | undefined)[]): string {
  const count = (fate: Fate) => fates.filter((one) => one === fate).length;
  const [alive, dead, done, silent] = [
    count("alive"),
    count("dead"),
    count("done"),
    count("silent"),
  ];
  const all = fates.length;
  const was = (number: number) => (number === 1 ? "was" : "were");
  if (dead === all)
    return all === 1 ? "it was dead." : all === 2 ? "both were dead." : "all were dead.";
  if (alive === all)
    return all === 1 ? "it was alive." : all === 2 ? "both were alive." : "all were alive.";
  const parts = [
    alive > 0 && `${alive} of them ${was(alive)} alive`,
    done > 0 && `${done} ${alive > 0 ? "" : "of them "}had finished`,
    silent > 0 && `${silent} sent nothing more`,
  ].filter(Boolean);
  return parts.length > 0 ? `${parts.join(", ")}.` : "nothing more is known of them.";
}

function isWrong(fate: Fate | undefined) {
  return fate === "alive" || fate === "done";
}

/** It died, nothing fired since, and no window of it is open. */
function isUnfound(lane: Lane, scene: Scene): boolean {
  if (lane.dies === undefined || lane.dies > scene.end || (lane.ends ?? Infinity) < lane.dies)
    return false;
  const open = lane.windows.length > 0 && lane.windows.at(-1) === Infinity;
  return !open && !lane.fired.some((one) => one.fate === "dead");
}

/** The first false alarm, on a run that was alive rather than on one that had finished; else the first firing. */
function instructive(scene: Scene): Story["why"] {
  const all = scene.lanes.flatMap((lane, index) =>
    acts(lane).map((fired) => ({ lane: index, fired, name: lane.name })),
  );
  all.sort((one, other) => one.fired.at - other.fired.at);
  const of = (fate: Fate) => all.find(({ fired }) => fired.fate === fate);
  return scene.watchesHeartbeats ? (of("alive") ?? of("done") ?? all[0]) : all[0];
}

function helped(
  findings: Diagnostic[],
  scene: Scene,
  wrong: Fired | undefined,
  advice: Played["advice"],
): Pick<Story, "help"> {
  if (!scene.watchesHeartbeats) return {};
  const misses = wrong?.missed ?? 0;
  if (wrong && wrong.fate === "alive" && (misses > 0 || advice?.healthy_runs_fire)) {
    const found = advice?.smallest_within.find((one) => one.misses === Math.max(1, misses));
    if (found && found.within > (advice?.within ?? 0)) return { help: found };
  }
  const finding = wrong && findings.find((one) => one.severity !== "info");
  return finding ? { help: { finding } } : {};
}

/** What became of a lane, in a few words. */
export function outcome(
  lane: Lane,
  scene: Scene,
): { text: string; tone: "bad" | "good" | "plain" } {
  const own = lane.fired.some((one) => !one.child) ? acts(lane) : lane.fired;
  const [first] = own;
  if (first) {
    const often = own.length > 1 ? ` and ${own.length - 1} more` : "";
    const fate = FATES[first.fate];
    const verb = first.child ? "child fired" : "fired";
    return {
      text: [`${verb} ${clock(first.at)}${often}`, fate].filter(Boolean).join(" · "),
      tone: scene.watchesHeartbeats && isWrong(first.fate) ? "bad" : "good",
    };
  }
  if (!lane.run) return { text: "did not fire", tone: "plain" };
  if (isUnfound(lane, scene)) return { text: "died · never found", tone: "bad" };
  if (lane.dies !== undefined && lane.dies < (lane.ends ?? scene.end))
    return { text: "died · window still open", tone: "plain" };
  if (lane.ends !== undefined && lane.ends <= scene.end)
    return { text: "finished · not fired", tone: "plain" };
  return { text: "still running · not fired", tone: "plain" };
}

export function clock(time: number, precise = false): string {
  const text = new Date(time).toISOString();
  return precise ? text.slice(11, 21) : text.slice(11, 19);
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
