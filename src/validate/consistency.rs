//! Places of one event which must agree.

use std::borrow::Cow;

use uuid::Uuid;

use crate::catalogue::{Compare, Equal, LabelForm, Match, Term, slug};
use crate::diagnostic::Code;
use crate::event::{Event, RESOURCE_ID, RESOURCE_ROLE};
use crate::json::{Kind, Pointer, Value, equal};
use crate::time;

use super::precedent::Fact;
use super::transition;
use crate::diagnostic::display;
use crate::diagnostic::findings::{Draft, Findings, Subject};
use crate::diagnostic::path::Path;
use crate::text::phrase::joined;
use crate::text::phrase::shown;

pub(super) fn check(
    findings: &mut Findings<'_>,
    subject: &Subject<'_>,
    event: &Event<'_>,
    matched: Option<&Match<'_>>,
) {
    let Some(matched) = matched else { return };
    let mut check = Check { findings, subject, event, matched };
    for rule in matched.family.equal {
        check.equal(rule);
    }
    check.repeated_related();
    // A name with a placeholder is that of a state or a status.
    if matched.hole.is_some() {
        check.state();
    } else {
        check.updates();
        check.counts();
    }
}

/// What is compared with others: a value, or its place counted from that of its event.
pub(super) enum Place<V> {
    Absent,
    Null,
    Constant(Vec<u8>),
    Value(V),
    /// A placeholder of an id of this form.
    Part(V, &'static LabelForm, &'static str),
}

impl<V: Copy> Place<V> {
    pub fn map<W>(&self, to: impl Fn(V) -> W) -> Place<W> {
        match self {
            Place::Absent => Place::Absent,
            Place::Null => Place::Null,
            Place::Constant(text) => Place::Constant(text.clone()),
            Place::Value(value) => Place::Value(to(*value)),
            Place::Part(value, form, name) => Place::Part(to(*value), form, name),
        }
    }
}

impl<V: Copy> Place<V> {
    pub fn read<'p>(&'p self, value: impl Fn(V) -> Value<'p>) -> Found<'p> {
        match self {
            Place::Absent => Found::Absent,
            Place::Null => Found::Null,
            Place::Constant(text) => Found::Text(Cow::Borrowed(text)),
            Place::Value(at) => Found::Text(value(*at).bytes()),
            Place::Part(at, form, name) => part_of(value(*at), form, name),
        }
    }
}

/// Whether all that is not absent is the same.
pub(super) fn agree<'t>(compare: Compare, found: impl Iterator<Item = Found<'t>>) -> bool {
    let mut found = found.filter(|found| !matches!(found, Found::Absent));
    let Some(first) = found.next() else { return true };
    found.all(|other| same(compare, &first, &other))
}

/// What stands at a place.
pub(super) enum Found<'t> {
    Absent,
    Null,
    /// The bytes of a string or of a number.
    Text(Cow<'t, [u8]>),
}

struct Check<'c, 's, 't> {
    findings: &'c mut Findings<'s>,
    subject: &'c Subject<'c>,
    event: &'c Event<'t>,
    matched: &'c Match<'c>,
}

impl<'t> Check<'_, '_, 't> {
    fn add(&mut self, code: Code, path: &Path<'_>, value: Value<'_>) -> Draft<'_> {
        self.findings.add(code, self.subject, path, value)
    }

    fn equal(&mut self, rule: &'static Equal) {
        let places: Vec<Place<Value<'t>>> = rule.terms.iter().map(|term| self.find(term)).collect();
        if !agree(rule.compare, places.iter().map(|place| place.read(|value| value))) {
            self.disagree(rule);
        } else if places.iter().filter(|place| !matches!(place, Place::Absent)).count() > 1 {
            let places = places.iter().map(|place| place.map(|value| self.findings.place(value))).collect();
            self.findings.rests_on(self.event.value, Fact::Agree(rule.compare, places));
        }
    }

    /// Reports places that do not agree.
    #[cold]
    fn disagree(&mut self, rule: &'static Equal) {
        let places: Vec<_> = rule.terms.iter().map(|term| (term, self.find(term))).collect();
        let found = places.iter().map(|(term, place)| (*term, place.read(|value| value)));
        // What is wrong by itself, or written in another case only, has been reported for that.
        let counts = |(term, found): &(&'static Term, Found<'_>)| {
            !matches!(found, Found::Absent) && !self.findings.has(&self.place(term).0)
        };
        let found: Vec<(&'static Term, Found<'_>)> = found.filter(counts).collect();
        let Some((first, rest)) = found.split_first() else { return };
        if rest.iter().all(|other| same(rule.compare, &first.1, &other.1)) {
            return;
        }
        // The odd one out: of three, the one that differs from the other two; of two, the last.
        let differs = |at: usize| {
            let others = found.iter().enumerate().filter(|(place, _)| *place != at);
            let others: Vec<_> = others.map(|(_, other)| other).collect();
            others.windows(2).all(|pair| matches!(pair, [a, b] if same(rule.compare, &a.1, &b.1)))
        };
        let at =
            (0..found.len()).rev().find(|&at| found.len() > 2 && differs(at)).unwrap_or(found.len().saturating_sub(1));
        let Some((term, odd)) = found.get(at) else { return };
        let others: Vec<String> = found
            .iter()
            .enumerate()
            .filter(|(place, _)| *place != at)
            .map(|(_, (term, other))| format!("{} is {}", term_words(term), found_words(other)))
            .collect();
        let (pointer, value) = self.place(term);
        self.findings
            .add_as(rule.severity, Code::VALUES_DISAGREE, self.subject, &Path::Written(pointer.as_str()), value)
            .with("odd", &term_words(term))
            .with("found", &found_words(odd))
            .with("others", &joined(&mut others.iter().map(String::as_str), ", and "));
    }

    fn find(&self, term: &'static Term) -> Place<Value<'t>> {
        let event = self.event;
        let family = self.matched.family;
        match *term {
            Term::Name(hole) => {
                let part = event.name.as_deref().and_then(|name| family.name.part(name.as_bytes(), hole));
                part.map_or(Place::Absent, |part| Place::Constant(part.to_owned()))
            }
            Term::Label(label) => text_of(event.label(label)),
            Term::IdPart(part) => {
                part_at(event.label(RESOURCE_ID), family.labels.first().map(|label| &label.form), part)
            }
            Term::Payload { path, absent } => {
                let mut value = event.payload;
                for key in path {
                    if value.is_some_and(|value| value.kind() == Kind::Null) {
                        return Place::Null;
                    }
                    value = value.and_then(|value| value.get(key));
                }
                let absent = absent.map(|absent| Place::Constant(absent.as_bytes().to_owned()));
                match (value, absent) {
                    (None, Some(absent)) if event.payload.is_some() => absent,
                    // Where an absent value counts as a text, null does too.
                    (Some(value), Some(absent)) if value.kind() == Kind::Null => absent,
                    (Some(value), _) if value.is_number() => Place::Value(value),
                    (value, _) => text_of(value),
                }
            }
            Term::RelatedLabel { role, label } => {
                text_of(event.in_role(role).and_then(|(_, related)| related.get(label)))
            }
            Term::RelatedIdPart { role, part } => {
                let form = family.related.iter().find(|related| related.role == role).map(|related| &related.id);
                part_at(event.in_role(role).and_then(|(_, related)| related.get(RESOURCE_ID)), form, part)
            }
            Term::Occurred => text_of(event.value.get("occurred")),
        }
    }

    /// The path of a place and the value that stands there.
    fn place(&self, term: &Term) -> (Pointer, Value<'t>) {
        let event = self.event;
        let field = |name: &str| (Path::Field(name).pointer(), event.value.get(name).unwrap_or(event.value));
        let label = |name: &str| (Path::Label(name).pointer(), event.label(name).unwrap_or(event.value));
        let related = |role: &str, name: &str| match event.in_role(role) {
            Some((index, related)) => (Path::RelatedLabel(index, name).pointer(), related.get(name).unwrap_or(related)),
            None => field("related"),
        };
        match *term {
            Term::Name(_) => field("event"),
            Term::Occurred => field("occurred"),
            Term::Label(name) => label(name),
            Term::IdPart(_) => label(RESOURCE_ID),
            Term::RelatedLabel { role, label } => related(role, label),
            Term::RelatedIdPart { role, .. } => related(role, RESOURCE_ID),
            Term::Payload { path, .. } => {
                let (pointer, payload) = field("payload");
                path.iter().fold((pointer, payload), |(pointer, value), key| {
                    (pointer.key(key), value.get(key).unwrap_or(value))
                })
            }
        }
    }

    /// What is said of states beyond plain equality.
    fn state(&mut self) {
        let event = self.event;
        let family = self.matched.family;
        let Some(name) = self.matched.hole else { return };
        let label = |name: &str| event.label(name).filter(|value| value.is_string());
        if let Some(found) = label("prefect.state-type") {
            self.findings.rests_on(found, Fact::Same(found.raw().into()));
        }
        if let (Some(variant), Some(found)) =
            (family.variants.iter().find(|variant| variant.name == name), label("prefect.state-type"))
            && let Some(expected) = variant.state_type.filter(|expected| !found.is(expected))
            && !self.findings.has(&Path::Label("prefect.state-type").pointer())
        {
            self.add(Code::UNUSUAL_STATE_TYPE, &Path::Label("prefect.state-type"), found)
                .with("name", name)
                .text("found", found)
                .say("expected", format_args!("`{expected}`"));
        }
        if let (Some(state_type), Some(count)) = (label("prefect.state-type"), label("prefect.run-count"))
            && state_type.is("RUNNING")
        {
            if is_zero(count) {
                self.add(Code::RUNNING_WITHOUT_ATTEMPT, &Path::Label("prefect.run-count"), count);
            }
            self.findings.rests_on(count, Fact::NotZero);
        }
        self.tags();
        self.transition();
    }

    fn tags(&mut self) {
        let Some(tags) = self.event.payload_at(&["task_run", "tags"]) else { return };
        for (index, tag) in tags.items().enumerate().filter(|(_, tag)| tag.is_string()) {
            let ids = self.event.related().filter_map(|(_, related)| related.get(RESOURCE_ID));
            if let Some(id) = ids.into_iter().find(|id| is_tag_id(tag, *id)) {
                self.findings.rests_on(tag, Fact::Tag(self.findings.place(id)));
                continue;
            }
            let list = &Path::Key(&Path::Key(&Path::Field("payload"), "task_run"), "tags");
            self.add(Code::TAG_NOT_RELATED, &Path::Item(list, index), tag).string("tag", tag);
        }
    }

    fn transition(&mut self) {
        let Some(validated) = self.event.payload_at(&["validated_state"]) else { return };
        // The type and the name decide.
        for state in ["validated_state", "initial_state"] {
            for key in ["type", "name"] {
                if let Some(value) = self.event.payload_at(&[state, key]) {
                    self.findings.rests_on(value, Fact::Same(value.raw().into()));
                }
            }
        }
        let Some(to) = transition::State::read(validated) else { return };
        let from = match self.event.payload_at(&["initial_state"]) {
            Some(initial) if initial.kind() == Kind::Object => match transition::State::read(initial) {
                Some(from) => Some(from),
                None => return,
            },
            _ => None,
        };
        let rules = if self.matched.family.emitter == "client" {
            transition::Rules::TaskRun
        } else {
            transition::Rules::FlowRun
        };
        let Some(why) = transition::unusual(rules, from, to) else { return };
        let from = from.map_or_else(|| "no state".to_owned(), transition::State::words);
        let path = &Path::Key(&Path::Field("payload"), "validated_state");
        self.add(Code::UNUSUAL_TRANSITION, path, to.place())
            .with("from", &from)
            .with("to", &to.words())
            .with("why", why);
    }

    fn repeated_related(&mut self) {
        let event = self.event;
        let text = |related: Value<'t>, label: &str| related.get(label).filter(|value| value.is_string());
        let own = event.resource.and_then(|resource| text(resource, RESOURCE_ID));
        let mut seen: Vec<(Value<'t>, Value<'t>)> = Vec::with_capacity(8);
        for (index, related) in event.related() {
            let (Some(id), Some(role)) = (text(related, RESOURCE_ID), text(related, RESOURCE_ROLE)) else { continue };
            let listed = || self.matched.family.related.iter().find(|listed| role.is(listed.role));
            if let Some(own) = own
                && listed().is_none_or(|listed| listed.max.is_none())
            {
                self.findings.rests_on(own, Fact::Differs(self.findings.place(id)));
                if own.is_same_text(id) {
                    self.add(Code::RESOURCE_ALSO_RELATED, &Path::Related(index), related).opening().string("id", id);
                }
            }
            let mut repeated = false;
            for (other, _) in seen.iter().filter(|(_, other)| other.is_same_text(role)) {
                self.findings.rests_on(*other, Fact::Differs(self.findings.place(id)));
                repeated |= other.is_same_text(id);
            }
            if repeated {
                self.add(Code::REPEATED_RELATED, &Path::Related(index), related)
                    .opening()
                    .string("id", id)
                    .string("role", role);
            }
            seen.push((id, role));
        }
    }

    /// `updated_fields` and `updates` name the same fields, each with two values that differ.
    fn updates(&mut self) {
        let event = self.event;
        let list = |value: &Value<'t>| value.kind() == Kind::Array;
        let map = |value: &Value<'t>| value.kind() == Kind::Object;
        let (Some(fields), Some(updates)) =
            (event.payload_at(&["updated_fields"]).filter(list), event.payload_at(&["updates"]).filter(map))
        else {
            return;
        };
        self.findings.rests_on_more();
        let fields_path = &Path::Key(&Path::Field("payload"), "updated_fields");
        let updates_path = &Path::Key(&Path::Field("payload"), "updates");
        if fields.items().next().is_none() {
            self.add(Code::UPDATES_DISAGREE, fields_path, fields)
                .with("problem", "`updated_fields` is empty: an update changes at least one field");
        }
        for (index, field) in fields.items().enumerate().filter(|(_, field)| field.is_string()) {
            let name = field.string();
            if updates.get(&name).is_none() {
                let name = shown(&name);
                self.add(Code::UPDATES_DISAGREE, &Path::Item(fields_path, index), field)
                    .say("problem", format_args!("`updated_fields` names `{name}`, which `updates` does not have"));
            }
        }
        for (key, update) in updates.members() {
            let name = key.string();
            let label = shown(&name);
            let path = &Path::Key(updates_path, &name);
            if fields.items().next().is_some() && !fields.items().any(|field| field.is(&name)) {
                self.add(Code::UPDATES_DISAGREE, path, key)
                    .say("problem", format_args!("`updates` has `{label}`, which `updated_fields` does not name"));
            }
            match (update.get("from"), update.get("to")) {
                (Some(from), Some(to)) => {
                    if from.kind() == to.kind() && from.raw() == to.raw() {
                        self.add(Code::UPDATES_DISAGREE, path, update)
                            .say("problem", format_args!("`updates.{label}` goes from a value to the same value"));
                    }
                }
                (from, _) if update.kind() == Kind::Object => {
                    let missing = if from.is_none() { "from" } else { "to" };
                    self.add(Code::UPDATES_DISAGREE, path, update)
                        .say("problem", format_args!("`updates.{label}` lacks `{missing}`"));
                }
                _ => {
                    let found = display::value(update);
                    self.add(Code::UPDATES_DISAGREE, path, update).say(
                        "problem",
                        format_args!("`updates.{label}` must be an object with `from` and `to`, not {found}"),
                    );
                }
            }
        }
    }

    /// Numbers that cannot be.
    fn counts(&mut self) {
        if let Some(slots) = self.event.label("slots-acquired") {
            if is_zero(slots) {
                self.add(Code::NO_SLOTS_ACQUIRED, &Path::Label("slots-acquired"), slots).with("found", "0");
            }
            self.findings.rests_on(slots, Fact::NotZero);
        }
        let whole = |value: Value<'t>| std::str::from_utf8(value.raw()).ok()?.parse::<i64>().ok();
        let number =
            |name: &str| self.event.payload_at(&[name]).filter(|value| value.kind() == Kind::Integer).and_then(whole);
        if number("total_resources").is_some() {
            self.findings.rests_on_more();
        }
        if let (Some(succeeded), Some(failed), Some(skipped), Some(total)) =
            (number("succeeded"), number("failed"), number("skipped"), number("total_resources"))
            && let sum = succeeded.saturating_add(failed).saturating_add(skipped)
            && sum > total
            && let Some(value) = self.event.payload_at(&["total_resources"])
        {
            self.add(Code::COUNTS_EXCEED_TOTAL, &Path::Key(&Path::Field("payload"), "total_resources"), value)
                .say("found", format_args!("{sum}"))
                .say("expected", format_args!("{total}"));
        }
    }
}

/// A whole number in a string that is zero.
pub(super) fn is_zero(value: Value<'_>) -> bool {
    value.is_string() && !value.raw().is_empty() && value.raw().iter().all(|&digit| digit == b'0')
}

/// Whether an id is that of the tag's resource.
pub(super) fn is_tag_id(tag: Value<'_>, id: Value<'_>) -> bool {
    id.is_string() && id.bytes().strip_prefix(b"prefect.tag.").is_some_and(|name| equal(name, &tag.bytes()))
}

fn text_of(value: Option<Value<'_>>) -> Place<Value<'_>> {
    match value {
        Some(value) if value.is_string() => Place::Value(value),
        Some(value) if value.kind() == Kind::Null => Place::Null,
        _ => Place::Absent,
    }
}

/// A placeholder of an id.
fn part_at<'t>(id: Option<Value<'t>>, form: Option<&'static LabelForm>, name: &'static str) -> Place<Value<'t>> {
    id.zip(form).map_or(Place::Absent, |(id, form)| Place::Part(id, form, name))
}

fn part_of<'t>(id: Value<'t>, form: &'static LabelForm, name: &str) -> Found<'t> {
    let LabelForm::Templates(forms) = form else { return Found::Absent };
    match id.bytes() {
        Cow::Borrowed(id) => {
            let part = forms.iter().find_map(|form| form.template.part(id, name));
            part.map_or(Found::Absent, |part| Found::Text(Cow::Borrowed(part)))
        }
        Cow::Owned(id) => {
            let part = forms.iter().find_map(|form| form.template.part(&id, name));
            part.map_or(Found::Absent, |part| Found::Text(Cow::Owned(part.to_owned())))
        }
    }
}

fn same(compare: Compare, a: &Found<'_>, b: &Found<'_>) -> bool {
    match (a, b) {
        (Found::Text(a), Found::Text(b)) => equal(a, b) || (compare != Compare::Text && same_text(compare, a, b)),
        (Found::Null, Found::Null) => true,
        _ => false,
    }
}

/// What cannot be read as what is compared has been reported for that, and counts as the same.
fn same_text(compare: Compare, a: &[u8], b: &[u8]) -> bool {
    if compare == Compare::Instant {
        // Written alike but for `Z`: no need to read them.
        let alike = plain(a).zip(plain(b)).is_some_and(|(a, b)| a == b);
        let instant = |text: &[u8]| time::read(text).and_then(|time| time.instant);
        return alike || instant(a).zip(instant(b)).is_none_or(|(a, b)| a == b);
    }
    let (Ok(a), Ok(b)) = (std::str::from_utf8(a), std::str::from_utf8(b)) else { return true };
    match compare {
        Compare::Text | Compare::Instant => a == b,
        Compare::Integer => a.parse::<i64>().ok().zip(b.parse::<i64>().ok()).is_none_or(|(a, b)| a == b),
        Compare::Uuid => Uuid::try_parse(a).ok().zip(Uuid::try_parse(b).ok()).is_none_or(|(a, b)| a == b),
        Compare::Slug => slug(b).is_none_or(|slug| slug == a),
        Compare::Tail => b.rsplit(['/', ':']).next() == Some(a),
    }
}

/// A timestamp in UTC without its offset.
fn plain(text: &[u8]) -> Option<&[u8]> {
    text.strip_suffix(b"+00:00").or(text.strip_suffix(b"Z"))
}

fn term_words(term: &Term) -> String {
    match term {
        Term::Name(hole) => format!("the {hole} in the event's name"),
        Term::Label(label) => format!("the label `{label}`"),
        Term::IdPart(part) => format!("the {part} in `prefect.resource.id`"),
        Term::Payload { path, .. } => format!("`payload.{}`", joined(&mut path.iter().copied(), ".")),
        Term::RelatedLabel { role, label } => format!("the label `{label}` of the related {role}"),
        Term::RelatedIdPart { role, part } => format!("the {part} of the related {role}"),
        Term::Occurred => "`occurred`".to_owned(),
    }
}

fn found_words(found: &Found<'_>) -> String {
    match found {
        Found::Absent => "absent".to_owned(),
        Found::Null => "null".to_owned(),
        Found::Text(text) => format!("`{}`", shown(&String::from_utf8_lossy(text))),
    }
}
