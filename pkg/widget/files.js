// The locations of the WebAssembly modules: beside the widget's files. `widget.global.js` finds them in another way
// (`tools/pack/widget-files.js`).

/** @typedef {"validate" | "author"} Name */

/** @type {{ [name in Name]: () => URL | Promise<Response> }} */
export const files = {
  validate: () => new URL("../wasm/prefect_events_validate.wasm", import.meta.url),
  author: () => new URL("../wasm/prefect_events_author.wasm", import.meta.url),
};
