import { eventsModule } from "../modules/events.js";

export function version() {
  return eventsModule.call((core) => core.version());
}
