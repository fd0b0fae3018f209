//! The types of the catalogue.
//!
//! These structs hold the facts that checks need. Data that only the builder (`authoring.rs`) or only descriptions
//! (`description.rs`) need is in other statics, so programs that do not use it do not contain it.

use serde::Serialize;

use super::statics;
use super::template::Template;
use crate::diagnostic::Severity;
use crate::text::number::Number;

/// What emits an event.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(rename_all = "lowercase"))]
pub enum Emitter {
    /// Prefect's client: in flow runs, workers and programs.
    Client,
    /// The server, and Prefect Cloud.
    Server,
    /// Only Prefect Cloud.
    Cloud,
}

impl Emitter {
    /// Its name in results.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Emitter::Client => "client",
            Emitter::Server => "server",
            Emitter::Cloud => "cloud",
        }
    }
}

/// One event family: a name, or a name pattern such as `prefect.task-run.{state}`.
#[derive(Debug)]
pub struct Family {
    /// Its name, or the pattern of its names.
    pub name: Template,
    /// What emits it.
    pub emitter: Emitter,
    /// The labels of the primary resource; `prefect.resource.id` comes first.
    pub labels: &'static [Label],
    /// The related resources, one role each.
    pub related: &'static [Related],
    /// The finding for a related resource in an unlisted role; `None`: the documentation leaves the list open.
    pub other_roles: Option<Severity>,
    /// The possible shapes of the payload: one, or alternatives, of which one must match completely.
    pub payload: &'static [Object],
    /// What `follows` points to; `None`: unknown.
    pub follows: Option<&'static Follows>,
    /// The known values of the name's placeholder.
    pub variants: &'static [Variant],
    /// The finding for a placeholder value outside `variants`; `None`: nothing is listed.
    pub other_variants: Option<Severity>,
    /// Placeholders of the name that have only these values: a name with another value is not of this family.
    pub choices: &'static [Choice],
    /// Places in one event that must agree.
    pub equal: &'static [Equal],
    pub(super) number: Number<{ statics::FAMILY_ROWS }>,
}

/// A sentence on an accepted value about which the documentation and the emitter disagree; it names both versions.
#[derive(Debug)]
pub struct Remark {
    /// How bad it is: a warning or an info.
    pub severity: Severity,
    /// The sentence.
    pub text: &'static str,
}

/// What the absence of something means.
#[derive(Clone, Copy, Debug)]
pub struct Missing {
    /// How bad it is.
    pub severity: Severity,
    /// The message's text about the missing thing.
    pub words: &'static str,
}

/// A label of the primary or of a related resource.
#[derive(Debug)]
pub struct Label {
    /// The name, such as `prefect.resource.name`.
    pub name: &'static str,
    /// `None`: its absence means nothing.
    pub missing: Option<Missing>,
    /// The required form of its text.
    pub form: LabelForm,
    pub(super) number: Number<{ statics::LABELS }>,
}

/// The required form of a label's text.
#[derive(Debug)]
pub enum LabelForm {
    /// Any text.
    Text,
    /// A whole number, not negative, in decimal digits.
    Integer,
    /// A whole number in decimal digits, with or without a sign.
    SignedInteger,
    /// RFC 3339.
    Timestamp,
    /// A UUID with hyphens.
    Uuid,
    /// A JSON array of strings, as text.
    JsonStrings,
    /// At most this many characters (Unicode code points).
    AtMost(usize),
    /// One of a list.
    Values {
        /// The list.
        values: &'static [AllowedValue],
        /// The finding for a value outside the list.
        other: Severity,
    },
    /// One of several templates; the first without a remark is the documented form.
    Templates(&'static [Alternative]),
}

/// A value of a label or a field.
#[derive(Debug)]
pub struct AllowedValue {
    /// Its text.
    pub text: &'static str,
    /// The remark on the value, where documentation and emitter disagree.
    pub remark: Option<Remark>,
}

/// A form that an id can have.
#[derive(Debug)]
pub struct Alternative {
    /// The form.
    pub template: Template,
    /// The remark on the form, where documentation and emitter disagree.
    pub remark: Option<Remark>,
}

/// A related resource in one role.
#[derive(Debug)]
pub struct Related {
    /// Its `prefect.resource.role`.
    pub role: &'static str,
    /// The forms of its `prefect.resource.id`.
    pub id: LabelForm,
    /// The minimum that the emitter or the documentation promises.
    pub min: u32,
    /// `None`: any number.
    pub max: Option<u32>,
    /// The finding for fewer than `min`; `None`: nothing.
    pub missing: Option<Missing>,
    /// Its further labels (without the id and the role).
    pub labels: &'static [Label],
    /// The remark on its presence, where documentation and emitter disagree.
    pub remark: Option<&'static Remark>,
    pub(super) number: Number<{ statics::RELATED }>,
}

/// A JSON object and its fields.
#[derive(Debug)]
pub struct Object {
    /// The known fields.
    pub fields: &'static [Field],
    /// The finding for an unlisted key; `None`: the object is open.
    pub other: Option<Severity>,
}

/// A field of the payload.
#[derive(Debug)]
pub struct Field {
    /// Its key.
    pub name: &'static str,
    /// The type of its value.
    pub kind: ValueKind,
    /// Whether the value can be null.
    pub nullable: bool,
    /// `None`: its absence means nothing.
    pub missing: Option<Missing>,
    /// The possible values of it or of each of its items (strings); empty: any.
    pub values: &'static [AllowedValue],
    /// The finding for a value outside `values`.
    pub other: Severity,
    /// For `ValueKind::Object`: its fields. For `ValueKind::Array`: the fields of each item, if it is an object.
    pub object: Option<&'static Object>,
    /// For `ValueKind::Array`: the kind of each item.
    pub items: Option<ValueKind>,
    /// Another kind that is accepted, with a remark.
    pub also: Option<&'static (ValueKind, Remark)>,
    /// The remark on its presence, where documentation and emitter disagree.
    pub remark: Option<&'static Remark>,
    pub(super) number: Number<{ statics::FIELDS }>,
}

/// The kind of a JSON value.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ValueKind {
    /// Any value.
    Any,
    /// Any string.
    String,
    /// A string that is a UUID.
    Uuid,
    /// A string that is an RFC 3339 timestamp.
    Timestamp,
    /// A number without a fraction.
    Integer,
    /// Any number.
    Number,
    /// `true` or `false`.
    Boolean,
    /// An object.
    Object,
    /// An object whose values are all strings.
    StringMap,
    /// An array.
    Array,
}

/// A known value of the placeholder in an event's name.
#[derive(Debug)]
pub struct Variant {
    /// The value, such as `Running`.
    pub name: &'static str,
    /// The state type that Prefect gives to a state of this name.
    pub state_type: Option<&'static str>,
    pub(super) number: Number<{ statics::VARIANTS }>,
}

/// The values of a placeholder in an event's name.
#[derive(Debug)]
pub struct Choice {
    /// The name of the placeholder.
    pub hole: &'static str,
    /// The values that it can have.
    pub values: &'static [&'static str],
}

impl Choice {
    pub(super) fn has(&self, value: &[u8]) -> bool {
        self.values.iter().any(|choice| choice.as_bytes() == value)
    }
}

/// What `follows` points to.
#[derive(Debug)]
pub struct Follows {
    /// The families (by their patterns) that it can point to; empty: any event.
    pub families: &'static [&'static str],
    /// The places that must agree in both events, beside the resource's id with `same_resource`.
    pub same: Option<Term>,
    /// Whether both events are about the same resource.
    pub same_resource: bool,
    /// The emitter sets it only if the two are less than this many seconds apart; 0: always.
    pub window: u32,
    /// The finding for its absence; `None`: it can be absent for good reasons.
    pub missing: Option<Missing>,
    /// The initial state of this event is the validated state of the other.
    pub states: bool,
    pub(super) number: Number<{ statics::FOLLOWS }>,
}

/// Places in one event that must agree.
#[derive(Debug)]
pub struct Equal {
    /// How bad it is if they differ.
    pub severity: Severity,
    /// The places: two or more.
    pub terms: &'static [Term],
    /// What “the same” means.
    pub compare: Compare,
}

/// A place in an event.
#[derive(Debug)]
pub enum Term {
    /// A placeholder of the event's name.
    Name(&'static str),
    /// A label of the primary resource.
    Label(&'static str),
    /// A placeholder of the primary resource's id.
    IdPart(&'static str),
    /// A payload field; null in an enclosing object counts as null.
    Payload {
        /// Its keys, outermost first.
        path: &'static [&'static str],
        /// Its value if missing; `None`: a missing field is not compared.
        absent: Option<&'static str>,
    },
    /// A label of the first related resource in a role.
    RelatedLabel {
        /// The role.
        role: &'static str,
        /// The name of the label.
        label: &'static str,
    },
    /// A placeholder of the id of the first related resource in a role.
    RelatedIdPart {
        /// The role.
        role: &'static str,
        /// The name of the placeholder.
        part: &'static str,
    },
    /// The event's `occurred`.
    Occurred,
}

/// When two places agree.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Compare {
    /// The same text (or both null).
    Text,
    /// The same instant, however written.
    Instant,
    /// The same whole number, as a number or as text.
    Integer,
    /// UUIDs, however written.
    Uuid,
    /// The first is the slug of the second, by the rules of python-slugify.
    Slug,
    /// The first is the last part of the second, after its last `/` or `:`.
    Tail,
}
