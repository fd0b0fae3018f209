// The functions of the package's module `author`.

import {
  type BuildOptions,
  type BuiltEvent,
  buildEvent,
  buildRun as buildWhole,
  checkAutomation,
  compareVersions,
  heartbeatAdvice,
  init,
  type RunSpec,
  replay,
  simulate,
  toCurl,
  toPython,
} from "prefect-events";

await init({ validate: false });

/** Maximum number of events of a run: a link of 90 characters can ask for a million. */
const MOST_EVENTS = 20_000;

/** Builds a run whose events the page can show. */
export function buildRun(spec: RunSpec, options: BuildOptions): BuiltEvent[] {
  const onProgress = (_: number, total: number) => {
    if (total > MOST_EVENTS)
      throw new TypeError(
        `this run has ${total.toLocaleString("en")} events, and this page builds up to ${MOST_EVENTS.toLocaleString("en")}: use \`buildRun\` of the library`,
      );
  };
  return buildWhole(spec, { ...options, onProgress });
}

export {
  buildEvent,
  checkAutomation,
  compareVersions,
  heartbeatAdvice,
  replay,
  simulate,
  toCurl,
  toPython,
};
