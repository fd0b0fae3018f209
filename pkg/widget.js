// `<prefect-event-validator>` shows below an example event whether it is valid, and lets readers try changes.

import { PrefectEventValidator } from "./widget/element.js";

export { validateAll } from "./widget/page.js";
export { PrefectEventValidator };

// A server that renders pages has no elements. On a page, a second copy of this script does nothing.
if (globalThis.customElements && !customElements.get("prefect-event-validator")) {
  customElements.define("prefect-event-validator", PrefectEventValidator);
}
