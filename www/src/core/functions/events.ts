// The functions of the package's module `validate`.

import { init, isNdjson, validate, validateStream } from "prefect-events";

await init({ author: false });

export { isNdjson, validate, validateStream };
