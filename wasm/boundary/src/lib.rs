//! What the WebAssembly modules share.

use js_sys::TypeError;
use talc::wasm::{WasmDynamicTalc, new_wasm_dynamic_allocator};
use wasm_bindgen::JsValue;

/// 7 KB less of the module (2.4 KB with brotli) than the standard library's allocator for wasm, and no more memory: what is
/// freed becomes one with its neighbours, and the last allocation grows in place.
#[cfg(target_family = "wasm")]
#[global_allocator]
static ALLOCATOR: WasmDynamicTalc = new_wasm_dynamic_allocator();

/// A mistake of the caller, in a sentence.
#[must_use]
pub fn misuse(problem: &str) -> JsValue {
    TypeError::new(&["prefect-events: ", problem].concat()).into()
}
