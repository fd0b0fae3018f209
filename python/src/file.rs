//! Validates what a file holds, without holding it: lines in parts, which threads check at once.
//!
//! The calling thread reads, so that a signal ends the call. A thread that has checked a part merges it if it is its turn
//! and no other thread merges: no thread waits for work while there is any.

use std::collections::{BTreeMap, VecDeque};
use std::fs::File;
use std::io::{self, Cursor, ErrorKind, Read};
use std::num::NonZero;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

use flate2::read::MultiGzDecoder;
use memchr::memrchr;
use prefect_events::diagnostic::Report;
use prefect_events::validate::{self, CheckedPart, Merge, PartValidator, ValidateOptions, Validator};
use pyo3::exceptions::{PyOSError, PyTypeError};
use pyo3::prelude::*;
use pyo3::types::PyString;

use super::{Json, SIGNALS, defect, json, run, text_options, validate_options};

/// The bytes of a part, but for a longer line.
const PART: usize = 1 << 20;

/// The most bytes of one read: about as many as a decoder returns, since what it leaves was cleared in vain.
const READ: usize = 1 << 17;

/// The bytes from which a text is first recognised.
const HEAD: usize = 1 << 16;

/// Validates the content of a file: its path, or an object with `read`. `threads`: 0 for as many as there are processors.
#[pyfunction]
pub(super) fn validate_file(
    py: Python<'_>,
    file: &Bound<'_, PyAny>,
    settings: &str,
    schemas: Option<&str>,
    threads: usize,
) -> PyResult<Json> {
    let options = validate_options(&mut Validator::default(), settings, schemas)?;
    let threads = NonZero::new(threads).or_else(|| thread::available_parallelism().ok()).map_or(1, NonZero::get);
    let mut input = Input::new(decompressed(open(file)?)?);
    let (mut needed, mut text) = (HEAD, Vec::new());
    loop {
        let whole = input.fill(py, &mut text, needed)?;
        match validate::is_ndjson(&text, whole) {
            Some(true) => {
                let report = lines(py, input, text, &options, threads)?;
                return json(&report);
            }
            None if !whole => needed = needed.saturating_mul(2),
            // Any other document has to be read as a whole.
            _ => {
                input.fill(py, &mut text, usize::MAX)?;
                return run(py, text.len(), move || json(&validate::validate(&text, text_options(true), &options)));
            }
        }
    }
}

/// Opens a path; or reads what is open already.
pub(super) fn open(file: &Bound<'_, PyAny>) -> PyResult<Box<dyn Read + Send>> {
    if file.hasattr("read")? {
        return Ok(Box::new(Object { file: file.clone().unbind(), read: Cursor::default() }));
    }
    let path: PathBuf = file.extract()?;
    let opened = File::open(&path).map_err(|error| match error.raw_os_error() {
        // With an errno, Python chooses the class.
        Some(errno) => PyOSError::new_err((errno, reason(&error), path.into_os_string())),
        None => error.into(),
    })?;
    Ok(Box::new(opened))
}

fn reason(error: &io::Error) -> String {
    let text = error.to_string();
    text.rsplit_once(" (os error").map_or(&*text, |(text, _)| text).to_owned()
}

/// A file of Python. It can be one of text.
struct Object {
    file: Py<PyAny>,
    read: Cursor<Vec<u8>>,
}

impl Read for Object {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let got = self.read.read(buffer)?;
        if got > 0 || buffer.is_empty() {
            return Ok(got);
        }
        self.read = Cursor::new(Python::attach(|py| self.next(py)).map_err(io::Error::other)?);
        self.read.read(buffer)
    }
}

impl Object {
    fn next(&self, py: Python<'_>) -> PyResult<Vec<u8>> {
        let read = self.file.bind(py).call_method1("read", (PART,))?;
        if let Ok(text) = read.cast::<PyString>() {
            // Lone surrogates are three bytes each, which the core reports.
            return text.call_method1("encode", ("utf-8", "surrogatepass"))?.extract();
        }
        read.extract().map_err(|_| {
            let class = read.get_type().name().map_or_else(|_| "?".to_owned(), |name| name.to_string());
            PyTypeError::new_err(format!("the file's `read` returned {class}, expected bytes or str"))
        })
    }
}

/// The text in a file that may be compressed, which its first bytes show.
pub(super) fn decompressed(mut file: Box<dyn Read + Send>) -> PyResult<Box<dyn Read + Send>> {
    let mut start = Vec::new();
    (&mut file).take(4).read_to_end(&mut start)?;
    let is_gzip = start.starts_with(&[0x1f, 0x8b]);
    let is_zstd = start == [0x28, 0xb5, 0x2f, 0xfd];
    let file = Cursor::new(start).chain(file);
    Ok(if is_gzip {
        Box::new(MultiGzDecoder::new(file))
    } else if is_zstd {
        Box::new(zstd::Decoder::new(file)?)
    } else {
        Box::new(file)
    })
}

pub(super) struct Input {
    file: Box<dyn Read + Send>,
    ended: bool,
}

impl Input {
    pub(super) fn new(file: Box<dyn Read + Send>) -> Self {
        Input { file, ended: false }
    }

    /// Reads until a text has so many bytes. Returns whether the input has ended.
    pub(super) fn fill(&mut self, py: Python<'_>, text: &mut Vec<u8>, needed: usize) -> PyResult<bool> {
        while !self.ended && text.len() < needed {
            let wanted = needed.saturating_sub(text.len()).min(READ);
            let file = &mut self.file;
            let read = py.detach(|| {
                let before = text.len();
                text.resize(before.saturating_add(wanted), 0);
                let read = file.read(text.get_mut(before..).unwrap_or_default());
                text.truncate(before.saturating_add(*read.as_ref().unwrap_or(&0)));
                read
            });
            match read {
                Ok(read) => self.ended = read == 0,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                // Damaged compressed data, or what the file's `read` raised.
                Err(error) => return Err(error.into()),
            }
            py.check_signals()?;
        }
        Ok(self.ended)
    }

    /// Reads until a text has a part of whole lines. Returns where they end, and whether the input has ended.
    pub(super) fn lines(&mut self, py: Python<'_>, text: &mut Vec<u8>) -> PyResult<(usize, bool)> {
        let mut needed = PART;
        loop {
            if self.fill(py, text, needed)? {
                return Ok((text.len(), true));
            }
            if let Some(last) = memrchr(b'\n', text) {
                return Ok((last.saturating_add(1), false));
            }
            needed = text.len().saturating_mul(2);
        }
    }
}

/// What the threads share.
struct Work<'o> {
    /// Parts to check, by their number.
    open: VecDeque<(usize, Vec<u8>)>,
    /// Parts to merge.
    checked: BTreeMap<usize, CheckedPart>,
    /// While no thread merges.
    merge: Option<Merge<'o>>,
    /// How many parts were begun, and how many merged.
    begun: usize,
    merged: usize,
    /// Buffers to fill again.
    spare: Vec<Vec<u8>>,
    /// No part comes any more.
    closed: bool,
    /// Nobody waits for the result, or a thread panicked.
    stopped: bool,
}

struct Shared<'o> {
    work: Mutex<Work<'o>>,
    changed: Condvar,
}

impl<'o> Shared<'o> {
    fn lock(&self) -> MutexGuard<'_, Work<'o>> {
        self.work.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn stop(&self) {
        self.lock().stopped = true;
        self.changed.notify_all();
    }

    /// Checks and merges until there is nothing left.
    fn work(&self, options: &ValidateOptions) {
        let mut validator = PartValidator::new(options.clone());
        let mut work = self.lock();
        while !work.stopped {
            let next = work.merged;
            let part = if work.merge.is_some() { work.checked.remove(&next) } else { None };
            if let Some((part, mut merge)) = part.and_then(|part| Some((part, work.merge.take()?))) {
                drop(work);
                merge.add(part);
                work = self.lock();
                work.merge = Some(merge);
                work.merged = next.saturating_add(1);
                self.changed.notify_all();
            } else if let Some((number, text)) = work.open.pop_front() {
                drop(work);
                let part = validator.check(&text, number == 0, true);
                work = self.lock();
                work.checked.insert(number, part);
                work.spare.push(text);
                self.changed.notify_all();
            } else if work.closed && work.merged == work.begun {
                return;
            } else {
                work = self.changed.wait(work).unwrap_or_else(PoisonError::into_inner);
            }
        }
    }
}

/// Validates lines. `text`: their beginning.
fn lines(
    py: Python<'_>,
    mut input: Input,
    text: Vec<u8>,
    options: &ValidateOptions,
    threads: usize,
) -> PyResult<Report> {
    let shared = Shared {
        work: Mutex::new(Work {
            open: VecDeque::new(),
            checked: BTreeMap::new(),
            merge: Some(Merge::new(options)),
            begun: 0,
            merged: 0,
            spare: Vec::new(),
            closed: false,
            stopped: false,
        }),
        changed: Condvar::new(),
    };
    let shared = &shared;
    let most = threads.saturating_mul(2).saturating_add(1);
    thread::scope(|scope| {
        for _ in 0..threads {
            let worker = move || {
                if catch_unwind(AssertUnwindSafe(|| shared.work(options))).is_err() {
                    shared.stop();
                }
            };
            if let Err(error) = thread::Builder::new().spawn_scoped(scope, worker) {
                shared.stop();
                return Err(error.into());
            }
        }
        let read = read_parts(py, &mut input, text, shared, most);
        if read.is_err() {
            shared.stop();
        }
        read
    })?;
    let work = shared.lock().merge.take();
    work.map(Merge::report).ok_or_else(defect)
}

/// Cuts the input into parts, and waits until all are merged.
fn read_parts(py: Python<'_>, input: &mut Input, mut text: Vec<u8>, shared: &Shared<'_>, most: usize) -> PyResult<()> {
    loop {
        let (cut, ended) = input.lines(py, &mut text)?;
        wait(py, shared, |work| work.begun.saturating_sub(work.merged) < most)?;
        let mut work = shared.lock();
        let mut rest = work.spare.pop().unwrap_or_default();
        rest.clear();
        rest.extend_from_slice(text.get(cut..).unwrap_or_default());
        text.truncate(cut);
        let number = work.begun;
        work.open.push_back((number, std::mem::replace(&mut text, rest)));
        work.begun = number.saturating_add(1);
        work.closed = ended;
        drop(work);
        shared.changed.notify_all();
        if ended {
            return wait(py, shared, |work| work.merged == work.begun);
        }
    }
}

/// Waits without the GIL until something is true of the work.
fn wait(py: Python<'_>, shared: &Shared<'_>, is_done: impl Fn(&Work<'_>) -> bool + Sync) -> PyResult<()> {
    loop {
        let done = py.detach(|| {
            let work = shared.lock();
            let waiting = |work: &mut Work<'_>| !is_done(work) && !work.stopped;
            let waited = shared.changed.wait_timeout_while(work, SIGNALS, waiting);
            let (work, _) = waited.unwrap_or_else(PoisonError::into_inner);
            if work.stopped { Err(defect()) } else { Ok(is_done(&work)) }
        })?;
        if done {
            return Ok(());
        }
        py.check_signals()?;
    }
}
