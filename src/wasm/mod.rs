//! The boundary: converts between JavaScript's values and the core's, and nothing else. What is more than a number or a
//! text goes to JavaScript as JSON text: the engine makes objects of it faster than the module could, key by key.
//!
//! The crate becomes three modules, one per feature: who only validates and simulates does not load what helps to write,
//! nor the library for JSON Schema. With that, events are validated by the module that has it.

#[cfg(feature = "module-authoring")]
mod authoring;
#[cfg(any(feature = "module-events", feature = "module-schemas"))]
mod events;
#[cfg(feature = "module-schemas")]
mod schemas;

use talc::wasm::{WasmDynamicTalc, new_wasm_dynamic_allocator};
use wasm_bindgen::prelude::{JsValue, wasm_bindgen};

#[cfg(any(feature = "module-events", feature = "module-authoring"))]
use crate::{
    json::write::ToJson,
    simulate::{self, Text},
    validate::TextOptions,
};

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

/// Plays events to an automation, in two modules: only the one for those who write reads YAML. `options`: JSON text.
#[cfg(any(feature = "module-events", feature = "module-authoring"))]
#[wasm_bindgen]
pub fn replay(automation: &[u8], events: &[u8], options: &str, trace: bool) -> Result<String, JsValue> {
    let text = |bytes| Text { bytes, options: TextOptions::default() };
    let played = simulate::replay(text(automation), text(events), text(options.as_bytes()), trace);
    Ok(played.map_err(|problem| misuse(&problem))?.to_json())
}
