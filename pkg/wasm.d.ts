import type { WasmSource } from "./index.js";

/**
 * What a bundler or runtime returns for the file: its address, its bytes, or the compiled `WebAssembly.Module`. `init`
 * accepts all of them.
 */
declare const source: WasmSource;
export default source;
