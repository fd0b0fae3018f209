/**
 * What a bundler or a runtime makes of the file: its address, its bytes, or the compiled `WebAssembly.Module`. `init` takes
 * each of them.
 */
declare const source: object;
export default source;
