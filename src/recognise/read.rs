//! The text of a document, in any of the forms that Prefect writes and reads, onto the tape.

use crate::diagnostic::Code;
use crate::diagnostic::findings::{Findings, Location, Subject};
use crate::diagnostic::path::Path;
use crate::diagnostic::syntax::{self, AnyDocument, Language, SourceText};
use crate::json::{Span, Tape, parse};
use crate::yaml;

use super::sniff::{Foreign, foreign};
use super::{Form, form, terraform, wrapped};

/// How a document was written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Notation {
    pub language: Language,
    /// Its form. For Terraform's JSON, the tape holds a list of its automations.
    pub form: Form,
    /// Whether values that are known only later may be missing.
    pub is_plan: bool,
}

/// Reads a document onto the tape, and reports errors in its text. `None`: it cannot be read.
///
/// `wanted`: the caller's forms. No fix is offered for others, nor for output of Prefect or Terraform in a form that
/// it does not read.
pub(crate) fn read(
    findings: &mut Findings<'_>,
    source: SourceText<'_>,
    tape: &mut Tape,
    wanted: fn(Form) -> bool,
) -> Option<Notation> {
    let text = source.text;
    if let Some(foreign) = foreign(text) {
        unreadable(findings, text, foreign.phrase(), foreign.remedy());
        return None;
    }
    let mut parsed = syntax::parse_any(text, tape);
    let broken = if parsed.language.is_none() { joined(text, tape) } else { None };
    if let Some((language, _)) = broken {
        parsed = AnyDocument { language: Some(language), issues: Vec::new(), error: None };
    }
    let form = tape.document(text).root().map_or(Form::Unknown, form);
    if form == Form::TerraformConfiguration {
        unreadable(findings, text, form.phrase(), Foreign::Hcl.remedy());
        return None;
    }
    findings.set_fixable(wanted(form) && broken.is_none() && form != Form::Terraform && form != Form::Unknown);
    if let Some((_, place)) = broken {
        let code = Code::WRAPPED_EXPORT;
        findings.note(code.severity(), code, &Subject::default(), &Path::Root).at(Location::Bytes(place));
    }
    let language = syntax::report_any(findings, source, parsed, tape)?;
    let mut is_plan = false;
    let rewrite = tape.document(text).root().filter(|_| form == Form::Terraform).map(|root| {
        is_plan = terraform::is_plan(root);
        terraform::automations(root, text)
    });
    if let Some(rewrite) = rewrite {
        rewrite.onto(text, tape);
    }
    Some(Notation { language, form, is_plan })
}

fn unreadable(findings: &mut Findings<'_>, text: &[u8], what: &str, remedy: &str) {
    let code = Code::UNREADABLE_FORM;
    findings
        .note(code.severity(), code, &Subject::default(), &Path::Root)
        .at(Location::Bytes(first_line(text)))
        .with("what", what)
        .with("remedy", remedy);
}

/// The form of a text that would be JSON if a terminal had not broken its lines.
pub(crate) fn broken(text: &[u8]) -> Option<Form> {
    let joined = wrapped::joined_json(text)?;
    let (mut tape, mut issues) = (Tape::new(), Vec::new());
    let is_complete = parse(&joined.text, 0, &mut tape, &mut issues).complete;
    tape.document(&joined.text).root().filter(|_| is_complete).map(form)
}

/// Reads text broken by a terminal, if it has no other errors. Returns the place of the first break.
fn joined(text: &[u8], tape: &mut Tape) -> Option<(Language, Span)> {
    if matches!(text.trim_ascii_start().first(), Some(b'[' | b'{')) {
        return Some((Language::Json, joined_json(text, tape)?));
    }
    let joined = wrapped::joined_yaml(text)?;
    yaml::read(&joined.text, tape).ok()?;
    Some((Language::Yaml, joined.first))
}

/// Separate from the YAML reader, which is large.
fn joined_json(text: &[u8], tape: &mut Tape) -> Option<Span> {
    let joined = wrapped::joined_json(text)?;
    let (mut own, mut issues) = (Tape::new(), Vec::new());
    let is_complete = parse(&joined.text, 0, &mut own, &mut issues).complete && issues.is_empty();
    let rewrite = wrapped::in_one_piece(own.document(&joined.text).root().filter(|_| is_complete)?, text);
    rewrite.onto(text, tape);
    Some(joined.first)
}

/// The first line that is not blank.
pub(crate) fn first_line(text: &[u8]) -> Span {
    let start = text.iter().position(|byte| !byte.is_ascii_whitespace()).unwrap_or_default();
    let rest = text.get(start..).unwrap_or_default();
    let length = rest.split(|&byte| byte == b'\n').next().unwrap_or_default().trim_ascii_end().len();
    let at = |byte: usize| u32::try_from(byte).unwrap_or(u32::MAX);
    Span { start: at(start), end: at(start.saturating_add(length)) }
}
