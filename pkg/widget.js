// `<prefect-event-validator>`: shows under an example event whether it is right, and lets readers try changes.

import { PrefectEventValidator } from "./widget/element.js";

export { validateAll } from "./widget/page.js";
export { PrefectEventValidator };

// On a server that renders pages there are no elements; on a page, two copies of this script do no harm.
if (globalThis.customElements && !customElements.get("prefect-event-validator")) {
  customElements.define("prefect-event-validator", PrefectEventValidator);
}
