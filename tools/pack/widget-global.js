// The entry of `widget.global.js`: every example of a page, by a script without modules.

import { validateAll } from "../../pkg/widget.js";

/** Sites that change their pages without reloading may run the script again. */
const BEGUN = Symbol.for("prefect-events.widget");

const begin = () => {
  const { attributes = {} } = globalThis.prefectEventsWidget ?? {};
  validateAll({ attributes });
};

if (globalThis.document && !Object.hasOwn(globalThis, BEGUN)) {
  Object.defineProperty(globalThis, BEGUN, { value: true });
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", begin);
  else begin();
}
