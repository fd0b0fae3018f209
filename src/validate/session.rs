//! Checks the documents of a text, one after the other, and what they keep for the next.

use crate::catalogue::{self, Match};
use crate::diagnostic::Code;
use crate::diagnostic::findings::{Findings, Location, Subject};
use crate::diagnostic::path::Path;
use crate::diagnostic::syntax::{self, SourceText, Within};
use crate::json::{Issue, Kind, Parsed, Span, Tape, Value, parse, repeated_keys};
use crate::recognise::{self, Form, Sniffed, events_start, sniff};
use crate::text::order;
use crate::text::phrase::cut;

use super::cache::{Observed, Record, ShapeCache};
use super::chain::{Chain, Linked};
use super::envelope::{self, MAX_NAME};
use super::input::{self, FirstLine, first_line};
use super::links::Links;
use super::options::ValidateOptions;
use super::{consistency, custom, family};

/// The form of the first line, if there is one; `Some(None)`: it cannot be read.
pub(crate) type FirstForm = Option<Option<Form>>;

/// The depth of events nested no deeper than this is not checked.
const SHALLOW: usize = 190;

/// The state kept from one document to the next.
#[derive(Default)]
pub(super) struct Session<R> {
    pub(super) tape: Tape,
    pub(super) issues: Vec<Issue>,
    pub(super) relations: R,
    pub(super) cache: ShapeCache<Links<u32>>,
    /// The number of events so far.
    pub(super) events: u64,
    /// Each text is all there is: the only event of a document has no others to be compared with.
    pub(super) is_whole: bool,
    /// How often a text was read, how many events hit the cache, and how many were compared with others: for tests.
    pub(super) parses: u64,
    pub(super) hits: u64,
    pub(super) related: u64,
}

/// What becomes of the relations between events.
pub(crate) trait Relate {
    /// An event whose own checks are done.
    fn relate(
        &mut self,
        findings: &mut Findings<'_>,
        subject: &Subject<'_>,
        event: &Linked<Value<'_>>,
        matched: Option<&Match<'_>>,
    );
}

impl Relate for Chain {
    fn relate(
        &mut self,
        findings: &mut Findings<'_>,
        subject: &Subject<'_>,
        event: &Linked<Value<'_>>,
        matched: Option<&Match<'_>>,
    ) {
        let holed = matched.is_some_and(|matched| matched.hole.is_some());
        self.add(findings, subject, event, matched.map(|matched| matched.family), holed);
    }
}

impl<R: Relate> Session<R> {
    /// A text of any kind. Its first line is read to detect the kind, and not read again if it is a document.
    /// Returns the form of the text.
    pub(super) fn text(
        &mut self,
        findings: &mut Findings<'_>,
        options: &ValidateOptions,
        source: SourceText<'_>,
    ) -> Form {
        let text = source.text;
        if let Some(sniffed) = not_json(text) {
            let (form, what, remedy) = match sniffed {
                Sniffed::Foreign(foreign) => (foreign.form(), foreign.phrase(), foreign.remedy().to_owned()),
                Sniffed::Yaml(form) => (form, form.phrase(), form.remedy()),
            };
            let place = Location::Bytes(recognise::first_line(text));
            other_document(findings, &Subject::default(), what, &remedy, place);
            return form;
        }
        self.parses = self.parses.saturating_add(1);
        match first_line(text, true, &mut self.tape, &mut self.issues) {
            FirstLine::Document { parsed, end } => self.check(findings, options, source, end, &parsed, false),
            FirstLine::Ndjson { first: Some(parsed), end } => {
                let form = self.check(findings, options, source, end, &parsed, true);
                self.lines(findings, options, source, end);
                form_of_lines(Some(Some(form)))
            }
            FirstLine::Ndjson { first: None, .. } => {
                self.lines(findings, options, source, events_start(text));
                form_of_lines(None)
            }
            FirstLine::Part | FirstLine::Unknown => {
                self.document(findings, options, source, events_start(text), text.len(), false)
            }
        }
    }

    pub(super) fn lines(
        &mut self,
        findings: &mut Findings<'_>,
        options: &ValidateOptions,
        source: SourceText<'_>,
        from: usize,
    ) {
        for (start, end) in input::lines(source.text, from) {
            self.document(findings, options, source, start, end, true);
        }
    }

    /// Checks the document between two bytes of the text. `is_line`: if it cannot be read, it counts as an event.
    fn document(
        &mut self,
        findings: &mut Findings<'_>,
        options: &ValidateOptions,
        source: SourceText<'_>,
        start: usize,
        end: usize,
        is_line: bool,
    ) -> Form {
        self.parses = self.parses.saturating_add(1);
        let text = source.text.get(..end).unwrap_or_default();
        let parsed = parse(text, start, &mut self.tape, &mut self.issues);
        self.check(findings, options, source, end, &parsed, is_line)
    }

    /// Checks the document that was read, which ends before a byte of the text.
    pub(super) fn check(
        &mut self,
        findings: &mut Findings<'_>,
        options: &ValidateOptions,
        source: SourceText<'_>,
        end: usize,
        parsed: &Parsed,
        is_line: bool,
    ) -> Form {
        let Session { tape, issues, relations, cache, events, hits, related, is_whole, .. } = self;
        let is_alone = *is_whole && !is_line;
        let mut events_of = Events { relations, cache, hits, related, options, is_alone };
        let text = source.text.get(..end).unwrap_or_default();
        let document = tape.document(text);
        let before = *events;
        let root = document.root();
        let deep = parsed.depth > SHALLOW;
        let clean = parsed.complete && issues.is_empty() && !deep;
        if let (true, Some(root)) = (clean, root)
            && events_of.cached(findings, root, before)
        {
            *events = before.saturating_add(1);
            return Form::Event;
        }
        let other = match root {
            Some(root) if parsed.complete => recognise::other_than_events(root),
            Some(_) if !is_line => recognise::broken(text).filter(|form| form.is_checked()),
            _ => None,
        };
        if let (Some(form), Some(root)) = (other, root) {
            findings.next_event();
            *events = before.saturating_add(u64::from(is_line));
            let subject = Subject { index: is_line.then_some(before), ..Subject::default() };
            let start = root.span().start;
            let place = Location::Bytes(Span { start, end: start.saturating_add(1) });
            other_document(findings, &subject, form.phrase(), &form.remedy(), place);
            return form;
        }
        // For single events and events in an array, repeated keys are searched event by event.
        let apart = parsed.complete && root.is_some_and(|root| !recognise::is_wrapped(root));
        events_of.is_alone &= apart && root.is_some_and(|root| root.kind() == Kind::Object);
        if let (false, Some(root)) = (apart, root) {
            repeated_keys(root, issues);
        }
        *issues = by_place(std::mem::take(issues));
        let mut open: &[Issue] = issues;
        for value in root.into_iter().flat_map(recognise::events) {
            // Reading stopped within this event.
            let span = value.span();
            if !parsed.complete && !value.is_complete() {
                break;
            }
            let index = *events;
            *events = index.saturating_add(1);
            let (here, rest) = open.split_at(open.partition_point(|issue| issue.span.start < span.end));
            open = rest;
            if here.is_empty() && !deep && events_of.cached(findings, value, index) {
                continue;
            }
            let mut here = here.to_vec();
            if apart {
                repeated_keys(value, &mut here);
                here = by_place(here);
            }
            events_of.event(findings, SourceText { text, ..source }, value, index, &here, deep);
        }
        if !open.is_empty() {
            findings.next_event();
            findings.set_fixable(root.is_some_and(|root| {
                let mut all = recognise::events(root).peekable();
                all.peek().is_some() && all.all(recognise::is_like_an_event)
            }));
            // An unreadable line counts as an event; text after an event belongs to it.
            if is_line && *events == before {
                *events = before.saturating_add(1);
            }
            let index = is_line.then_some(events.saturating_sub(1));
            let subject = Subject { index, ..Subject::default() };
            syntax::report(findings, SourceText { text, ..source }, &subject, None, open);
        }
        // Of an incomplete document, the form of what could be read.
        root.map_or(Form::Unknown, |root| {
            if parsed.complete { recognise::form_for_events(root, other) } else { recognise::form(root) }
        })
    }
}

/// The context for checking events.
struct Events<'s, R> {
    relations: &'s mut R,
    cache: &'s mut ShapeCache<Links<u32>>,
    hits: &'s mut u64,
    related: &'s mut u64,
    options: &'s ValidateOptions,
    /// There are no other events: keeping what relates to them would take two fifths of the time of such a text
    /// (`tests/bench/python.js`, `validate, each`).
    is_alone: bool,
}

impl<R: Relate> Events<'_, R> {
    /// Checks an event against the cache; `false`: no entry matches.
    fn cached(&mut self, findings: &mut Findings<'_>, event: Value<'_>, index: u64) -> bool {
        let Some(entry) = self.cache.find(self.options.profile, event) else { return false };
        *self.hits = self.hits.saturating_add(1);
        let matched = entry.matched();
        let docs = matched.as_ref().and_then(|matched| matched.family.docs());
        let subject = Subject { index: Some(index), name: Some(&entry.name), docs };
        findings.next_event();
        findings.set_fixable(true);
        if let Some(schemas) = &self.options.schemas {
            custom::check(findings, schemas, &subject, Some(&entry.name), event);
        }
        if !self.is_alone && findings.beyond_envelope() {
            *self.related = self.related.saturating_add(1);
            let links = entry.extra.map(|place| event.inner(place));
            self.relations.relate(findings, &subject, &Linked::read(links), matched.as_ref());
        }
        true
    }

    /// Checks an event in full.
    fn event(
        &mut self,
        findings: &mut Findings<'_>,
        source: SourceText<'_>,
        value: Value<'_>,
        index: u64,
        issues: &[Issue],
        deep: bool,
    ) {
        findings.next_event();
        findings.set_fixable(recognise::is_like_an_event(value));
        let record = Record::new(value, issues.is_empty() && !deep);
        let event = record.observe(value);
        let name = envelope::name(event);
        let matched = name.as_deref().and_then(catalogue::find);
        let subject = Subject {
            index: Some(index),
            // Longer names are reported; each of many findings would carry all of it.
            name: name.as_deref().map(|name| cut(name, MAX_NAME)),
            docs: matched.as_ref().and_then(|matched| matched.family.docs()),
        };
        syntax::report(findings, source, &subject, Some(Within { value, read: &envelope::FIELDS }), issues);
        let parts = envelope::check(findings, &subject, event, deep);
        // The server looks no further than the envelope.
        if findings.beyond_envelope() {
            let is_about_it = family::check(findings, &subject, source.text, &parts, matched.as_ref());
            if is_about_it {
                consistency::check(findings, &subject, &parts, matched.as_ref());
            }
        }
        let links = Links::of(&parts, matched.as_ref()).map(Observed::place);
        let without_findings = findings.event_has_none();
        if let Some(schemas) = &self.options.schemas
            // What is nested deeper has an error of its own.
            && (!deep || envelope::depth(value) <= envelope::MAX_PAYLOAD_DEPTH.saturating_add(1))
        {
            custom::check(findings, schemas, &subject, name.as_deref(), value);
        }
        if !self.is_alone && findings.beyond_envelope() {
            *self.related = self.related.saturating_add(1);
            let linked = Linked::read(links.map(|place| value.inner(place)));
            self.relations.relate(findings, &subject, &linked, matched.as_ref());
        }
        if let (true, Some(name)) = (without_findings, &name) {
            self.cache.add(self.options.profile, value, name, matched.as_ref(), links, &record);
        }
    }
}

/// The form of NDJSON.
pub(crate) fn form_of_lines(first: FirstForm) -> Form {
    match first.flatten() {
        None | Some(Form::Event | Form::Unknown) => Form::Events,
        Some(form) => form,
    }
}

/// The apparent kind of a text that is not JSON.
fn not_json(text: &[u8]) -> Option<Sniffed> {
    if begins_as_json(text) { None } else { sniff(text) }
}

pub(super) fn begins_as_json(text: &[u8]) -> bool {
    match text.get(events_start(text)..).unwrap_or_default().trim_ascii_start() {
        [] | [b'{', ..] => true,
        [b'[', rest @ ..] => !rest.trim_ascii_start().starts_with(b"Automation("),
        _ => false,
    }
}

fn other_document(findings: &mut Findings<'_>, subject: &Subject<'_>, what: &str, remedy: &str, place: Location) {
    findings.set_fixable(false);
    let code = Code::NOT_EVENTS;
    findings.note(code.severity(), code, subject, &Path::Root).at(place).with("what", what).with("remedy", remedy);
}

fn by_place(mut issues: Vec<Issue>) -> Vec<Issue> {
    order::by_key(&mut issues, &mut |issue| u64::from(issue.span.start));
    issues
}
