//! Where in an event a check is, kept on the stack: a pointer is only written when there is
//! something to report.

use crate::json::Pointer;

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
    /// A pointer that is written already.
    Written(&'p str),
}

impl Path<'_> {
    /// Whether a pointer that is written already has more bytes. The others are made of what stands in the text itself.
    pub fn is_longer(&self, bytes: usize) -> bool {
        matches!(self, Path::Written(pointer) if pointer.len() > bytes)
    }

    pub fn pointer(&self) -> Pointer {
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
