// What the main module of the package does.

import { init, validate, validateStream } from "prefect-events";

await init(undefined, false);

export { validate, validateStream };
