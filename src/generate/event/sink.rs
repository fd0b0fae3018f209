//! The output of the builder: JSON text, or a tree for code that only inspects events.

use crate::json::write::Writer;
use crate::text::steps::step;

/// Receives an event piece by piece, outermost first.
pub(in crate::generate) trait Sink {
    fn open(&mut self, bracket: char);
    fn close(&mut self, bracket: char);
    /// The name of the next value.
    fn key(&mut self, name: &str);
    /// Announces the next item of a list.
    fn item(&mut self);
    /// Begins a string whose characters come in pieces.
    fn begin_text(&mut self);
    fn chars(&mut self, text: &str);
    fn end_text(&mut self);
    /// A whole value as JSON text.
    fn json(&mut self, json: &str);

    fn text(&mut self, text: &str) {
        self.begin_text();
        self.chars(text);
        self.end_text();
    }
}

/// Writes JSON text.
#[derive(Default)]
pub(in crate::generate) struct JsonText(pub Writer);

impl JsonText {
    /// With capacity for this many bytes.
    pub(crate) fn with_capacity(bytes: usize) -> Self {
        JsonText(Writer::with_capacity(bytes))
    }

    pub(crate) fn finish(self) -> String {
        self.0.finish()
    }

    pub(crate) fn written(&self) -> usize {
        self.0.written()
    }

    /// Raw pieces of JSON text: see [`super::joined`].
    pub(crate) fn ready(&mut self, json: &str) {
        step(json.len());
        self.0.raw(json);
    }

    /// Whether a comma is needed: not after an opening bracket, and no value ends like one.
    pub(crate) fn comma(&mut self) {
        let last = self.0.since(self.0.written().saturating_sub(1));
        if !matches!(last, "" | "{" | "[" | "\n") {
            self.0.raw(",");
        }
    }
}

impl Sink for JsonText {
    fn open(&mut self, bracket: char) {
        self.0.open(bracket);
    }

    fn close(&mut self, bracket: char) {
        self.0.close(bracket);
    }

    fn key(&mut self, name: &str) {
        step(name.len());
        self.comma();
        self.0.string(name);
        self.0.raw(":");
    }

    fn item(&mut self) {
        self.comma();
    }

    fn begin_text(&mut self) {
        self.0.raw("\"");
    }

    fn chars(&mut self, text: &str) {
        step(text.len());
        self.0.escaped(text);
    }

    fn end_text(&mut self) {
        self.0.raw("\"");
    }

    fn json(&mut self, json: &str) {
        step(json.len());
        self.0.raw(json);
    }
}
