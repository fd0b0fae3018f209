// What the main module of the package does.

import { init, isNdjson, validate, validateStream } from "prefect-events";

await init({ author: false });

export { isNdjson, validate, validateStream };
