import type { WasmSource } from "./index.js";

/**
 * What a bundler or a runtime makes of the file: its address, its bytes, or the compiled `WebAssembly.Module`. `init` takes
 * each of them.
 */
declare const source: WasmSource;
export default source;
