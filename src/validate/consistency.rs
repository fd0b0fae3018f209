//! Values in one event that must agree.

use std::borrow::Cow;

use crate::catalogue::{Emitter, Equal, LabelForm, Match, Term};
use crate::diagnostic::Code;
use crate::diagnostic::display;
use crate::diagnostic::findings::{Draft, Findings, Subject};
use crate::diagnostic::path::Path;
use crate::event::{RESOURCE_ID, RESOURCE_ROLE};
use crate::json::{Kind, Pointer, Value};
use crate::text::phrase::{joined, readable, shown};
use crate::text::table::TextSet;

use super::agreement::{Operand, Text, same};
use super::cache::Observed;
use super::parts::Parts;
use super::transition;

/// Up to this number of related resources, repeated ones are found by comparing pairs.
const FEW_RELATED: usize = 32;

pub(super) fn check(
    findings: &mut Findings<'_>,
    subject: &Subject<'_>,
    event: &Parts<'_>,
    matched: Option<&Match<'_>>,
) {
    let Some(matched) = matched else { return };
    let mut check = Check { findings, subject, event, matched };
    for rule in matched.family.equal {
        check.equal(rule);
    }
    check.repeated_related();
    // A name with a placeholder belongs to a state or a status.
    if matched.hole.is_some() {
        check.state();
    } else {
        check.updates();
        check.counts();
    }
}

struct Check<'c, 's, 't> {
    findings: &'c mut Findings<'s>,
    subject: &'c Subject<'c>,
    event: &'c Parts<'t>,
    matched: &'c Match<'c>,
}

impl<'t> Check<'_, '_, 't> {
    fn add(&mut self, code: Code, path: &Path<'_>, value: Value<'_>) -> Draft<'_> {
        self.findings.add(code, self.subject, path, value)
    }

    fn equal(&mut self, rule: &'static Equal) {
        let operands: Vec<Operand<Observed<'t>>> = rule.terms.iter().map(|term| self.find(term)).collect();
        if !self.event.value.agree(rule.compare, &operands) {
            self.disagree(rule, &operands);
        }
    }

    /// Reports places that do not agree.
    #[cold]
    fn disagree(&mut self, rule: &'static Equal, operands: &[Operand<Observed<'t>>]) {
        let found = rule.terms.iter().zip(operands).map(|(term, operand)| (term, operand.read(Observed::exposed)));
        // Invalid values, and those that differ only in case, have already been reported.
        let counts = |(term, found): &(&'static Term, Text<'_>)| {
            !matches!(found, Text::Absent) && !self.findings.has(&self.place(term).0)
        };
        let found: Vec<(&'static Term, Text<'_>)> = found.filter(counts).collect();
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
            .add_as(
                rule.severity,
                Code::VALUES_DISAGREE,
                self.subject,
                &Path::Written(pointer.as_str()),
                value.exposed(),
            )
            .with("odd", &term_words(term))
            .with("found", &found_words(odd))
            .with("others", &joined(&mut others.iter().map(String::as_str), ", and "));
    }

    fn find(&self, term: &'static Term) -> Operand<Observed<'t>> {
        let event = self.event;
        let family = self.matched.family;
        match *term {
            Term::Name(hole) => {
                let part = event.name.as_deref().and_then(|name| family.name.part(name.as_bytes(), hole));
                part.map_or(Operand::Absent, |part| Operand::Constant(part.to_owned()))
            }
            Term::Label(label) => text_of(event.label(label)),
            Term::IdPart(part) => part_at(event.id_label(), family.labels.first().map(|label| &label.form), part),
            Term::Payload { path, absent } => {
                let mut value = event.payload;
                for key in path {
                    if value.is_some_and(|value| value.kind() == Kind::Null) {
                        return Operand::Null;
                    }
                    value = value.and_then(|value| value.get(key));
                }
                let absent = absent.map(|absent| Operand::Constant(absent.as_bytes().to_owned()));
                match (value, absent) {
                    (None, Some(absent)) if event.payload.is_some() => absent,
                    // Where an absent value counts as a text, null does too.
                    (Some(value), Some(absent)) if value.kind() == Kind::Null => absent,
                    (Some(value), _) if value.is_number() => Operand::Value(value),
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

    /// The path of a place and its value.
    fn place(&self, term: &Term) -> (Pointer, Observed<'t>) {
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

    /// Rules about states beyond equality.
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
            self.add(Code::UNUSUAL_STATE_TYPE, &Path::Label("prefect.state-type"), found.exposed())
                .with("name", name)
                .text("found", found.exposed())
                .say("expected", format_args!("`{expected}`"));
        }
        if let (Some(state_type), Some(count)) = (label("prefect.state-type"), label("prefect.run-count"))
            && state_type.is("RUNNING")
            && !count.is_not_zero()
        {
            self.add(Code::RUNNING_WITHOUT_ATTEMPT, &Path::Label("prefect.run-count"), count.exposed());
        }
        self.tags();
        self.transition();
    }

    fn tags(&mut self) {
        let Some(tags) = self.event.payload_at(&["task_run", "tags"]) else { return };
        let mut tags = tags.items().enumerate().filter(|(_, tag)| tag.is_string()).peekable();
        if tags.peek().is_none() {
            return;
        }
        let ids: Vec<_> = self.event.related().filter_map(|(_, related)| related.get(RESOURCE_ID)).collect();
        let list = &Path::Key(&Path::Key(&Path::Field("payload"), "task_run"), "tags");
        // With many tags or ids, avoids comparing all pairs.
        let few = ids.len() <= FEW_RELATED;
        let mut names = TextSet::default();
        for id in ids.iter().filter(|id| !few && id.is_string()) {
            if let Some(name) = id.exposed().bytes().strip_prefix(b"prefect.tag.") {
                names.insert(name);
            }
        }
        for (index, tag) in tags {
            let related = if few { tag.is_tag_of_one(&ids) } else { names.contains(&tag.bytes()) };
            if !related {
                self.add(Code::TAG_NOT_RELATED, &Path::Item(list, index), tag.exposed()).string("tag", tag.exposed());
            }
        }
    }

    fn transition(&mut self) {
        let Some(validated) = self.event.payload_at(&["validated_state"]) else { return };
        let Some(to) = transition::PayloadState::read(validated) else { return };
        let from = match self.event.payload_at(&["initial_state"]) {
            Some(initial) if initial.kind() == Kind::Object => match transition::PayloadState::read(initial) {
                Some(from) => Some(from),
                None => return,
            },
            _ => None,
        };
        let rules = if self.matched.family.emitter == Emitter::Client {
            transition::Rules::TaskRun
        } else {
            transition::Rules::FlowRun
        };
        let Some(why) = transition::unusual(rules, from, to) else { return };
        let from = from.map_or_else(|| "no state".to_owned(), transition::PayloadState::display);
        let path = &Path::Key(&Path::Field("payload"), "validated_state");
        self.add(Code::UNUSUAL_TRANSITION, path, to.type_value().exposed())
            .with("from", &from)
            .with("to", &to.display())
            .with("why", why);
    }

    fn repeated_related(&mut self) {
        let event = self.event;
        let text = |related: Observed<'t>, label: &str| related.get(label).filter(|value| value.is_string());
        let own = event.resource.and_then(|resource| text(resource, RESOURCE_ID));
        let few = event.related().take(FEW_RELATED.saturating_add(1)).count() <= FEW_RELATED;
        let mut seen: Vec<(Observed<'t>, Cow<'t, [u8]>)> = Vec::with_capacity(8);
        let mut all = TextSet::default();
        for (index, related) in event.related() {
            let (Some(id), Some(role)) = (text(related, RESOURCE_ID), text(related, RESOURCE_ROLE)) else { continue };
            let name = role.bytes();
            let listed = || self.matched.family.related.iter().find(|listed| *name == *listed.role.as_bytes());
            if let Some(own) = own
                && listed().is_none_or(|listed| listed.max.is_none())
                && !own.differs(id)
            {
                self.add(Code::RESOURCE_ALSO_RELATED, &Path::Related(index), related.exposed())
                    .opening()
                    .string("id", id.exposed());
            }
            let repeated = if few {
                let mut same_role = seen.iter().filter(|(_, of)| *of == name);
                let repeated = same_role.any(|(other, _)| !other.differs(id));
                seen.push((id, name));
                repeated
            } else {
                let id = id.bytes();
                // The length separates an id from a role.
                !all.insert(&[&id.len().to_le_bytes(), &*id, &*name].concat())
            };
            if repeated {
                self.add(Code::REPEATED_RELATED, &Path::Related(index), related.exposed())
                    .opening()
                    .string("id", id.exposed())
                    .string("role", role.exposed());
            }
        }
    }

    /// `updated_fields` and `updates` name the same fields, each with two values that differ.
    fn updates(&mut self) {
        let event = self.event;
        let list = |value: &Observed<'t>| value.kind() == Kind::Array;
        let map = |value: &Observed<'t>| value.kind() == Kind::Object;
        let (Some(fields), Some(updates)) =
            (event.payload_at(&["updated_fields"]).filter(list), event.payload_at(&["updates"]).filter(map))
        else {
            return;
        };
        let (fields, updates) = (fields.exposed(), updates.exposed());
        let fields_path = &Path::Key(&Path::Field("payload"), "updated_fields");
        let updates_path = &Path::Key(&Path::Field("payload"), "updates");
        if fields.items().next().is_none() {
            self.add(Code::UPDATES_DISAGREE, fields_path, fields)
                .with("problem", "`updated_fields` is empty: an update changes at least one field");
        }
        let (mut keys, mut named) = (TextSet::default(), TextSet::default());
        for (key, _) in updates.members() {
            keys.insert(&key.bytes());
        }
        for field in fields.items().filter(|field| field.is_string()) {
            named.insert(&field.bytes());
        }
        for (index, field) in fields.items().enumerate().filter(|(_, field)| field.is_string()) {
            if !keys.contains(&field.bytes()) {
                let name = shown(&field.string());
                self.add(Code::UPDATES_DISAGREE, &Path::Item(fields_path, index), field)
                    .say("problem", format_args!("`updated_fields` lists `{name}`, which `updates` does not have"));
            }
        }
        for (key, update) in updates.members() {
            let name = key.string();
            let label = shown(&name);
            let path = &Path::Key(updates_path, &name);
            if fields.items().next().is_some() && !named.contains(&key.bytes()) {
                self.add(Code::UPDATES_DISAGREE, path, key)
                    .say("problem", format_args!("`updates` has `{label}`, which `updated_fields` does not list"));
            }
            match (update.get("from"), update.get("to")) {
                (Some(from), Some(to)) => {
                    if from.kind() == to.kind() && from.raw() == to.raw() {
                        self.add(Code::UPDATES_DISAGREE, path, update)
                            .say("problem", format_args!("`updates.{label}` has the same value in `from` and `to`"));
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

    /// Impossible numbers.
    fn counts(&mut self) {
        if let Some(slots) = self.event.label("slots-acquired")
            && !slots.is_not_zero()
        {
            self.add(Code::NO_SLOTS_ACQUIRED, &Path::Label("slots-acquired"), slots.exposed()).with("found", "0");
        }
        let whole = |value: Observed<'t>| std::str::from_utf8(&value.bytes()).ok()?.parse::<i64>().ok();
        let number =
            |name: &str| self.event.payload_at(&[name]).filter(|value| value.kind() == Kind::Integer).and_then(whole);
        if let (Some(succeeded), Some(failed), Some(skipped), Some(total)) =
            (number("succeeded"), number("failed"), number("skipped"), number("total_resources"))
            && let sum = succeeded.saturating_add(failed).saturating_add(skipped)
            && sum > total
            && let Some(value) = self.event.payload_at(&["total_resources"])
        {
            self.add(
                Code::COUNTS_EXCEED_TOTAL,
                &Path::Key(&Path::Field("payload"), "total_resources"),
                value.exposed(),
            )
            .say("found", format_args!("{sum}"))
            .say("expected", format_args!("{total}"));
        }
    }
}

fn text_of(value: Option<Observed<'_>>) -> Operand<Observed<'_>> {
    match value {
        Some(value) if value.is_string() => Operand::Value(value),
        Some(value) if value.kind() == Kind::Null => Operand::Null,
        _ => Operand::Absent,
    }
}

/// A placeholder in an id.
fn part_at<'t>(
    id: Option<Observed<'t>>,
    form: Option<&'static LabelForm>,
    name: &'static str,
) -> Operand<Observed<'t>> {
    id.zip(form).map_or(Operand::Absent, |(id, form)| Operand::Part(id, form, name))
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

fn found_words(found: &Text<'_>) -> String {
    match found {
        Text::Absent => "absent".to_owned(),
        Text::Null => "null".to_owned(),
        Text::Some(text) => format!("`{}`", shown(&readable(text))),
    }
}
