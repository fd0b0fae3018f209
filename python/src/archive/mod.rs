//! Parts of archives: reads their lines, and hands bytes over to be kept.

pub(crate) mod advise;
#[expect(clippy::needless_pass_by_value, reason = "PyO3 makes the arguments of a call from Python")]
pub(crate) mod replay;
#[expect(clippy::needless_pass_by_value, reason = "PyO3 makes the arguments of a call from Python")]
pub(crate) mod validate;

use memchr::{memchr, memrchr};
use prefect_events::validate::is_ndjson;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use crate::file::{Input, PART, decompressed, open};

/// Reads a file, which may be compressed, in pieces of whole lines. `first`: it is read from its beginning.
fn pieces(
    py: Python<'_>,
    file: &Bound<'_, PyAny>,
    first: bool,
    mut each: impl FnMut(&mut Vec<u8>) -> PyResult<()>,
) -> PyResult<()> {
    let mut input = Input::new(decompressed(open(file)?)?);
    let (mut text, mut is_first) = (Vec::new(), first);
    loop {
        let mut needed = PART;
        let ended = loop {
            let ended = input.fill(py, &mut text, needed)?;
            if ended || memchr(b'\n', &text).is_some() {
                break ended;
            }
            needed = text.len().saturating_mul(2);
        };
        if std::mem::take(&mut is_first) && !are_lines(&text, ended) {
            return Err(PyValueError::new_err("is not NDJSON: one event a line"));
        }
        let cut = if ended { text.len() } else { memrchr(b'\n', &text).map_or(0, |at| at.saturating_add(1)) };
        let rest = text.get(cut..).unwrap_or_default().to_vec();
        text.truncate(cut);
        // So that the next part begins with a line.
        if ended && text.last().is_some_and(|last| *last != b'\n') {
            text.push(b'\n');
        }
        if !text.is_empty() {
            each(&mut text)?;
        }
        if ended {
            return Ok(());
        }
        text.clear();
        text.extend(rest);
    }
}

/// Whether a text that begins like this has one document a line. A single one counts as a line, and the first line can be
/// broken: a document on several lines has no other that begins with a brace.
fn are_lines(text: &[u8], whole: bool) -> bool {
    let trimmed = text.trim_ascii();
    let is_brace = |start: usize| trimmed.get(start) == Some(&b'{');
    let can_be = is_brace(0) && {
        let mut others = memchr::memchr_iter(b'\n', trimmed).map(|at| at.saturating_add(1)).peekable();
        others.peek().is_none() || others.any(is_brace)
    };
    trimmed.is_empty() || can_be || is_ndjson(text, whole) != Some(false)
}
