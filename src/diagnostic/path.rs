//! The current place of a check in an event, kept on the stack: a pointer is written only if there is something to
//! report.

use std::borrow::Cow;

use crate::json::Pointer;

/// The longest pointer of a finding: otherwise many places under one long key would each take as many bytes as the key.
pub(crate) const LONGEST: usize = 1000;

/// A pointer, or if it is too long, the pointer of the innermost enclosing value with a shorter one.
pub(crate) fn short(pointer: &str) -> &str {
    if pointer.len() <= LONGEST {
        return pointer;
    }
    let start = pointer.as_bytes().get(..=LONGEST).unwrap_or_default();
    let end = start.iter().rposition(|&byte| byte == b'/').unwrap_or_default();
    pointer.get(..end).unwrap_or_default()
}

#[derive(Clone, Copy)]
pub(crate) enum Path<'p> {
    Root,
    /// A member of the event.
    Field(&'p str),
    /// A label of the primary resource.
    Label(&'p str),
    /// One of the related resources.
    Related(usize),
    /// A label of one of the related resources.
    RelatedLabel(usize, &'p str),
    Key(&'p Path<'p>, &'p str),
    Item(&'p Path<'p>, usize),
    /// A serialized pointer.
    Written(&'p str),
}

impl Path<'_> {
    /// The pointer for findings, and whether it is complete.
    pub(crate) fn short(&self) -> (String, bool) {
        let whole: Cow<'_, str> = match self {
            Path::Written(pointer) => Cow::Borrowed(pointer),
            path => Cow::Owned(path.pointer().into()),
        };
        let short = short(&whole);
        let is_whole = short.len() == whole.len();
        (short.to_owned(), is_whole)
    }

    pub(crate) fn pointer(&self) -> Pointer {
        let root = Pointer::root();
        match *self {
            Path::Root => root,
            Path::Field(name) => root.key(name),
            Path::Label(label) => root.key("resource").key(label),
            Path::Related(index) => root.key("related").item(index),
            Path::RelatedLabel(index, label) => root.key("related").item(index).key(label),
            Path::Key(parent, key) => parent.pointer().key(key),
            Path::Item(parent, index) => parent.pointer().item(index),
            Path::Written(pointer) => Pointer::from(pointer.to_owned()),
        }
    }
}
