//! The template of an event: its pieces in order, compiled from its layout.
//!
//! The pieces depend only on which inputs are given (the [`Shape`]), never on a given value itself.

use std::rc::Rc;

use crate::catalogue::{Alternative, Field, Hole, Label, LabelForm, Object, Part, Presence, Template as IdForm};
use crate::event::{RESOURCE_ID, RESOURCE_ROLE};

use super::layout::Layout;
use super::steps::{FieldStep, Id, LabelStep, RelatedStep};

/// The status of an input.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(in crate::generate) enum InputStatus {
    Nothing,
    Null,
    Something,
}

/// Decides which pieces an event has: which slots and keys have an input.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(in crate::generate) struct Shape {
    /// A byte for each slot, then one for each key, then whether the run has been running and has ended.
    bytes: Box<[u8]>,
    slots: usize,
}

impl Shape {
    pub(crate) fn new(
        slots: impl ExactSizeIterator<Item = InputStatus>,
        keys: impl ExactSizeIterator<Item = InputStatus>,
        [ran, ended]: [bool; 2],
    ) -> Self {
        let count = slots.len();
        let mut bytes = Vec::with_capacity(count.saturating_add(keys.len()).saturating_add(2));
        bytes.extend(slots.chain(keys).map(|given| given as u8));
        bytes.extend([u8::from(ran), u8::from(ended)]);
        Shape { bytes: bytes.into(), slots: count }
    }

    fn at(&self, at: Option<usize>) -> InputStatus {
        match at.and_then(|at| self.bytes.get(at)) {
            Some(1) => InputStatus::Null,
            Some(2) => InputStatus::Something,
            _ => InputStatus::Nothing,
        }
    }

    pub(crate) fn of_slot(&self, slot: usize) -> InputStatus {
        self.at(Some(slot).filter(|slot| *slot < self.slots))
    }

    pub(crate) fn of_key(&self, key: Option<usize>) -> InputStatus {
        self.at(key.and_then(|key| key.checked_add(self.slots)))
    }

    fn ran(&self) -> bool {
        matches!(*self.bytes, [.., 1, _])
    }

    fn ended(&self) -> bool {
        matches!(*self.bytes, [.., _, 1])
    }
}

/// A piece of an event. A piece to fill in names its place in the layout; `None` stands for null.
#[derive(Clone)]
pub(in crate::generate) enum EventPiece {
    Open(char),
    Close(char),
    Key(&'static str),
    Item,
    Null,
    /// A string from the catalogue.
    Text(&'static str),
    BeginText,
    /// A part of a string.
    Chars(&'static str),
    EndText,
    /// Joined pieces, as JSON text.
    Ready(Box<str>),
    /// A comma, if something precedes it.
    Comma,
    EventName,
    Occurred,
    Id,
    Follows,
    Label {
        place: Option<usize>,
        label: &'static Label,
    },
    /// An id given as a whole.
    WholeId {
        place: Option<usize>,
        forms: &'static [Alternative],
    },
    IdPart {
        place: Option<usize>,
        form: &'static IdForm,
        name: &'static str,
        hole: Hole,
    },
    Field {
        place: Option<usize>,
        field: &'static Field,
    },
    /// A field with its name, unless it is empty or one of these.
    FieldIfAny {
        place: Option<usize>,
        field: &'static Field,
        absent: Rc<[&'static str]>,
    },
    /// Related resources that can occur many times: which of the layout's steps.
    Many(usize),
    /// Related resources as given by the caller.
    FurtherRelated,
    /// No more related resources: this many were in the earlier pieces.
    EndRelated(usize),
    /// Further members of an object given for this key.
    FurtherFields {
        key: Option<usize>,
        object: &'static Object,
    },
    /// Further fields of the payload.
    FurtherPayload(&'static Object),
}

impl EventPiece {
    /// Whether it can produce no value or several values.
    pub(crate) fn is_optional(&self) -> bool {
        matches!(
            self,
            EventPiece::FieldIfAny { .. }
                | EventPiece::Many(_)
                | EventPiece::FurtherRelated
                | EventPiece::FurtherFields { .. }
                | EventPiece::FurtherPayload(_)
        )
    }
}

/// Compiles the template of events of a layout and a shape.
pub(super) fn compile(layout: &Layout, shape: &Shape) -> Vec<EventPiece> {
    let mut compiler = Compiler { layout, shape, pieces: Vec::with_capacity(128) };
    compiler.event();
    compiler.pieces
}

struct Compiler<'c> {
    layout: &'c Layout,
    shape: &'c Shape,
    pieces: Vec<EventPiece>,
}

impl Compiler<'_> {
    fn add(&mut self, piece: EventPiece) {
        self.pieces.push(piece);
    }

    fn of_place(&self, place: Option<usize>) -> InputStatus {
        let slot = place.and_then(|place| self.layout.places.get(place)).map(|place| place.slot);
        slot.map_or(InputStatus::Nothing, |slot| self.shape.of_slot(slot))
    }

    fn is_given(&self, place: usize) -> bool {
        self.of_place(Some(place)) == InputStatus::Something
    }

    fn of_key(&self, key: Option<usize>) -> InputStatus {
        self.shape.of_key(key)
    }

    fn event(&mut self) {
        let layout = self.layout;
        self.add(EventPiece::Open('{'));
        self.add(EventPiece::Key("occurred"));
        self.add(EventPiece::Occurred);
        self.add(EventPiece::Key("event"));
        self.add(EventPiece::EventName);
        self.add(EventPiece::Key("resource"));
        self.add(EventPiece::Open('{'));
        if let Some(label) = layout.id_label {
            self.add(EventPiece::Key(RESOURCE_ID));
            match (&label.form, &layout.id) {
                (LabelForm::Templates(forms), id) => self.id(forms, id),
                (_, Id::Whole(place)) => self.add(EventPiece::Label { place: *place, label }),
                _ => self.add(EventPiece::Label { place: None, label }),
            }
        }
        self.labels(&layout.labels);
        self.add(EventPiece::Close('}'));
        self.add(EventPiece::Key("related"));
        self.add(EventPiece::Open('['));
        self.related();
        self.add(EventPiece::Close(']'));
        self.add(EventPiece::Key("payload"));
        self.add(EventPiece::Open('{'));
        if let Some(shape) = layout.shape {
            self.fields(&layout.fields);
            if shape.other.is_none() && self.of_key(layout.top.payload) != InputStatus::Nothing {
                self.add(EventPiece::FurtherPayload(shape));
            }
        }
        self.add(EventPiece::Close('}'));
        self.add(EventPiece::Key("id"));
        self.add(EventPiece::Id);
        self.add(EventPiece::Key("follows"));
        self.add(EventPiece::Follows);
        self.add(EventPiece::Close('}'));
    }

    fn id(&mut self, forms: &'static [Alternative], id: &Id) {
        let (form, places) = match id {
            Id::None => return self.add(EventPiece::Text("")),
            Id::Whole(place) => return self.add(EventPiece::WholeId { place: *place, forms }),
            Id::Parts(form, places) => (form, places),
        };
        self.add(EventPiece::BeginText);
        let mut places = places.iter().copied();
        for part in form.parts {
            self.add(match part {
                Part::Literal(text) => EventPiece::Chars(text),
                Part::Hole { name, hole } => {
                    EventPiece::IdPart { place: places.next().flatten(), form, name, hole: *hole }
                }
            });
        }
        self.add(EventPiece::EndText);
    }

    fn labels(&mut self, steps: &[LabelStep]) {
        for LabelStep { label, place } in steps {
            if label.presence() == Presence::Optional && self.of_place(*place) != InputStatus::Something {
                continue;
            }
            self.add(EventPiece::Key(label.name));
            self.add(EventPiece::Label { place: *place, label });
        }
    }

    fn related(&mut self) {
        let mut count = 0_usize;
        for (index, step) in self.layout.related.iter().enumerate() {
            if step.related.max.is_none() {
                self.add(EventPiece::Many(index));
            } else if self.has(step) {
                self.add(EventPiece::Item);
                self.add(EventPiece::Open('{'));
                self.add(EventPiece::Key(RESOURCE_ID));
                self.id(step.templates, &step.id);
                self.add(EventPiece::Key(RESOURCE_ROLE));
                self.add(EventPiece::Text(step.role));
                self.labels(&step.labels);
                self.add(EventPiece::Close('}'));
                count = count.saturating_add(1);
            }
        }
        if self.of_key(self.layout.top.related) != InputStatus::Nothing {
            self.add(EventPiece::FurtherRelated);
        }
        self.add(EventPiece::EndRelated(count));
    }

    fn has(&self, step: &RelatedStep) -> bool {
        let is_null = self.of_key(step.given) == InputStatus::Null;
        !is_null && (step.related.min > 0 || step.places.iter().any(|place| self.is_given(*place)))
    }

    fn fields(&mut self, steps: &[FieldStep]) {
        for step in steps {
            match &step.inner {
                Some((object, fields)) => self.object(step, object, fields),
                None => self.field(step),
            }
        }
    }

    fn object(&mut self, step: &FieldStep, object: &'static Object, fields: &[FieldStep]) {
        let FieldStep { field, .. } = step;
        let is_optional = field.presence() == Presence::Optional;
        let has_any = step.places.iter().any(|place| self.is_given(*place));
        let given = self.of_key(step.given);
        // Whether the object is known to be null.
        let is_null = || step.places.iter().any(|place| self.of_place(Some(*place)) == InputStatus::Null);
        if !has_any && (is_optional || (field.nullable && (field.generation().is_shown || is_null()))) {
            if !is_optional || (given == InputStatus::Null && field.nullable) {
                self.add(EventPiece::Key(field.name));
                self.add(EventPiece::Null);
            }
            return;
        }
        self.add(EventPiece::Key(field.name));
        self.add(EventPiece::Open('{'));
        self.fields(fields);
        if object.other.is_none() && given == InputStatus::Something {
            self.add(EventPiece::FurtherFields { key: step.given, object });
        }
        self.add(EventPiece::Close('}'));
    }

    fn field(&mut self, step: &FieldStep) {
        let FieldStep { field, place, .. } = step;
        let place = *place;
        let given = self.of_place(place);
        let is_optional = field.presence() == Presence::Optional;
        if !field.generation().once.is_empty() && given != InputStatus::Something {
            let is_there = if field.generation().once == "ended" { self.shape.ended() } else { self.shape.ran() };
            if !is_there {
                return;
            }
        } else if is_optional {
            // Values that only the documentation lists are present if requested by their own names.
            let own = place.and_then(|place| self.layout.places.get(place)).and_then(|place| place.given);
            if field.remark.is_some() && !(step.is_alone && self.of_key(own) != InputStatus::Nothing) {
                return;
            }
            if given != InputStatus::Something && !(field.nullable && given == InputStatus::Null) {
                return;
            }
        }
        if is_optional {
            self.add(EventPiece::FieldIfAny { place, field, absent: step.absent.clone() });
        } else {
            self.add(EventPiece::Key(field.name));
            self.add(EventPiece::Field { place, field });
        }
    }
}
