//! Example events, composed from the catalogue's examples of labels and fields.

use super::model::{Equal, Family, Field, Label, LabelForm, Object as Shape, Related, Term, ValueKind, Variant};
use super::runs::FINAL_TYPES;
use super::{Alternative, Part, Presence};
use crate::json::tree::{ObjectTree, Tree};

const OCCURRED: &str = "2026-03-31T18:30:00.000000Z";
/// The same instant in milliseconds since 1970: the beginning of the examples' ids.
const OCCURRED_MILLIS: u64 = 0x019d_4528_e040;

/// A complete, valid event of a family, as JSON text indented by two spaces. The same call returns the same text.
///
/// `variant`: the value of the placeholder in the family's name; a value that is not listed counts as the name of a
/// completed state. `None`: a typical one.
#[must_use]
pub fn example(family: &Family, variant: Option<&str>) -> String {
    event(family, variant).indented()
}

/// The typical example on a single line.
#[must_use]
pub fn example_line(family: &Family) -> String {
    event(family, None).line()
}

/// The same as a value.
pub(crate) fn event(family: &Family, variant: Option<&str>) -> Tree {
    let hole = variant.filter(|_| !family.name.is_literal()).unwrap_or(family.placeholder_example());
    let name = named(family, hole);
    let maker = Maker { family, state: ExampleState::of(family, hole), name: &name };
    maker.event()
}

/// The event with the placeholders of the family's name instead of values.
pub(super) fn unfilled(family: &Family) -> Tree {
    let rest = family.name.text.strip_prefix(family.name.prefix());
    event(family, rest.and_then(|rest| rest.strip_suffix(suffix(family))))
}

/// The family's name with its placeholder filled.
pub(super) fn named(family: &Family, hole: &str) -> String {
    [family.name.prefix(), hole, suffix(family)].concat()
}

/// The literal text at the end of the family's name, after a placeholder.
fn suffix(family: &Family) -> &'static str {
    match family.name.parts {
        [_, .., Part::Literal(suffix)] => suffix,
        _ => "",
    }
}

/// The state that an event reports, and the previous one.
struct ExampleState {
    kind: &'static str,
    before: Option<&'static Variant>,
    /// It has been running before or now.
    ran: bool,
}

impl ExampleState {
    fn of(family: &Family, hole: &str) -> Option<ExampleState> {
        let known = |name: &str| family.variants.iter().find(|variant| variant.name == name);
        let custom = || family.variants.iter().find(|variant| variant.state_type == Some("COMPLETED"));
        let now = known(hole).or_else(custom)?;
        let before = now.previous().and_then(known);
        let mut ran = false;
        let mut earlier = Some(now);
        // At most one step per variant: the build script rejects cycles.
        for _ in family.variants {
            ran |= earlier.is_some_and(|variant| variant.state_type == Some("RUNNING"));
            earlier = earlier.and_then(Variant::previous).and_then(known);
        }
        Some(ExampleState { kind: now.state_type?, before, ran })
    }

    fn ended(&self) -> bool {
        FINAL_TYPES.contains(&self.kind)
    }
}

struct Maker<'f> {
    family: &'f Family,
    state: Option<ExampleState>,
    name: &'f str,
}

impl Maker<'_> {
    fn event(&self) -> Tree {
        let mut resource = ObjectTree::new();
        for label in self.family.labels.iter().filter(|label| shown(label)) {
            resource.push(label.name, self.label(label));
        }
        let related = self.family.related.iter().filter(|related| !related.example().is_empty());
        let related: Vec<ObjectTree> = related.map(|related| self.related(related)).collect();
        let payload = self.family.payload.first().map(|shape| self.fields(shape, &mut Vec::new()));
        let follows = if self.follows() {
            Tree::from(id(&format!("before {}", self.name), OCCURRED_MILLIS - 5_000))
        } else {
            Tree::Null
        };
        ObjectTree::new()
            .with("occurred", OCCURRED)
            .with("event", self.name)
            .with("resource", resource)
            .with("related", related)
            .with("payload", payload.unwrap_or_default())
            .with("id", id(self.name, OCCURRED_MILLIS))
            .with("follows", follows)
            .into()
    }

    fn follows(&self) -> bool {
        let Some(follows) = &self.family.follows else {
            return false;
        };
        if let (Some(state), true) = (&self.state, follows.states) {
            return state.before.is_some();
        }
        // The first event of a chain follows nothing.
        let chain = follows.families.contains(&self.family.name.text);
        let first = chain && self.family.variants.first().is_some_and(|variant| self.hole_is(variant.name));
        follows.is_documented() && !first
    }

    fn hole_is(&self, value: &str) -> bool {
        named(self.family, value) == self.name
    }

    // ---- values that depend on the name

    /// The value that the name of the event gives to the places of a rule.
    fn said(&self, rule: &Equal) -> Option<String> {
        rule.terms.iter().find_map(|term| match term {
            Term::Name(hole) => self.family.name.part(self.name.as_bytes(), hole).map(text_of),
            Term::Label(label) => self.state_label(label),
            _ => None,
        })
    }

    fn state_label(&self, label: &str) -> Option<String> {
        let state = self.state.as_ref()?;
        match label {
            "prefect.state-type" => Some(state.kind.to_owned()),
            "prefect.run-count" => Some(u8::from(state.ran).to_string()),
            _ => None,
        }
    }

    /// The value that the name of the event gives to a place.
    fn fixed(&self, place: &dyn Fn(&Term) -> bool) -> Option<String> {
        let mut rules = self.family.equal.iter().filter(|rule| rule.terms.iter().any(place));
        rules.find_map(|rule| self.said(rule))
    }

    fn label(&self, label: &Label) -> String {
        if let Some(value) = self.state_label(label.name) {
            return value;
        }
        if let Some(value) = self.fixed(&|term| matches!(term, Term::Label(name) if *name == label.name)) {
            return value;
        }
        match &label.form {
            LabelForm::Templates(templates) => refilled(templates, label.example(), &|hole| {
                self.fixed(&|term| matches!(term, Term::IdPart(part) if *part == hole))
            }),
            _ => label.example().to_owned(),
        }
    }

    fn related(&self, related: &Related) -> ObjectTree {
        let of_id = |hole: &str| {
            self.fixed(
                &|term| matches!(term, Term::RelatedIdPart { role, part } if *role == related.role && *part == hole),
            )
        };
        let id = match &related.id {
            LabelForm::Templates(templates) => refilled(templates, related.example(), &of_id),
            _ => related.example().to_owned(),
        };
        let mut labels = ObjectTree::new().with("prefect.resource.id", id).with("prefect.resource.role", related.role);
        for label in related.labels.iter().filter(|label| shown(label)) {
            labels.push(label.name, label.example());
        }
        labels
    }

    // ---- payload

    fn fields(&self, shape: &Shape, path: &mut Vec<&'static str>) -> ObjectTree {
        let mut fields = ObjectTree::new();
        for field in shape.fields {
            path.push(field.name);
            if let Some(value) = self.field(field, path) {
                fields.push(field.name, value);
            }
            path.pop();
        }
        fields
    }

    /// Its value; `None`: absent.
    fn field(&self, field: &Field, path: &mut Vec<&'static str>) -> Option<Tree> {
        match self.of_state(path) {
            Some(Of::Nothing) => return None,
            Some(Of::Value(value)) => return Some(value),
            None => {}
        }
        let same = |term: &Term| matches!(term, Term::Payload { path: other, .. } if *other == path.as_slice());
        if let Some(text) = self.fixed(&same) {
            return Some(match text.parse::<u64>() {
                Ok(number) if field.kind == ValueKind::Integer => Tree::from(number),
                _ => Tree::from(text),
            });
        }
        let made_of_fields = || field.object.map_or(ObjectTree::new(), |shape| self.fields(shape, path)).into();
        example_value(field).or_else(|| (field.presence() != Presence::Optional).then(made_of_fields))
    }

    /// The value of a field that follows from the previous state and the course of the run.
    fn of_state(&self, path: &[&str]) -> Option<Of> {
        let state = self.state.as_ref()?;
        let before = |text: fn(&Variant) -> &str| state.before.map_or(Tree::Null, |before| Tree::from(text(before)));
        match path {
            ["intended", "from"] | ["initial_state", "type"] => {
                Some(Of::Value(before(|v| v.state_type.unwrap_or_default())))
            }
            ["initial_state", "name"] => Some(Of::Value(before(|v| v.name))),
            ["initial_state"] if state.before.is_none() => Some(Of::Value(Tree::Null)),
            ["task_run", "start_time"] if !state.ran => Some(Of::Nothing),
            ["task_run", "end_time"] if !state.ended() => Some(Of::Nothing),
            ["task_run", "total_run_time"] if !state.ended() => Tree::parse("0.0").ok().map(Of::Value),
            _ => None,
        }
    }
}

enum Of {
    /// The field is absent.
    Nothing,
    Value(Tree),
}

/// The example of a field; `None`: it has none.
pub(crate) fn example_value(field: &Field) -> Option<Tree> {
    // The build script rejects invalid JSON.
    Tree::parse(field.example()).ok()
}

fn shown(label: &Label) -> bool {
    label.presence() != Presence::Optional || !label.example().is_empty()
}

/// An example id, with the parts that depend on the event's name replaced.
fn refilled(templates: &[Alternative], example: &str, value: &dyn Fn(&str) -> Option<String>) -> String {
    let Some(own) = templates.iter().find(|own| own.template.matches(example.as_bytes())) else {
        return example.to_owned();
    };
    let mut text = String::new();
    for part in own.template.parts {
        match part {
            Part::Literal(literal) => text.push_str(literal),
            Part::Hole { name, .. } => match value(name) {
                Some(value) => text.push_str(&value),
                None => text.extend(own.template.part(example.as_bytes(), name).map(text_of)),
            },
        }
    }
    text
}

/// A UUID (version 7) that depends only on a text.
fn id(of: &str, millis: u64) -> String {
    // FNV-1a: spreads well enough, and needs no table.
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for byte in of.bytes() {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    let first = hash >> 52;
    let last = hash.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 2 | 1 << 63;
    format!(
        "{:08x}-{:04x}-7{first:03x}-{:04x}-{:012x}",
        millis >> 16,
        millis & 0xffff,
        last >> 48,
        last & 0xffff_ffff_ffff
    )
}

fn text_of(part: &[u8]) -> String {
    String::from_utf8_lossy(part).into_owned()
}
