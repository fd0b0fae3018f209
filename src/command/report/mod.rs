//! The commands that report on files, `validate` and `check`.

mod content;
mod options;
mod selection;

use std::collections::VecDeque;
use std::rc::Rc;

use crate::automation::TriggerOutline;
use crate::diagnostic::{Diagnostic, Form, TextOptions};
use crate::render::{
    Again, Excerpt, FileFindings, FileResult, FindingsFormat, FindingsView, RenderOptions, display_name, excerpts,
};
use crate::validate::{LateReport, StreamValidator, ValidateOptions};

use super::input::Contents;
use super::reader::{Reader, Sink, Unreadable};
use super::steps::{Inputs, Steps, Stop, error};
use super::surroundings::Surroundings;
use super::{Listed, Next, OutputStream};

use content::{Checked, Content};
use selection::Selection;

pub use options::{CheckCommandOptions, ValidateCommandOptions};

/// The option for which files are written.
const FIX: &str = "--fix";

/// What the command is doing.
enum ReportState {
    /// Reads the user's own schemas.
    Schemas(Inputs, Contents),
    /// Begins the next file, or ends.
    Idle,
    Reading(Reading),
    Writing(Writing),
    /// Reads the lines of late findings again.
    Again(Again),
    Ended,
}

struct Reading {
    file: String,
    reader: Reader,
    lines: LineReports,
}

/// A file with fixes, before it is written.
struct Writing {
    file: String,
    text: Vec<u8>,
    fixed: usize,
    lines: LineReports,
    is_asked: bool,
}

/// The reports on the lines of a file.
struct LineReports {
    /// The stream of the history, or one for this file.
    events: Option<StreamValidator>,
    /// In a history: the name of the text, until it is begun.
    name: Option<String>,
    /// Findings on earlier texts, which this one brought.
    late: Vec<LateReport>,
    options: Option<ValidateOptions>,
    selection: Selection,
    is_pretty: bool,
}

impl LineReports {
    fn begin(&mut self) -> Option<&mut StreamValidator> {
        let options = self.options.as_ref()?;
        let events = self.events.get_or_insert_with(|| StreamValidator::new(options.clone()));
        if let Some(name) = self.name.take() {
            self.late = events.begin(display_name(&name));
        }
        Some(events)
    }
}

impl Sink for LineReports {
    fn lines(&mut self, bytes: &[u8], lines: u64) -> bool {
        let Some(report) = self.begin().map(|events| events.chunk(bytes)) else { return false };
        let excerpts =
            if self.is_pretty { excerpts(bytes, lines.saturating_add(1), &report.diagnostics) } else { Vec::new() };
        self.selection.add(report, excerpts);
        true
    }
}

/// A result, or findings to which later files can add.
enum Known {
    Final(FileResult),
    Open { file: String, selection: Selection, fixed: Option<usize> },
}

/// Several files of events that form one history, in the given order.
struct OpenHistory {
    events: Option<StreamValidator>,
    /// The index of the file of each text that was begun; nothing if it could not be read completely.
    texts: Vec<Option<usize>>,
}

/// The options that both commands have, beside those of the library.
struct Common {
    files: Vec<String>,
    format: FindingsFormat,
    fix: bool,
}

pub(super) struct Reports {
    common: Common,
    content: Content,
    /// The folder of the user's own schemas, until they are read.
    schemas: Option<String>,
    to: OutputStream,
    rendering: RenderOptions,
    surroundings: Surroundings,
    state: ReportState,
    next: VecDeque<Next>,
    history: Option<OpenHistory>,
    known: Vec<Known>,
    results: Vec<FileResult>,
    /// How many results were printed, and whether the next one was read again.
    printed: usize,
    was_read_again: bool,
}

impl Reports {
    fn new(mut common: Common, content: Content, schemas: Option<String>, surroundings: Surroundings) -> Reports {
        if common.files.is_empty() && !surroundings.stdin_is_terminal {
            common.files.push("-".to_owned());
        }
        // With --fix, standard output is for the text of standard input.
        let is_piped = common.fix && common.files.iter().any(|file| file == "-");
        let (to, terminal) = if is_piped {
            (OutputStream::Stderr, surroundings.stderr)
        } else {
            (OutputStream::Stdout, surroundings.stdout)
        };
        let state = match schemas {
            Some(_) => ReportState::Schemas(Inputs::default(), Contents::default()),
            None => ReportState::Idle,
        };
        Reports {
            common,
            content,
            schemas,
            to,
            rendering: terminal.rendering(),
            surroundings,
            state,
            next: VecDeque::new(),
            history: None,
            known: Vec::new(),
            results: Vec::new(),
            printed: 0,
            was_read_again: false,
        }
    }

    fn view(&self) -> FindingsView<'_> {
        FindingsView {
            format: self.common.format,
            noun: self.content.noun(),
            options: &self.rendering,
            backslash: self.surroundings.backslash,
        }
    }

    fn is_pretty(&self) -> bool {
        self.common.format == FindingsFormat::Pretty
    }

    fn print(&mut self, text: String) {
        if !text.is_empty() {
            self.next.push_back(Next::Print { to: self.to, text });
        }
    }

    /// Reads the user's own schemas; returns what is wanted first.
    fn read_schemas(&mut self) -> Option<Next> {
        let ReportState::Schemas(inputs, _) = &mut self.state else { return None };
        let folder = self.schemas.clone().unwrap_or_default();
        inputs.restart();
        match (options::read_schemas(&folder, inputs), &mut self.content) {
            (Ok(schemas), Content::Events { options, .. }) => {
                options.schemas = Some(schemas);
                self.state = ReportState::Idle;
            }
            (Ok(_), Content::Automations(_)) => self.state = ReportState::Idle,
            (Err(Stop::Want(want)), _) => return Some(want),
            (Err(Stop::Fail(message)), _) => {
                self.next.extend([error(&message), Next::Exit { status: 2 }]);
                self.state = ReportState::Ended;
            }
        }
        None
    }

    /// How many files were read.
    fn read(&self) -> usize {
        self.results.len().saturating_add(self.known.len())
    }

    /// Begins the next file; `None`: there are no more.
    fn begin(&mut self) -> Option<Next> {
        let file = self.common.files.get(self.read())?.clone();
        let options = self.content.of_events().cloned();
        if self.history.is_none()
            && self.common.files.len() > 1
            && let Some(options) = &options
        {
            self.history = Some(OpenHistory { events: Some(StreamValidator::new(options.clone())), texts: Vec::new() });
        }
        let reader = if options.is_some() && !self.common.fix { Reader::default() } else { Reader::whole() };
        let lines = LineReports {
            events: self.history.as_mut().and_then(|history| history.events.take()),
            name: self.history.as_ref().map(|_| file.clone()),
            late: Vec::new(),
            options,
            selection: Selection::new(self.content.max_diagnostics()),
            is_pretty: self.is_pretty(),
        };
        let rewrite = self.common.fix.then_some(FIX).filter(|_| file != "-");
        self.state = ReportState::Reading(Reading { file: file.clone(), reader, lines });
        Some(Next::Read { file, beside: None, rewrite })
    }

    /// The history goes on after a file. `is_known`: of which there are findings.
    fn give_back(&mut self, lines: &mut LineReports, is_known: bool) {
        let late = std::mem::take(&mut lines.late);
        let index = self.known.len();
        let Some(history) = &mut self.history else { return };
        history.events = lines.events.take();
        if lines.name.is_none() {
            self.add_late(late);
            if let Some(history) = &mut self.history {
                history.texts.push(is_known.then_some(index));
            }
        }
    }

    fn add_late(&mut self, late: Vec<LateReport>) {
        let Some(history) = &self.history else { return };
        for LateReport { text, report } in late {
            let index = usize::try_from(text).ok().and_then(|text| history.texts.get(text).copied().flatten());
            if let Some(Known::Open { selection, .. }) = index.and_then(|index| self.known.get_mut(index)) {
                selection.add(report, Vec::new());
            }
        }
    }

    /// A whole document was read and, with `fixed`, written.
    fn document(&mut self, file: String, text: &[u8], fixed: Option<usize>, mut lines: LineReports) {
        let is_pretty = self.is_pretty();
        let around = |found: &[Diagnostic]| if is_pretty { excerpts(text, 1, found) } else { Vec::new() };
        let events = if self.history.is_some() { lines.begin() } else { None };
        if let Some(events) = events {
            let report = events.document(text, TextOptions::default());
            let own = around(&report.diagnostics);
            lines.selection.add(report, own);
            self.give_back(&mut lines, true);
            self.known.push(Known::Open { file, selection: lines.selection, fixed });
            return;
        }
        let Checked { report, form, triggers } = self.content.check(text);
        let own = around(&report.diagnostics);
        lines.selection.add(report, own);
        self.checked(file, lines.selection, fixed, form, triggers);
    }

    fn checked(
        &mut self,
        file: String,
        selection: Selection,
        fixed: Option<usize>,
        form: Option<Form>,
        triggers: Option<Vec<TriggerOutline>>,
    ) {
        let (mut report, excerpts) = selection.end();
        report.form = form;
        let findings = FileFindings { file, report, triggers, excerpts, fixed, files: 1 };
        self.known.push(Known::Final(FileResult::Checked(Box::new(findings))));
    }

    fn unreadable(&mut self, file: String, reason: String, is_unfixed: bool) {
        self.next.push_back(error(&[display_name(&file), " ", &reason].concat()));
        self.known.push(Known::Final(FileResult::Unreadable { file, reason, is_unfixed }));
    }

    /// The file was read.
    fn end_reading(&mut self, reading: Reading) {
        let Reading { file, reader, mut lines } = reading;
        match reader.end(&mut lines) {
            Ok(Some(text)) if self.common.fix => {
                let (text, fixed) = self.content.fix(text);
                if fixed > 0 || file == "-" {
                    self.state = ReportState::Writing(Writing { file, text, fixed, lines, is_asked: false });
                } else {
                    self.document(file, &text, Some(0), lines);
                }
            }
            Ok(Some(text)) => self.document(file, &text, None, lines),
            Ok(None) if self.history.is_some() => {
                self.give_back(&mut lines, true);
                self.known.push(Known::Open { file, selection: lines.selection, fixed: None });
            }
            Ok(None) => {
                if let Some(report) = lines.begin().map(StreamValidator::finish) {
                    lines.selection.add(report, Vec::new());
                }
                self.checked(file, lines.selection, None, None, None);
            }
            Err(problem) => {
                self.give_back(&mut lines, false);
                let reason = match problem {
                    Unreadable::File(reason) => reason,
                    Unreadable::Line(reason) => ["cannot be checked: ", &reason].concat(),
                };
                self.unreadable(file, reason, false);
            }
        }
    }

    /// Turns what is known into results: in a history after the last file.
    fn settle(&mut self, is_end: bool) {
        if self.history.is_some() && !is_end {
            return;
        }
        if let Some(mut events) = self.history.as_mut().and_then(|history| history.events.take()) {
            let late = events.end();
            self.add_late(late);
        }
        for known in std::mem::take(&mut self.known) {
            self.results.push(match known {
                Known::Final(result) => result,
                Known::Open { file, selection, fixed } => {
                    let (report, excerpts) = selection.end();
                    FileResult::Checked(Box::new(FileFindings {
                        file,
                        report,
                        triggers: None,
                        excerpts,
                        fixed,
                        files: 1,
                    }))
                }
            });
        }
    }

    /// Prints the results that are known; returns what must be read again first.
    fn print_results(&mut self) -> Option<Next> {
        while let Some(result) = self.results.get(self.printed) {
            if let FileResult::Checked(findings) = result
                && self.is_pretty()
                && !self.was_read_again
                && findings.file != "-"
                && let Some(again) = Again::new(&findings.report.diagnostics, &findings.excerpts)
            {
                let file = findings.file.clone();
                self.state = ReportState::Again(again);
                return Some(Next::Read { file, beside: None, rewrite: None });
            }
            let text = self.view().file(result);
            self.print(text);
            self.printed = self.printed.saturating_add(1);
            self.was_read_again = false;
        }
        None
    }

    fn finish(&mut self) {
        let text = self.view().end(&self.results);
        self.print(text);
        let is_unreadable = |result: &FileResult| matches!(result, FileResult::Unreadable { .. });
        let is_valid = |result: &FileResult| matches!(result, FileResult::Checked(findings) if findings.report.valid);
        let status =
            if self.results.iter().any(is_unreadable) { 2 } else { u8::from(!self.results.iter().all(is_valid)) };
        self.next.push_back(Next::Exit { status });
        self.state = ReportState::Ended;
    }

    fn excerpts_of_next(&mut self) -> Option<&mut Vec<Option<Excerpt>>> {
        match self.results.get_mut(self.printed)? {
            FileResult::Checked(findings) => Some(&mut findings.excerpts),
            FileResult::Unreadable { .. } => None,
        }
    }

    /// A file could not be read or written.
    fn fail(&mut self, reason: &str, is_refused: bool) {
        match std::mem::replace(&mut self.state, ReportState::Idle) {
            ReportState::Schemas(mut inputs, _) => {
                inputs.fail(reason);
                self.state = ReportState::Schemas(inputs, Contents::default());
            }
            ReportState::Reading(Reading { file, mut lines, .. }) => {
                self.give_back(&mut lines, false);
                self.unreadable(file, reason.to_owned(), is_refused);
            }
            ReportState::Writing(Writing { file, mut lines, .. }) => {
                self.give_back(&mut lines, false);
                self.unreadable(file, reason.to_owned(), true);
            }
            // Only the excerpts are missing.
            ReportState::Again(_) => self.was_read_again = true,
            ReportState::Idle | ReportState::Ended => {}
        }
    }
}

impl Steps for Reports {
    fn next(&mut self) -> Next {
        loop {
            if let Some(next) = self.next.pop_front() {
                return next;
            }
            match &mut self.state {
                ReportState::Schemas(..) => {
                    if let Some(want) = self.read_schemas() {
                        return want;
                    }
                }
                ReportState::Writing(writing) if !writing.is_asked => {
                    writing.is_asked = true;
                    return Next::Write { file: writing.file.clone(), text: writing.text.clone() };
                }
                // The caller has not done what it was asked for.
                ReportState::Writing(_) | ReportState::Reading(_) | ReportState::Again(_) => {
                    self.fail("was not read", false);
                }
                ReportState::Ended => return Next::Exit { status: 2 },
                ReportState::Idle => {
                    if self.common.files.is_empty() {
                        return Next::Usage;
                    }
                    let is_end = self.read() == self.common.files.len();
                    self.settle(is_end);
                    if let Some(read) = self.print_results() {
                        return read;
                    }
                    if !self.next.is_empty() {
                        continue;
                    }
                    match self.begin() {
                        Some(read) => return read,
                        None => self.finish(),
                    }
                }
            }
        }
    }

    fn piece(&mut self, bytes: &[u8]) -> bool {
        if let ReportState::Reading(Reading { lines, reader, .. }) = &mut self.state {
            return reader.push(bytes, lines);
        }
        match std::mem::replace(&mut self.state, ReportState::Idle) {
            ReportState::Again(mut again) => {
                let more = self.excerpts_of_next().is_some_and(|excerpts| again.push(bytes, excerpts));
                self.state = ReportState::Again(again);
                more
            }
            ReportState::Schemas(inputs, mut contents) => {
                let more = contents.push(bytes);
                self.state = ReportState::Schemas(inputs, contents);
                more
            }
            state => {
                self.state = state;
                false
            }
        }
    }

    fn end(&mut self) {
        match std::mem::replace(&mut self.state, ReportState::Idle) {
            ReportState::Reading(reading) => self.end_reading(reading),
            ReportState::Again(again) => {
                if let Some(excerpts) = self.excerpts_of_next() {
                    again.end(excerpts);
                }
                self.was_read_again = true;
            }
            ReportState::Schemas(mut inputs, contents) => {
                inputs.add(contents.end().map(Rc::new));
                self.state = ReportState::Schemas(inputs, Contents::default());
            }
            state => self.state = state,
        }
    }

    fn failed(&mut self, reason: &str) {
        self.fail(reason, false);
    }

    fn rejected(&mut self, reason: &str) {
        self.fail(reason, true);
    }

    fn written(&mut self) {
        match std::mem::replace(&mut self.state, ReportState::Idle) {
            ReportState::Writing(Writing { file, text, fixed, lines, .. }) => {
                self.document(file, &text, Some(fixed), lines);
            }
            state => self.state = state,
        }
    }

    fn listed(&mut self, files: Vec<Listed>) {
        if let ReportState::Schemas(inputs, _) = &mut self.state {
            inputs.add_listed(files);
        }
    }

    fn isolates_files(&self) -> bool {
        true
    }
}
