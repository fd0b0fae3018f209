//! How commands ask for what they need.

use std::collections::VecDeque;
use std::rc::Rc;

use crate::render::{display_name, printable};

use super::reader::{Reader, Sink, Unreadable};
use super::{Listed, Next, OutputStream};

/// A command as its caller sees it.
pub(super) trait Steps {
    fn next(&mut self) -> Next;
    fn piece(&mut self, bytes: &[u8]) -> bool;
    fn end(&mut self);
    fn failed(&mut self, reason: &str);
    /// The file can be read, but must not be written.
    fn rejected(&mut self, reason: &str) {
        self.failed(reason);
    }
    fn written(&mut self);
    fn listed(&mut self, files: Vec<Listed>);
    fn isolates_files(&self) -> bool;
}

/// Why a command does not go on.
#[derive(Debug)]
pub(super) enum Stop {
    /// It needs this first, and then starts again.
    Want(Next),
    /// Its input is wrong: a message for standard error.
    Fail(String),
}

impl Stop {
    pub(super) fn misuse(message: impl Into<String>) -> Stop {
        Stop::Want(Next::Misuse { message: message.into() })
    }
}

/// What a command prints, and its exit status.
#[derive(Default)]
pub(super) struct Outcome {
    /// Messages, without the name of the program.
    pub messages: Vec<String>,
    pub text: String,
    pub status: u8,
}

impl Outcome {
    pub(super) fn printing(text: String) -> Outcome {
        Outcome { text, ..Outcome::default() }
    }
}

/// A command that reads its files whole. `run` is called again after each thing that it wanted: before it has
/// everything, it must not work for long.
pub(super) trait Run {
    /// Whether the other files are still reported on if one makes the program fail.
    const ISOLATES_FILES: bool = false;

    /// Receives captured events that [`Inputs::stream`] asked for: a document, or whole lines of NDJSON after `lines`
    /// others. Returns whether more is needed.
    fn events(&mut self, _bytes: &[u8], _lines: u64) -> bool {
        true
    }

    fn run(&mut self, inputs: &mut Inputs) -> Result<Outcome, Stop>;
}

/// What was handed over, in the order in which it was wanted.
#[derive(Default)]
pub(super) struct Inputs {
    answers: Vec<Answer>,
    /// How many were used in this call.
    used: usize,
    /// Whether the file that is wanted goes to [`Run::events`].
    is_streamed: bool,
    /// Whether it can have none.
    can_be_empty: bool,
}

#[derive(Clone)]
enum Answer {
    Text(Rc<Vec<u8>>),
    Listed(Rc<Vec<Listed>>),
    Written,
    Failed(String),
}

/// What is wanted, or why it is not available: a sentence without its subject.
pub(super) type Had<T> = Result<T, String>;

impl Inputs {
    fn answer(&mut self, want: impl FnOnce() -> Next) -> Result<Answer, Stop> {
        let answer = self.answers.get(self.used).cloned().ok_or_else(|| Stop::Want(want()))?;
        self.used = self.used.saturating_add(1);
        Ok(answer)
    }

    /// A file.
    pub(super) fn read(&mut self, file: &str) -> Result<Had<Rc<Vec<u8>>>, Stop> {
        self.read_as(file, None, None)
    }

    /// A file to which another one refers.
    pub(super) fn read_beside(&mut self, file: &str, beside: &str) -> Result<Had<Rc<Vec<u8>>>, Stop> {
        self.read_as(file, Some(beside), None)
    }

    /// A file that will be written, for an option.
    pub(super) fn read_to_write(&mut self, file: &str, option: &'static str) -> Result<Had<Rc<Vec<u8>>>, Stop> {
        self.read_as(file, None, Some(option))
    }

    fn read_as(
        &mut self,
        file: &str,
        beside: Option<&str>,
        rewrite: Option<&'static str>,
    ) -> Result<Had<Rc<Vec<u8>>>, Stop> {
        self.ask(Next::Read { file: file.to_owned(), beside: beside.map(str::to_owned), rewrite })
    }

    /// A text.
    pub(super) fn ask(&mut self, want: Next) -> Result<Had<Rc<Vec<u8>>>, Stop> {
        Ok(match self.answer(|| want)? {
            Answer::Text(text) => Ok(text),
            Answer::Failed(reason) => Err(reason),
            Answer::Listed(_) | Answer::Written => Ok(Rc::default()),
        })
    }

    /// A file with captured events, which goes to [`Run::events`].
    pub(super) fn stream(&mut self, file: &str) -> Result<Had<()>, Stop> {
        self.pull(Next::Read { file: file.to_owned(), beside: None, rewrite: None })
    }

    /// Captured events, which go to [`Run::events`].
    pub(super) fn pull(&mut self, want: Next) -> Result<Had<()>, Stop> {
        self.is_streamed = self.used == self.answers.len();
        // A server can have no events.
        self.can_be_empty = matches!(want, Next::Pull { .. });
        self.ask(want).map(|had| had.map(drop))
    }

    /// Writes a file that was read.
    pub(super) fn write(&mut self, file: &str, text: impl FnOnce() -> Vec<u8>) -> Result<Had<()>, Stop> {
        let want = || Next::Write { file: file.to_owned(), text: text() };
        Ok(match self.answer(want)? {
            Answer::Failed(reason) => Err(reason),
            _ => Ok(()),
        })
    }

    /// The files in a folder.
    pub(super) fn list(&mut self, folder: &str) -> Result<Had<Rc<Vec<Listed>>>, Stop> {
        Ok(match self.answer(|| Next::List { folder: folder.to_owned() })? {
            Answer::Listed(files) => Ok(files),
            Answer::Failed(reason) => Err(reason),
            Answer::Text(_) | Answer::Written => Ok(Rc::default()),
        })
    }

    /// Begins again with what was handed over.
    pub(super) fn restart(&mut self) {
        (self.used, self.is_streamed) = (0, false);
    }

    pub(super) fn add(&mut self, text: Had<Rc<Vec<u8>>>) {
        self.answers.push(text.map_or_else(Answer::Failed, Answer::Text));
    }

    pub(super) fn add_listed(&mut self, files: Vec<Listed>) {
        self.answers.push(Answer::Listed(Rc::new(files)));
    }

    pub(super) fn fail(&mut self, reason: &str) {
        self.answers.push(Answer::Failed(reason.to_owned()));
    }

    /// Forgets what was handed over: the next call begins after it.
    pub(super) fn forget(&mut self) {
        *self = Inputs::default();
    }
}

/// The steps of a command that reads its files whole.
pub(super) struct Whole<R> {
    run: R,
    inputs: Inputs,
    reading: Reader,
    /// Whether a piece of the file came.
    has_begun: bool,
    /// What is known to come next.
    next: VecDeque<Next>,
}

impl<R: Run> Whole<R> {
    pub(super) fn new(run: R) -> Self {
        Whole { run, inputs: Inputs::default(), reading: Reader::default(), has_begun: false, next: VecDeque::new() }
    }
}

impl<R: Run> Steps for Whole<R> {
    fn next(&mut self) -> Next {
        if let Some(next) = self.next.pop_front() {
            return next;
        }
        self.inputs.restart();
        let outcome = match self.run.run(&mut self.inputs) {
            Ok(outcome) => outcome,
            Err(Stop::Want(next)) => {
                self.has_begun = false;
                self.reading = if self.inputs.is_streamed { Reader::default() } else { Reader::whole() };
                return next;
            }
            Err(Stop::Fail(message)) => Outcome { messages: vec![message], status: 2, ..Outcome::default() },
        };
        let messages = outcome.messages.iter().map(|message| error(message));
        self.next.extend(messages);
        if !outcome.text.is_empty() {
            self.next.push_back(Next::Print { to: OutputStream::Stdout, text: outcome.text });
        }
        let exit = Next::Exit { status: outcome.status };
        self.next.push_back(exit.clone());
        self.next.pop_front().unwrap_or(exit)
    }

    fn piece(&mut self, bytes: &[u8]) -> bool {
        self.has_begun |= !bytes.is_empty();
        self.reading.push(bytes, &mut Events(&mut self.run))
    }

    fn end(&mut self) {
        let mut events = Events(&mut self.run);
        let answer = match std::mem::take(&mut self.reading).end(&mut events) {
            Ok(Some(text)) if self.inputs.is_streamed => {
                events.lines(&text, 0);
                Answer::Written
            }
            Ok(Some(text)) => Answer::Text(Rc::new(text)),
            Ok(None) => Answer::Written,
            Err(Unreadable::File(_)) if self.inputs.is_streamed && self.inputs.can_be_empty && !self.has_begun => {
                Answer::Written
            }
            Err(Unreadable::File(reason)) => Answer::Failed(reason),
            Err(Unreadable::Line(reason)) => Answer::Failed(["cannot be read: ", &reason].concat()),
        };
        self.inputs.answers.push(answer);
    }

    fn failed(&mut self, reason: &str) {
        self.reading = Reader::default();
        self.inputs.fail(reason);
    }

    fn written(&mut self) {
        self.inputs.answers.push(Answer::Written);
    }

    fn listed(&mut self, files: Vec<Listed>) {
        self.inputs.add_listed(files);
    }

    fn isolates_files(&self) -> bool {
        R::ISOLATES_FILES
    }
}

/// Passes captured events on.
struct Events<'r, R>(&'r mut R);

impl<R: Run> Sink for Events<'_, R> {
    fn lines(&mut self, bytes: &[u8], lines: u64) -> bool {
        self.0.events(bytes, lines)
    }
}

/// A message to standard error.
pub(super) fn error(message: &str) -> Next {
    let text = ["prefect-events: ", &printable(message), "\n"].concat();
    Next::Print { to: OutputStream::Stderr, text }
}

/// A file that is needed: without it, the command ends.
pub(super) fn needed<T>(file: &str, had: Had<T>) -> Result<T, Stop> {
    had.map_err(|reason| Stop::Fail([display_name(file), " ", &reason].concat()))
}
