//! The text that the places of findings refer to.

use std::borrow::Cow;

use crate::json::{Position, Span};
use crate::text::phrase::readable;

/// The text of one document.
#[derive(Clone, Copy)]
pub(crate) struct SourceText<'t> {
    pub text: &'t [u8],
    /// The place of its first byte.
    pub base: Position,
    pub wtf8: bool,
}

impl<'t> SourceText<'t> {
    /// There is no text.
    pub(crate) const NONE: SourceText<'static> = SourceText { text: &[], base: Position::START, wtf8: false };

    pub(crate) fn slice(self, span: Span) -> Cow<'t, str> {
        readable(self.text.get(span.start as usize..span.end as usize).unwrap_or_default())
    }
}
