use super::{
    Alternative, Equal, Family, Field, Label, LabelForm, Object, Part, Presence, Related, Term, ValueKind, Variant,
};
use crate::json::write::{Writer, indented, quoted};

const OCCURRED: &str = "2026-03-31T18:30:00.000000Z";
/// The same instant in milliseconds since 1970: the front of the examples' ids.
const OCCURRED_MILLIS: u64 = 0x019d_4528_e040;
const TERMINAL: [&str; 4] = ["COMPLETED", "FAILED", "CRASHED", "CANCELLED"];

/// A whole, correct event of a family, as JSON text. The same call gives the same text.
///
/// `variant` is the value of the placeholder in the family's name (another one than those
/// listed is taken for a name of a completed state); none: a usual one.
#[must_use]
pub fn example(family: &Family, variant: Option<&str>) -> String {
    indented(&event(family, variant))
}

/// The usual one on a single line.
#[must_use]
pub fn example_line(family: &Family) -> String {
    event(family, None)
}

/// The same on a single line.
pub(super) fn event(family: &Family, variant: Option<&str>) -> String {
    let hole = variant.filter(|_| !family.name.is_literal()).unwrap_or(family.placeholder_example());
    let name = named(family, hole);
    let maker = Maker { family, state: State::of(family, hole), name: &name };
    maker.event()
}

/// The event in which the placeholders of the family's name stand instead of values.
pub(super) fn unfilled(family: &Family) -> String {
    let rest = family.name.text.strip_prefix(family.name.prefix());
    event(family, rest.and_then(|rest| rest.strip_suffix(suffix(family))))
}

/// The family's name with its placeholder filled.
fn named(family: &Family, hole: &str) -> String {
    [family.name.prefix(), hole, suffix(family)].concat()
}

/// The literal text at the end of the family's name, behind a placeholder.
fn suffix(family: &Family) -> &'static str {
    match family.name.parts {
        [_, .., Part::Literal(suffix)] => suffix,
        _ => "",
    }
}

/// The state that an event tells, and the one before.
struct State {
    kind: &'static str,
    before: Option<&'static Variant>,
    /// It has been running before or now.
    ran: bool,
}

impl State {
    fn of(family: &Family, hole: &str) -> Option<State> {
        let known = |name: &str| family.variants.iter().find(|variant| variant.name == name);
        let custom = || family.variants.iter().find(|variant| variant.state_type == Some("COMPLETED"));
        let now = known(hole).or_else(custom)?;
        let before = now.previous().and_then(known);
        let mut ran = false;
        let mut earlier = Some(now);
        // As many steps as there are variants: the build script refuses circles.
        for _ in family.variants {
            ran |= earlier.is_some_and(|variant| variant.state_type == Some("RUNNING"));
            earlier = earlier.and_then(|variant| variant.previous()).and_then(known);
        }
        Some(State { kind: now.state_type?, before, ran })
    }

    fn ended(&self) -> bool {
        TERMINAL.contains(&self.kind)
    }
}

struct Maker<'f> {
    family: &'f Family,
    state: Option<State>,
    name: &'f str,
}

impl Maker<'_> {
    fn event(&self) -> String {
        let mut out = Writer::default();
        out.open('{');
        out.text("occurred", OCCURRED);
        out.text("event", self.name);

        out.key("resource");
        out.open('{');
        for label in self.family.labels.iter().filter(|label| shown(label)) {
            out.text(label.name, &self.label(label));
        }
        out.close('}');

        out.key("related");
        out.open('[');
        for related in self.family.related.iter().filter(|related| !related.example().is_empty()) {
            self.related(related, &mut out);
        }
        out.close(']');

        out.key("payload");
        out.open('{');
        if let Some(object) = self.family.payload.first() {
            self.fields(object, &mut Vec::new(), &mut out);
        }
        out.close('}');

        out.text("id", &id(self.name, OCCURRED_MILLIS));
        if self.follows() {
            out.text("follows", &id(&format!("before {}", self.name), OCCURRED_MILLIS - 5_000));
        } else {
            out.key("follows");
            out.raw("null");
        }
        out.close('}');
        out.finish()
    }

    fn follows(&self) -> bool {
        let Some(follows) = &self.family.follows else {
            return false;
        };
        if let (Some(state), true) = (&self.state, follows.states) {
            return state.before.is_some();
        }
        // The first event of a chain has nothing to follow.
        let chain = follows.families.contains(&self.family.name.text);
        let first = chain && self.family.variants.first().is_some_and(|variant| self.hole_is(variant.name));
        follows.is_documented() && !first
    }

    fn hole_is(&self, value: &str) -> bool {
        named(self.family, value) == self.name
    }

    // ---- values that hang on the name

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

    fn related(&self, related: &Related, out: &mut Writer) {
        let of_id = |hole: &str| {
            self.fixed(
                &|term| matches!(term, Term::RelatedIdPart { role, part } if *role == related.role && *part == hole),
            )
        };
        let id = match &related.id {
            LabelForm::Templates(templates) => refilled(templates, related.example(), &of_id),
            _ => related.example().to_owned(),
        };
        out.item();
        out.open('{');
        out.text("prefect.resource.id", &id);
        out.text("prefect.resource.role", related.role);
        for label in related.labels.iter().filter(|label| shown(label)) {
            out.text(label.name, label.example());
        }
        out.close('}');
    }

    // ---- payload

    fn fields(&self, object: &Object, path: &mut Vec<&'static str>, out: &mut Writer) {
        for field in object.fields {
            path.push(field.name);
            self.field(field, path, out);
            path.pop();
        }
    }

    fn field(&self, field: &Field, path: &mut Vec<&'static str>, out: &mut Writer) {
        let value = match self.of_state(path) {
            Some(Of::Nothing) => return,
            Some(Of::Value(value)) => Some(value),
            None => None,
        };
        let same = |term: &Term| matches!(term, Term::Payload { path: other, .. } if *other == path.as_slice());
        if let Some(json) = value {
            out.key(field.name);
            out.raw(&json);
        } else if let Some(text) = self.fixed(&same) {
            if field.kind == ValueKind::Integer {
                out.key(field.name);
                out.raw(&text);
            } else {
                out.text(field.name, &text);
            }
        } else if !field.example().is_empty() {
            out.key(field.name);
            out.raw(field.example());
        } else if field.presence() != Presence::Optional {
            out.key(field.name);
            out.open('{');
            if let Some(object) = field.object {
                self.fields(object, path, out);
            }
            out.close('}');
        }
    }

    /// What the state before and the course of the run give to a field.
    fn of_state(&self, path: &[&str]) -> Option<Of> {
        let state = self.state.as_ref()?;
        let before = |text: fn(&Variant) -> &str| state.before.map_or("null".to_owned(), |before| quoted(text(before)));
        match path {
            ["intended", "from"] | ["initial_state", "type"] => {
                Some(Of::Value(before(|v| v.state_type.unwrap_or_default())))
            }
            ["initial_state", "name"] => Some(Of::Value(before(|v| v.name))),
            ["initial_state"] if state.before.is_none() => Some(Of::Value("null".to_owned())),
            ["task_run", "start_time"] if !state.ran => Some(Of::Nothing),
            ["task_run", "end_time"] if !state.ended() => Some(Of::Nothing),
            ["task_run", "total_run_time"] if !state.ended() => Some(Of::Value("0.0".to_owned())),
            _ => None,
        }
    }
}

enum Of {
    /// The field is not there.
    Nothing,
    /// Its JSON text.
    Value(String),
}

fn shown(label: &Label) -> bool {
    label.presence() != Presence::Optional || !label.example().is_empty()
}

/// An example id, with those of its parts replaced that hang on the event's name.
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

/// A UUID (version 7) that hangs on a text alone.
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
