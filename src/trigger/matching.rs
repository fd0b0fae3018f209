//! Which events a trigger sees, and under which key it counts them.
//!
//! Source: `matches`, `ResourceSpecification` and `find_resource_label` of `server/events/schemas/events.py`;
//! `EventTrigger` of `server/events/schemas/automations.py`; `find_interested_triggers` of
//! `server/events/triggers.py`.

use crate::automation::{EventTrigger, Specification};
use crate::event::{Labels, ReceivedEvent, Text};
use crate::hash::{hash, mix};

/// A pattern of Python's `fnmatch.fnmatchcase`.
#[derive(Debug)]
pub enum Glob {
    /// No wildcard, or only a last `*`: most patterns.
    Plain {
        text: String,
        open: bool,
    },
    Pieces(Vec<Piece>),
}

#[derive(Debug)]
pub enum Piece {
    /// `*`
    Many,
    /// `?`
    One,
    Char(char),
    /// `[a-c]`, `[!x]`: from and to, both included. Nothing is in `[z-a]`.
    Set {
        negated: bool,
        ranges: Vec<(char, char)>,
    },
}

impl Piece {
    fn is(&self, c: char) -> bool {
        match self {
            Piece::Many | Piece::One => true,
            Piece::Char(own) => *own == c,
            Piece::Set { negated, ranges } => ranges.iter().any(|(from, to)| (*from..=*to).contains(&c)) != *negated,
        }
    }
}

impl Glob {
    pub fn new(pattern: &str) -> Self {
        let (text, open) = pattern.strip_suffix('*').map_or((pattern, false), |text| (text, true));
        if text.bytes().any(|byte| matches!(byte, b'*' | b'?' | b'[')) {
            Glob::Pieces(pieces(pattern))
        } else {
            Glob::Plain { text: text.to_owned(), open }
        }
    }

    pub fn matches(&self, value: &str) -> bool {
        match self {
            Glob::Plain { text, open: true } => value.as_bytes().starts_with(text.as_bytes()),
            Glob::Plain { text, open: false } => *text == *value,
            Glob::Pieces(pieces) => pieces_match(pieces, value),
        }
    }
}

/// A `*` first takes nothing; where the rest fails, the last `*` takes one more.
fn pieces_match(pieces: &[Piece], value: &str) -> bool {
    let (mut pattern, mut rest) = (pieces.iter(), value.chars());
    let mut retry = None;
    loop {
        let before = (pattern.clone(), rest.clone());
        match (pattern.next(), rest.next()) {
            (Some(Piece::Many), _) => {
                retry = Some((pattern.clone(), before.1.clone()));
                rest = before.1;
            }
            (None, None) => return true,
            (Some(piece), Some(c)) if piece.is(c) => {}
            _ => {
                let Some((after, mut from)) = retry else { return false };
                if from.next().is_none() {
                    return false;
                }
                (pattern, rest) = (after.clone(), from.clone());
                retry = Some((after, from));
            }
        }
    }
}

fn pieces(pattern: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut rest = pattern;
    while let Some(c) = rest.chars().next() {
        rest = rest.get(c.len_utf8()..).unwrap_or_default();
        pieces.push(match c {
            '*' => Piece::Many,
            '?' => Piece::One,
            '[' => match set_end(rest) {
                // Without its end it is nothing but a bracket.
                None => Piece::Char('['),
                Some(end) => {
                    let inside = rest.get(..end).unwrap_or_default();
                    rest = rest.get(end.saturating_add(1)..).unwrap_or_default();
                    set(inside)
                }
            },
            c => Piece::Char(c),
        });
    }
    pieces
}

/// Where the `]` is that ends a set; one that comes first belongs to it.
fn set_end(rest: &str) -> Option<usize> {
    let inside = rest.strip_prefix('!').unwrap_or(rest);
    let skipped = rest.len().saturating_sub(inside.len());
    let first = usize::from(inside.starts_with(']'));
    let end = inside.bytes().skip(first).position(|byte| byte == b']')?;
    Some(skipped.saturating_add(first).saturating_add(end))
}

/// `fnmatch.translate` splits what is inside at the hyphens that make ranges: the end of one chunk and the start
/// of the next are a range, all else stands for itself. Empty ranges vanish.
fn set(inside: &str) -> Piece {
    let (negated, own) = inside.strip_prefix('!').map_or((false, inside), |own| (true, own));
    let mut rest: Vec<char> = own.chars().collect();
    let mut chunks: Vec<Vec<char>> = Vec::new();
    // A hyphen cannot come first, nor directly after the end of a range.
    let mut from = 1;
    while let Some(at) = rest.iter().skip(from).position(|c| *c == '-').map(|at| at.saturating_add(from)) {
        let tail = rest.split_off(at.saturating_add(1).min(rest.len()));
        rest.pop();
        chunks.push(std::mem::replace(&mut rest, tail));
        from = 2;
    }
    match chunks.last_mut() {
        Some(last) if rest.is_empty() => last.push('-'),
        _ => chunks.push(rest),
    }
    let mut ranges: Vec<(char, char)> = Vec::new();
    let mut after: Vec<char> = Vec::new();
    // From the last chunk to the first, as Python removes the empty ranges.
    while let Some(mut chunk) = chunks.pop() {
        if let (Some(to), Some(start)) = (after.first().copied(), chunk.last().copied()) {
            after.remove(0);
            chunk.pop();
            if start <= to {
                ranges.push((start, to));
                ranges.extend(after.iter().map(|c| (*c, *c)));
            } else {
                chunk.append(&mut after);
            }
        }
        after = chunk;
    }
    ranges.extend(after.iter().map(|c| (*c, *c)));
    Piece::Set { negated, ranges }
}

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

    /// Answers of `fnmatch.fnmatchcase` in Python 3.11.
    #[test]
    fn globs_are_pythons() {
        for (pattern, value, is) in [
            ("", "", true),
            ("*", "", true),
            ("*", "a\nb", true),
            ("a*c", "abbc", true),
            ("a*c", "abbcd", false),
            ("*.flow-run.*", "prefect.flow-run.x", true),
            ("a?c", "abc", true),
            ("a?c", "aéc", true),
            ("a?c", "ac", false),
            ("[a-c]x", "bx", true),
            ("[!a-c]x", "bx", false),
            ("[!a-c]x", "dx", true),
            ("[]]", "]", true),
            ("[!]]", "]", false),
            ("[abc", "[abc", true),
            ("[z-a]", "m", false),
            ("[!z-a]", "m", true),
            ("[a-]", "-", true),
            ("[-a]", "-", true),
            ("[a-c-e]", "-", true),
            ("[a-c-e]", "d", false),
            ("[a-cx-z]", "y", true),
            ("[^a]", "^", true),
            ("[^a]", "b", false),
            ("[--0]", ".", true),
            ("[a-zz-a]", "z", true),
            ("*a*b*c", "xaxbxbxc", true),
            ("*a*b*c", "xaxbxbx", false),
            ("[[]x", "[x", true),
        ] {
            assert_eq!(Glob::new(pattern).matches(value), is, "{pattern:?} {value:?}");
        }
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
