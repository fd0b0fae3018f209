// The functions of the package's module `author`.

import {
  buildEvent,
  buildRun,
  checkAutomation,
  compareVersions,
  heartbeatAdvice,
  init,
  replay,
  simulate,
  toCurl,
  toPython,
} from "prefect-events";

await init({ validate: false });

export {
  buildEvent,
  buildRun,
  checkAutomation,
  compareVersions,
  heartbeatAdvice,
  replay,
  simulate,
  toCurl,
  toPython,
};
