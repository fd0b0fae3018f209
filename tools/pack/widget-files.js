// `pkg/widget/files.js` for `widget.global.js`, a script without modules: the script contains the validator, a file
// beside it the check of automations. Both are compressed, and text: some hosts, such as Mintlify, serve no `.wasm`.

import { base64 } from "./validate.gzip.js";

/** The name of the file. It is a script that does nothing, for hosts that serve only scripts. */
const NAMES = ["widget.author.json", "widget.author.js"];
/** Its default place if the script is inline and has no address: where the recipes put it. */
const USUAL = "/prefect-events/";
/** The first characters of compressed data, in base64. */
const GZIP = "H4sI";

// Known only during the script's first run.
const { currentScript } = globalThis.document ?? {};
const address = currentScript instanceof HTMLScriptElement ? currentScript.src : "";

/** @type {typeof import("../../pkg/widget/files.js").files} */
export const files = {
  validate: () => unpacked(base64),
  author: async () => unpacked(await authorText()),
};

async function authorText() {
  const { files: folder } = globalThis.prefectEventsWidget ?? {};
  const base = new URL(folder ?? (address ? "." : USUAL), address || document.baseURI);
  for (const name of NAMES) {
    const response = await fetch(new URL(name, base));
    if (!response.ok) continue;
    const text = (await response.text()).trim();
    // Some hosts respond with a page if the file is missing.
    if (text.startsWith(`"${GZIP}`)) return text.slice(1, text.lastIndexOf('"'));
  }
  throw new Error(`there is no ${NAMES.join(" or ")} in ${base}`);
}

/**
 * @param {string} base64
 * @returns {Promise<Response>}
 */
async function unpacked(base64) {
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(stream, { headers: { "Content-Type": "application/wasm" } });
}
