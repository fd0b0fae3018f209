//! What is wrong with the text itself.

use crate::diagnostic::Code;
use crate::event::Event;
use crate::json::{Fault, Issue, MAX_DEPTH, Places, Pointer, Position, Span, Value, write};

use super::findings::{Findings, Location, Subject};
use super::path::Path;
use super::words::shown;

/// The text of one document, for the sentences about it.
#[derive(Clone, Copy)]
pub(super) struct Source<'t> {
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

/// Reports what the reader has noted about one event (or about a text that is none).
pub(super) fn report(
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
    let found = shown(&text);
    let place = event.map(|event| locate(event.value, issue)).unwrap_or_default();
    let mut edits = Vec::new();
    let (code, expected) = match issue.fault {
        Fault::Empty => (Code::SyntaxEmpty, String::new()),
        Fault::Truncated { open } => {
            let what = match open {
                Some(open) => {
                    let Position { line, column, .. } = source.position(open);
                    let kind = if source.text.get(open as usize) == Some(&b'[') { "array" } else { "object" };
                    format!("the {kind} that begins at line {line}, column {column} is not closed")
                }
                None => "a value is not complete".to_owned(),
            };
            add(findings, Code::SyntaxTruncated, subject, &place, span, &[("what", &what)], Vec::new());
            return;
        }
        Fault::UnterminatedString => (Code::SyntaxUnterminatedString, String::new()),
        Fault::TrailingComma => {
            edits.push((span, String::new()));
            let rest = source.text.get(span.end as usize..).unwrap_or_default();
            let closing = rest.iter().find(|byte| matches!(byte, b'}' | b']')).copied().unwrap_or(b'}');
            let bracket = char::from(closing).to_string();
            add(findings, Code::SyntaxTrailingComma, subject, &place, span, &[("bracket", &bracket)], edits);
            return;
        }
        Fault::MissingComma => {
            edits.push((comma_place(source.text, span.start), ",".to_owned()));
            (Code::SyntaxMissingComma, String::new())
        }
        Fault::MissingColon => (Code::SyntaxMissingColon, String::new()),
        Fault::MissingValue => (Code::SyntaxMissingValue, String::new()),
        Fault::Mismatched => (Code::SyntaxMismatchedBracket, if &*text == "}" { "]" } else { "}" }.to_owned()),
        Fault::TrailingText => (Code::SyntaxTrailingText, String::new()),
        Fault::SingleQuotes => (Code::SyntaxSingleQuotes, String::new()),
        Fault::UnquotedKey => (Code::SyntaxUnquotedKey, String::new()),
        Fault::Comment => (Code::SyntaxComment, String::new()),
        Fault::NonFinite => (Code::SyntaxNonFiniteNumber, String::new()),
        Fault::Number => (Code::SyntaxNumber, String::new()),
        Fault::Literal => {
            let meant = match text.to_ascii_lowercase().as_str() {
                "true" => Some("true"),
                "false" => Some("false"),
                "none" | "null" | "undefined" | "nil" => Some("null"),
                _ => None,
            };
            edits.extend(meant.map(|meant| (span, meant.to_owned())));
            (Code::SyntaxLiteral, meant.unwrap_or_default().to_owned())
        }
        Fault::ControlCharacter(byte) => {
            let quoted = write::quoted(&char::from(byte).to_string());
            let escape = quoted.trim_matches('"').to_owned();
            edits.push((span, escape.clone()));
            let name = format!("U+{byte:04X}");
            add(
                findings,
                Code::SyntaxControlCharacter,
                subject,
                &place,
                span,
                &[("found", &name), ("expected", &escape)],
                edits,
            );
            return;
        }
        Fault::Escape => (Code::SyntaxEscape, String::new()),
        Fault::InvalidUtf8 => (Code::SyntaxUtf8, String::new()),
        Fault::LoneSurrogate => {
            if place.ignored {
                return;
            }
            let code = if place.key { Code::LoneSurrogateInKey } else { Code::SyntaxLoneSurrogate };
            let at = if place.pointer.as_str().is_empty() {
                "a string".to_owned()
            } else {
                format!("`{}`", place.pointer.as_str())
            };
            add(findings, code, subject, &place, span, &[("where", &at)], Vec::new());
            return;
        }
        Fault::TooDeep => (Code::SyntaxTooDeep, String::new()),
        Fault::DuplicateKey { first } => {
            let key = source.slice(Span { start: span.start.saturating_add(1), end: span.end.saturating_sub(1) });
            let Position { line, column, .. } = source.position(first.start);
            let arguments = [("key", &*shown(&key)), ("line", &*line.to_string()), ("column", &*column.to_string())];
            add(findings, Code::DuplicateKey, subject, &place, span, &arguments, Vec::new());
            return;
        }
        Fault::NumberRange => (Code::NumberOutOfRange, String::new()),
        Fault::IntegerTooLong => (Code::IntegerTooLong, String::new()),
    };
    let limit = MAX_DEPTH.to_string();
    add(findings, code, subject, &place, span, &[("found", &found), ("expected", &expected), ("limit", &limit)], edits);
}

fn add(
    findings: &mut Findings<'_>,
    code: Code,
    subject: &Subject<'_>,
    place: &Place,
    span: Span,
    arguments: &[(&str, &str)],
    edits: Vec<(Span, String)>,
) {
    if let Some(found) =
        findings.add(code, subject, Path::Written(place.pointer.as_str()), Location::Bytes(span), arguments)
        && !edits.is_empty()
    {
        found.fix(code, arguments, edits);
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
                place.ignored = !super::envelope::FIELDS.contains(&&*name);
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
