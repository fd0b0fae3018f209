//! Reads a scenario: the contents of its document, and findings about errors in it.

use crate::automation::Trigger;
use crate::diagnostic::TextOptions;
use crate::diagnostic::findings::{Draft, Findings, Location, Subject};
use crate::diagnostic::options::ReportOptions;
use crate::diagnostic::path::Path;
use crate::diagnostic::syntax::SourceText;
use crate::diagnostic::{Code, Report, Severity};
use crate::json::{Kind, MAX_DEPTH, Pointer, Position, Span, Tape, Value};
use crate::recognise::{self, Form};
use crate::text::nearest::nearest;
use crate::text::phrase::joined;
use crate::trigger::{EngineLimit, TriggerLimit};

/// The most findings in a report.
const MOST: usize = 1000;

pub(super) fn findings() -> Findings<'static> {
    Findings::new(ReportOptions::listing(MOST))
}

/// The text of a document, JSON or YAML.
#[derive(Clone, Copy, Debug)]
pub struct DocumentText<'t> {
    /// UTF-8.
    pub bytes: &'t [u8],
    /// Where the text comes from, which decides whether findings get ranges in it.
    pub options: TextOptions,
}

impl<'t> From<&'t [u8]> for DocumentText<'t> {
    fn from(bytes: &'t [u8]) -> Self {
        DocumentText { bytes, options: TextOptions::default() }
    }
}

impl<'t> From<&'t str> for DocumentText<'t> {
    fn from(text: &'t str) -> Self {
        text.as_bytes().into()
    }
}

impl DocumentText<'_> {
    /// Reads the document. The result counts only if the document has no errors.
    pub(crate) fn read<T>(
        self,
        read: impl for<'d> FnOnce(Value<'d>, &mut Reading<'d>) -> Option<T>,
    ) -> (Option<T>, Report) {
        let mut tape = Tape::new();
        let mut findings = findings();
        let source = SourceText { text: self.bytes, base: Position::START, wtf8: self.options.wtf8 };
        let is_recognised = |form| !matches!(form, Form::Event | Form::Events);
        let language = recognise::read(&mut findings, source, &mut tape, is_recognised).map(|reading| reading.language);
        let document = tape.document(self.bytes);
        let mut made = None;
        if let (Some(root), Some(_)) = (document.root(), language) {
            let mut reading = Reading { findings, root, noted: 0 };
            made = read(root, &mut reading);
            findings = reading.findings;
        }
        let report = self.report(findings);
        (made.filter(|_| report.valid), report)
    }

    pub(super) fn report(self, findings: Findings<'_>) -> Report {
        let source = SourceText { text: self.bytes, base: Position::START, wtf8: self.options.wtf8 };
        findings.into_report(0, source, self.options.places)
    }
}

/// Reads values. Errors are recorded, and a placeholder replaces each invalid value.
pub(crate) struct Reading<'t> {
    pub findings: Findings<'static>,
    /// The document, to which pointers lead.
    root: Value<'t>,
    noted: usize,
}

impl<'t> Reading<'t> {
    pub(super) fn new(root: Value<'t>) -> Self {
        Reading { findings: findings(), root, noted: 0 }
    }

    /// Continues with another document of the same text.
    pub(super) fn resumed(findings: Findings<'static>, root: Value<'t>) -> Self {
        Reading { findings, root, noted: 0 }
    }

    /// Whether the next finding is kept, not only counted.
    pub(super) fn is_listing(&self) -> bool {
        self.noted < MOST
    }

    fn pointer(&mut self, value: Value<'_>) -> Pointer {
        self.noted = self.noted.saturating_add(1);
        // Further findings are only counted.
        if self.noted > MOST { Pointer::root() } else { pointer(self.root, value.index()) }
    }

    pub(super) fn add(&mut self, code: Code, value: Value<'_>) -> Draft<'_> {
        let pointer = self.pointer(value);
        self.findings.add(code, &Subject::default(), &Path::Written(pointer.as_str()), value)
    }

    /// An event is nested too deeply to be read. `place`: of what is too deep in it.
    pub(super) fn too_deep(&mut self, unread: &mut Findings<'_>, event: Value<'_>, place: Span) {
        let pointer = self.pointer(event);
        let code = Code::SYNTAX_TOO_DEEP;
        let finding = unread.note(Severity::Warning, code, &Subject::default(), &Path::Written(pointer.as_str()));
        finding.at(Location::Bytes(place)).say("limit", format_args!("{MAX_DEPTH}"));
    }

    /// The value is invalid.
    pub(super) fn wrong(&mut self, value: Value<'_>, expected: &str) {
        let pointer = self.pointer(value);
        let way = pointer.as_str();
        let key = way.rsplit('/').next().unwrap_or_default();
        let number = key.starts_with(|first: char| first.is_ascii_digit());
        let name = if number { way.trim_start_matches('/') } else { key };
        let finding = self.findings.add(Code::SCENARIO_WRONG_VALUE, &Subject::default(), &Path::Written(way), value);
        let finding = match name {
            "" => finding.with("what", "the document"),
            _ => finding.say("what", format_args!("`{name}`")),
        };
        finding.with("expected", expected).text("found", value);
    }

    pub(super) fn missing(&mut self, object: Value<'_>, what: &str, key: &str, why: &str) -> Draft<'_> {
        let finding = self.add(Code::SCENARIO_MISSING_KEY, object).opening();
        finding.with("what", what).with("key", key).with("why", why)
    }

    /// The document is of another kind.
    pub(super) fn not_a_scenario(&mut self, value: Value<'_>, form: Form) {
        let mut remedy = form.remedy();
        if form.is_checked() {
            remedy.push_str("; play events to it with `prefect-events simulate --automation FILE --events EVENTS`");
        } else if matches!(form, Form::Event | Form::Events) {
            remedy.push_str(
                "; play them to an automation with `prefect-events simulate --automation AUTOMATION --events FILE`",
            );
        }
        let finding = self.add(Code::NOT_A_SCENARIO, value).opening();
        finding.with("what", form.phrase()).with("remedy", &remedy);
    }

    pub(super) fn too_early(&mut self, value: Value<'_>, later: &str, earlier: &str) {
        self.add(Code::SCENARIO_TIME, value).with("later", later).with("earlier", earlier);
    }

    pub(super) fn too_large(&mut self, value: Value<'_>, limit: u64, what: &str) {
        let hint = "use fewer runs, a shorter time, or less frequent heartbeats";
        self.above_limit(value, limit, ["scenario", what, hint]);
    }

    /// Its result or its windows need too much memory: all other errors were found when it was read.
    pub(super) fn too_much(&mut self, value: Value<'_>, limit: EngineLimit) {
        self.too_large(value, limit.most() as u64, limit.what());
    }

    #[inline(never)]
    fn above_limit(&mut self, value: Value<'_>, limit: u64, [whole, what, hint]: [&str; 3]) {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let finding = self.add(Code::SCENARIO_TOO_LARGE, value).opening().count("limit", limit);
        finding.with("whole", whole).with("what", what).with("hint", hint);
    }

    /// Reports a trigger that is too large to play it. `value`: the trigger or its automation.
    #[inline(never)]
    pub(super) fn check_size(&mut self, trigger: &Trigger, value: Value<'_>) {
        if let Err(limit) = TriggerLimit::check(trigger) {
            let place = value.get("trigger").unwrap_or(value);
            self.above_limit(place, limit.most() as u64, ["trigger", limit.what(), limit.hint()]);
        }
    }

    /// Reports unknown keys. `lenient`: only those similar to a known one.
    pub(super) fn unknown_keys(&mut self, object: Value<'t>, known: &[&str], lenient: bool) {
        for (key, _) in object.members() {
            let name = key.string();
            if known.contains(&&*name) {
                continue;
            }
            let near = nearest(&name, &mut known.iter().copied());
            if lenient && near.is_none() {
                continue;
            }
            let finding = self.add(Code::SCENARIO_UNKNOWN_KEY, key).shown("key", &name);
            match near {
                Some(near) => {
                    finding
                        .say("hint", format_args!("did you mean `{near}`?"))
                        .with("similar", near)
                        .replace(key, near);
                }
                None => {
                    finding.say("hint", format_args!("there are `{}`", joined(&mut known.iter().copied(), "`, `")));
                }
            }
        }
    }

    pub(super) fn read<T>(
        &mut self,
        value: Option<Value<'t>>,
        expected: &str,
        read: impl FnOnce(Value<'t>) -> Option<T>,
    ) -> Option<T> {
        let value = value?;
        let made = read(value);
        if made.is_none() {
            self.wrong(value, expected);
        }
        made
    }

    /// Whether the value has the required kind.
    pub(super) fn is(&mut self, value: Value<'_>, kind: Kind, expected: &str) -> bool {
        let is = value.kind() == kind;
        if !is {
            self.wrong(value, expected);
        }
        is
    }
}

/// The path to a node of the tape, in which a value's nodes follow it.
fn pointer(root: Value<'_>, node: u32) -> Pointer {
    let (mut pointer, mut at) = (Pointer::root(), root);
    while at.index() < node {
        if let Some((key, value)) = at.members().take_while(|(key, _)| key.index() <= node).last() {
            (pointer, at) = (pointer.key(&key.string()), value);
        } else if let Some((index, item)) = at.items().enumerate().take_while(|(_, item)| item.index() <= node).last() {
            (pointer, at) = (pointer.item(index), item);
        } else {
            return pointer;
        }
    }
    pointer
}
