//! Events to findings: text, envelope, family, consistency, chain.

mod chain;
mod consistency;
#[cfg(feature = "custom-schemas")]
pub(crate) mod custom;
pub(crate) mod envelope;
mod family;
mod input;
mod links;
mod options;
pub(crate) mod precedent;
mod transition;

use crate::catalogue;
use crate::diagnostic::findings::{Findings, Subject};
use crate::diagnostic::syntax::{self, Source};
use crate::diagnostic::{Profile, Report, TextOptions};
use crate::json::{Issue, Places, Position, Tape, Value, parse, repeated_keys};
use crate::text::order;

use chain::{Chain, Linked};
use links::Links;
use precedent::Precedents;

#[cfg(feature = "custom-schemas")]
pub use custom::{SchemaFile, Schemas, SchemasError, read_files};
pub(crate) use envelope::{MAX_LABELS, MAX_NAME, MAX_RELATED};
pub use options::ValidateOptions;

/// An event that is nested no deeper than this is not looked at for its depth.
const SHALLOW: usize = 190;

/// Checks a whole text: one event, an array of events, NDJSON, an API page, or a websocket frame.
#[must_use]
pub fn validate(text: &[u8], text_options: TextOptions, options: &ValidateOptions) -> Report {
    Validator::default().validate(text, text_options, options)
}

/// Checks text after text. What events look like is remembered from one to the next, which makes it
/// quicker; no finding depends on it.
#[derive(Default)]
pub struct Validator {
    reader: Reader,
    profile: Profile,
}

impl Validator {
    /// See [`validate`].
    #[must_use]
    pub fn validate(&mut self, text: &[u8], text_options: TextOptions, options: &ValidateOptions) -> Report {
        let reader = &mut self.reader;
        (reader.chain, reader.events) = (Chain::default(), 0);
        // Fewer checks under one profile are no precedent for the other.
        if options.profile != self.profile {
            (reader.precedents, self.profile) = (Precedents::default(), options.profile);
        }
        let mut findings = Findings::new(options.report());
        let source = Source { text, base: Position::START, wtf8: text_options.wtf8 };
        if input::is_ndjson(text, true, &mut reader.tape, &mut reader.issues) == Some(true) {
            reader.lines(&mut findings, options, source);
        } else {
            reader.document(&mut findings, options, source, input::byte_order_mark(text), text.len(), false);
        }
        reader.chain.finish(&mut findings, reader.events);
        findings.into_report(reader.events, source, text_options.places)
    }
}

/// Whether a text is NDJSON. `whole`: the text is complete; otherwise `None` says that more of it
/// must be seen.
#[must_use]
pub fn is_ndjson(text: &[u8], whole: bool) -> Option<bool> {
    input::is_ndjson(text, whole, &mut Tape::new(), &mut Vec::new())
}

/// NDJSON, chunk by chunk, in constant memory: places and indices count through.
pub struct Stream {
    options: ValidateOptions,
    reader: Reader,
    /// The place after the last chunk.
    place: Position,
}

impl Stream {
    #[must_use]
    pub fn new(options: ValidateOptions) -> Self {
        Stream { options, reader: Reader::default(), place: Position::START }
    }

    /// Checks whole lines; the last one of the input may lack its line break.
    #[must_use]
    pub fn chunk(&mut self, text: &[u8]) -> Report {
        let mut findings = Findings::new(self.options.report());
        let before = self.reader.events;
        let source = Source { text, base: self.place, wtf8: false };
        self.reader.lines(&mut findings, &self.options, source);
        self.reader.chain.leave(source);
        let events = self.reader.events.saturating_sub(before);
        let report = findings.into_report(events, source, true);
        self.place = Places::new(text, self.place, false).position(text.len());
        report
    }

    /// What can only be said at the end of the input.
    #[must_use]
    pub fn finish(&mut self) -> Report {
        let mut findings = Findings::new(self.options.report());
        self.reader.chain.finish(&mut findings, self.reader.events);
        findings.into_report(0, Source { text: &[], base: self.place, wtf8: false }, true)
    }
}

/// What is kept from one document to the next.
#[derive(Default)]
struct Reader {
    tape: Tape,
    issues: Vec<Issue>,
    chain: Chain,
    precedents: Precedents,
    /// How many events there were.
    events: u64,
}

impl Reader {
    fn lines(&mut self, findings: &mut Findings<'_>, options: &ValidateOptions, source: Source<'_>) {
        let from = if source.base == Position::START { input::byte_order_mark(source.text) } else { 0 };
        for (start, end) in input::lines(source.text, from) {
            self.document(findings, options, source, start, end, true);
        }
    }

    /// Checks the document between two bytes of the text. `is_line`: if it cannot be read, it counts as an event.
    #[cfg_attr(not(feature = "custom-schemas"), expect(unused_variables, reason = "for schemas"))]
    fn document(
        &mut self,
        findings: &mut Findings<'_>,
        options: &ValidateOptions,
        source: Source<'_>,
        start: usize,
        end: usize,
        is_line: bool,
    ) {
        let Reader { tape, issues, chain, precedents, events } = self;
        let text = source.text.get(..end).unwrap_or_default();
        let parsed = parse(text, start, tape, issues);
        let document = tape.document(text);
        let before = *events;
        let root = document.root();
        let deep = parsed.depth > SHALLOW;
        let clean = parsed.complete && issues.is_empty() && !deep;
        if let (true, Some(root)) = (clean, root)
            && like_before(precedents, chain, findings, options, root, before)
        {
            *events = before.saturating_add(1);
            return;
        }
        // Of events by themselves or in an array, repeated keys are looked for one by one.
        let apart = parsed.complete && root.is_some_and(|root| !input::is_wrapped(root));
        if let (false, Some(root)) = (apart, root) {
            repeated_keys(root, issues);
        }
        *issues = by_place(std::mem::take(issues));
        let mut open: &[Issue] = issues;
        for value in root.into_iter().flat_map(input::events) {
            // Reading stopped within this one.
            let span = value.span();
            if !parsed.complete && !value.is_complete() {
                break;
            }
            let index = *events;
            *events = index.saturating_add(1);
            let (here, rest) = open.split_at(open.partition_point(|issue| issue.span.start < span.end));
            open = rest;
            if here.is_empty() && !deep && like_before(precedents, chain, findings, options, value, index) {
                continue;
            }
            let mut here = here.to_vec();
            if apart {
                repeated_keys(value, &mut here);
                here = by_place(here);
            }
            findings.next_event(Some(value).filter(|_| here.is_empty() && !deep));
            let name = envelope::name(value);
            let matched = name.as_deref().and_then(catalogue::find);
            let subject = Subject {
                index: Some(index),
                name: name.as_deref(),
                docs: matched.as_ref().and_then(|matched| matched.family.docs),
            };
            syntax::report(findings, source, &subject, Some(syntax::Within { value, read: &envelope::FIELDS }), &here);
            let event = envelope::check(findings, &subject, value, deep);
            // The server looks no further than the envelope.
            if findings.beyond_envelope() {
                let family = family::check(findings, &subject, text, &event, matched.as_ref());
                if family {
                    consistency::check(findings, &subject, &event, matched.as_ref());
                }
            }
            let factual = findings.rests_on_facts();
            #[cfg(feature = "custom-schemas")]
            if let (false, Some(schemas)) = (deep, &options.schemas) {
                custom::check(findings, schemas, &subject, value);
            }
            let links = Links::of(&event, matched.as_ref());
            if findings.beyond_envelope() {
                chain.add(findings, &subject, &Linked::of(&event, links), matched.as_ref());
            }
            if let (true, Some(matched), Some(name)) = (factual, &matched, &name) {
                let links = links.map(|link| findings.place(link));
                precedents.add(value, name, matched, links, findings.facts());
            }
        }
        if !open.is_empty() {
            findings.next_event(None);
            // A line that cannot be read counts as an event; what stands behind one belongs to it.
            if is_line && *events == before {
                *events = before.saturating_add(1);
            }
            let index = is_line.then_some(events.saturating_sub(1));
            let subject = Subject { index, ..Subject::default() };
            syntax::report(findings, Source { text, ..source }, &subject, None, open);
        }
    }
}

/// Checks an event by one like it; `false`: there is none.
fn like_before(
    precedents: &Precedents,
    chain: &mut Chain,
    findings: &mut Findings<'_>,
    options: &ValidateOptions,
    event: Value<'_>,
    index: u64,
) -> bool {
    let Some(precedent) = precedents.find(event) else { return false };
    let links = precedent.links.map(|place| event.inner(place));
    let Some(linked) = Linked::usual(links) else { return false };
    let matched = precedent.matched();
    let subject = Subject { index: Some(index), name: Some(&precedent.name), docs: matched.family.docs };
    findings.next_event(None);
    #[cfg(feature = "custom-schemas")]
    if let Some(schemas) = &options.schemas {
        custom::check(findings, schemas, &subject, event);
    }
    if findings.beyond_envelope() {
        chain.add(findings, &subject, &linked, Some(&matched));
    }
    true
}

fn by_place(mut issues: Vec<Issue>) -> Vec<Issue> {
    order::by_key(&mut issues, &mut |issue| u64::from(issue.span.start));
    issues
}
