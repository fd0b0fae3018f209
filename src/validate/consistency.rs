//! Places of one event which must agree.

use std::borrow::Cow;

use uuid::Uuid;

use crate::catalogue::{Compare, Equal, Form, Match, Term};
use crate::diagnostic::Code;
use crate::event::{Event, RESOURCE_ID, RESOURCE_ROLE};
use crate::json::{Kind, Pointer, Value};
use crate::time;

use super::findings::{Findings, Location, Subject};
use super::opening;
use super::path::Path;
use super::transition;
use super::words::{self, shown};

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

/// What stands at a place.
enum Found<'t> {
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
    fn add(&mut self, code: Code, path: Path<'_>, value: Value<'_>, arguments: &[(&str, &str)]) {
        self.findings.add(code, self.subject, path, Location::Bytes(value.span()), arguments);
    }

    fn equal(&mut self, rule: &'static Equal) {
        let mut first = Found::Absent;
        let all_agree = rule.terms.iter().all(|term| match (self.find(term), &first) {
            (Found::Absent, _) => true,
            (found, Found::Absent) => {
                first = found;
                true
            }
            (found, first) => agree(rule.compare, first, &found),
        });
        if !all_agree {
            self.disagree(rule);
        }
    }

    /// Reports places that do not agree.
    #[cold]
    fn disagree(&mut self, rule: &'static Equal) {
        let found = rule.terms.iter().map(|term| (term, self.find(term)));
        // What is wrong by itself, or written in another case only, has been reported for that.
        let counts = |(term, found): &(&Term, Found<'t>)| {
            !matches!(found, Found::Absent) && !self.findings.has(&self.place(term).0)
        };
        let found: Vec<(&'static Term, Found<'t>)> = found.filter(counts).collect();
        let Some((first, rest)) = found.split_first() else { return };
        if rest.iter().all(|other| agree(rule.compare, &first.1, &other.1)) {
            return;
        }
        // The odd one out: of three, the one that differs from the other two; of two, the last.
        let differs = |at: usize| {
            let others = found.iter().enumerate().filter(|(place, _)| *place != at);
            let others: Vec<_> = others.map(|(_, other)| other).collect();
            others.windows(2).all(|pair| matches!(pair, [a, b] if agree(rule.compare, &a.1, &b.1)))
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
        let (odd_place, odd_found, others) = (term_words(term), found_words(odd), others.join(", and "));
        let arguments = [("odd", &*odd_place), ("found", &*odd_found), ("others", &*others)];
        let (pointer, value) = self.place(term);
        let location = Location::Bytes(value.span());
        self.findings.add_as(
            rule.severity,
            Code::ValuesDisagree,
            self.subject,
            Path::Written(pointer.as_str()),
            location,
            &arguments,
        );
    }

    fn find(&self, term: &Term) -> Found<'t> {
        let event = self.event;
        match *term {
            Term::Name(hole) => match &event.name {
                Some(Cow::Borrowed(name)) => named(self.matched.family.name.part(name, hole)),
                Some(Cow::Owned(name)) => {
                    let part = self.matched.family.name.part(name, hole);
                    part.map_or(Found::Absent, |part| Found::Text(Cow::Owned(part.as_bytes().to_owned())))
                }
                None => Found::Absent,
            },
            Term::Label(label) => text_of(event.label(label)),
            Term::IdPart(part) => {
                let form = self.matched.family.labels.first().map(|label| &label.form);
                part_of(event.label(RESOURCE_ID), form, part)
            }
            Term::Payload { path, absent } => {
                let mut value = event.payload;
                for key in path {
                    if value.is_some_and(|value| value.kind() == Kind::Null) {
                        return Found::Null;
                    }
                    value = value.and_then(|value| value.get(key));
                }
                match (value, absent) {
                    (None, Some(absent)) if event.payload.is_some() => Found::Text(Cow::Borrowed(absent.as_bytes())),
                    // Where an absent value counts as a text, null does too.
                    (Some(value), Some(absent)) if value.kind() == Kind::Null => {
                        Found::Text(Cow::Borrowed(absent.as_bytes()))
                    }
                    (Some(value), None) if value.kind() == Kind::Null => Found::Null,
                    (Some(value), _) if value.is_number() => Found::Text(Cow::Borrowed(value.raw())),
                    (value, _) => text_of(value),
                }
            }
            Term::RelatedLabel { role, label } => {
                text_of(event.in_role(role).and_then(|(_, related)| related.get(label)))
            }
            Term::RelatedIdPart { role, part } => {
                let form =
                    self.matched.family.related.iter().find(|related| related.role == role).map(|related| &related.id);
                part_of(event.in_role(role).and_then(|(_, related)| related.get(RESOURCE_ID)), form, part)
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
        if let (Some(variant), Some(found)) =
            (family.variants.iter().find(|variant| variant.name == name), label("prefect.state-type"))
            && let Some(expected) = variant.state_type.filter(|expected| !found.is(expected))
            && !self.findings.has(&Path::Label("prefect.state-type").pointer())
        {
            let (found_type, expected) = (words::text(found), format!("`{expected}`"));
            let arguments = [("name", name), ("found", &*found_type), ("expected", &*expected)];
            self.add(Code::UnusualStateType, Path::Label("prefect.state-type"), found, &arguments);
        }
        if let (Some(state_type), Some(count)) = (label("prefect.state-type"), label("prefect.run-count"))
            && state_type.is("RUNNING")
            && is_zero(count)
        {
            self.add(Code::RunningWithoutAttempt, Path::Label("prefect.run-count"), count, &[]);
        }
        self.tags();
        self.transition();
    }

    fn tags(&mut self) {
        let Some(tags) = self.event.payload_at(&["task_run", "tags"]) else { return };
        for (index, tag) in tags.items().enumerate().filter(|(_, tag)| tag.is_string()) {
            let name = tag.string();
            let id = format!("prefect.tag.{name}");
            if self.event.related().any(|(_, related)| related.get(RESOURCE_ID).is_some_and(|found| found.is(&id))) {
                continue;
            }
            let (payload, shown) = (Path::Field("payload"), shown(&name));
            let run = Path::Key(&payload, "task_run");
            let list = Path::Key(&run, "tags");
            self.add(Code::TagNotRelated, Path::Item(&list, index), tag, &[("tag", &shown)]);
        }
    }

    fn transition(&mut self) {
        let Some(validated) = self.event.payload_at(&["validated_state"]) else { return };
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
        let arguments = [("from", &*from), ("to", &*to.words()), ("why", why)];
        let payload = Path::Field("payload");
        self.add(Code::UnusualTransition, Path::Key(&payload, "validated_state"), to.place(), &arguments);
    }

    fn repeated_related(&mut self) {
        let event = self.event;
        let text = |related: Value<'t>, label: &str| related.get(label).filter(|value| value.is_string());
        let same = |a: Value<'t>, b: Value<'t>| a.raw().len() == b.raw().len() && a.bytes() == b.bytes();
        let own = event.resource.and_then(|resource| text(resource, RESOURCE_ID));
        let mut seen: Vec<(Value<'t>, Value<'t>)> = Vec::with_capacity(8);
        for (index, related) in event.related() {
            let (Some(id), Some(role)) = (text(related, RESOURCE_ID), text(related, RESOURCE_ROLE)) else { continue };
            let location = Location::Bytes(opening(related.span()));
            let listed = || self.matched.family.related.iter().find(|listed| role.is(listed.role));
            if own.is_some_and(|own| same(own, id)) && listed().is_none_or(|listed| listed.max.is_none()) {
                let id = shown(&id.string());
                self.findings.add(
                    Code::ResourceAlsoRelated,
                    self.subject,
                    Path::Related(index),
                    location,
                    &[("id", &id)],
                );
            }
            if seen.iter().any(|(other_id, other_role)| same(*other_id, id) && same(*other_role, role)) {
                let (id, role) = (shown(&id.string()), shown(&role.string()));
                self.findings.add(
                    Code::RepeatedRelated,
                    self.subject,
                    Path::Related(index),
                    location,
                    &[("id", &id), ("role", &role)],
                );
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
        let payload = Path::Field("payload");
        let (fields_path, updates_path) = (Path::Key(&payload, "updated_fields"), Path::Key(&payload, "updates"));
        if fields.items().next().is_none() {
            self.add(
                Code::UpdatesDisagree,
                fields_path,
                fields,
                &[("problem", "`updated_fields` is empty: an update changes at least one field")],
            );
        }
        for (index, field) in fields.items().enumerate().filter(|(_, field)| field.is_string()) {
            let name = field.string();
            if updates.get(&name).is_none() {
                let problem = format!("`updated_fields` names `{}`, which `updates` does not have", shown(&name));
                self.add(Code::UpdatesDisagree, Path::Item(&fields_path, index), field, &[("problem", &problem)]);
            }
        }
        for (key, update) in updates.members() {
            let name = key.string();
            let label = shown(&name);
            let path = Path::Key(&updates_path, &name);
            if fields.items().next().is_some() && !fields.items().any(|field| field.is(&name)) {
                let problem = format!("`updates` has `{label}`, which `updated_fields` does not name");
                self.add(Code::UpdatesDisagree, path, key, &[("problem", &problem)]);
            }
            match (update.get("from"), update.get("to")) {
                (Some(from), Some(to)) => {
                    if from.kind() == to.kind() && from.raw() == to.raw() {
                        let problem = format!("`updates.{label}` goes from a value to the same value");
                        self.add(Code::UpdatesDisagree, path, update, &[("problem", &problem)]);
                    }
                }
                (from, _) if update.kind() == Kind::Object => {
                    let missing = if from.is_none() { "from" } else { "to" };
                    let problem = format!("`updates.{label}` lacks `{missing}`");
                    self.add(Code::UpdatesDisagree, path, update, &[("problem", &problem)]);
                }
                _ => {
                    let problem = format!(
                        "`updates.{label}` must be an object with `from` and `to`, not {}",
                        words::value(update)
                    );
                    self.add(Code::UpdatesDisagree, path, update, &[("problem", &problem)]);
                }
            }
        }
    }

    /// Numbers that cannot be.
    fn counts(&mut self) {
        if let Some(slots) = self.event.label("slots-acquired").filter(|slots| is_zero(*slots)) {
            self.add(Code::NoSlotsAcquired, Path::Label("slots-acquired"), slots, &[("found", "0")]);
        }
        let whole = |value: Value<'t>| std::str::from_utf8(value.raw()).ok()?.parse::<i64>().ok();
        let number =
            |name: &str| self.event.payload_at(&[name]).filter(|value| value.kind() == Kind::Integer).and_then(whole);
        if let (Some(succeeded), Some(failed), Some(skipped), Some(total)) =
            (number("succeeded"), number("failed"), number("skipped"), number("total_resources"))
            && let sum = succeeded.saturating_add(failed).saturating_add(skipped)
            && sum > total
            && let Some(value) = self.event.payload_at(&["total_resources"])
        {
            let payload = Path::Field("payload");
            let arguments = [("found", &*sum.to_string()), ("expected", &*total.to_string())];
            self.add(Code::CountsExceedTotal, Path::Key(&payload, "total_resources"), value, &arguments);
        }
    }
}

/// A whole number in a string that is zero.
fn is_zero(value: Value<'_>) -> bool {
    value.is_string() && !value.raw().is_empty() && value.raw().iter().all(|&digit| digit == b'0')
}

fn text_of(value: Option<Value<'_>>) -> Found<'_> {
    match value {
        Some(value) if value.is_string() => Found::Text(value.bytes()),
        Some(value) if value.kind() == Kind::Null => Found::Null,
        _ => Found::Absent,
    }
}

fn named(part: Option<&str>) -> Found<'_> {
    part.map_or(Found::Absent, |part| Found::Text(Cow::Borrowed(part.as_bytes())))
}

/// A placeholder of an id.
fn part_of<'t>(id: Option<Value<'t>>, form: Option<&'static Form>, name: &str) -> Found<'t> {
    let (Some(id), Some(Form::Templates(forms))) = (id, form) else { return Found::Absent };
    match id.string() {
        Cow::Borrowed(id) => named(forms.iter().find_map(|form| form.template.part(id, name))),
        Cow::Owned(id) => {
            let part = forms.iter().find_map(|form| form.template.part(&id, name));
            part.map_or(Found::Absent, |part| Found::Text(Cow::Owned(part.as_bytes().to_owned())))
        }
    }
}

fn agree(compare: Compare, a: &Found<'_>, b: &Found<'_>) -> bool {
    match (a, b) {
        (Found::Text(a), Found::Text(b)) => a == b || (compare != Compare::Text && same(compare, a, b)),
        (Found::Null, Found::Null) => true,
        _ => false,
    }
}

/// What cannot be read as what is compared has been reported for that, and counts as the same.
fn same(compare: Compare, a: &[u8], b: &[u8]) -> bool {
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

/// The slug of a name as python-slugify makes it. `None` where that would need its tables (letters
/// beyond ASCII, HTML entities).
fn slug(name: &str) -> Option<String> {
    if !name.is_ascii() || name.as_bytes().contains(&b'&') {
        return None;
    }
    let mut slug = String::with_capacity(name.len());
    let bytes = name.as_bytes();
    for (at, byte) in bytes.iter().enumerate() {
        if byte.is_ascii_alphanumeric() {
            slug.push(char::from(byte.to_ascii_lowercase()));
            continue;
        }
        let digit = |at: Option<usize>| at.and_then(|at| bytes.get(at)).is_some_and(u8::is_ascii_digit);
        // `1,000` is one number.
        let inside_number = *byte == b',' && digit(at.checked_sub(1)) && digit(at.checked_add(1));
        if !inside_number && !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    Some(slug.trim_end_matches('-').to_owned())
}

fn term_words(term: &Term) -> String {
    match term {
        Term::Name(hole) => format!("the {hole} in the event's name"),
        Term::Label(label) => format!("the label `{label}`"),
        Term::IdPart(part) => format!("the {part} in `prefect.resource.id`"),
        Term::Payload { path, .. } => format!("`payload.{}`", path.join(".")),
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

#[cfg(test)]
mod tests {
    use super::slug;

    #[test]
    fn makes_slugs_as_python_does() {
        for (name, expected) in [
            ("My k8s worker", "my-k8s-worker"),
            ("--A__b  c!", "a-b-c"),
            ("1,000 x", "1000-x"),
            ("it's", "it-s"),
            ("", ""),
        ] {
            assert_eq!(slug(name).as_deref(), Some(expected), "{name}");
        }
        assert_eq!(slug("größe"), None);
    }
}
