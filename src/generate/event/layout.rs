//! The places of a family's events, and the slots that their values come from: the same for each event of it.

use crate::catalogue::{
    Alternative, Compare, Family, Field, Label, LabelForm, Object, Part, Template, Term, ValueKind as Type,
};
use crate::event::RESOURCE_ID;

use super::keys::{dotted, label_key, own_name, related_key};
use super::steps::{FieldStep, Id, LabelStep, RelatedStep, StateSlots, Usual};

/// A place in an event.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum At {
    Name(&'static str),
    Occurred,
    Label(&'static str),
    IdPart(&'static str),
    /// An id given as a whole.
    Id,
    Field(Vec<&'static str>),
    RelatedLabel(&'static str, &'static str),
    RelatedPart(&'static str, &'static str),
    RelatedId(&'static str),
}

impl At {
    pub(super) fn is(&self, term: &Term) -> bool {
        match (self, term) {
            (At::Name(own), Term::Name(other))
            | (At::Label(own), Term::Label(other))
            | (At::IdPart(own), Term::IdPart(other)) => own == other,
            (At::Occurred, Term::Occurred) => true,
            (At::Field(own), Term::Payload { path, .. }) => own == path,
            (At::RelatedLabel(own, label), Term::RelatedLabel { role, label: other }) => own == role && label == other,
            (At::RelatedPart(own, part), Term::RelatedIdPart { role, part: other }) => own == role && part == other,
            _ => false,
        }
    }
}

#[derive(Clone, Copy)]
pub(super) enum What {
    Label(&'static Label),
    Field(&'static Field),
    /// A part of an id of one of these forms.
    Part(&'static [Alternative], &'static str),
    Other,
}

pub(super) struct LayoutPlace {
    pub(super) at: At,
    /// The caller's key for it; empty: the caller cannot give it.
    pub(super) key: String,
    /// Its index among the keys.
    pub(super) given: Option<usize>,
    pub(super) what: What,
    pub(super) slot: usize,
}

/// A key of the input, or of an object in it. Each comes after its parent.
#[derive(Default)]
pub(super) struct Key {
    pub(super) whole: String,
    /// The last part of it.
    pub(super) name: String,
    /// Its children that can be given.
    pub(super) known: Vec<usize>,
    /// All its children.
    pub(super) inner: Vec<usize>,
    /// The meaning of a string in its place: the thing's id or key.
    pub(super) main: Option<usize>,
    pub(super) is_leaf: bool,
    /// Whether it accepts more than the catalogue lists.
    pub(super) is_open: bool,
    /// Whether other events report this about the thing: all of them accept it.
    pub(super) elsewhere: Vec<String>,
    /// Its parent among the layout's keys; the input itself is its own parent.
    pub(super) outer: usize,
}

/// Keys without a slot, among all keys.
#[derive(Clone, Copy, Default)]
pub(super) struct TopKeys {
    pub(super) id: Option<usize>,
    pub(super) follows: Option<usize>,
    pub(super) related: Option<usize>,
    pub(super) payload: Option<usize>,
}

/// The places of a family's events and their slots: the same for each event of it.
pub(in crate::generate) struct Layout {
    pub(super) family: &'static Family,
    pub(super) shape: Option<&'static Object>,
    /// The kind of its resource, such as `task_run`.
    pub(super) own: String,
    pub(super) places: Vec<LayoutPlace>,
    /// For each slot: whether it is the slug, or the tail, of another one.
    pub(super) from: Vec<Option<(Compare, usize)>>,
    /// The keys of payload objects that accept more than the catalogue lists.
    pub(super) open: Vec<String>,
    /// The input, and all possible keys in it.
    pub(super) keys: Vec<Key>,
    /// Of each slot.
    pub(super) usual: Vec<Usual>,
    pub(super) occurred: Option<usize>,
    pub(super) top: TopKeys,
    /// The slots of the name's placeholders.
    pub(super) named: Vec<(&'static str, usize)>,
    pub(super) state: StateSlots,
    pub(super) id: Id,
    /// Without the id.
    pub(super) labels: Vec<LabelStep>,
    pub(super) id_label: Option<&'static Label>,
    pub(super) related: Vec<RelatedStep>,
    pub(super) fields: Vec<FieldStep>,
}

/// The templates that Prefect itself follows.
pub(super) fn usual(templates: &'static [Alternative]) -> impl Iterator<Item = &'static Template> {
    templates.iter().filter(|own| own.remark.is_none()).map(|own| &own.template)
}

/// For ids with several forms, the caller must choose one.
pub(super) fn is_ambiguous(templates: &'static [Alternative]) -> bool {
    let mut lengths = usual(templates).map(|template| template.parts.len());
    let first = lengths.next();
    lengths.any(|other| Some(other) == first)
}

/// The object whose fields are given individually.
pub(super) fn inner_of(field: &'static Field) -> Option<&'static Object> {
    field.object.filter(|inner| field.kind == Type::Object && !inner.fields.is_empty())
}

impl Layout {
    /// For one possible shape of the family's payload; `None` for events without a payload.
    pub(super) fn new(family: &'static Family, shape: Option<&'static Object>) -> Layout {
        let mut layout = Layout {
            family,
            shape,
            own: family.labels.first().map(own_name).unwrap_or_default(),
            places: Vec::new(),
            from: Vec::new(),
            open: Vec::new(),
            keys: Vec::new(),
            usual: Vec::new(),
            occurred: None,
            top: TopKeys::default(),
            named: Vec::new(),
            state: StateSlots::default(),
            id: Id::None,
            labels: Vec::new(),
            id_label: None,
            related: Vec::new(),
            fields: Vec::new(),
        };
        layout.collect();
        layout.unite();
        layout.list_keys();
        layout.compile();
        layout
    }

    /// The caller's key, and the slot that its value fills; `None` if the event has no such value.
    pub(in crate::generate) fn slot_of_key(&self, key: &str) -> Option<(usize, usize)> {
        let place = self.places.iter().find(|place| place.key == key)?;
        Some((place.given?, place.slot))
    }

    /// The caller's first key for a slot; empty: the caller cannot give it.
    pub(super) fn key_of_slot(&self, slot: usize) -> &str {
        let mut keys = self.places.iter().filter(|place| place.slot == slot).map(|place| place.key.as_str());
        keys.find(|key| !key.is_empty()).unwrap_or_default()
    }

    pub(in crate::generate) fn key_named(&self, whole: &str) -> Option<usize> {
        self.keys.iter().position(|key| key.whole == whole)
    }

    pub(super) fn add(&mut self, at: At, key: String, what: What) {
        let slot = self.places.len();
        self.places.push(LayoutPlace { at, key, given: None, what, slot });
    }

    fn collect(&mut self) {
        let family = self.family;
        for part in family.name.parts {
            if let Part::Hole { name, .. } = part {
                self.add(At::Name(name), String::new(), What::Other);
            }
        }
        self.add(At::Occurred, "occurred".to_owned(), What::Other);
        for label in family.labels {
            if label.name == RESOURCE_ID {
                let own = self.own.clone();
                match label.form {
                    LabelForm::Templates(templates) => {
                        self.id(templates, &own, label.generation().key, At::Id, &|part| At::IdPart(part));
                    }
                    _ => self.add(At::Id, dotted(&own, "id"), What::Label(label)),
                }
            } else {
                let key = label_key(label, &self.own);
                self.add(At::Label(label.name), key, What::Label(label));
            }
        }
        for related in family.related.iter().filter(|related| related.max.is_some()) {
            let own = related_key(related);
            if let LabelForm::Templates(templates) = related.id {
                let role = related.role;
                self.id(templates, &own, "", At::RelatedId(role), &|part| At::RelatedPart(role, part));
            }
            for label in related.labels {
                self.add(At::RelatedLabel(related.role, label.name), label_key(label, &own), What::Label(label));
            }
        }
        if let Some(shape) = self.shape {
            let own = self.own.clone();
            self.fields(shape, &own, &mut Vec::new());
        }
    }

    pub(super) fn id(
        &mut self,
        templates: &'static [Alternative],
        own: &str,
        key: &str,
        whole: At,
        part: &dyn Fn(&'static str) -> At,
    ) {
        if is_ambiguous(templates) {
            return self.add(whole, dotted(own, "id"), What::Other);
        }
        let Some(template) = usual(templates).next() else { return };
        for piece in template.parts {
            let Part::Hole { name, .. } = piece else { continue };
            let last = match *name {
                "type" | "slug" => name,
                "name-slug" => "name_slug",
                "resource-type" => "type",
                _ if !key.is_empty() => key.rsplit('.').next().unwrap_or(key),
                _ => "id",
            };
            self.add(part(name), dotted(own, last), What::Part(templates, name));
        }
    }

    fn fields(&mut self, object: &'static Object, within: &str, path: &mut Vec<&'static str>) {
        for field in object.fields {
            path.push(field.name);
            let key = self.field_key(field, within);
            match inner_of(field) {
                Some(inner) => {
                    if inner.other.is_none() {
                        self.open.push(key.clone());
                    }
                    self.fields(inner, &key, path);
                }
                None => self.add(At::Field(path.clone()), key, What::Field(field)),
            }
            path.pop();
        }
    }

    fn list_keys(&mut self) {
        let many = self.family.related.iter().filter(|related| related.max.is_none()).map(related_key);
        let all = self.places.iter().map(|place| place.key.clone()).chain(self.open.iter().cloned()).chain(many);
        let mut keys: Vec<(String, Vec<String>)> = vec![(String::new(), Vec::new())];
        for key in all.filter(|key| !key.is_empty()) {
            let mut within = String::new();
            for part in key.split('.') {
                let known = keys.iter().position(|(own, _)| *own == within).unwrap_or_else(|| {
                    keys.push((within.clone(), Vec::new()));
                    keys.len().saturating_sub(1)
                });
                if let Some((_, list)) = keys.get_mut(known)
                    && !list.iter().any(|other| other == part)
                {
                    list.push(part.to_owned());
                }
                within = dotted(&within, part);
            }
        }
        if let Some((_, list)) = keys.first_mut() {
            let open = self.shape.is_some_and(|shape| shape.other.is_none());
            let more =
                [("id", true), ("follows", true), ("related", self.family.other_roles.is_none()), ("payload", open)];
            list.extend(more.iter().filter(|(_, is_known)| *is_known).map(|(key, _)| (*key).to_owned()));
        }
        self.keys.push(Key::default());
        for (within, list) in keys {
            let at = self.key(&within);
            for part in list {
                let inner = self.key(&dotted(&within, &part));
                if let Some(key) = self.keys.get_mut(at) {
                    key.known.push(inner);
                }
            }
        }
    }

    /// The index of a key; adds it if new.
    pub(super) fn key(&mut self, whole: &str) -> usize {
        if let Some(known) = self.keys.iter().position(|key| key.whole == whole) {
            return known;
        }
        let (within, name) = whole.rsplit_once('.').unwrap_or(("", whole));
        let within = self.key(within);
        let at = self.keys.len();
        self.keys.push(Key { whole: whole.to_owned(), name: name.to_owned(), outer: within, ..Key::default() });
        if let Some(outer) = self.keys.get_mut(within) {
            outer.inner.push(at);
        }
        at
    }

    pub(super) fn place_at(&self, at: &At) -> Option<usize> {
        self.places.iter().position(|place| place.at == *at)
    }

    pub(super) fn slot_at(&self, at: &At) -> Option<usize> {
        self.place_at(at).and_then(|at| self.slot_of_number(at))
    }

    pub(super) fn places_of(&self, is_of: &dyn Fn(&At) -> bool) -> Vec<usize> {
        let places = self.places.iter().enumerate().filter(|(_, place)| is_of(&place.at));
        places.map(|(at, _)| at).collect()
    }

    pub(super) fn field_key(&self, field: &'static Field, within: &str) -> String {
        match field.generation().key {
            "" if field.name == self.own => self.own.clone(),
            "" => dotted(within, field.name),
            key => key.to_owned(),
        }
    }

    /// Places that must agree share one slot.
    fn unite(&mut self) {
        for at in 0..self.places.len() {
            let Some(place) = self.places.get(at) else { continue };
            let same = self.places.iter().position(|other| !other.key.is_empty() && other.key == place.key);
            if let Some(slot) = same.and_then(|same| self.places.get(same)).map(|same| same.slot) {
                self.merge(place.slot, slot);
            }
        }
        let mut from = Vec::new();
        for rule in self.family.equal {
            let slots: Vec<usize> = rule.terms.iter().filter_map(|term| self.slot_of(term)).collect();
            let [first, rest @ ..] = slots.as_slice() else { continue };
            if matches!(rule.compare, Compare::Slug | Compare::Tail) {
                from.extend(rest.first().map(|of| (*first, (rule.compare, *of))));
                continue;
            }
            for other in rest {
                // Slots change with each merger.
                if let (Some(one), Some(other)) = (self.slot_of_number(*first), self.slot_of_number(*other)) {
                    self.merge(other, one);
                }
            }
        }
        self.from = vec![None; self.places.len()];
        for (slot, (compare, of)) in from {
            if let (Some(slot), Some(of)) = (self.slot_of_number(slot), self.slot_of_number(of))
                && let Some(slot) = self.from.get_mut(slot)
            {
                *slot = Some((compare, of));
            }
        }
        // For related resources, the slug has no separate rule.
        for place in &self.places {
            let Some(name) = place.key.strip_suffix("_slug") else { continue };
            let of = self.places.iter().find(|other| other.key == name).map(|other| other.slot);
            if let (Some(slot), Some(of)) = (self.from.get_mut(place.slot), of) {
                *slot = Some((Compare::Slug, of));
            }
        }
    }

    fn merge(&mut self, from: usize, into: usize) {
        for place in &mut self.places {
            if place.slot == from {
                place.slot = into;
            }
        }
    }

    fn slot_of(&self, term: &Term) -> Option<usize> {
        self.places.iter().find(|place| place.at.is(term)).map(|place| place.slot)
    }

    /// The current slot for an original slot.
    pub(super) fn slot_of_number(&self, first: usize) -> Option<usize> {
        self.places.get(first).map(|place| place.slot)
    }
}
