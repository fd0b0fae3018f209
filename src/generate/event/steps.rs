//! The steps for writing an event of a layout: everything that is the same for each event is determined once.

use std::rc::Rc;

use crate::catalogue::{
    Alternative, Compare, Field, Label, LabelForm, Object, Part, Related, Template, Term, ValueKind as Type,
};
use crate::event::RESOURCE_ID;

use super::keys::{dotted, keys_elsewhere, related_key};
use super::layout::{At, Layout, TopKeys, What, inner_of, is_ambiguous, usual};

pub(super) enum Id {
    Whole(Option<usize>),
    Parts(&'static Template, Vec<Option<usize>>),
    None,
}

pub(super) struct LabelStep {
    pub(super) label: &'static Label,
    pub(super) place: Option<usize>,
}

pub(super) struct RelatedStep {
    pub(super) related: &'static Related,
    pub(super) key: String,
    pub(super) given: Option<usize>,
    pub(super) templates: &'static [Alternative],
    pub(super) id: Id,
    pub(super) role: &'static str,
    pub(super) labels: Vec<LabelStep>,
    /// All places of it.
    pub(super) places: Vec<usize>,
}

pub(super) struct FieldStep {
    pub(super) field: &'static Field,
    pub(super) given: Option<usize>,
    pub(super) place: Option<usize>,
    /// Its key has no other place.
    pub(super) is_alone: bool,
    /// The value that is equivalent to its absence.
    pub(super) absent: Rc<[&'static str]>,
    pub(super) inner: Option<(&'static Object, Vec<FieldStep>)>,
    /// All places inside it.
    pub(super) places: Vec<usize>,
}

/// The default of a slot.
pub(super) enum Usual {
    Ask,
    Null,
    Text(&'static str),
    Json(&'static str),
    Filled(Vec<UsualPiece>),
    Keys(Option<usize>),
    /// The list given for a key.
    Same(Option<usize>),
    Slug(usize),
    Tail(usize),
    Uuid,
    Occurred,
    /// This many times 16 hexadecimal digits.
    Hex(usize),
}

pub(super) enum UsualPiece {
    Text(&'static str),
    Uuid,
    Hex,
    Slot(Option<usize>),
    /// The part after the last dot.
    Last(Option<usize>),
}

/// The slots that describe a state.
#[derive(Default)]
pub(super) struct StateSlots {
    pub(super) kind: Option<usize>,
    pub(super) before_name: Option<usize>,
    pub(super) before_type: Option<usize>,
    pub(super) before_message: Option<usize>,
    pub(super) count: Option<usize>,
    /// Among the keys.
    pub(super) before: Option<usize>,
}

/// Values that nobody needs to know.
fn generated(what: What) -> Option<Usual> {
    match what {
        What::Label(label) => match label.form {
            LabelForm::Values { values: [only], .. } => Some(Usual::Text(only.text)),
            LabelForm::Uuid => Some(Usual::Uuid),
            LabelForm::Timestamp => Some(Usual::Occurred),
            _ if label.name == "prefect.resource.name" => Some(Usual::Text(label.generation().called)),
            _ => None,
        },
        What::Field(field) => match field.kind {
            Type::Timestamp => Some(Usual::Occurred),
            _ if field.nullable => Some(Usual::Null),
            Type::Uuid => Some(Usual::Uuid),
            Type::Array => Some(Usual::Json("[]")),
            Type::Object | Type::StringMap => Some(Usual::Json("{}")),
            Type::String if field.name == "name" => Some(Usual::Text(field.generation().called)),
            _ => None,
        },
        What::Part(_, "uuid" | "uid") => Some(Usual::Uuid),
        What::Part(_, "container-id") => Some(Usual::Hex(3)),
        What::Part(_, "task-id") => Some(Usual::Hex(2)),
        _ => None,
    }
}

impl Layout {
    /// The steps for writing an event: everything that is the same for each event is determined once.
    pub(super) fn compile(&mut self) {
        let family = self.family;
        for at in 0..self.places.len() {
            let key = self.places.get(at).map(|place| place.key.clone()).filter(|key| !key.is_empty());
            let given = key.map(|key| self.key(&key));
            if let Some(place) = self.places.get_mut(at) {
                place.given = given;
            }
            if let Some(key) = given.and_then(|given| self.keys.get_mut(given)) {
                key.is_leaf = true;
            }
        }
        let first = |layout: &Layout, key: &str| layout.places.iter().position(|place| place.key == key);
        let slot = |layout: &Layout, key: &str| {
            first(layout, key).and_then(|at| layout.places.get(at)).map(|place| place.slot)
        };
        self.state = StateSlots {
            kind: slot(self, "state.type"),
            before_name: slot(self, "previous.name"),
            before_type: slot(self, "previous.type"),
            before_message: slot(self, "previous.message"),
            count: slot(self, &dotted(&self.own, "run_count")),
            before: Some(self.key("previous")),
        };
        self.occurred = self.slot_at(&At::Occurred);
        let [id, follows, related, payload] = ["id", "follows", "related", "payload"].map(|key| self.key_named(key));
        self.top = TopKeys { id, follows, related, payload };
        for part in family.name.parts {
            if let Part::Hole { name, .. } = part {
                self.named.extend(self.slot_at(&At::Name(name)).map(|slot| (*name, slot)));
            }
        }
        for label in family.labels {
            if label.name == RESOURCE_ID {
                self.id_label = Some(label);
                self.id = match label.form {
                    LabelForm::Templates(templates) => self.id_step(templates, &At::Id, &|part| At::IdPart(part)),
                    _ => Id::Whole(self.place_at(&At::Id)),
                };
            } else {
                self.labels.push(self.label_step(label, &At::Label(label.name)));
            }
        }
        for related in family.related {
            let role = related.role;
            let LabelForm::Templates(templates) = related.id else { continue };
            let is_of = |at: &At| match at {
                At::RelatedId(own) | At::RelatedPart(own, _) | At::RelatedLabel(own, _) => *own == role,
                _ => false,
            };
            let key = related_key(related);
            let step = RelatedStep {
                related,
                given: Some(self.key(&key)),
                key,
                templates,
                id: self.id_step(templates, &At::RelatedId(role), &|part| At::RelatedPart(role, part)),
                role,
                labels: (related.labels.iter())
                    .map(|label| self.label_step(label, &At::RelatedLabel(role, label.name)))
                    .collect(),
                places: self.places_of(&is_of),
            };
            self.related.push(step);
        }
        if let Some(shape) = self.shape {
            let own = self.own.clone();
            self.fields = self.field_steps(shape, &own, &mut Vec::new());
        }
        self.usual = (0..self.places.len()).map(|slot| self.usual(slot)).collect();
        for at in 0..self.keys.len() {
            let Some(key) = self.keys.get(at) else { continue };
            let mut main = ["id", "key", "slug"].iter().map(|last| dotted(&key.whole, last));
            let main = main.find_map(|main| self.keys.iter().position(|key| key.is_leaf && key.whole == main));
            let is_open = self.open.contains(&key.whole);
            let elsewhere = keys_elsewhere(&key.whole);
            if let Some(key) = self.keys.get_mut(at) {
                (key.main, key.is_open, key.elsewhere) = (main, is_open, elsewhere);
            }
        }
    }

    fn id_step(&self, templates: &'static [Alternative], whole: &At, part: &dyn Fn(&'static str) -> At) -> Id {
        if is_ambiguous(templates) {
            return Id::Whole(self.place_at(whole));
        }
        let Some(template) = usual(templates).next() else { return Id::None };
        let places = template.parts.iter().filter_map(|piece| match piece {
            Part::Literal(_) => None,
            Part::Hole { name, .. } => Some(self.place_at(&part(name))),
        });
        Id::Parts(template, places.collect())
    }

    fn label_step(&self, label: &'static Label, at: &At) -> LabelStep {
        LabelStep { label, place: self.place_at(at) }
    }

    fn field_steps(&mut self, object: &'static Object, within: &str, path: &mut Vec<&'static str>) -> Vec<FieldStep> {
        let mut steps = Vec::with_capacity(object.fields.len());
        for field in object.fields {
            path.push(field.name);
            let key = self.field_key(field, within);
            let inner = inner_of(field).map(|inner| (inner, self.field_steps(inner, &key, path)));
            let at = At::Field(path.clone());
            let place = self.place_at(&at);
            let terms = self.family.equal.iter().flat_map(|rule| rule.terms);
            let absent = terms.filter(|term| at.is(term)).filter_map(|term| match term {
                Term::Payload { absent, .. } => *absent,
                _ => None,
            });
            let own_key = place.and_then(|place| self.places.get(place)).map_or("", |place| place.key.as_str());
            steps.push(FieldStep {
                field,
                place,
                is_alone: self.places.iter().filter(|place| place.key == own_key).count() == 1,
                absent: absent.collect(),
                places: self.places_of(&|at| matches!(at, At::Field(own) if own.starts_with(path))),
                given: Some(self.key(&key)),
                inner,
            });
            path.pop();
        }
        steps
    }

    fn usual(&mut self, slot: usize) -> Usual {
        match self.from.get(slot).copied().flatten() {
            Some((Compare::Slug, of)) => return Usual::Slug(of),
            Some((_, of)) => return Usual::Tail(of),
            None => {}
        }
        let whats: Vec<What> = self.places.iter().filter(|place| place.slot == slot).map(|place| place.what).collect();
        for what in &whats {
            let (default, is_text) = match what {
                What::Label(label) => (label.generation().default, true),
                What::Field(field) => {
                    (field.generation().default, matches!(field.kind, Type::String | Type::Uuid | Type::Timestamp))
                }
                _ => (None, true),
            };
            match default {
                None => {}
                Some("ask") => return Usual::Ask,
                Some("null") => return Usual::Null,
                Some(text) if is_text && !text.contains('{') => return Usual::Text(text),
                Some(text) if is_text => return Usual::Filled(self.pieces(text)),
                Some(text) => {
                    return match (text.strip_prefix("keys "), text.strip_prefix("same ")) {
                        (Some(of), _) => Usual::Keys(Some(self.key(of))),
                        (_, Some(of)) => Usual::Same(Some(self.key(of))),
                        _ => Usual::Json(text),
                    };
                }
            }
        }
        whats.iter().find_map(|what| generated(*what)).unwrap_or(Usual::Ask)
    }

    fn pieces(&self, text: &'static str) -> Vec<UsualPiece> {
        let slot = |key: &str| self.places.iter().find(|place| place.key == key).map(|place| place.slot);
        let pieces = text.split(['{', '}']).enumerate().map(|(at, piece)| match piece {
            _ if at.checked_rem(2) != Some(1) => UsualPiece::Text(piece),
            "uuid" => UsualPiece::Uuid,
            "hex" => UsualPiece::Hex,
            _ => match piece.strip_prefix("last ") {
                Some(last) => UsualPiece::Last(slot(last)),
                None => UsualPiece::Slot(slot(piece)),
            },
        });
        pieces.collect()
    }
}
