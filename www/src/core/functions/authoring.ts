// What the package's module for those who write does.

import {
  buildEvent,
  buildRun,
  checkAutomation,
  compareVersions,
  heartbeatAdvice,
  init,
  replay,
  simulate,
} from "prefect-events";

await init();

export {
  buildEvent,
  buildRun,
  checkAutomation,
  compareVersions,
  heartbeatAdvice,
  replay,
  simulate,
};
