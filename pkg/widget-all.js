// One tag for a whole site: `<script type="module" src="…/prefect-events/widget-all.js"></script>`.

import { validateAll } from "./widget.js";

if (globalThis.document) validateAll();
