//! Which events a trigger sees, and under which key it counts them.
//!
//! Source: `matches`, `ResourceSpecification` and `find_resource_label` of `server/events/schemas/events.py`;
//! `EventTrigger` of `server/events/schemas/automations.py`; `find_interested_triggers` of
//! `server/events/triggers.py`.

use crate::automation::{EventTrigger, Specification};
use crate::event::{Labels, ReceivedEvent, Text};
use crate::text::Glob;
use crate::text::hash::{hash, mix};

/// A pattern for the value of a label or the name of an event: a `!` in front inverts it.
#[derive(Debug)]
pub struct Matcher {
    negated: bool,
    glob: Glob,
}

impl Matcher {
    pub fn new(pattern: &str) -> Self {
        let (negated, rest) = pattern.strip_prefix('!').map_or((false, pattern), |rest| (true, rest));
        Matcher { negated, glob: Glob::new(rest) }
    }

    pub fn matches(&self, value: &str) -> bool {
        self.glob.matches(value) != self.negated
    }
}

/// What a resource must be.
#[derive(Debug)]
struct Resources(Vec<(String, Vec<Matcher>)>);

impl Resources {
    fn new(specification: &Specification) -> Self {
        let label = |(label, patterns): &(String, Vec<String>)| {
            (label.clone(), patterns.iter().map(|pattern| Matcher::new(pattern)).collect())
        };
        Resources(specification.0.iter().map(label).collect())
    }

    /// A label that is missing fails, even where the pattern is negated.
    fn matches(&self, resource: &Labels) -> bool {
        self.0.iter().all(|(label, matchers)| {
            resource.get(label).is_some_and(|value| matchers.iter().any(|matcher| matcher.matches(value)))
        })
    }

    fn includes(&self, resources: &[Labels]) -> bool {
        self.0.is_empty() || resources.iter().any(|resource| self.matches(resource))
    }
}

/// A label of `for_each`.
#[derive(Debug)]
struct KeyLabel {
    /// As it is written.
    label: Text,
    /// `related:<role>:<label>`
    related: Option<(String, String)>,
}

impl KeyLabel {
    /// The label after the last colon, the directive before the first.
    fn new(label: &str) -> Self {
        let related = label.rsplit_once(':').and_then(|(directive, name)| {
            let (directive, role) = directive.split_once(':').unwrap_or((directive, ""));
            (directive == "related").then(|| (role.to_owned(), name.to_owned()))
        });
        KeyLabel { label: label.into(), related }
    }

    /// The first related resource in the role decides, even if it lacks the label.
    fn value<'e>(&self, event: &'e ReceivedEvent) -> Option<&'e Text> {
        if let Some((role, label)) = &self.related
            && let Some(related) = event.in_role(role)
        {
            return related.get(label);
        }
        event.resource.get(&self.label)
    }
}

/// What a trigger thinks of an event by its name alone.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Interest {
    pub starts_after: bool,
    pub expects: bool,
}

/// The matching half of an event trigger.
#[derive(Debug)]
pub struct Matching {
    /// The patterns of `expect` and `after` as the index of triggers and as the covering regex use them.
    index: Vec<Glob>,
    covers: Vec<String>,
    after: Vec<Matcher>,
    expect: Vec<Matcher>,
    resource: Resources,
    related: Vec<Resources>,
    key: Vec<KeyLabel>,
}

impl Matching {
    pub fn new(trigger: &EventTrigger) -> Self {
        let covers: Vec<String> = if trigger.expect.is_empty() {
            vec!["*".to_owned()]
        } else {
            trigger.expect.iter().chain(&trigger.after).cloned().collect()
        };
        let matchers = |patterns: &[String]| patterns.iter().map(|pattern| Matcher::new(pattern)).collect();
        Matching {
            index: covers.iter().map(|pattern| Glob::new(pattern)).collect(),
            covers,
            after: matchers(&trigger.after),
            expect: matchers(&trigger.expect),
            resource: Resources::new(&trigger.matches),
            related: trigger.match_related.iter().map(Resources::new).collect(),
            key: trigger.for_each.iter().map(|label| KeyLabel::new(label)).collect(),
        }
    }

    /// `None`: the trigger never sees events of this name. The server asks three matchers that differ.
    pub fn interest(&self, name: &str) -> Option<Interest> {
        let seen =
            self.index.iter().any(|glob| glob.matches(name)) && self.covers.iter().any(|pattern| covers(pattern, name));
        seen.then(|| Interest { starts_after: self.starts_after(name), expects: self.expects(name) })
    }

    pub fn starts_after(&self, name: &str) -> bool {
        self.after.iter().any(|matcher| matcher.matches(name))
    }

    pub fn expects(&self, name: &str) -> bool {
        self.expect.is_empty() || self.expect.iter().any(|matcher| matcher.matches(name))
    }

    pub fn covers_resources(&self, event: &ReceivedEvent) -> bool {
        self.resource.matches(&event.resource) && self.related.iter().all(|related| related.includes(&event.related))
    }

    fn values<'s>(&'s self, event: &'s ReceivedEvent) -> impl Iterator<Item = Option<&'s Text>> {
        self.key.iter().map(|label| label.value(event))
    }

    pub fn key_hash(&self, event: &ReceivedEvent) -> u64 {
        self.values(event).fold(0, |state, value| mix(state, value.map_or(0, |value| text_hash(value))))
    }

    pub fn is_key(&self, event: &ReceivedEvent, key: &[Text]) -> bool {
        self.values(event).eq_by_text(key)
    }

    /// What is missing is empty, so that resources without the label share a bucket.
    pub fn key(&self, event: &ReceivedEvent) -> Box<[Text]> {
        self.values(event).map(|value| value.cloned().unwrap_or_else(|| "".into())).collect()
    }

    /// The labels of a key, in the order of their names.
    pub fn labels(&self, key: &[Text]) -> Vec<(Text, Text)> {
        self.key.iter().map(|label| label.label.clone()).zip(key.iter().cloned()).collect()
    }
}

/// An empty text and a missing one are the same.
fn text_hash(text: &str) -> u64 {
    if text.is_empty() { 0 } else { hash(text.as_bytes()) }
}

trait EqByText {
    fn eq_by_text(self, key: &[Text]) -> bool;
}

impl<'s, I: Iterator<Item = Option<&'s Text>>> EqByText for I {
    fn eq_by_text(mut self, key: &[Text]) -> bool {
        key.iter().all(|own| match self.next() {
            Some(Some(value)) => **value == **own,
            _ => own.is_empty(),
        })
    }
}

/// Whether the regex that the server makes of a pattern matches the start of a name: `*` is `.+`, which takes at
/// least one character and no line break; all else stands for itself.
fn covers(pattern: &str, name: &str) -> bool {
    let name: Vec<char> = name.chars().collect();
    // After how many characters of the name the pattern so far can end.
    let mut ends = vec![false; name.len().saturating_add(1)];
    if let Some(first) = ends.first_mut() {
        *first = true;
    }
    for piece in pattern.chars() {
        let mut next = vec![false];
        let mut inside = false;
        for (end, c) in ends.iter().zip(&name) {
            inside = if piece == '*' { (inside || *end) && *c != '\n' } else { *end && *c == piece };
            next.push(inside);
        }
        ends = next;
    }
    ends.contains(&true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_exclamation_mark_inverts() {
        assert!(!Matcher::new("!").matches("") && Matcher::new("!").matches("x"));
        assert!(Matcher::new("!!a").matches("a") && !Matcher::new("!!a").matches("!a"));
    }

    #[test]
    fn covering_is_a_prefix() {
        for (pattern, name, is) in [
            ("*", "", false),
            ("*", "a", true),
            ("*", "\n", false),
            ("a.*", "a.", false),
            ("a.*", "a.b", true),
            ("a", "abc", true),
            ("a*c", "abcd", true),
            ("a*c", "ac", false),
            ("a**c", "abc", false),
            ("a**c", "abbc", true),
            ("a?", "ab", false),
            ("a*b*c", "a1b\nb1c", false),
            ("[a]", "a", false),
        ] {
            assert_eq!(covers(pattern, name), is, "{pattern:?} {name:?}");
        }
    }
}
