// What a scene comes to, in words. It counts; what is decided, and why, are the core's sentences.

import type { Diagnostic, RunOutcome } from "prefect-events";
import type { Fired, Lane, Played, Scene } from "../../core/functions/scenes.ts";

export interface Summary {
  tone: "good" | "bad" | "plain";
  /** The sentence of the banner, in two parts. */
  fires: string;
  on: string;
  /** The most instructive firing: who, when, and why. */
  why?: { lane: number; fired: Fired; name: string };
  /** What would help: another window, or a finding of the automation's check. */
  help?: { within: number; misses: number } | { finding: Diagnostic };
}

const OUTCOMES: Record<RunOutcome, string> = {
  alive: "was alive",
  dead: "was dead",
  finished: "had finished",
  silent: "sent nothing more",
};

/** Firings on which the automation acts. */
const acts = ({ fired }: Lane) => fired.filter((one) => !one.child);

export function summarise({ scene, report, advice }: Played): Summary | undefined {
  if (!scene) return undefined;
  const runs = scene.lanes.filter((lane) => lane.run);
  const firedOn = runs.filter((lane) => acts(lane).length > 0);
  const times = scene.firings;
  const outcomes = firedOn.map((lane) => acts(lane)[0]?.outcome);
  const unfound = scene.watchesHeartbeats ? runs.filter((lane) => lane.undetected) : [];
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
    firedOn.length === 0
      ? `Fires ${often}`
      : times > firedOn.length
        ? `Fires ${often}, on ${firedOn.length} of ${plural(runs.length, "run")}`
        : `Fires on ${firedOn.length} of ${plural(runs.length, "run")}`;
  const wrong = firedOn.filter((lane) => acts(lane).slice(0, 1).some(isWrong));
  const bad = scene.watchesHeartbeats && wrong.length > 0;
  const why = instructive(scene);
  return {
    tone:
      bad || lost
        ? "bad"
        : scene.watchesHeartbeats && firedOn.length > 0 && outcomes.every((one) => one === "dead")
          ? "good"
          : "plain",
    fires: firedOn.length === 0 ? `${fires}.` : `${fires};`,
    on: [firedOn.length === 0 ? "" : described(outcomes), lost].filter(Boolean).join(" "),
    ...(why && { why }),
    ...helped(report.diagnostics, scene, bad ? why?.fired : undefined, advice),
  };
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
  return parts.length > 0 ? `${parts.join(", ")}.` : "nothing more is known of them.";
}

/** To fire on a run that was alive, or had finished, is a false alarm. */
export function isWrong({ outcome }: Pick<Fired, "outcome">) {
  return outcome === "alive" || outcome === "finished";
}

/** The first false alarm, on a run that was alive rather than on one that had finished; else the first firing. */
function instructive(scene: Scene): Summary["why"] {
  const all = scene.lanes.flatMap((lane, index) =>
    acts(lane).map((fired) => ({ lane: index, fired, name: lane.name })),
  );
  all.sort((one, other) => one.fired.at - other.fired.at);
  const of = (outcome: RunOutcome) => all.find(({ fired }) => fired.outcome === outcome);
  return scene.watchesHeartbeats ? (of("alive") ?? of("finished") ?? all[0]) : all[0];
}

function helped(
  findings: Diagnostic[],
  scene: Scene,
  wrong: Fired | undefined,
  advice: Played["advice"],
): Pick<Summary, "help"> {
  if (!scene.watchesHeartbeats) return {};
  const misses = wrong?.missed ?? 0;
  if (wrong && wrong.outcome === "alive" && (misses > 0 || advice?.healthy_runs_fire)) {
    // The window that the check recommends too, unless more was missed than it tolerates.
    const least = advice?.smallest_within.find((one) => one.misses === Math.max(1, misses));
    const within = Math.max(least?.within ?? 0, advice?.recommended_within ?? 0);
    if (least && within > (advice?.within ?? 0)) return { help: { misses: least.misses, within } };
  }
  const finding = wrong && findings.find((one) => one.severity !== "info");
  return finding ? { help: { finding } } : {};
}

/** What became of a lane, in a few words. */
export function caption(
  lane: Lane,
  scene: Scene,
): { text: string; tone: "bad" | "good" | "plain" } {
  const own = lane.fired.some((one) => !one.child) ? acts(lane) : lane.fired;
  const [first] = own;
  if (first) {
    const often = own.length > 1 ? ` and ${own.length - 1} more` : "";
    const outcome = first.outcome && OUTCOMES[first.outcome];
    const verb = first.child ? "child fired" : "fired";
    return {
      text: [`${verb} ${clock(first.at)}${often}`, outcome].filter(Boolean).join(" · "),
      tone: scene.watchesHeartbeats && isWrong(first) ? "bad" : "good",
    };
  }
  if (!lane.run) return { text: "did not fire", tone: "plain" };
  if (lane.undetected) return { text: "died · never found", tone: "bad" };
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
