//! The possible inputs for an event: the keys of its layout, each with its description.

use crate::catalogue::{
    AllowedValue as Known, Family, Field, Input, InputKind, Label, LabelForm, Object, Part, Presence,
    ValueKind as Type, example_line,
};
use crate::event::{RESOURCE_ID, RESOURCE_ROLE};
use crate::json::write::quoted;
use crate::json::{Kind, Tape, Value, parse};

use super::cache::layout;
use super::keys::related_key;
use super::layout::{At, Layout, LayoutPlace, What, is_ambiguous, usual};
use super::steps::Usual;

// The default of a value, in words.
pub(super) const NEW_UUID: &str = "a new UUID";
const NEW_DIGITS: &str = "new digits";
const THE_TIME: &str = "the time of the event";
pub(super) const NOW: &str = "now";
const THE_NAME: &str = "as in the event's name";
const THE_STATE: &str = "follows from the state";
const NOTHING: &str = "null";
const ONCE_RUNNING: &str = ", once it has been running";
const ONCE_ENDED: &str = ", once it has ended";
const EMPTY: &str = "empty";

// What a key means that events of several types have.
pub(super) const WHEN: &str = "When it happened";
pub(super) const OF_THE_EVENT: &str = "Id of the event";
pub(super) const FOLLOWED: &str = "Id of the event that it follows";
pub(super) const RELATED: &str =
    "Further related resources: their labels, with `prefect.resource.id` and `prefect.resource.role`";

const IN_THE_ID: &str = "In the resource's id, ";

/// All inputs for the events of a family, in the order of the event.
#[must_use]
pub fn inputs(family: &'static Family) -> Vec<Input> {
    let (mut tape, mut issues) = (Tape::new(), Vec::new());
    let text = example_line(family);
    parse(text.as_bytes(), 0, &mut tape, &mut issues);
    let document = tape.document(text.as_bytes());
    let example = document.root();
    let mut all: Vec<Input> = Vec::new();
    for shape in family.payload {
        let layout = layout(family, Some(shape));
        let listed = Listed { layout: &layout, example };
        let is_first = all.is_empty();
        for input in listed.inputs() {
            match all.iter_mut().find(|known| known.key == input.key) {
                Some(known) => known.required &= input.required,
                // The first of several shapes of the payload is the usual one.
                None if is_first => all.push(input),
                None => all.push(Input { required: false, always: false, ..input }),
            }
        }
    }
    // An object cannot be a value too.
    let within: Vec<String> = all.iter().map(|input| format!("{}.", input.key)).collect();
    let is_object =
        |at: usize| within.get(at).is_some_and(|within| all.iter().any(|other| other.key.starts_with(within)));
    let objects: Vec<bool> = (0..all.len()).map(is_object).collect();
    let mut objects = objects.into_iter();
    all.retain(|_| objects.next() != Some(true));
    all
}

struct Listed<'l> {
    layout: &'l Layout,
    /// A whole event.
    example: Option<Value<'l>>,
}

impl Listed<'_> {
    fn inputs(&self) -> Vec<Input> {
        let family = self.layout.family;
        let mut all: Vec<Input> = Vec::new();
        for place in self.layout.places.iter().filter(|place| !place.key.is_empty()) {
            let input = self.input(place);
            match all.iter_mut().find(|known| known.key == input.key) {
                Some(known) => unite(known, input),
                None => all.push(input),
            }
        }
        for related in family.related.iter().filter(|related| related.max.is_none()) {
            all.push(Input {
                meaning: related.when().to_owned(),
                ..Input::optional(related_key(related), InputKind::Texts)
            });
        }
        let follows = family.follows;
        all.push(Input {
            required: follows.is_some_and(|follows| follows.missing.is_some()),
            example: self.example.and_then(|event| raw(event.get("follows")?)),
            meaning: follows.map_or(FOLLOWED, |follows| follows.meaning()).to_owned(),
            ..Input::optional("follows".to_owned(), InputKind::Uuid)
        });
        all.push(Input {
            always: true,
            otherwise: Some(NEW_UUID.to_owned()),
            meaning: OF_THE_EVENT.to_owned(),
            ..Input::optional("id".to_owned(), InputKind::Uuid)
        });
        if family.other_roles.is_none() {
            all.push(Input {
                meaning: RELATED.to_owned(),
                ..Input::optional("related".to_owned(), InputKind::LabelLists)
            });
        }
        if self.layout.shape.is_some_and(|shape| shape.other.is_none()) {
            all.push(Input {
                meaning: "Further fields of the payload".to_owned(),
                ..Input::optional("payload".to_owned(), InputKind::Object)
            });
        }
        all
    }

    fn input(&self, place: &LayoutPlace) -> Input {
        let layout = self.layout;
        let (kind, values) =
            if place.at == At::Occurred { (InputKind::Timestamp, Vec::new()) } else { kind(place.what) };
        let same = |other: &&LayoutPlace| other.slot == place.slot && !other.key.is_empty();
        let first = layout.places.iter().find(same).map_or("", |first| first.key.as_str());
        let is_named = layout.named.iter().any(|(_, slot)| *slot == place.slot);
        let state = &layout.state;
        let is_state = [state.kind, state.before_name, state.before_type, state.count].contains(&Some(place.slot));
        let asks = matches!(layout.usual.get(place.slot), None | Some(Usual::Ask));
        let otherwise = if place.at == At::Occurred {
            Some(NOW.to_owned())
        } else if is_named {
            Some(THE_NAME.to_owned())
        } else if is_state {
            Some(THE_STATE.to_owned())
        } else if is_left_out(place.what) {
            None
        } else if first != place.key {
            Some(format!("as `{first}`"))
        } else {
            self.otherwise(place.slot).map(|text| [&text, once(place.what)].concat())
        };
        let always = self.is_always(place);
        Input {
            key: place.key.clone(),
            required: always && asks && otherwise.is_none(),
            always,
            named: is_named,
            kind,
            values,
            example: if otherwise.is_none() { self.example(place) } else { None },
            otherwise,
            meaning: self.meaning(place),
        }
    }

    /// Whether it is always present.
    fn is_always(&self, place: &LayoutPlace) -> bool {
        let of = |label: &Label| label.presence() != Presence::Optional;
        match (&place.at, place.what) {
            (At::RelatedLabel(role, _) | At::RelatedPart(role, _) | At::RelatedId(role), what) => {
                let is_there = self.layout.family.related.iter().any(|own| own.role == *role && own.min > 0);
                is_there && if let What::Label(label) = what { of(label) } else { true }
            }
            (At::Label(_), What::Label(label)) => of(label),
            (At::Field(path), _) => self.layout.shape.is_some_and(|shape| is_in(shape, path)),
            _ => true,
        }
    }

    fn otherwise(&self, slot: usize) -> Option<String> {
        let key = |slot: usize| {
            let mut keys = self.layout.places.iter().filter(|place| place.slot == slot).map(|place| &place.key);
            keys.find(|key| !key.is_empty()).cloned().unwrap_or_default()
        };
        let whole = |at: Option<usize>| at.and_then(|at| self.layout.keys.get(at)).map_or("", |key| key.whole.as_str());
        Some(match self.layout.usual.get(slot)? {
            Usual::Ask => return None,
            Usual::Null => NOTHING.to_owned(),
            Usual::Text("") => EMPTY.to_owned(),
            Usual::Text(text) | Usual::Json(text) => format!("`{text}`"),
            Usual::Filled(_) => format!("`{}`", self.default(slot)?),
            Usual::Keys(of) => format!("the keys of `{}`", whole(*of)),
            Usual::Same(of) => format!("as `{}`", whole(*of)),
            Usual::Slug(of) => format!("the slug of `{}`", key(*of)),
            Usual::Tail(of) => format!("the last part of `{}`", key(*of)),
            Usual::Uuid => NEW_UUID.to_owned(),
            Usual::Occurred => THE_TIME.to_owned(),
            Usual::Hex(_) => NEW_DIGITS.to_owned(),
        })
    }

    /// As in the catalogue.
    fn default(&self, slot: usize) -> Option<&'static str> {
        let mut places = self.layout.places.iter().filter(|place| place.slot == slot);
        places.find_map(|place| match place.what {
            What::Label(label) => label.generation().default,
            What::Field(field) => field.generation().default,
            _ => None,
        })
    }

    fn meaning(&self, place: &LayoutPlace) -> String {
        let id = self.layout.family.labels.first();
        match (place.what, &place.at) {
            (What::Label(label), _) => label.meaning().to_owned(),
            (What::Field(field), _) => field.meaning().to_owned(),
            (_, At::Occurred) => WHEN.to_owned(),
            (_, At::RelatedPart(role, _) | At::RelatedId(role)) => {
                let own = place.key.split('.').next().unwrap_or_default().replace('_', " ");
                let related = self.layout.family.related.iter().find(|related| related.role == *role);
                match related {
                    Some(related) if own != role.replace('-', " ") => related.when().to_owned(),
                    _ => format!("Id of the {own}"),
                }
            }
            (_, At::Id) => id.map_or("", |label| label.meaning()).to_owned(),
            (What::Part(templates, part), _) => {
                let parts = usual(templates).flat_map(|template| template.parts);
                match parts.filter(|part| matches!(part, Part::Hole { .. })).count() {
                    1 => id.map_or("", |label| label.meaning()).to_owned(),
                    // If nothing else determines it.
                    _ => format!("{IN_THE_ID}`{part}`"),
                }
            }
            _ => String::new(),
        }
    }

    /// The value at this place in the example, as JSON text.
    fn example(&self, place: &LayoutPlace) -> Option<String> {
        let event = self.example?;
        let related = |role: &str| {
            let mut all = event.get("related")?.items();
            all.find(|one| one.get(RESOURCE_ROLE).is_some_and(|own| own.is(role)))
        };
        let part = |id: Value<'_>| {
            let What::Part(templates, name) = place.what else { return None };
            let id = id.string();
            let part = usual(templates).find_map(|template| template.part(id.as_bytes(), name))?;
            Some(quoted(&String::from_utf8_lossy(part)))
        };
        match &place.at {
            At::Name(_) => None,
            At::Occurred => raw(event.get("occurred")?),
            At::Label(label) => raw(event.get("resource")?.get(label)?),
            At::IdPart(_) => part(event.get("resource")?.get(RESOURCE_ID)?),
            At::Id => raw(event.get("resource")?.get(RESOURCE_ID)?),
            At::Field(path) => {
                let mut at = event.get("payload")?;
                for key in path {
                    at = at.get(key)?;
                }
                raw(at)
            }
            At::RelatedLabel(role, label) => raw(related(role)?.get(label)?),
            At::RelatedPart(role, _) => part(related(role)?.get(RESOURCE_ID)?),
            At::RelatedId(role) => raw(related(role)?.get(RESOURCE_ID)?),
        }
    }
}

/// One key, two places.
fn unite(known: &mut Input, other: Input) {
    known.required |= other.required;
    known.always |= other.always;
    known.named |= other.named;
    if known.kind == InputKind::Text {
        known.kind = other.kind;
    }
    if known.values.is_empty() {
        known.values = other.values;
    }
    if known.meaning.is_empty() || known.meaning.starts_with(IN_THE_ID) {
        known.meaning = other.meaning;
    }
    known.example = known.example.take().or(other.example);
    known.otherwise = known.otherwise.take().or(other.otherwise);
}

/// From when on it is present.
fn once(what: What) -> &'static str {
    match what {
        What::Field(field) if field.generation().once == "running" => ONCE_RUNNING,
        What::Field(field) if field.generation().once == "ended" => ONCE_ENDED,
        _ => "",
    }
}

/// Whether it is absent unless given.
fn is_left_out(what: What) -> bool {
    match what {
        What::Label(label) => label.presence() == Presence::Optional,
        What::Field(field) => field.presence() == Presence::Optional && field.generation().once.is_empty(),
        _ => false,
    }
}

/// Whether a field is in each payload of this shape.
fn is_in(shape: &'static Object, path: &[&str]) -> bool {
    let Some((first, rest)) = path.split_first() else { return true };
    let Some(field) = shape.fields.iter().find(|field| field.name == *first) else { return false };
    let is_there = field.presence() != Presence::Optional && field.generation().once.is_empty();
    is_there && field.object.filter(|_| !rest.is_empty()).is_none_or(|inner| !field.nullable && is_in(inner, rest))
}

fn kind(what: What) -> (InputKind, Vec<&'static str>) {
    let texts = |values: &'static [Known]| values.iter().map(|value| value.text).collect();
    match what {
        What::Label(Label { form, .. }) => match form {
            LabelForm::Values { values, .. } => (InputKind::Text, texts(values)),
            LabelForm::Integer | LabelForm::SignedInteger => (InputKind::Integer, Vec::new()),
            LabelForm::Timestamp => (InputKind::Timestamp, Vec::new()),
            LabelForm::Uuid => (InputKind::Uuid, Vec::new()),
            LabelForm::JsonStrings => (InputKind::Texts, Vec::new()),
            _ => (InputKind::Text, Vec::new()),
        },
        What::Field(Field { kind: kind @ Type::String, values, .. }) => ((*kind).into(), texts(values)),
        What::Field(field) => (field.kind.into(), Vec::new()),
        What::Part(templates, "uuid") if !is_ambiguous(templates) => (InputKind::Uuid, Vec::new()),
        _ => (InputKind::Text, Vec::new()),
    }
}

/// A value as JSON text, if it is one.
fn raw(value: Value<'_>) -> Option<String> {
    match value.kind() {
        Kind::Null => None,
        _ if value.is_string() => Some(quoted(&value.string())),
        _ => Some(String::from_utf8_lossy(value.raw()).into_owned()),
    }
}
