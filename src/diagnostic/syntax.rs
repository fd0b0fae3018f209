//! Errors in the text itself.

use super::{Code, Severity};
use crate::json::{
    Fault, Issue, Items, Kind, MAX_DEPTH, Members, Pointer, Position, Span, Tape, Value, parse, repeated_keys, write,
};
use crate::text::steps::step;
use crate::yaml::{self, YamlError};

pub(crate) use super::source::SourceText;

use super::findings::{Findings, Location, Subject};
use super::options::ReportOptions;
use super::path::{self, Path};

/// The value that contains the issues.
#[derive(Clone, Copy)]
pub(crate) struct Within<'t> {
    pub value: Value<'t>,
    /// Its members that Prefect reads: errors in the others may not matter.
    pub read: &'static [&'static str],
}

/// The syntax of a document.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Language {
    Json,
    Yaml,
}

/// A document, read from JSON or YAML.
pub(crate) struct AnyDocument {
    /// `None`: it cannot be read.
    pub language: Option<Language>,
    pub issues: Vec<Issue>,
    pub error: Option<YamlError>,
}

/// Reads a document, JSON or YAML, onto the tape.
///
/// Text that begins with a bracket can be either. It is YAML if it is not JSON, nor JSON with a mistake or two; if it
/// is neither, it is explained as JSON. An empty text has only one finding.
pub(crate) fn parse_any(text: &[u8], tape: &mut Tape) -> AnyDocument {
    let start = if text.starts_with(b"\xEF\xBB\xBF") { 3 } else { 0 };
    let first = text.get(start..).unwrap_or_default().trim_ascii_start().first();
    let mut issues = Vec::new();
    let may_be_json = matches!(first, None | Some(b'{' | b'['));
    let (mut language, mut error) = (None, None);
    let mut is_json = false;
    if may_be_json {
        let complete = parse(text, start, tape, &mut issues).complete;
        language = complete.then_some(Language::Json);
        // Words without quotes, comments and anchors are typical for YAML.
        let yaml = |issue: &Issue| match issue.fault {
            Fault::UnquotedKey | Fault::Literal => true,
            Fault::MissingValue | Fault::MissingComma => {
                text.get(issue.span.start as usize).is_some_and(|byte| b"#&*!|>?-".contains(byte))
            }
            _ => false,
        };
        is_json = first.is_none() || !issues.iter().any(yaml);
    }
    if !is_json {
        match yaml::read(text, tape) {
            Ok(()) => {
                issues.clear();
                language = Some(Language::Yaml);
            }
            Err(_) if may_be_json => {
                parse(text, start, tape, &mut issues);
            }
            Err(found) => error = Some(found),
        }
    }
    AnyDocument { language, issues, error }
}

/// Reports errors in the text of a document. `None`: it cannot be read.
pub(crate) fn report_any(
    findings: &mut Findings<'_>,
    source: SourceText<'_>,
    parsed: AnyDocument,
    tape: &Tape,
) -> Option<Language> {
    let AnyDocument { language, mut issues, error } = parsed;
    if let Some(error) = error {
        let code = Code::SYNTAX_YAML;
        findings
            .note(code.severity(), code, &Subject::default(), &Path::Root)
            .at(Location::Bytes(error.span))
            .with("what", error.problem.sentence());
    }
    if let Some(root) = tape.document(source.text).root() {
        repeated_keys(root, &mut issues);
    }
    report(findings, source, &Subject::default(), None, &issues);
    language
}

/// Reports the reader's issues in one event (or in a text that is not an event), in the order of the text.
pub(crate) fn report(
    findings: &mut Findings<'_>,
    source: SourceText<'_>,
    subject: &Subject<'_>,
    within: Option<Within<'_>>,
    issues: &[Issue],
) {
    let mut locator = within.map(Locator::new);
    for issue in issues {
        let place = locator.as_mut().map(|locator| locator.find(issue.span)).unwrap_or_default();
        report_one(findings, source, subject, &place, issue);
    }
}

/// The place and the message of the first error among the issues of a JSON text, for texts that get no report.
pub(crate) fn first_error(text: &[u8], issues: &[Issue]) -> Option<(Position, String)> {
    let mut findings = Findings::new(ReportOptions::default());
    let source = SourceText { text, base: Position::START, wtf8: false };
    report(&mut findings, source, &Subject::default(), None, issues);
    let all = findings.into_report(0, source, true).diagnostics;
    let first = all.into_iter().find(|found| found.severity == Severity::Error)?;
    Some((first.range.map_or(Position::START, |range| range.start), first.message))
}

fn report_one(
    findings: &mut Findings<'_>,
    source: SourceText<'_>,
    subject: &Subject<'_>,
    place: &IssuePlace<'_>,
    issue: &Issue,
) {
    let span = issue.span;
    if place.ignored && issue.fault == Fault::LoneSurrogate {
        return;
    }
    let code = code(issue.fault, place.key);
    let finding =
        findings.note(code.severity(), code, subject, &Path::Written(place.pointer)).at(Location::Bytes(span));
    // A finding that is only counted needs no text.
    if finding.is_counted_only() {
        return;
    }
    let text = source.slice(span);
    let finding = match issue.fault {
        Fault::ControlCharacter(byte) => finding.say("found", format_args!("U+{byte:04X}")),
        _ => finding.shown("found", &text),
    };
    match issue.fault {
        Fault::Truncated { open: Some(open) } => {
            let kind = if source.text.get(open as usize) == Some(&b'[') { "array" } else { "object" };
            finding.positioned(
                "what",
                open,
                &["the ", kind, " that begins at line {line}, column {column} is not closed"].concat(),
            );
        }
        Fault::Truncated { open: None } => {
            finding.with("what", "a value is incomplete");
        }
        Fault::TrailingComma => {
            let rest = source.text.get(span.end as usize..).unwrap_or_default();
            let closing = rest.iter().find(|byte| matches!(byte, b'}' | b']'));
            let bracket = if closing == Some(&b']') { "]" } else { "}" };
            finding.with("bracket", bracket).fix(vec![(span, String::new())]);
        }
        Fault::MissingComma => finding.fix(vec![(comma_place(source.text, span.start), ",".to_owned())]),
        Fault::Mismatched => {
            finding.with("expected", if &*text == "}" { "]" } else { "}" });
        }
        Fault::Literal => {
            let meant = match text.to_ascii_lowercase().as_str() {
                "true" => "true",
                "false" => "false",
                "none" | "null" | "undefined" | "nil" => "null",
                _ => return,
            };
            finding.with("expected", meant).fix(vec![(span, meant.to_owned())]);
        }
        Fault::ControlCharacter(byte) => {
            let quoted = write::quoted(&char::from(byte).to_string());
            let escape = quoted.trim_matches('"');
            finding.with("expected", escape).fix(vec![(span, escape.to_owned())]);
        }
        Fault::LoneSurrogate => {
            match place.pointer {
                "" => finding.with("where", "a string"),
                at => finding.say("where", format_args!("`{at}`")),
            };
        }
        Fault::TooDeep => {
            finding.say("limit", format_args!("{MAX_DEPTH}"));
        }
        Fault::DuplicateKey { first } => {
            // Keys of YAML need no quotes.
            let quote = u32::from(text.starts_with(['"', '\'']));
            let inside = Span { start: span.start.saturating_add(quote), end: span.end.saturating_sub(quote) };
            let key = source.slice(inside);
            finding.shown("key", &key).positioned("line", first.start, "{line}").positioned(
                "column",
                first.start,
                "{column}",
            );
        }
        _ => {}
    }
}

fn code(fault: Fault, in_key: bool) -> Code {
    match fault {
        Fault::Empty => Code::SYNTAX_EMPTY,
        Fault::Truncated { .. } => Code::SYNTAX_TRUNCATED,
        Fault::UnterminatedString => Code::SYNTAX_UNTERMINATED_STRING,
        Fault::TrailingComma => Code::SYNTAX_TRAILING_COMMA,
        Fault::MissingComma => Code::SYNTAX_MISSING_COMMA,
        Fault::MissingColon => Code::SYNTAX_MISSING_COLON,
        Fault::MissingValue => Code::SYNTAX_MISSING_VALUE,
        Fault::Mismatched => Code::SYNTAX_MISMATCHED_BRACKET,
        Fault::TrailingText => Code::SYNTAX_TRAILING_TEXT,
        Fault::SingleQuotes => Code::SYNTAX_SINGLE_QUOTES,
        Fault::UnquotedKey => Code::SYNTAX_UNQUOTED_KEY,
        Fault::Comment => Code::SYNTAX_COMMENT,
        Fault::NonFinite => Code::SYNTAX_NON_FINITE_NUMBER,
        Fault::Number => Code::SYNTAX_NUMBER,
        Fault::Literal => Code::SYNTAX_LITERAL,
        Fault::ControlCharacter(_) => Code::SYNTAX_CONTROL_CHARACTER,
        Fault::Escape => Code::SYNTAX_ESCAPE,
        Fault::InvalidUtf8 => Code::SYNTAX_UTF8,
        Fault::LoneSurrogate if in_key => Code::LONE_SURROGATE_IN_KEY,
        Fault::LoneSurrogate => Code::SYNTAX_LONE_SURROGATE,
        Fault::TooDeep => Code::SYNTAX_TOO_DEEP,
        Fault::DuplicateKey { .. } => Code::DUPLICATE_KEY,
        Fault::NumberRange => Code::NUMBER_OUT_OF_RANGE,
        Fault::IntegerTooLong => Code::INTEGER_TOO_LONG,
    }
}

/// The place of a missing comma: after the previous value, not before the next one.
fn comma_place(text: &[u8], next: u32) -> Span {
    let before = text.get(..next as usize).unwrap_or_default();
    let end = before.iter().rposition(|byte| !byte.is_ascii_whitespace()).map_or(0, |last| last.saturating_add(1));
    let end = u32::try_from(end).unwrap_or(next);
    Span { start: end, end }
}

/// The place of an issue in a value.
#[derive(Default)]
struct IssuePlace<'l> {
    pointer: &'l str,
    /// In the name of a member.
    key: bool,
    /// In a member that Prefect does not read.
    ignored: bool,
}

/// Finds the innermost value around each issue. The issues come in the order of the text: each child is passed once.
struct Locator<'t> {
    within: Within<'t>,
    /// The containers around the last issue, outermost first.
    open: Vec<Container<'t>>,
    pointer: String,
    /// Whether the last issue is in a member that Prefect does not read.
    ignored: bool,
}

struct Container<'t> {
    span: Span,
    members: Members<'t>,
    items: Items<'t>,
    /// The current child: its key if it has one, and its index.
    child: Option<(Option<Value<'t>>, Value<'t>)>,
    index: usize,
    /// The length of its pointer, including the child's step once written.
    pointer: usize,
    child_pointer: Option<usize>,
    /// Whether its own pointer is too long: this is the pointer of an enclosing value.
    cut: bool,
}

impl<'t> Container<'t> {
    fn new(value: Value<'t>, pointer: usize, cut: bool) -> Self {
        let (members, items) = (value.members(), value.items());
        let span = value.span();
        let mut container =
            Container { span, members, items, child: None, index: 0, pointer, child_pointer: None, cut };
        container.child = container.read();
        container
    }

    fn read(&mut self) -> Option<(Option<Value<'t>>, Value<'t>)> {
        let member = self.members.next().map(|(key, member)| (Some(key), member));
        member.or_else(|| self.items.next().map(|item| (None, item)))
    }

    /// Skips the children before an issue. Returns the child around it, and whether the issue is in the name.
    fn around(&mut self, issue: Span) -> Option<(Option<Value<'t>>, Value<'t>, bool)> {
        while let Some((name, child)) = self.child {
            let in_name = name.is_some_and(|name| is_around(name.span(), issue));
            if in_name || is_around(child.span(), issue) {
                return Some((name, child, in_name));
            }
            let start = name.map_or(child.span(), Value::span).start;
            if start > issue.start || child.span().end > issue.start {
                return None;
            }
            self.child = self.read();
            self.child_pointer = None;
            self.index = self.index.saturating_add(1);
        }
        None
    }
}

fn is_around(outer: Span, inner: Span) -> bool {
    outer.start <= inner.start && inner.end <= outer.end
}

impl<'t> Locator<'t> {
    fn new(within: Within<'t>) -> Self {
        let open = vec![Container::new(within.value, 0, false)];
        Locator { within, open, pointer: String::new(), ignored: false }
    }

    fn find(&mut self, issue: Span) -> IssuePlace<'_> {
        while self.open.len() > 1 && self.open.last().is_some_and(|container| !is_around(container.span, issue)) {
            self.open.pop();
        }
        let (mut key, mut is_root) = (false, self.open.len() == 1);
        while let Some(container) = self.open.last_mut() {
            let Some((name, child, in_name)) = container.around(issue) else {
                self.pointer.truncate(container.pointer);
                self.ignored = self.ignored && !is_root;
                break;
            };
            key = in_name;
            if let Some(known) = container.child_pointer {
                self.pointer.truncate(known);
            } else {
                self.pointer.truncate(container.pointer);
                if is_root {
                    self.ignored = name.is_some_and(|name| !self.within.read.iter().any(|read| name.is(read)));
                }
                step(name.map_or(0, |name| name.raw().len()));
                let too_long = name.is_some_and(|name| name.raw().len() > path::LONGEST);
                if !container.cut && !too_long {
                    let pointer = Pointer::from(std::mem::take(&mut self.pointer));
                    self.pointer = match name {
                        Some(name) => pointer.key(&name.string()),
                        None => pointer.item(container.index),
                    }
                    .into();
                    if self.pointer.len() > path::LONGEST {
                        self.pointer.truncate(container.pointer);
                    }
                }
                container.child_pointer = Some(self.pointer.len());
            }
            if key || !matches!(child.kind(), Kind::Array | Kind::Object) {
                break;
            }
            let cut = self.pointer.len() == container.pointer;
            self.open.push(Container::new(child, self.pointer.len(), cut));
            is_root = false;
        }
        IssuePlace { pointer: &self.pointer, key, ignored: self.ignored }
    }
}
