//! The shapes of the catalogue.
//!
//! These structs hold the facts that checks need. What only the builder needs (`authoring.rs`), and what only
//! descriptions need (`description.rs`), stands in other statics: a program that does not ask for it does not hold it.

use super::statics;
use super::template::Template;
use crate::diagnostic::Severity;
use crate::text::number::Number;

/// One event family: a name, or a name pattern such as `prefect.task-run.{state}`.
#[derive(Debug)]
pub struct Family {
    /// Its name, or the pattern of its names.
    pub name: Template,
    /// `client`, `server` or `cloud`.
    pub emitter: &'static str,
    /// The labels of the primary resource; `prefect.resource.id` comes first.
    pub labels: &'static [Label],
    /// The related resources, one role each.
    pub related: &'static [Related],
    /// What a related resource in a role that is not listed means: `None`, the
    /// documentation leaves the list open.
    pub other_roles: Option<Severity>,
    /// The shapes the payload can have: one, or alternatives of which one must fit whole.
    pub payload: &'static [Object],
    /// What `follows` points at; `None`: that is not known.
    pub follows: Option<&'static Follows>,
    /// The known values of the name's placeholder.
    pub variants: &'static [Variant],
    /// What a placeholder value outside `variants` means; `None`: nothing is listed.
    pub other_variants: Option<Severity>,
    /// Placeholders of the name that take no other values than these: a name with
    /// another value is not of this family.
    pub choices: &'static [Choice],
    /// Places of one event that must say the same.
    pub equal: &'static [Equal],
    pub(super) number: Number<{ statics::FAMILY_ROWS }>,
}

/// A sentence on a value that is accepted although the documentation and the
/// emitter disagree about it; it says which of the two says what.
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
    /// What the message says about the thing that is missing.
    pub words: &'static str,
}

/// A label of the primary or of a related resource.
#[derive(Debug)]
pub struct Label {
    /// The name, such as `prefect.resource.name`.
    pub name: &'static str,
    /// `None`: its absence means nothing.
    pub missing: Option<Missing>,
    /// What its text must look like.
    pub form: LabelForm,
    pub(super) number: Number<{ statics::LABELS }>,
}

/// What the text of a label must look like.
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
    /// At most so many characters (Unicode code points).
    AtMost(usize),
    /// One of a list.
    Values {
        /// The list.
        values: &'static [Value],
        /// What a value outside the list means.
        other: Severity,
    },
    /// One of several templates; the first without a remark is the documented form.
    Templates(&'static [Alternative]),
}

/// A value of a label or a field.
#[derive(Debug)]
pub struct Value {
    /// Its text.
    pub text: &'static str,
    /// What the value means, where documentation and emitter disagree.
    pub remark: Option<Remark>,
}

/// A form that an id can have.
#[derive(Debug)]
pub struct Alternative {
    /// The form.
    pub template: Template,
    /// What the form means, where documentation and emitter disagree.
    pub remark: Option<Remark>,
}

/// A related resource in one role.
#[derive(Debug)]
pub struct Related {
    /// Its `prefect.resource.role`.
    pub role: &'static str,
    /// The forms of its `prefect.resource.id`.
    pub id: LabelForm,
    /// How many the emitter or the documentation promise at least.
    pub min: u32,
    /// `None`: any number.
    pub max: Option<u32>,
    /// What fewer than `min` means; `None`: nothing.
    pub missing: Option<Missing>,
    /// Its further labels (without the id and the role).
    pub labels: &'static [Label],
    /// What its presence means, where documentation and emitter disagree.
    pub remark: Option<&'static Remark>,
    pub(super) number: Number<{ statics::RELATED }>,
}

/// A JSON object and its fields.
#[derive(Debug)]
pub struct Object {
    /// The fields that are known.
    pub fields: &'static [Field],
    /// What a key that is not listed means; `None`: the object is open.
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
    /// The values it can have, or each of its items (strings), empty: any.
    pub values: &'static [Value],
    /// What a value outside `values` means.
    pub other: Severity,
    /// For `ValueKind::Object`: its fields. For `ValueKind::Array`: the fields of each item, if it is an object.
    pub object: Option<&'static Object>,
    /// For `ValueKind::Array`: what each item is.
    pub items: Option<ValueKind>,
    /// Another kind that is accepted, with a remark.
    pub also: Option<&'static (ValueKind, Remark)>,
    /// What its presence means, where documentation and emitter disagree.
    pub remark: Option<&'static Remark>,
    pub(super) number: Number<{ statics::FIELDS }>,
}

/// What a JSON value is.
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

/// What `follows` points at.
#[derive(Debug)]
pub struct Follows {
    /// The families (by their patterns) of the event that it can point at; empty: any event.
    pub families: &'static [&'static str],
    /// The places that must be the same in both events, beside the resource's id where `same_resource`.
    pub same: Option<Term>,
    /// Whether both events are about the same resource.
    pub same_resource: bool,
    /// The emitter sets it only if less than so many seconds lie between the two; 0: always.
    pub window: u32,
    /// What its absence means; `None`: nothing, it can be absent for good reasons.
    pub missing: Option<Missing>,
    /// The initial state of this event is the validated state of the other.
    pub states: bool,
    pub(super) number: Number<{ statics::FOLLOWS }>,
}

/// Places of one event that must say the same.
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
    /// A payload field; null on the way there counts as null.
    Payload {
        /// Its keys, from the outside in.
        path: &'static [&'static str],
        /// What it counts as when it is missing; `None`: a missing field is not compared.
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

/// When two places say the same.
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
    /// The first is the slug of the second, as python-slugify makes it.
    Slug,
    /// The first is the last part of the second, after its last `/` or `:`.
    Tail,
}
