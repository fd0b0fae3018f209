//! Code shared by the WebAssembly modules.

use std::fmt::Display;

use js_sys::{RangeError, TypeError};
use prefect_events::diagnostic::TextOptions;
use prefect_events::simulate::{DocumentText, EventTexts};
use prefect_events::text::sentence as in_own_words;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::JsValue;

#[cfg(target_family = "wasm")]
mod allocator;

/// A caller's error, as a message. JavaScript recognises it by its first words.
pub fn misuse(problem: impl Display) -> JsValue {
    TypeError::new(&format!("prefect-events: {problem}")).into()
}

/// Reads options from a plain object. A reader of our own for plain values made the validating module 32 KB and the
/// other 44 KB smaller (17 KB each with brotli), partly because std formats floats in messages about wrong numbers. A
/// maintained library was worth more. Reading into `serde_json::Value` first, so that the library is compiled for only
/// one type, makes the validating module 13 KB larger, and the other 14 KB smaller.
pub fn options<T: DeserializeOwned>(options: JsValue) -> Result<T, JsValue> {
    read(options, |options| T::deserialize(options))
}

/// The same for a type that depends on something else.
pub fn read<T>(
    options: JsValue,
    read: impl FnOnce(serde_wasm_bindgen::Deserializer) -> Result<T, serde_wasm_bindgen::Error>,
) -> Result<T, JsValue> {
    read(options.into()).map_err(|error| misuse(sentence(&error.to_string())))
}

/// Converts the library's message about an error in the options to our own wording. The library nests JavaScript's
/// error prefix once per enclosing option: `Error: the option `a`: Error: invalid type: …, expected …`.
fn sentence(shown: &str) -> String {
    let mut rest = shown.strip_prefix("Error: ").unwrap_or(shown);
    let mut message = String::new();
    // Not within a quoted text.
    while let Some((outer, inner)) = rest.split_once(": Error: ")
        && outer.bytes().filter(|&byte| byte == b'`').count().is_multiple_of(2)
    {
        message.extend([outer, ": "]);
        rest = inner;
    }
    message.push_str(rest);
    in_own_words(&message)
}

/// A document of the caller. `places`: its findings get ranges; `wtf8`: lone surrogates are three bytes each.
pub fn document(bytes: &[u8], places: bool, wtf8: bool) -> DocumentText<'_> {
    DocumentText { bytes, options: TextOptions { places, wtf8 } }
}

/// Texts of events. `texts`: one after the other; `ends`: where each ends; `wtf8`: 1 for each with lone surrogates.
pub fn event_texts<'t>(texts: &'t [u8], ends: &[u32], wtf8: &[u8]) -> EventTexts<'t> {
    let mut begin = 0;
    let text = |(end, wtf8): (&u32, &u8)| {
        let end = *end as usize;
        let text = texts.get(begin..end).unwrap_or_default();
        begin = end;
        document(text, true, *wtf8 != 0)
    };
    ends.iter().zip(wtf8).map(text).collect::<Vec<_>>().into()
}

/// A result as an object. Only for types without maps: a key `__proto__` would be lost.
pub fn object(result: &impl Serialize) -> Result<JsValue, JsValue> {
    // No error of the caller can make it fail.
    result.serialize(&Serializer::json_compatible()).map_err(JsValue::from)
}

/// The length of the longest string of Chrome and Node.js. Instead of a longer one, Chrome's `TextDecoder` returns an
/// empty string.
const LONGEST: usize = (1 << 29) - 24;

/// A result as JSON text.
pub fn text(result: &impl Serialize) -> Result<String, JsValue> {
    let text = serde_json::to_string(result).map_err(misuse)?;
    if text.len() > LONGEST {
        return Err(RangeError::new("prefect-events: the result is too large: its JSON has more than 512 MB").into());
    }
    Ok(text)
}
