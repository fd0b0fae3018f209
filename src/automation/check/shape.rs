//! Compares patterns with the catalogue's events: what can match, and what never does.
//!
//! Source of the matching rules: `server/events/schemas/events.py` (`matches`, `ResourceSpecification`).

use crate::catalogue::{self, Family, Label, LabelForm, Part, Related, Template};
use crate::diagnostic::Severity;
pub(super) use crate::event::{RESOURCE_ID as ID, RESOURCE_NAME as NAME, RESOURCE_ROLE as ROLE};
use crate::json::{Kind, Value};
use crate::text::Glob;
use crate::text::steps::step;
use crate::time::scalar;

use super::advice::covers;

/// Patterns longer than any name or id are not examined.
const LONGEST: usize = 1024;
/// The most names of one trigger that are examined.
const MOST_NAMES: usize = 100;

const STATE_NAME: &str = "prefect.state-name";

/// Whether something matches.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Fit {
    Never,
    Maybe,
    Always,
}

impl Fit {
    fn negated(self) -> Fit {
        match self {
            Fit::Never => Fit::Always,
            Fit::Maybe => Fit::Maybe,
            Fit::Always => Fit::Never,
        }
    }
}

/// A kind of event, and the state in its name if known.
#[derive(Clone, Copy)]
pub(super) struct Event<'n> {
    pub(super) family: &'static Family,
    pub(super) state: Option<&'n str>,
}

/// The events that some names and patterns match.
#[derive(Default)]
pub(super) struct Events<'n> {
    pub(super) known: Vec<Event<'n>>,
    /// Whether there may be other, unknown events.
    pub(super) is_open: bool,
}

/// Whether Prefect reserves a name.
pub(super) fn is_prefects(name: &str) -> bool {
    ["prefect.", "prefect-cloud."].iter().any(|prefix| name.starts_with(prefix))
}

/// Whether a string is filled in on deployment.
pub(super) fn is_filled_in(text: &str) -> bool {
    text.contains("{{")
}

impl<'n> Events<'n> {
    pub(super) fn of(names: &'n [String]) -> Events<'n> {
        let mut events = Events { known: Vec::new(), is_open: names.is_empty() || names.len() > MOST_NAMES };
        for name in names.iter().take(MOST_NAMES) {
            events.add(name);
        }
        events
    }

    pub(super) fn both(self, other: Events<'n>) -> Events<'n> {
        let known = self.known.into_iter().chain(other.known).collect();
        Events { known, is_open: self.is_open || other.is_open }
    }

    fn add(&mut self, name: &'n str) {
        if !is_prefects(name) || name.len() > LONGEST || is_filled_in(name) {
            self.is_open = true;
        }
        if name.contains('*') {
            self.known.extend(matched(name).into_iter().map(|family| Event { family, state: None }));
        } else if let Some(found) = catalogue::find(name) {
            self.known.push(Event { family: found.family, state: found.hole });
        }
        // Of events that only Cloud emits, only the names are known.
        self.is_open |= self.known.iter().any(|event| event.family.other_roles.is_none());
    }

    /// Whether all possible events are known, so that impossible ones can be reported.
    pub(super) fn are_known(&self) -> bool {
        !self.is_open && !self.known.is_empty()
    }
}

/// The families that a name pattern can match.
pub(super) fn matched(pattern: &str) -> Vec<&'static Family> {
    let (start, _) = pattern.split_once('*').unwrap_or((pattern, ""));
    if pattern.len() > LONGEST {
        return Vec::new();
    }
    let tokens = name_tokens(pattern);
    let may_be = |family: &&Family| {
        step(1);
        let prefix = family.name.prefix();
        if !prefix.starts_with(start) && !start.starts_with(prefix) {
            return false;
        }
        if family.other_variants == Some(Severity::Warning) {
            return family.variants.iter().any(|variant| {
                let name = family.name.text.split_once('{').map_or("", |(before, _)| before);
                covers(pattern, &[name, variant.name].concat())
            });
        }
        meet(&tokens, &template_tokens(&family.name))
    };
    catalogue::families().iter().filter(may_be).collect()
}

/// A piece of a pattern.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Token {
    Byte(u8),
    /// Any one character.
    One,
    /// Any number of characters.
    Any,
}

/// In names `*` matches at least one character.
fn name_tokens(pattern: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    for byte in pattern.bytes() {
        match byte {
            b'*' => tokens.extend([Token::One, Token::Any]),
            byte => tokens.push(Token::Byte(byte)),
        }
    }
    tokens
}

/// Matches more than Python's patterns: a set stands for any text.
fn value_tokens(pattern: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut bytes = pattern.bytes();
    while let Some(byte) = bytes.next() {
        match byte {
            b'*' => tokens.push(Token::Any),
            b'?' => tokens.extend([Token::One, Token::Any]),
            b'[' => {
                tokens.push(Token::Any);
                // The set may end anywhere.
                bytes.by_ref().take_while(|byte| *byte != b']').for_each(drop);
            }
            byte => tokens.push(Token::Byte(byte)),
        }
    }
    tokens
}

fn template_tokens(template: &Template) -> Vec<Token> {
    let mut tokens = Vec::new();
    for part in template.parts {
        match part {
            Part::Literal(text) => tokens.extend(text.bytes().map(Token::Byte)),
            Part::Hole { .. } => tokens.extend([Token::One, Token::Any]),
        }
    }
    tokens
}

/// Whether both match some common text. The time is proportional to the product of the lengths.
fn meet(one: &[Token], other: &[Token]) -> bool {
    // From the end: whether the remainders of both match a common text.
    let mut after: Vec<bool> = Vec::new();
    for at in (0..=one.len()).rev() {
        step(other.len());
        let token = one.get(at);
        let mut row = vec![false; other.len().saturating_add(1)];
        for place in (0..=other.len()).rev() {
            let beside = other.get(place);
            let next = place.saturating_add(1);
            let seen = |cells: &[bool], place: usize| cells.get(place).copied().unwrap_or(false);
            let meets = match (token, beside) {
                (None, None) => true,
                (Some(Token::Any), _) => seen(&after, place) || beside.is_some() && seen(&row, next),
                (_, Some(Token::Any)) => seen(&row, next) || token.is_some() && seen(&after, place),
                (Some(a), Some(b)) => (*a == Token::One || *b == Token::One || a == b) && seen(&after, next),
                _ => false,
            };
            if let Some(cell) = row.get_mut(place) {
                *cell = meets;
            }
        }
        after = row;
    }
    after.first().copied().unwrap_or(false)
}

/// A pattern, and whether a known text matches it.
pub(super) fn of_text(pattern: &str, text: &str) -> Fit {
    fit(pattern, &|pattern| if Glob::new(pattern).matches(text) { Fit::Always } else { Fit::Never })
}

/// A pattern, and whether a text of this form matches it.
fn of_template(pattern: &str, template: &Template) -> Fit {
    fit(pattern, &|pattern| {
        let open = pattern.strip_suffix('*');
        if let Some(text) = open.filter(|text| !text.contains(['*', '?', '['])) {
            if template.prefix().starts_with(text) {
                return Fit::Always;
            }
        } else if !pattern.contains(['*', '?', '[']) {
            return if template.matches(pattern.as_bytes()) { Fit::Maybe } else { Fit::Never };
        }
        if meet(&value_tokens(pattern), &template_tokens(template)) { Fit::Maybe } else { Fit::Never }
    })
}

fn fit(pattern: &str, positive: &dyn Fn(&str) -> Fit) -> Fit {
    step(1);
    if pattern.len() > LONGEST || is_filled_in(pattern) {
        return Fit::Maybe;
    }
    match pattern.strip_prefix('!') {
        Some(pattern) => positive(pattern).negated(),
        None => positive(pattern),
    }
}

/// A pattern, and whether a value of this form matches it.
pub(super) fn of_form(pattern: &str, form: &LabelForm) -> Fit {
    match form {
        LabelForm::Templates(all) => {
            let fits = || all.iter().map(|one| of_template(pattern, &one.template));
            either(fits().min(), fits().max())
        }
        LabelForm::Values { values, other } if *other != Severity::Info => {
            let fits = || values.iter().map(|value| of_text(pattern, value.text));
            either(fits().min(), fits().max())
        }
        _ if pattern == "*" => Fit::Always,
        _ => Fit::Maybe,
    }
}

/// One of several values will come: only what holds for all of them is certain.
fn either(least: Option<Fit>, most: Option<Fit>) -> Fit {
    match (least, most) {
        (Some(Fit::Always), _) => Fit::Always,
        (_, Some(Fit::Never)) => Fit::Never,
        _ => Fit::Maybe,
    }
}

/// The patterns of a label; one of them must match.
pub(super) fn patterns(value: Value<'_>) -> Vec<String> {
    if value.kind() == Kind::Array { scalar::texts(value) } else { scalar::text(value).map(|text| vec![text]) }
        .unwrap_or_default()
}

/// The result for a label with unreadable patterns: nothing is reported.
pub(super) fn any(patterns: &[String], of_one: &dyn Fn(&str) -> Fit) -> Fit {
    patterns.iter().take(MOST_NAMES).map(|pattern| of_one(pattern)).max().unwrap_or(Fit::Maybe)
}

impl Event<'_> {
    /// Whether the primary resource matches in one label.
    pub(super) fn label(&self, label: &str, patterns: &[String]) -> Fit {
        let Some(known) = find(self.family.labels, label) else { return Fit::Never };
        let sure = if label == STATE_NAME
            && let Some(state) = self.state
        {
            any(patterns, &|pattern| of_text(pattern, state))
        } else {
            any(patterns, &|pattern| of_form(pattern, &known.form))
        };
        if known.missing.is_none() { sure.min(Fit::Maybe) } else { sure }
    }
}

/// Whether a related resource matches in one label.
pub(super) fn of_related(related: &Related, label: &str, patterns: &[String]) -> Fit {
    match label {
        ROLE => any(patterns, &|pattern| of_text(pattern, related.role)),
        ID => any(patterns, &|pattern| of_form(pattern, &related.id)),
        _ => find(related.labels, label)
            .map_or(Fit::Never, |known| any(patterns, &|pattern| of_form(pattern, &known.form)).min(Fit::Maybe)),
    }
}

pub(super) fn find(labels: &'static [Label], name: &str) -> Option<&'static Label> {
    labels.iter().find(|label| label.name == name)
}

/// A specification, as written in the document.
pub(super) fn labels(specification: Value<'_>) -> Vec<(String, Vec<String>, Value<'_>, Value<'_>)> {
    let members = specification.members().take(MOST_NAMES);
    members.map(|(key, value)| (key.string().into_owned(), patterns(value), key, value)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(pattern: &str) -> Vec<&'static str> {
        matched(pattern).into_iter().map(|family| family.name.text).collect()
    }

    #[test]
    fn patterns_of_names() {
        assert_eq!(names("prefect.work-queue.un*"), Vec::<&str>::new());
        assert_eq!(names("prefect.work-queue.not*"), ["prefect.work-queue.{status}"]);
        assert_eq!(names("prefect.flow-run.Fail*"), ["prefect.flow-run.{state}"]);
        assert_eq!(names("prefect.foo.*"), Vec::<&str>::new());
        assert!(names("prefect.*.heartbeat").contains(&"prefect.flow-run.heartbeat"));
        assert!(names("*").len() > 80);
    }

    #[test]
    fn patterns_of_values() {
        let family = catalogue::find("prefect.flow-run.Failed").unwrap();
        let event = Event { family: family.family, state: family.hole };
        let of = |label: &str, pattern: &str| event.label(label, &[pattern.to_owned()]);
        assert_eq!(of(ID, "prefect.flow-run.*"), Fit::Always);
        assert_eq!(of(ID, "*"), Fit::Always);
        assert_eq!(of(ID, "!prefect.flow-run.*"), Fit::Never);
        assert_eq!(of(ID, "prefect.flow-run.00000000-0000-4000-8000-000000000000"), Fit::Maybe);
        assert_eq!(of(ID, "!prefect.flow-run.00000000-0000-4000-8000-000000000000"), Fit::Maybe);
        assert_eq!(of(ID, "prefect.deployment.*"), Fit::Never);
        assert_eq!(of(ID, "!prefect.deployment.*"), Fit::Always);
        assert_eq!(of(ID, "prefect.*.[0-9a]*"), Fit::Maybe);
        assert_eq!(of(ID, "*deployment*"), Fit::Maybe);
        assert_eq!(of(ID, "{{ prefect.variables.id }}"), Fit::Maybe);
        assert_eq!(of(STATE_NAME, "Fail*"), Fit::Always);
        assert_eq!(of(STATE_NAME, "Completed"), Fit::Never);
        assert_eq!(of("prefect.state-type", "FAILED"), Fit::Maybe);
        assert_eq!(of("prefect.state-type", "Failed"), Fit::Never);
        assert_eq!(of("prefect.tag", "*"), Fit::Never);
        assert_eq!(of(NAME, "nightly"), Fit::Maybe);
    }
}
