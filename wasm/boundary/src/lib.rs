//! What the WebAssembly modules share.

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

/// Options out of a plain object. A reader of our own, made for plain values, took 32 KB less of the module that validates
/// and 44 KB less of the other (17 KB of each with brotli): a part of that is what std formats floats with, for sentences
/// on wrong numbers. A library that others keep was worth more. To read into `serde_json::Value` first, so that the library
/// is compiled for one type alone, takes 13 KB more of the module that validates, and 14 KB less of the other.
pub fn options<T: DeserializeOwned>(options: JsValue) -> Result<T, JsValue> {
    serde_wasm_bindgen::from_value(options).map_err(|error| misuse(sentence(&error.to_string())))
}

/// The library's sentence on a mistake in the options, in the words of our own. It is shown as JavaScript shows an error,
/// once for each option that it passed through: `Error: the option `a`: Error: invalid type: …, expected …`.
fn sentence(shown: &str) -> String {
    let mut rest = shown.strip_prefix("Error: ").unwrap_or(shown);
    let mut sentence = String::new();
    while let Some((option, inner)) = rest.split_once(": Error: ")
        && option.ends_with('`')
    {
        sentence.extend([option, ": "]);
        rest = inner;
    }
    let mistake = rest.strip_prefix("invalid type: ").or_else(|| rest.strip_prefix("invalid value: "));
    match mistake.and_then(|mistake| mistake.rsplit_once(", expected ")) {
        Some((found, expected)) => sentence.extend(["expected ", expected, ", not ", kind(found)]),
        None => sentence.push_str(rest),
    }
    sentence
}

/// What serde and the library call the values that were found.
const KINDS: [(&str, &str); 8] = [
    ("boolean", "a boolean"),
    ("integer", "this number"),
    ("floating point", "this number"),
    ("string", "this text"),
    ("unit value", "null"),
    ("sequence", "an array"),
    ("JsValue([", "an array"),
    ("JsValue(Object", "an object"),
];

fn kind(found: &str) -> &'static str {
    KINDS.iter().find(|(shown, _)| found.starts_with(shown)).map_or("this value", |(_, kind)| kind)
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
