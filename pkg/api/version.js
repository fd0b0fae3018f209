import { VERSION } from "../wasm/version.js";

export const version = () => VERSION;
