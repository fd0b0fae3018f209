// Its type has no address in it: `initSync`, too, accepts what a Cloudflare Worker imports.
import type { WasmCode } from "./index.js";

/**
 * What a bundler or runtime returns for the file: its address, its bytes, or the compiled `WebAssembly.Module`. `init`
 * accepts all of them.
 */
declare const source: WasmCode;
export default source;
