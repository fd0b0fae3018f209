//! The boundary: converts between JavaScript's values and the core's, and nothing else. What is more than a number or a
//! text goes to JavaScript as JSON text: the engine makes objects of it faster than the module could, key by key.
//!
//! The crate becomes two modules, one per feature: who only validates and simulates does not load what helps to write.

#[cfg(feature = "module-authoring")]
mod authoring;
#[cfg(feature = "module-events")]
mod events;

use talc::wasm::{WasmDynamicTalc, new_wasm_dynamic_allocator};
use wasm_bindgen::prelude::{JsValue, wasm_bindgen};

use crate::json::write::ToJson;
use crate::simulate::{self, Text};
use crate::validate::TextOptions;

/// 7 KB less of the module (2.4 KB with brotli) than the standard library's allocator for wasm, and no more memory: what is
/// freed becomes one with its neighbours, and the last allocation grows in place.
#[global_allocator]
static ALLOCATOR: WasmDynamicTalc = new_wasm_dynamic_allocator();

#[wasm_bindgen]
extern "C" {
    type TypeError;

    #[wasm_bindgen(constructor)]
    fn new(message: &str) -> TypeError;
}

/// A mistake of the caller, in a sentence.
fn misuse(problem: &str) -> JsValue {
    TypeError::new(&["prefect-events: ", problem].concat()).into()
}

/// Plays events to an automation, in both modules: only the one for those who write reads YAML. `options`: JSON text.
#[wasm_bindgen]
pub fn replay(automation: &[u8], events: &[u8], options: &str, trace: bool) -> Result<String, JsValue> {
    let text = |bytes| Text { bytes, options: TextOptions::default() };
    let played = simulate::replay(text(automation), text(events), text(options.as_bytes()), trace);
    Ok(played.map_err(|problem| misuse(&problem))?.to_json())
}
