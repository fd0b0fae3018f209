//! JSON that a caller gives: as text, or as a value that serializes to it.

use std::borrow::Cow;

use serde::Serialize;

/// JSON text from the caller: a string or bytes (`"…".into()`), or what a value serializes to ([`JsonInput::of`]). What
/// takes it says what it must contain, and reports errors in it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct JsonInput<'t>(Cow<'t, [u8]>);

impl JsonInput<'static> {
    /// The JSON of a value, such as a `serde_json::Value` or a struct of your own.
    ///
    /// # Errors
    /// The value has no JSON, such as a map whose keys are lists.
    pub fn of(value: &impl Serialize) -> Result<Self, serde_json::Error> {
        serde_json::to_vec(value).map(|text| JsonInput(Cow::Owned(text)))
    }
}

impl JsonInput<'_> {
    /// The text: UTF-8, if the caller's was.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }
}

impl<'t> From<&'t [u8]> for JsonInput<'t> {
    fn from(text: &'t [u8]) -> Self {
        JsonInput(Cow::Borrowed(text))
    }
}

impl<'t, const N: usize> From<&'t [u8; N]> for JsonInput<'t> {
    fn from(text: &'t [u8; N]) -> Self {
        JsonInput(Cow::Borrowed(text))
    }
}

impl<'t> From<&'t str> for JsonInput<'t> {
    fn from(text: &'t str) -> Self {
        JsonInput(Cow::Borrowed(text.as_bytes()))
    }
}

impl<'t> From<&'t Vec<u8>> for JsonInput<'t> {
    fn from(text: &'t Vec<u8>) -> Self {
        JsonInput(Cow::Borrowed(text))
    }
}

impl<'t> From<&'t String> for JsonInput<'t> {
    fn from(text: &'t String) -> Self {
        JsonInput(Cow::Borrowed(text.as_bytes()))
    }
}
