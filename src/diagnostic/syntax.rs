//! What is wrong with the text itself.

use super::Code;
use crate::event::Event;
use crate::json::{
    Fault, Issue, MAX_DEPTH, Places, Pointer, Position, Span, Tape, Value, parse, repeated_keys, write,
};
use crate::yaml;

use super::findings::{Findings, Location, Subject};
use super::path::Path;

/// The text of one document, for the sentences about it.
#[derive(Clone, Copy)]
pub(crate) struct Source<'t> {
    pub text: &'t [u8],
    /// The place of its first byte.
    pub base: Position,
    pub wtf8: bool,
}

impl<'t> Source<'t> {
    fn slice(self, span: Span) -> std::borrow::Cow<'t, str> {
        String::from_utf8_lossy(self.text.get(span.start as usize..span.end as usize).unwrap_or_default())
    }

    fn position(self, byte: u32) -> Position {
        Places::new(self.text, self.base, self.wtf8).position(byte as usize)
    }
}

/// How a document is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Language {
    Json,
    Yaml,
}

/// Reads a document, JSON or YAML, onto the tape, and reports what is wrong with its text. `None`: it cannot be read.
///
/// What begins with a bracket can be either. It is YAML if it is not JSON, nor JSON with a mistake or two; what is neither
/// is explained as JSON. Of nothing there is only one thing to say.
pub(crate) fn read(findings: &mut Findings<'_>, source: Source<'_>, tape: &mut Tape) -> Option<Language> {
    let text = source.text;
    let start = if text.starts_with(b"\xEF\xBB\xBF") { 3 } else { 0 };
    let first = text.get(start..).unwrap_or_default().trim_ascii_start().first();
    let mut issues = Vec::new();
    let may_be_json = matches!(first, None | Some(b'{' | b'['));
    let mut language = None;
    let mut is_json = false;
    if may_be_json {
        let complete = parse(text, start, tape, &mut issues).complete;
        language = complete.then_some(Language::Json);
        // Words without quotes, comments and anchors are what YAML is written for.
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
            Err(error) => {
                let code = Code::SYNTAX_YAML;
                findings
                    .note(code.severity(), code, &Subject::default(), &Path::Root)
                    .at(Location::Bytes(error.span))
                    .with("what", error.problem.sentence());
            }
        }
    }
    if let Some(root) = tape.document(text).root() {
        repeated_keys(root, &mut issues);
    }
    report(findings, source, &Subject::default(), None, &issues);
    language
}

/// Reports what the reader has noted about one event (or about a text that is none).
pub(crate) fn report(
    findings: &mut Findings<'_>,
    source: Source<'_>,
    subject: &Subject<'_>,
    event: Option<&Event<'_>>,
    issues: &[Issue],
) {
    for issue in issues {
        report_one(findings, source, subject, event, issue);
    }
}

fn report_one(
    findings: &mut Findings<'_>,
    source: Source<'_>,
    subject: &Subject<'_>,
    event: Option<&Event<'_>>,
    issue: &Issue,
) {
    let span = issue.span;
    let text = source.slice(span);
    let place = event.map(|event| locate(event.value, issue)).unwrap_or_default();
    if place.ignored && issue.fault == Fault::LoneSurrogate {
        return;
    }
    let code = code(issue.fault, place.key);
    let finding =
        findings.note(code.severity(), code, subject, &Path::Written(place.pointer.as_str())).at(Location::Bytes(span));
    let finding = match issue.fault {
        Fault::ControlCharacter(byte) => finding.say("found", format_args!("U+{byte:04X}")),
        _ => finding.shown("found", &text),
    };
    match issue.fault {
        Fault::Truncated { open: Some(open) } => {
            let Position { line, column, .. } = source.position(open);
            let kind = if source.text.get(open as usize) == Some(&b'[') { "array" } else { "object" };
            finding.say("what", format_args!("the {kind} that begins at line {line}, column {column} is not closed"));
        }
        Fault::Truncated { open: None } => {
            finding.with("what", "a value is not complete");
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
            let at = place.pointer.as_str();
            match at {
                "" => finding.with("where", "a string"),
                _ => finding.say("where", format_args!("`{at}`")),
            };
        }
        Fault::TooDeep => {
            finding.say("limit", format_args!("{MAX_DEPTH}"));
        }
        Fault::DuplicateKey { first } => {
            let Position { line, column, .. } = source.position(first.start);
            let quote = if text.starts_with(['"', '\'']) { 1 } else { 0 };
            let inside = Span { start: span.start.saturating_add(quote), end: span.end.saturating_sub(quote) };
            let key = source.slice(inside);
            finding.shown("key", &key).say("line", format_args!("{line}")).say("column", format_args!("{column}"));
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

/// Where a comma belongs: behind the value before it, not before the next one.
fn comma_place(text: &[u8], next: u32) -> Span {
    let before = text.get(..next as usize).unwrap_or_default();
    let end = before.iter().rposition(|byte| !byte.is_ascii_whitespace()).map_or(0, |last| last.saturating_add(1));
    let end = u32::try_from(end).unwrap_or(next);
    Span { start: end, end }
}

/// Where in an event an issue is.
#[derive(Default)]
struct Place {
    pointer: Pointer,
    /// In the name of a member.
    key: bool,
    /// In a field that the server does not read.
    ignored: bool,
}

fn locate(event: Value<'_>, issue: &Issue) -> Place {
    let inside = |span: Span| span.start <= issue.span.start && issue.span.end <= span.end;
    let mut place = Place::default();
    let mut value = event;
    let mut depth = 0_u32;
    loop {
        depth = depth.saturating_add(1);
        if let Some((key, member)) = value.members().find(|(key, member)| inside(key.span()) || inside(member.span())) {
            let name = key.string();
            if depth == 1 {
                place.ignored = !crate::validate::envelope::FIELDS.contains(&&*name);
            }
            place.pointer = place.pointer.key(&name);
            if inside(key.span()) {
                place.key = true;
                return place;
            }
            value = member;
        } else if let Some((index, item)) = value.items().enumerate().find(|(_, item)| inside(item.span())) {
            place.pointer = place.pointer.item(index);
            value = item;
        } else {
            return place;
        }
    }
}
