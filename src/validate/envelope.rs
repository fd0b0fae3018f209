//! What every event needs, whatever its name.
//!
//! Source of the errors: `prefect/server/events/schemas/events.py`, `.../labelling.py` and
//! `prefect/settings/models/server/events.py`, as `POST /api/events` applies them. Warnings are for
//! what the server takes, but nobody should rely on.

use std::borrow::Cow;

use uuid::Uuid;

use crate::catalogue;
use crate::diagnostic::Code;
use crate::event::{Event, RESOURCE_ID, RESOURCE_ROLE};
use crate::json::{Kind, Span, Value};
use crate::time::{self, Form, Instant};

use super::edits;
use super::findings::{Findings, Location, Subject};
use super::path::Path;
use super::precedent::Fact;
use super::words::{self, nearest, shown};

/// The fields that the server reads, and `received`, which it writes.
pub(super) const FIELDS: [&str; 8] =
    ["occurred", "event", "resource", "related", "payload", "id", "follows", "received"];

/// Characters (Unicode code points) of an event's name.
const MAX_NAME: usize = 1024;
const MAX_LABELS: usize = 500;
const MAX_RELATED: usize = 100;
/// Levels that pydantic can write.
const MAX_PAYLOAD_DEPTH: usize = 255;
/// Levels that the websocket's JSON reader takes, for the whole event.
const MAX_WEBSOCKET_DEPTH: usize = 200;
/// Bytes of the event as the server writes it.
const MAX_BYTES: usize = 1_500_000;

/// What other names for a field are meant to be.
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
    occurred: Option<Value<'t>>,
    event: Option<Value<'t>>,
    resource: Option<Value<'t>>,
    related: Option<Value<'t>>,
    payload: Option<Value<'t>>,
    id: Option<Value<'t>>,
    follows: Option<Value<'t>>,
    unknown: bool,
}

fn members(value: Value<'_>) -> Members<'_> {
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
pub(super) fn name(value: Value<'_>) -> Option<Cow<'_, str>> {
    value.get("event").filter(|name| name.is_string()).map(Value::string)
}

/// Checks one event, and returns its parts.
pub(super) fn check<'t>(findings: &mut Findings<'_>, subject: &Subject<'_>, value: Value<'t>, deep: bool) -> Event<'t> {
    let mut event = Event::unread(value);
    if value.kind() != Kind::Object {
        let found = words::value(value);
        findings.add(Code::NotAnEvent, subject, Path::Root, Location::Bytes(value.span()), &[("found", &found)]);
        return event;
    }
    let members = members(value);
    let mut check = Check { findings, subject, value };
    check.names(&members);
    event.occurred = members.occurred.and_then(|occurred| check.occurred(occurred));
    event.name = members.event.and_then(|name| check.name(name));
    event.resource = members.resource.filter(|resource| check.is("resource", *resource, Kind::Object));
    if let Some(resource) = event.resource {
        check.labels(resource, Holder::Resource);
    }
    event.related = members.related.filter(|related| check.is("related", *related, Kind::Array));
    if let Some(related) = event.related {
        check.related(related);
    }
    event.payload = members.payload.filter(|payload| check.is("payload", *payload, Kind::Object));
    event.id = members.id.and_then(|id| check.uuid("id", id));
    event.follows = members
        .follows
        .filter(|follows| follows.kind() != Kind::Null)
        .and_then(|follows| check.uuid("follows", follows));
    if let (Some(id), Some(follows), Some(place)) = (event.id, event.follows, members.follows)
        && id == follows
    {
        check.add(Code::FollowsItself, Path::Field("follows"), place.span(), &[]);
    }
    if deep {
        check.depth(event.payload);
    }
    check.size();
    event
}

/// Whose labels they are.
#[derive(Clone, Copy)]
pub(super) enum Holder<'t> {
    Resource,
    Related(usize, Option<Value<'t>>),
}

impl Holder<'_> {
    /// As a sentence names it.
    pub fn words(self) -> String {
        match self {
            Holder::Resource => "the resource".to_owned(),
            Holder::Related(index, role) => match role.filter(|role| role.is_string() && !role.raw().is_empty()) {
                Some(role) => format!("related resource {index} (role `{}`)", shown(&role.string())),
                None => format!("related resource {index}"),
            },
        }
    }

    /// The path of a label.
    pub fn label(self, label: &str) -> Path<'_> {
        match self {
            Holder::Resource => Path::Label(label),
            Holder::Related(index, _) => Path::RelatedLabel(index, label),
        }
    }

    /// The path of the resource itself.
    pub fn path(self) -> Path<'static> {
        match self {
            Holder::Resource => Path::Field("resource"),
            Holder::Related(index, _) => Path::Related(index),
        }
    }
}

struct Check<'c, 's, 't> {
    findings: &'c mut Findings<'s>,
    subject: &'c Subject<'c>,
    value: Value<'t>,
}

impl Check<'_, '_, '_> {
    fn add(
        &mut self,
        code: Code,
        path: Path<'_>,
        span: Span,
        arguments: &[(&str, &str)],
    ) -> Option<&mut super::findings::Found> {
        self.findings.add(code, self.subject, path, Location::Bytes(span), arguments)
    }

    /// Missing and unknown fields.
    fn names(&mut self, members: &Members<'_>) {
        let required = [
            ("occurred", members.occurred.is_none()),
            ("event", members.event.is_none()),
            ("resource", members.resource.is_none()),
            ("id", members.id.is_none()),
        ];
        if !members.unknown && required.iter().all(|(_, missing)| !missing) {
            return;
        }
        let mut meant_otherwise = Vec::new();
        for (field, _) in required.into_iter().filter(|(_, missing)| *missing) {
            let similar = self.value.members().find(|(key, _)| meaning_of(&key.string()) == Some(field));
            let open = self.value.span();
            let place = similar.map_or(Span { end: open.start.saturating_add(1), ..open }, |(key, _)| key.span());
            let name = similar.map(|(key, _)| key.string()).unwrap_or_default();
            let hint = match field {
                _ if similar.is_some() => format!("the event has `{name}`: is it meant to be `{field}`?"),
                "id" => "give every event a UUID of its own; `prefect.events.emit_event` makes one".to_owned(),
                "occurred" => "say when it happened, as RFC 3339: `2026-03-31T18:30:00.000000Z`".to_owned(),
                "resource" => {
                    "say what it is about: `\"resource\": {\"prefect.resource.id\": \"acme.order.42\"}`".to_owned()
                }
                _ => "give the event a name, such as `acme.order.created`".to_owned(),
            };
            let arguments = [("field", field), ("similar", &*name), ("hint", &*hint)];
            let found = self.add(Code::MissingField, Path::Field(field), place, &arguments);
            if let (Some(found), Some((key, _))) = (found, similar) {
                found.fix(Code::MissingField, &arguments, edits::replace(key, field));
            }
            meant_otherwise.extend(similar.map(|(key, _)| key.index()));
        }
        for (key, _) in self.value.members() {
            let name = key.string();
            if FIELDS.contains(&&*name) || meant_otherwise.contains(&key.index()) {
                continue;
            }
            let hint = match meaning_of(&name) {
                Some(field) => {
                    format!("is it meant to be `{field}`? What belongs to the event goes into `payload` or into labels")
                }
                None => "what belongs to the event goes into `payload` or into labels".to_owned(),
            };
            self.add(Code::UnknownField, Path::Field(&name), key.span(), &[("field", &shown(&name)), ("hint", &hint)]);
        }
    }

    fn is(&mut self, field: &str, value: Value<'_>, kind: Kind) -> bool {
        let fits = value.kind() == kind;
        if !fits {
            let expected = match kind {
                Kind::Object => "an object",
                Kind::Array => "an array",
                _ => "a string",
            };
            let found = words::value(value);
            let arguments = [("field", field), ("expected", expected), ("found", &*found)];
            self.add(Code::WrongType, Path::Field(field), value.span(), &arguments);
        }
        fits
    }

    fn occurred(&mut self, value: Value<'_>) -> Option<Instant> {
        let path = Path::Field("occurred");
        let found = || words::text(value);
        let time = match value.kind() {
            Kind::String => time::read(&value.bytes()),
            Kind::Integer => time::read_number(value.raw(), true),
            Kind::Float => time::read_number(value.raw(), false),
            _ => None,
        };
        let Some(time) = time else {
            // A lone surrogate is reported as such.
            if !value.has_lone_surrogate() {
                self.add(Code::InvalidTimestamp, path, value.span(), &[("field", "occurred"), ("found", &found())]);
            }
            return None;
        };
        match time.form {
            Form::Rfc3339 => {}
            Form::WithoutOffset => {
                let arguments = [("field", "occurred"), ("found", &*found())];
                if let Some(finding) = self.add(Code::TimestampWithoutOffset, path, value.span(), &arguments) {
                    let with_offset = format!("{}Z", value.string());
                    finding.fix(Code::TimestampWithoutOffset, &arguments, edits::replace(value, &with_offset));
                }
            }
            Form::Other => {
                self.add(Code::TimestampNotRfc3339, path, value.span(), &[("field", "occurred"), ("found", &found())]);
            }
        }
        time.instant
    }

    fn name<'t>(&mut self, value: Value<'t>) -> Option<Cow<'t, str>> {
        if !self.is("event", value, Kind::String) {
            return None;
        }
        let path = Path::Field("event");
        let name = value.string();
        if name.len() > MAX_NAME {
            let count = name.chars().count();
            if count > MAX_NAME {
                self.add(Code::EventNameTooLong, path, value.span(), &[("count", &words::count(count))]);
            }
        }
        if name.trim().is_empty() {
            self.add(Code::BlankEventName, path, value.span(), &[]);
        }
        Some(name)
    }

    fn uuid(&mut self, field: &str, value: Value<'_>) -> Option<Uuid> {
        let path = Path::Field(field);
        if !value.is_string() {
            let found = words::value(value);
            self.add(
                Code::WrongType,
                path,
                value.span(),
                &[("field", field), ("expected", "a UUID (a string)"), ("found", &found)],
            );
            return None;
        }
        let text = value.bytes();
        if let Some(id) = usual_uuid(&text) {
            return Some(id);
        }
        // Of the prefix `urn:uuid:`, pydantic takes lower case alone.
        let parsed =
            Uuid::try_parse_ascii(&text).ok().filter(|_| !text.contains(&b':') || text.starts_with(b"urn:uuid:"));
        let Some(id) = parsed else {
            if !value.has_lone_surrogate() {
                let found = words::text(value);
                self.add(
                    Code::InvalidUuid,
                    path,
                    value.span(),
                    &[("field", field), ("reason", &format!("{found} is not one"))],
                );
            }
            return None;
        };
        if id.is_nil() {
            self.add(Code::NilUuid, path, value.span(), &[("field", field)]);
        } else {
            let expected = id.hyphenated().to_string();
            let arguments = [("field", field), ("found", &*words::text(value)), ("expected", &*expected)];
            if let Some(found) = self.add(Code::UnusualUuid, path, value.span(), &arguments) {
                found.fix(Code::UnusualUuid, &arguments, edits::replace(value, &expected));
            }
        }
        Some(id)
    }

    fn related(&mut self, related: Value<'_>) {
        let count = related.items().count();
        if count > MAX_RELATED {
            self.add(Code::TooManyRelated, Path::Field("related"), related.span(), &[("count", &words::count(count))]);
        }
        for (index, item) in related.items().enumerate() {
            if item.kind() == Kind::Object {
                self.labels(item, Holder::Related(index, item.get(RESOURCE_ROLE)));
            } else {
                let found = words::value(item);
                let arguments =
                    [("field", &*format!("related[{index}]")), ("expected", "an object of labels"), ("found", &*found)];
                self.add(Code::WrongType, Path::Related(index), item.span(), &arguments);
            }
        }
    }

    fn labels(&mut self, resource: Value<'_>, holder: Holder<'_>) {
        let (mut count, mut id, mut role) = (0_usize, None, None);
        for (key, value) in resource.members() {
            count = count.saturating_add(1);
            let name = key.bytes();
            match &*name {
                b"prefect.resource.id" => id = Some(value),
                b"prefect.resource.role" => role = Some(value),
                b"" => {
                    self.add(Code::EmptyLabelName, holder.label(""), key.span(), &[("where", &holder.words())]);
                }
                _ => {}
            }
            if !value.is_string() {
                let (name, found) = (key.string(), words::value(value));
                let arguments = [("label", &*name), ("found", &*found)];
                if let Some(finding) = self.add(Code::LabelNotText, holder.label(&name), value.span(), &arguments)
                    && matches!(value.kind(), Kind::Integer | Kind::Float | Kind::True | Kind::False)
                {
                    finding.fix(Code::LabelNotText, &arguments, edits::quote(value));
                }
            }
        }
        if count > MAX_LABELS {
            let arguments = [("where", &*holder.words()), ("count", &*words::count(count))];
            self.add(Code::TooManyLabels, holder.path(), resource.span(), &arguments);
        }
        self.needed(resource, holder, RESOURCE_ID, id, Code::MissingResourceId, Code::EmptyResourceId);
        if let Holder::Related(..) = holder {
            self.needed(resource, holder, RESOURCE_ROLE, role, Code::MissingResourceRole, Code::EmptyResourceRole);
        }
    }

    fn needed(
        &mut self,
        resource: Value<'_>,
        holder: Holder<'_>,
        label: &str,
        value: Option<Value<'_>>,
        missing: Code,
        empty: Code,
    ) {
        let (code, place) = match value {
            None => {
                let open = resource.span();
                (missing, Span { end: open.start.saturating_add(1), ..open })
            }
            Some(value) if value.is_string() && value.raw().is_empty() => (empty, value.span()),
            Some(value) if value.is_string() && value.is_blank() => (Code::BlankIdentifier, value.span()),
            Some(value) => {
                self.findings.rests_on(value, Fact::NotBlank);
                return;
            }
        };
        let arguments = [("where", &*holder.words()), ("label", label)];
        self.add(code, holder.label(label), place, &arguments);
    }

    fn depth(&mut self, payload: Option<Value<'_>>) {
        if let Some(payload) = payload
            && depth(payload) > MAX_PAYLOAD_DEPTH
        {
            let limit = MAX_PAYLOAD_DEPTH.to_string();
            self.add(Code::PayloadTooDeep, Path::Field("payload"), payload.span(), &[("limit", &limit)]);
        } else if depth(self.value) > MAX_WEBSOCKET_DEPTH {
            let limit = MAX_WEBSOCKET_DEPTH.to_string();
            self.add(Code::DeepNesting, Path::Root, self.value.span(), &[("limit", &limit)]);
        }
    }

    fn size(&mut self) {
        let span = self.value.span();
        // As it stands here, an event can be several times longer than the server writes it (`\u00e9`).
        if (span.end.saturating_sub(span.start) as usize) < MAX_BYTES.saturating_sub(200) {
            return;
        }
        let count = written_size(self.value);
        if count > MAX_BYTES {
            let span = Span { end: span.start.saturating_add(1), ..span };
            self.add(Code::EventTooLarge, Path::Root, span, &[("count", &words::count(count))]);
        }
    }
}

/// The field that another name is meant to be.
fn meaning_of(name: &str) -> Option<&'static str> {
    let other = OTHER_NAMES.iter().find(|(other, _)| other.eq_ignore_ascii_case(name)).map(|(_, field)| *field);
    other.or_else(|| nearest(name, FIELDS))
}

/// A UUID as Prefect writes it: with hyphens, in lower case, not nil.
pub(super) fn usual_uuid(text: &[u8]) -> Option<Uuid> {
    let id = Uuid::from_bytes(catalogue::uuid_bytes(text)?);
    // Of digits, letters and hyphens, upper-case letters alone have the one bit without the other.
    let (words, _) = text.as_chunks::<4>();
    let upper = words.iter().map(|word| u32::from_le_bytes(*word)).fold(0, |all, word| all | word & !(word << 1));
    (upper & 0x4040_4040 == 0 && !id.is_nil()).then_some(id)
}

/// RFC 3339 with its offset.
pub(super) fn usual_time(text: &[u8]) -> Option<Instant> {
    time::read(text).filter(|time| time.form == Form::Rfc3339)?.instant
}

/// How many levels of arrays and objects a value has.
fn depth(value: Value<'_>) -> usize {
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

/// The bytes of the event as the server writes it: without white space, with the fields that it adds.
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

/// The bytes of a value without white space.
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
