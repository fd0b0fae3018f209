//! Rules for all events, whatever their names.
//!
//! Source of the errors: `prefect/server/events/schemas/events.py`, `.../labelling.py` and
//! `prefect/settings/models/server/events.py`, as `POST /api/events` applies them. Warnings are for
//! what the server accepts, but nobody should rely on.

use std::borrow::Cow;

use crate::diagnostic::Code;
use crate::event::{RESOURCE_ID, RESOURCE_ROLE};
use crate::json::{Kind, Value};
use crate::text::uuid::read_uuid;
use crate::time::{self, TimeForm};

use super::cache::Observed;
use super::parts::Parts;
use crate::diagnostic::display;
use crate::diagnostic::edits;
use crate::diagnostic::findings::{Draft, Findings, Subject};
use crate::diagnostic::path::Path;
use crate::text::nearest::nearest;
use crate::text::phrase::shown;

/// The fields that the server reads, and `received`, which it writes.
pub(crate) const FIELDS: [&str; 8] =
    ["occurred", "event", "resource", "related", "payload", "id", "follows", "received"];

/// Characters (Unicode code points) of an event's name.
pub(crate) const MAX_NAME: usize = 1024;
pub(crate) const MAX_LABELS: usize = 500;
pub(crate) const MAX_RELATED: usize = 100;
/// Levels that pydantic can serialize.
pub(super) const MAX_PAYLOAD_DEPTH: usize = 255;
/// Levels that the websocket's JSON reader accepts, for the whole event.
const MAX_WEBSOCKET_DEPTH: usize = 200;
/// Bytes of the event as the server writes it.
const MAX_BYTES: usize = 1_500_000;

/// Common other names for fields, with the intended fields.
const OTHER_NAMES: [(&str, &str); 15] = [
    ("name", "event"),
    ("type", "event"),
    ("event_name", "event"),
    ("event_type", "event"),
    ("time", "occurred"),
    ("timestamp", "occurred"),
    ("occurred_at", "occurred"),
    ("resources", "resource"),
    ("related_resources", "related"),
    ("event_id", "id"),
    ("uuid", "id"),
    ("data", "payload"),
    ("body", "payload"),
    ("parent", "follows"),
    ("previous", "follows"),
];

/// The members of an event object; of repeated keys the last.
#[derive(Default)]
struct Members<'t> {
    occurred: Option<Observed<'t>>,
    event: Option<Observed<'t>>,
    resource: Option<Observed<'t>>,
    related: Option<Observed<'t>>,
    payload: Option<Observed<'t>>,
    id: Option<Observed<'t>>,
    follows: Option<Observed<'t>>,
    unknown: bool,
}

impl Members<'_> {
    fn are_none(&self) -> bool {
        let Members { occurred, event, resource, related, payload, id, follows, .. } = self;
        [occurred, event, resource, related, payload, id, follows].iter().all(|field| field.is_none())
    }
}

fn members(value: Observed<'_>) -> Members<'_> {
    let mut members = Members::default();
    for (key, member) in value.members() {
        match &*key.bytes() {
            b"occurred" => members.occurred = Some(member),
            b"event" => members.event = Some(member),
            b"resource" => members.resource = Some(member),
            b"related" => members.related = Some(member),
            b"payload" => members.payload = Some(member),
            b"id" => members.id = Some(member),
            b"follows" => members.follows = Some(member),
            b"received" => {}
            _ => members.unknown = true,
        }
    }
    members
}

/// The name of the event, for messages, before anything is checked.
pub(super) fn name(value: Observed<'_>) -> Option<Cow<'_, str>> {
    value.get("event").filter(|name| name.is_string()).map(Observed::string)
}

/// Checks one event, and returns its parts.
pub(super) fn check<'t>(
    findings: &mut Findings<'_>,
    subject: &Subject<'_>,
    value: Observed<'t>,
    deep: bool,
) -> Parts<'t> {
    let mut parts = Parts::none(value);
    if value.kind() != Kind::Object {
        let value = value.exposed();
        findings.add(Code::NOT_AN_EVENT, subject, &Path::Root, value).value("found", value);
        return parts;
    }
    let members = members(value);
    if members.unknown && members.are_none() {
        let value = value.exposed();
        findings
            .add(Code::NOT_AN_EVENT, subject, &Path::Root, value)
            .opening()
            .with("found", "one without any field of an event");
        return parts;
    }
    let mut check = Check { findings, subject, value };
    check.names(&members);
    if let Some(occurred) = members.occurred {
        check.occurred(occurred);
    }
    parts.name = members.event.and_then(|name| check.name(name));
    parts.resource = members.resource.filter(|resource| check.is("resource", *resource, Kind::Object));
    if let Some(resource) = parts.resource {
        check.labels(resource, Holder::Resource);
    }
    parts.related = members.related.filter(|related| check.is("related", *related, Kind::Array));
    if let Some(related) = parts.related {
        check.related(related);
    }
    parts.payload = members.payload.filter(|payload| check.is("payload", *payload, Kind::Object));
    let follows = members.follows.filter(|follows| follows.kind() != Kind::Null);
    let is_id = members.id.is_some_and(|id| check.uuid("id", id));
    let is_link = follows.is_some_and(|follows| check.uuid("follows", follows));
    if let (true, true, Some(id), Some(follows)) = (is_id, is_link, members.id, follows) {
        check.follows_itself(id, follows);
    }
    if deep {
        check.depth(parts.payload.map(Observed::exposed));
    }
    check.size();
    parts
}

/// The owner of labels.
#[derive(Clone, Copy)]
pub(super) enum Holder<'t> {
    Resource,
    Related(usize, Option<Observed<'t>>),
}

impl Holder<'_> {
    /// Its name in messages.
    pub(super) fn display(self) -> String {
        match self {
            Holder::Resource => "the resource".to_owned(),
            Holder::Related(index, role) => {
                match role.map(Observed::exposed).filter(|role| role.is_string() && !role.raw().is_empty()) {
                    Some(role) => format!("related resource {index} (role `{}`)", shown(&role.string())),
                    None => format!("related resource {index}"),
                }
            }
        }
    }

    /// The path of a label.
    pub(super) fn label(self, label: &str) -> Path<'_> {
        match self {
            Holder::Resource => Path::Label(label),
            Holder::Related(index, _) => Path::RelatedLabel(index, label),
        }
    }

    /// The path of the resource itself.
    pub(super) fn path(self) -> Path<'static> {
        match self {
            Holder::Resource => Path::Field("resource"),
            Holder::Related(index, _) => Path::Related(index),
        }
    }
}

struct Check<'c, 's, 't> {
    findings: &'c mut Findings<'s>,
    subject: &'c Subject<'c>,
    value: Observed<'t>,
}

impl Check<'_, '_, '_> {
    /// A finding on a field of the event.
    fn add(&mut self, code: Code, field: &str, value: Value<'_>) -> Draft<'_> {
        self.findings.add(code, self.subject, &Path::Field(field), value)
    }

    /// A finding on a label, or on a value of its resource.
    fn add_to_label(&mut self, code: Code, holder: Holder<'_>, label: &str, value: Value<'_>) -> Draft<'_> {
        let found = self.findings.add(code, self.subject, &holder.label(label), value);
        found.with("label", label).with("where", &holder.display())
    }

    fn wrong_type(&mut self, field: &str, expected: &str, value: Value<'_>) {
        self.add(Code::WRONG_TYPE, field, value).with("field", field).with("expected", expected).value("found", value);
    }

    /// Missing and unknown fields.
    fn names(&mut self, members: &Members<'_>) {
        let Members { occurred, event, resource, id, .. } = members;
        let missing = [occurred, event, resource, id].iter().any(|value| value.is_none());
        if members.unknown || missing {
            self.wrong_names(members);
        }
    }

    #[cold]
    fn wrong_names(&mut self, members: &Members<'_>) {
        let required = [
            ("occurred", members.occurred.is_none()),
            ("event", members.event.is_none()),
            ("resource", members.resource.is_none()),
            ("id", members.id.is_none()),
        ];
        let event = self.value.exposed();
        let mut meant_otherwise = Vec::new();
        for (field, missing) in required {
            if !missing {
                continue;
            }
            let similar = event.members().find(|(key, _)| meaning_of(&key.string()) == Some(field));
            let Some((key, _)) = similar else {
                let hint = match field {
                    "id" => "give every event its own UUID; `prefect.events.emit_event` generates one",
                    "occurred" => "write when it happened, in RFC 3339: `2026-03-31T18:30:00.000000Z`",
                    "resource" => {
                        "write what it is about: `\"resource\": {\"prefect.resource.id\": \"acme.order.42\"}`"
                    }
                    _ => "give the event a name, such as `acme.order.created`",
                };
                self.add(Code::MISSING_FIELD, field, event).opening().with("field", field).with("hint", hint);
                continue;
            };
            let name = key.string();
            self.add(Code::MISSING_FIELD, field, key)
                .with("field", field)
                .with("similar", &name)
                .say("hint", format_args!("the event has `{name}`: did you mean `{field}`?"))
                .replace(key, field);
            meant_otherwise.push(key.index());
        }
        for (key, _) in event.members() {
            let name = key.string();
            if FIELDS.contains(&&*name) || meant_otherwise.contains(&key.index()) {
                continue;
            }
            let found = self.add(Code::UNKNOWN_FIELD, &name, key).shown("field", &name);
            match meaning_of(&name) {
                Some(field) => found.say(
                    "hint",
                    format_args!("did you mean `{field}`? Put other data of the event into `payload` or into labels"),
                ),
                None => found.with("hint", "put data of the event into `payload` or into labels"),
            };
        }
    }

    fn is(&mut self, field: &str, value: Observed<'_>, kind: Kind) -> bool {
        let fits = value.kind() == kind;
        if !fits {
            let expected = match kind {
                Kind::Object => "an object",
                Kind::Array => "an array",
                _ => "a string",
            };
            self.wrong_type(field, expected, value.exposed());
        }
        fits
    }

    fn occurred(&mut self, value: Observed<'_>) {
        if value.is_usual_time() {
            return;
        }
        let value = value.exposed();
        let time = match value.kind() {
            Kind::String => time::read(&value.bytes()),
            Kind::Integer => time::read_number(value.raw(), true),
            Kind::Float => time::read_number(value.raw(), false),
            _ => None,
        };
        let Some(time) = time else {
            // A lone surrogate is reported as such.
            if !value.has_lone_surrogate() {
                self.wrong_time(Code::INVALID_TIMESTAMP, value);
            }
            return;
        };
        match time.form {
            TimeForm::Rfc3339 => {}
            TimeForm::WithoutOffset => {
                self.wrong_time(Code::TIMESTAMP_WITHOUT_OFFSET, value).replace(value, &[&value.string(), "Z"].concat());
            }
            // `prefect event stream` writes times this way: its files are valid.
            TimeForm::Other if is_time_of_python(&value.bytes()) => {}
            TimeForm::Other => {
                self.wrong_time(Code::TIMESTAMP_NOT_RFC3339, value);
            }
        }
    }

    fn wrong_time(&mut self, code: Code, value: Value<'_>) -> Draft<'_> {
        self.add(code, "occurred", value).with("field", "occurred").text("found", value)
    }

    fn name<'t>(&mut self, value: Observed<'t>) -> Option<Cow<'t, str>> {
        if !self.is("event", value, Kind::String) {
            return None;
        }
        let name = value.string();
        if name.len() > MAX_NAME {
            let count = name.chars().count();
            if count > MAX_NAME {
                self.add(Code::EVENT_NAME_TOO_LONG, "event", value.exposed()).count("count", count);
            }
        }
        if name.trim().is_empty() {
            self.add(Code::BLANK_EVENT_NAME, "event", value.exposed());
        }
        Some(name)
    }

    /// Whether it can be read.
    fn uuid(&mut self, field: &str, value: Observed<'_>) -> bool {
        if value.is_usual_uuid() {
            return true;
        }
        let value = value.exposed();
        if !value.is_string() {
            self.wrong_type(field, "a UUID (a string)", value);
            return false;
        }
        let Some(id) = read_uuid(&value.bytes()) else {
            if !value.has_lone_surrogate() {
                self.add(Code::INVALID_UUID, field, value)
                    .with("field", field)
                    .say("reason", format_args!("{} is not one", display::text(value)));
            }
            return false;
        };
        if id.is_nil() {
            self.add(Code::NIL_UUID, field, value).with("field", field);
        } else {
            let expected = id.hyphenated().to_string();
            self.add(Code::UNUSUAL_UUID, field, value)
                .with("field", field)
                .text("found", value)
                .with("expected", &expected)
                .replace(value, &expected);
        }
        true
    }

    /// Both are known to be UUIDs.
    fn follows_itself(&mut self, id: Observed<'_>, follows: Observed<'_>) {
        // In the usual notation, comparing their texts is enough.
        let differs = if id.is_usual_uuid() && follows.is_usual_uuid() {
            follows.differs(id)
        } else {
            read_uuid(&id.exposed().bytes()) != read_uuid(&follows.exposed().bytes())
        };
        if !differs {
            self.add(Code::FOLLOWS_ITSELF, "follows", follows.exposed());
        }
    }

    fn related(&mut self, related: Observed<'_>) {
        let count = related.items().count();
        if count > MAX_RELATED {
            self.add(Code::TOO_MANY_RELATED, "related", related.exposed()).opening().count("count", count);
        }
        for (index, item) in related.items().enumerate() {
            if item.kind() == Kind::Object {
                self.labels(item, Holder::Related(index, item.get(RESOURCE_ROLE)));
            } else {
                let item = item.exposed();
                self.findings
                    .add(Code::WRONG_TYPE, self.subject, &Path::Related(index), item)
                    .say("field", format_args!("related[{index}]"))
                    .with("expected", "an object of labels")
                    .value("found", item);
            }
        }
    }

    fn labels(&mut self, resource: Observed<'_>, holder: Holder<'_>) {
        let (mut count, mut id, mut role) = (0_usize, None, None);
        for (key, value) in resource.members() {
            count = count.saturating_add(1);
            let name = key.bytes();
            match &*name {
                b"prefect.resource.id" => id = Some(value),
                b"prefect.resource.role" => role = Some(value),
                b"" => {
                    self.add_to_label(Code::EMPTY_LABEL_NAME, holder, "", key);
                }
                _ => {}
            }
            if !value.is_string() {
                let value = value.exposed();
                let finding =
                    self.add_to_label(Code::LABEL_NOT_TEXT, holder, &key.string(), value).value("found", value);
                if matches!(value.kind(), Kind::Integer | Kind::Float | Kind::True | Kind::False) {
                    finding.fix(edits::quote(value));
                }
            }
        }
        if count > MAX_LABELS {
            self.findings
                .add(Code::TOO_MANY_LABELS, self.subject, &holder.path(), resource.exposed())
                .opening()
                .with("where", &holder.display())
                .count("count", count);
        }
        self.needed(resource, holder, RESOURCE_ID, id, Code::MISSING_RESOURCE_ID, Code::EMPTY_RESOURCE_ID);
        if let Holder::Related(..) = holder {
            self.needed(resource, holder, RESOURCE_ROLE, role, Code::MISSING_RESOURCE_ROLE, Code::EMPTY_RESOURCE_ROLE);
        }
    }

    fn needed(
        &mut self,
        resource: Observed<'_>,
        holder: Holder<'_>,
        label: &str,
        value: Option<Observed<'_>>,
        missing: Code,
        empty: Code,
    ) {
        if value.is_some_and(Observed::is_not_blank) {
            return;
        }
        let (resource, value) = (resource.exposed(), value.map(Observed::exposed));
        let code = match value {
            None => missing,
            Some(value) if value.raw().is_empty() => empty,
            Some(_) => Code::BLANK_IDENTIFIER,
        };
        let finding = self.add_to_label(code, holder, label, value.unwrap_or(resource));
        if value.is_none() {
            finding.opening();
        }
    }

    fn depth(&mut self, payload: Option<Value<'_>>) {
        let event = self.value.exposed();
        if let Some(payload) = payload
            && depth(payload) > MAX_PAYLOAD_DEPTH
        {
            self.add(Code::PAYLOAD_TOO_DEEP, "payload", payload)
                .opening()
                .say("limit", format_args!("{MAX_PAYLOAD_DEPTH}"));
        } else if depth(event) > MAX_WEBSOCKET_DEPTH {
            self.findings
                .add(Code::DEEP_NESTING, self.subject, &Path::Root, event)
                .opening()
                .say("limit", format_args!("{MAX_WEBSOCKET_DEPTH}"));
        }
    }

    fn size(&mut self) {
        // The input can be several times longer than the server's own serialization (`\u00e9`).
        if self.value.is_shorter(MAX_BYTES.saturating_sub(200)) {
            return;
        }
        let event = self.value.exposed();
        let count = written_size(event);
        if count > MAX_BYTES {
            self.findings.add(Code::EVENT_TOO_LARGE, self.subject, &Path::Root, event).opening().count("count", count);
        }
    }
}

/// `str()` of a `datetime` in UTC, such as `2026-11-27 02:06:07.663071+00:00`: RFC 3339 except for a space.
fn is_time_of_python(text: &[u8]) -> bool {
    let mut own = text.to_vec();
    let Some(space) = own.get_mut(10).filter(|byte| **byte == b' ') else { return false };
    *space = b'T';
    text.ends_with(b"+00:00") && time::read(&own).is_some_and(|time| time.form == TimeForm::Rfc3339)
}

/// The field intended by another name.
fn meaning_of(name: &str) -> Option<&'static str> {
    let other = OTHER_NAMES.iter().find(|(other, _)| other.eq_ignore_ascii_case(name)).map(|(_, field)| *field);
    other.or_else(|| nearest(name, &mut FIELDS.iter().copied()))
}

/// How many levels of arrays and objects a value has.
pub(super) fn depth(value: Value<'_>) -> usize {
    let mut deepest = 0;
    let mut open: Vec<u32> = Vec::new();
    for inner in value.descendants().filter(|inner| matches!(inner.kind(), Kind::Array | Kind::Object)) {
        let start = inner.span().start;
        while open.last().is_some_and(|&end| end <= start) {
            open.pop();
        }
        open.push(inner.span().end);
        deepest = deepest.max(open.len());
    }
    deepest
}

/// The size of the event as the server writes it: without white space, with the fields that it adds.
fn written_size(event: Value<'_>) -> usize {
    let added = [
        (event.get("related").is_none(), ",\"related\":[]".len()),
        (event.get("payload").is_none(), ",\"payload\":{}".len()),
        (event.get("follows").is_none(), ",\"follows\":null".len()),
        (true, ",\"received\":\"2026-03-31T18:30:00.000000Z\"".len()),
    ];
    let added: usize = added.into_iter().filter(|(missing, _)| *missing).map(|(_, size)| size).sum();
    let ignored = |key: &str| key == "received" || !FIELDS.contains(&key);
    let dropped: usize = event
        .members()
        .filter(|(key, _)| ignored(&key.string()))
        .map(|(key, value)| string_size(key).saturating_add(compact_size(value)).saturating_add(2))
        .fold(0, usize::saturating_add);
    compact_size(event).saturating_add(added).saturating_sub(dropped)
}

/// The size of a value without white space.
fn compact_size(value: Value<'_>) -> usize {
    value
        .descendants()
        .map(|inner| match inner.kind() {
            Kind::String => string_size(inner),
            // Two brackets, and a comma or colon before every child but the first.
            Kind::Array => inner.items().count().max(1).saturating_add(1),
            Kind::Object => inner.members().count().saturating_mul(2).max(1).saturating_add(1),
            _ => inner.raw().len(),
        })
        .fold(0, usize::saturating_add)
}

fn string_size(value: Value<'_>) -> usize {
    let bytes = value.bytes();
    let escapes = bytes.iter().map(|byte| match byte {
        b'"' | b'\\' | b'\n' | b'\r' | b'\t' | 8 | 12 => 2,
        0..0x20 => 6,
        _ => 1,
    });
    escapes.fold(2, usize::saturating_add)
}
