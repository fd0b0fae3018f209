//! Parts of archives: reads their lines, and hands bytes over to be kept.

pub(crate) mod advise;
#[expect(clippy::needless_pass_by_value, reason = "PyO3 makes the arguments of a call from Python")]
pub(crate) mod replay;
#[expect(clippy::needless_pass_by_value, reason = "PyO3 makes the arguments of a call from Python")]
pub(crate) mod validate;

use prefect_events::archive::{LINES_HEAD, require_lines};
use pyo3::prelude::*;

use crate::file::{Input, decompressed, open};
use crate::misuse;

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
        let (cut, ended) = input.lines(py, &mut text)?;
        if std::mem::take(&mut is_first) {
            if ended && text.len() <= LINES_HEAD && file.hasattr("head")? {
                // A part of a file, which may go on.
                let head: Vec<u8> = file.call_method1("head", (LINES_HEAD.saturating_add(1),))?.extract()?;
                require_lines(&head, head.len() <= LINES_HEAD).map_err(misuse)?;
            } else {
                require_lines(&text, ended).map_err(misuse)?;
            }
        }
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
