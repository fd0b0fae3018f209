// What the main module of the package does.

import { init, validate, validateStream } from "prefect-events";

await init(undefined, false);

/** Whether each line is a document of its own: then the first one does not end too early. */
function isNdjson(head: string): boolean {
  const line = head.trimStart().match(/^(.*)\n\s*\S/)?.[1];
  return (
    line !== undefined &&
    !validate(line).diagnostics.some(({ code }) => code === "syntax-truncated")
  );
}

export { isNdjson, validate, validateStream };
