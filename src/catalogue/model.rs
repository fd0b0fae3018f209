//! The shapes of the catalogue.
//!
//! The build script reads the YAML files in `src/catalogue/pages/` into these types
//! too, checks them, and writes them as bytes (`encode.rs`); at first use `decode.rs`
//! reads those, once. So everything here is `'static`.

use serde::Deserialize;

use super::hole::Hole;
use crate::diagnostic::Severity;

/// A fact that no check needs, only who builds an event.
#[derive(Debug)]
pub struct Aside<T>(pub T);

/// A fact that only the description of an event needs.
#[derive(Debug)]
pub struct Described<T>(pub T);

/// One event family: a name, or a name pattern such as `prefect.task-run.{state}`.
#[derive(Debug)]
pub struct Family {
    pub name: Template,
    pub title: Described<&'static str>,
    /// Stands in the documentation (otherwise it is only seen in the source and on servers).
    pub documented: Described<bool>,
    /// Emitted by Prefect Cloud alone.
    pub cloud: Described<bool>,
    /// `client`, `server` or `cloud`.
    pub emitter: &'static str,
    /// Who of them, and when, in words.
    pub emitted_by: Described<&'static str>,
    /// What else there is to say, a sentence or two each.
    pub notes: Described<&'static [&'static str]>,
    /// Where it stands in Prefect's source; empty: not in what is open.
    pub code: Described<&'static str>,
    /// The labels of the primary resource; `prefect.resource.id` comes first.
    pub labels: &'static [Label],
    pub related: &'static [Related],
    /// What a related resource in a role that is not listed means: `None`, the
    /// documentation leaves the list open.
    pub other_roles: Option<Severity>,
    /// The shapes the payload can have: one, or alternatives of which one must fit whole.
    pub payload: &'static [Object],
    pub follows: Option<&'static Follows>,
    /// Absolute URL with its anchor.
    pub docs: Option<&'static str>,
    /// The known values of the name's placeholder.
    pub variants: &'static [Variant],
    /// What a placeholder value outside `variants` means; `None`: nothing is listed.
    pub other_variants: Option<Severity>,
    /// Placeholders of the name that take no other values than these: a name with
    /// another value is not of this family.
    pub choices: &'static [Choice],
    /// A value of the name's placeholder for examples; empty: the name has none.
    pub hole_example: Described<&'static str>,
    /// Places of one event which must say the same.
    pub equal: &'static [Equal],
}

pub(super) const SEVERITIES: [Severity; 3] = [Severity::Info, Severity::Warning, Severity::Error];

/// How an event is built: what the caller gives for a value, and what it is otherwise.
#[derive(Clone, Copy, Debug)]
pub struct Build {
    /// The caller's key for it, from the outside in: `state.name`. Empty: it follows from what it is.
    pub key: &'static str,
    /// What it is unless it is given; `keys a.b`: the keys of what is given there; `same a.b`: the list that is given there; `{…}`: filled in.
    pub default: Option<&'static str>,
    /// Of a field that is not always there: once the run has been `running`, or has `ended`.
    pub once: &'static str,
    /// What a thing is called in the example; empty: this is no name.
    pub called: &'static str,
    /// The example event has it.
    pub is_shown: bool,
}

/// Who says so.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Source {
    Docs,
    Code,
    Both,
}

impl Source {
    pub(super) const ALL: [Source; 3] = [Source::Docs, Source::Code, Source::Both];
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Presence {
    /// Always there. What its absence means stands in `missing`, which the others do not have.
    Required,
    Optional,
    /// The emitter writes it, the documentation does not know it.
    Undocumented,
}

impl Presence {
    pub(super) const ALL: [Presence; 3] = [Presence::Required, Presence::Optional, Presence::Undocumented];
}

/// A sentence on a value that is accepted although the documentation and the
/// emitter disagree about it; it says which of the two says what.
#[derive(Debug)]
pub struct Remark {
    pub severity: Severity,
    pub text: &'static str,
}

/// What the absence of something means.
#[derive(Clone, Copy, Debug)]
pub struct Missing {
    pub severity: Severity,
    /// What is told of that which is absent.
    pub words: &'static str,
}

/// A label of the primary or of a related resource.
#[derive(Debug)]
pub struct Label {
    pub name: &'static str,
    pub presence: Aside<Presence>,
    /// `None`: its absence means nothing.
    pub missing: Option<Missing>,
    pub form: Form,
    pub meaning: Aside<&'static str>,
    pub source: Described<Source>,
    /// An example value; empty for an optional label: the example event leaves it out.
    pub example: Described<&'static str>,
    pub build: Aside<Build>,
}

/// What the text of a label must look like.
#[derive(Debug)]
pub enum Form {
    /// Any text.
    Text,
    /// A whole number, not negative, in decimal digits.
    Integer,
    /// A whole number in decimal digits, with or without a sign.
    SignedInteger,
    /// RFC 3339.
    Timestamp,
    Uuid,
    /// A JSON array of strings, as text.
    JsonStrings,
    /// At most so many characters (Unicode code points).
    AtMost(usize),
    /// One of a list; `other`: what a value outside it means.
    Values {
        values: &'static [Value],
        other: Severity,
    },
    /// One of several templates; the first without a remark is the documented form.
    Templates(&'static [Alternative]),
}

#[derive(Debug)]
pub struct Value {
    pub text: &'static str,
    pub remark: Option<Remark>,
}

#[derive(Debug)]
pub struct Alternative {
    pub template: Template,
    pub remark: Option<Remark>,
}

/// Text with placeholders: `prefect.worker.{type}.{slug}`.
#[derive(Debug)]
pub struct Template {
    pub text: &'static str,
    pub parts: &'static [Part],
}

#[derive(Debug)]
pub enum Part {
    Literal(&'static str),
    Hole { name: &'static str, hole: Hole },
}

/// A related resource in one role.
#[derive(Debug)]
pub struct Related {
    pub role: &'static str,
    /// The forms of its `prefect.resource.id`.
    pub id: Form,
    /// How many the emitter or the documentation promise at least.
    pub min: u32,
    /// `None`: any number.
    pub max: Option<u32>,
    /// What fewer than `min` means; `None`: nothing.
    pub missing: Option<Missing>,
    /// When it is present, in words.
    pub when: Described<&'static str>,
    /// Its further labels (without the id and the role).
    pub labels: &'static [Label],
    pub source: Described<Source>,
    /// An example id; empty: the example event leaves the resource out.
    pub example: Described<&'static str>,
    pub build: Aside<Build>,
    /// What its presence means, where documentation and emitter disagree.
    pub remark: Option<&'static Remark>,
}

/// A JSON object and its fields.
#[derive(Debug)]
pub struct Object {
    pub fields: &'static [Field],
    /// What a key that is not listed means; `None`: the object is open.
    pub other: Option<Severity>,
}

#[derive(Debug)]
pub struct Field {
    pub name: &'static str,
    pub kind: Kind,
    pub nullable: bool,
    pub presence: Aside<Presence>,
    /// `None`: its absence means nothing.
    pub missing: Option<Missing>,
    /// The values it can have, or each of its items (strings), empty: any.
    pub values: &'static [Value],
    /// What a value outside `values` means.
    pub other: Severity,
    /// For `Kind::Object`: its fields. For `Kind::Array`: the fields of each item, if it is an object.
    pub object: Option<&'static Object>,
    /// For `Kind::Array`: what each item is.
    pub items: Option<Kind>,
    /// Another kind that is accepted, with a remark.
    pub also: Option<&'static (Kind, Remark)>,
    /// What its presence means, where documentation and emitter disagree.
    pub remark: Option<&'static Remark>,
    pub meaning: Aside<&'static str>,
    pub source: Described<Source>,
    /// An example value, as JSON text. Empty for an object with fields: the example is made
    /// of its fields. Empty for an optional field: the example event leaves it out.
    pub example: Described<&'static str>,
    pub build: Aside<Build>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    Any,
    String,
    /// A string that is a UUID.
    Uuid,
    /// A string that is an RFC 3339 timestamp.
    Timestamp,
    Integer,
    Number,
    Boolean,
    Object,
    /// An object whose values are all strings.
    StringMap,
    Array,
}

impl Kind {
    pub(super) const ALL: [Kind; 10] = [
        Kind::Any,
        Kind::String,
        Kind::Uuid,
        Kind::Timestamp,
        Kind::Integer,
        Kind::Number,
        Kind::Boolean,
        Kind::Object,
        Kind::StringMap,
        Kind::Array,
    ];
}

/// A known value of the placeholder in an event's name.
#[derive(Debug)]
pub struct Variant {
    pub name: &'static str,
    /// The state type that Prefect gives to a state of this name.
    pub state_type: Option<&'static str>,
    /// The variant that usually comes before; `None`: it is the first.
    pub previous: Aside<Option<&'static str>>,
    pub documented: Described<bool>,
}

/// The values of a placeholder in an event's name.
#[derive(Debug)]
pub struct Choice {
    pub hole: &'static str,
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
    /// In words.
    pub text: Aside<&'static str>,
    /// The families (by their patterns) of the event that it can point at; empty: any event.
    pub families: &'static [&'static str],
    /// The places which must be the same in both events, beside the resource's id where `same_resource`.
    pub same: Option<Term>,
    pub same_resource: bool,
    /// The emitter sets it only if less than so many seconds lie between the two; 0: always.
    pub window: u32,
    /// The documentation says that it is set.
    pub documented: Described<bool>,
    /// What its absence means; `None`: nothing, it can be absent for good reasons.
    pub missing: Option<Missing>,
    /// The initial state of this event is the validated state of the other.
    pub states: bool,
}

/// Places of one event which must say the same.
#[derive(Debug)]
pub struct Equal {
    pub severity: Severity,
    pub terms: &'static [Term],
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
    /// A payload field, by its keys from the outside in; null on the way there counts as
    /// null. `absent`: what it counts as when it is not there; without it, an absent field
    /// is not compared.
    Payload {
        path: &'static [&'static str],
        absent: Option<&'static str>,
    },
    /// A label of the first related resource in a role.
    RelatedLabel {
        role: &'static str,
        label: &'static str,
    },
    /// A placeholder of the id of the first related resource in a role.
    RelatedIdPart {
        role: &'static str,
        part: &'static str,
    },
    Occurred,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
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

impl Compare {
    pub(super) const ALL: [Compare; 6] =
        [Compare::Text, Compare::Instant, Compare::Integer, Compare::Uuid, Compare::Slug, Compare::Tail];
}
