//! What the WebAssembly modules share.

mod options;

use std::fmt::Display;

use js_sys::TypeError;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::JsValue;

/// 7 KB less of the module (2.4 KB with brotli) than the standard library's allocator for wasm, and no more memory: what is
/// freed becomes one with its neighbours, and the last allocation grows in place.
#[cfg(target_family = "wasm")]
#[global_allocator]
static ALLOCATOR: talc::wasm::WasmDynamicTalc = talc::wasm::new_wasm_dynamic_allocator();

/// A mistake of the caller, in a sentence. JavaScript knows it by the words that it begins with.
pub fn misuse(problem: impl Display) -> JsValue {
    TypeError::new(&format!("prefect-events: {problem}")).into()
}

/// Options out of a plain object.
pub fn options<T: DeserializeOwned>(options: JsValue) -> Result<T, JsValue> {
    T::deserialize(options::Plain(options)).map_err(misuse)
}

/// A result as an object. Only for types without maps: a key `__proto__` would be no key.
pub fn object(result: &impl Serialize) -> Result<JsValue, JsValue> {
    // No mistake of the caller can make it fail.
    result.serialize(&Serializer::json_compatible()).map_err(JsValue::from)
}

/// A result as JSON text.
pub fn text(result: &impl Serialize) -> Result<String, JsValue> {
    serde_json::to_string(result).map_err(misuse)
}
