//! Rewrites a document in another form: puts its values onto a new tape, each with its place in the user's text.

use crate::json::{Kind, Span, Tape, Value};
use crate::text::steps::step;

enum Step {
    Open(Kind, Span),
    Close,
    Scalar(Kind, Span, Span),
}

/// The input of a new tape. Strings that differ from the user's text are appended to it.
pub(super) struct Rewrite {
    steps: Vec<Step>,
    texts: Vec<u8>,
    /// The length of the user's text.
    offset: usize,
}

impl Rewrite {
    pub(super) fn of(text: &[u8]) -> Self {
        Rewrite { steps: Vec::new(), texts: Vec::new(), offset: text.len() }
    }

    pub(super) fn open(&mut self, kind: Kind, place: Span) {
        step(1);
        self.steps.push(Step::Open(kind, place));
    }

    pub(super) fn close(&mut self) {
        self.steps.push(Step::Close);
    }

    /// A scalar with a new text.
    pub(super) fn scalar(&mut self, kind: Kind, place: Span, text: &[u8]) {
        step(1);
        let at = |texts: &Vec<u8>| u32::try_from(self.offset.saturating_add(texts.len())).unwrap_or(u32::MAX);
        let start = at(&self.texts);
        self.texts.extend_from_slice(text);
        let end = at(&self.texts);
        self.steps.push(Step::Scalar(kind, place, Span { start, end }));
    }

    pub(super) fn string(&mut self, place: Span, text: &str) {
        self.scalar(Kind::String, place, text.as_bytes());
    }

    /// A copied value. `place`: the place of the whole value, if different from its parts'; `string`: converts strings.
    pub(super) fn copy(&mut self, value: Value<'_>, place: Option<Span>, string: &dyn Fn(&[u8]) -> Option<Vec<u8>>) {
        // The open containers, each with its number of remaining values.
        let mut open: Vec<usize> = Vec::new();
        for inner in value.descendants() {
            let span = place.unwrap_or_else(|| inner.span());
            let children = match inner.kind() {
                Kind::Array => Some(inner.items().count()),
                Kind::Object => Some(inner.members().count().saturating_mul(2)),
                _ => None,
            };
            let mut is_complete = true;
            if let Some(children) = children {
                self.open(inner.kind(), span);
                if children > 0 {
                    open.push(children);
                    is_complete = false;
                } else {
                    self.close();
                }
            } else {
                let bytes = inner.bytes();
                let changed = if inner.is_string() { string(&bytes) } else { None };
                self.scalar(inner.kind(), span, changed.as_deref().unwrap_or(&bytes));
            }
            // After its last value, a container is complete too.
            while is_complete && let Some(left) = open.last_mut() {
                *left = left.saturating_sub(1);
                is_complete = *left == 0;
                if is_complete {
                    open.pop();
                    self.close();
                }
            }
        }
    }

    /// Puts it all onto the tape.
    pub(super) fn onto(self, text: &[u8], tape: &mut Tape) {
        let mut builder = tape.build(&[text, &self.texts]);
        for step in self.steps {
            match step {
                Step::Open(kind, place) => builder.open(kind, place),
                Step::Close => builder.close(),
                Step::Scalar(kind, place, text) => builder.scalar(kind, place, text, false),
            }
        }
    }
}
