// Its type has no address in it: `initSync`, too, accepts what a Cloudflare Worker imports.
import type { WasmCode } from "./index.js";

/**
 * What a bundler or a runtime makes of the file: its address, its bytes, or the compiled `WebAssembly.Module`. `init` takes
 * each of them.
 */
declare const source: WasmCode;
export default source;
