// What the main module of the package does.

import { init, isNdjson, validate, validateStream } from "prefect-events";

await init(undefined, false);

export { isNdjson, validate, validateStream };
