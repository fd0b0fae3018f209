//! Validates archives.

use prefect_events::archive::validate::{
    ArchiveFile, BucketReduce, Mapped, PartMap, PartSummary, RepeatedIds, ReportMerge, by_file,
};
use prefect_events::render::{FindingsFormat, FindingsView, RenderOptions};
use prefect_events::validate::{ValidateOptions, Validator};
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;
use pyo3::types::PyBytes;
use serde::{Deserialize, Serialize};

use super::pieces;
use crate::{Json, json, misuse, options, run, validate_options};

/// The bytes of records from which a part ends.
const MOST: usize = 16 << 20;

/// A part in the file of its task: the lengths of what is in it, one after the other.
#[derive(Serialize)]
struct Chunk {
    summary: PartSummary,
    found: u64,
    findings: usize,
    ids: Vec<usize>,
    records: Vec<usize>,
}

/// Checks the lines of a file, or of a piece of one. `write` receives bytes. Returns the list of parts.
#[pyfunction]
#[pyo3(name = "archive_validate_map")]
pub(crate) fn map(
    py: Python<'_>,
    file: &Bound<'_, PyAny>,
    settings: &str,
    schemas: Option<&str>,
    buckets: usize,
    first: bool,
    write: &Bound<'_, PyAny>,
) -> PyResult<Json> {
    let mut map = PartMap::new(validate_options(&mut Validator::default(), settings, schemas)?, buckets);
    let (mut chunks, mut is_first) = (Vec::new(), first);
    pieces(py, file, first, |text| {
        let first = std::mem::take(&mut is_first);
        let size = py.detach(|| {
            map.add(text, first);
            map.size()
        });
        if size > MOST { keep(py, &mut map, write, &mut chunks) } else { Ok(()) }
    })?;
    keep(py, &mut map, write, &mut chunks)?;
    json(&chunks)
}

fn keep(py: Python<'_>, map: &mut PartMap, write: &Bound<'_, PyAny>, chunks: &mut Vec<Chunk>) -> PyResult<()> {
    let Mapped { summary, found, findings, ids, records } = py.detach(|| map.take());
    for section in [&findings].into_iter().chain(&ids).chain(&records).filter(|section| !section.is_empty()) {
        write.call1((PyBytes::new(py, section),))?;
    }
    let lengths = |all: &[Vec<u8>]| all.iter().map(Vec::len).collect();
    let (ids, records) = (lengths(&ids), lengths(&records));
    chunks.push(Chunk { summary, found, findings: findings.len(), ids, records });
    Ok(())
}

/// Which events of a bucket repeat an id. `parts`: an iterator over the numbers of parts and their ids. Returns bytes for
/// each bucket.
#[pyfunction]
#[pyo3(name = "archive_validate_repeated")]
pub(crate) fn repeated(py: Python<'_>, buckets: usize, parts: &Bound<'_, PyAny>) -> PyResult<Vec<Vec<u8>>> {
    let mut ids = RepeatedIds::new(buckets);
    for part in parts.try_iter()? {
        let (part, bytes): (u32, PyBackedBytes) = part?.extract()?;
        py.detach(|| ids.add(part, &bytes).map_err(misuse))?;
        py.check_signals()?;
    }
    Ok(ids.finish())
}

/// What the events of a bucket show together. `summaries`: JSON text, of all parts. `repeated`: bytes for this bucket from
/// all buckets. `parts`: an iterator over the numbers of parts and their records.
#[pyfunction]
#[pyo3(name = "archive_validate_reduce")]
pub(crate) fn reduce(
    py: Python<'_>,
    settings: &str,
    summaries: &str,
    repeated: Vec<PyBackedBytes>,
    parts: &Bound<'_, PyAny>,
) -> PyResult<Vec<u8>> {
    let summaries: Vec<PartSummary> = options(summaries)?;
    let mut reduce = BucketReduce::new(options::<ValidateOptions>(settings)?, &summaries);
    for bytes in &repeated {
        reduce.repeated(bytes).map_err(misuse)?;
    }
    for part in parts.try_iter()? {
        let (part, bytes): (u32, PyBackedBytes) = part?.extract()?;
        py.detach(|| reduce.add(part, &bytes).map_err(misuse))?;
        py.check_signals()?;
    }
    Ok(py.detach(|| reduce.finish()))
}

/// How the report is printed.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct View {
    format: FindingsFormat,
    rendering: RenderOptions,
    backslash: bool,
    /// A name for the whole.
    archive: String,
    files: Vec<Listed>,
}

/// A file: its parts, or why it could not be read.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Listed {
    name: String,
    #[serde(default)]
    parts: Vec<PartSummary>,
    #[serde(default)]
    bad: Option<String>,
}

/// The report. `buckets`: what was found in them. `parts`: an iterator over the findings of the parts in their order.
/// `view`: JSON text. Returns the report as JSON, or as text.
#[pyfunction]
#[pyo3(name = "archive_validate_merge")]
pub(crate) fn merge(
    py: Python<'_>,
    settings: &str,
    buckets: &Bound<'_, PyAny>,
    parts: &Bound<'_, PyAny>,
    view: Option<&str>,
) -> PyResult<(Json, Option<String>)> {
    let view: Option<View> = view.map(options).transpose()?;
    let mut merge = ReportMerge::new(options::<ValidateOptions>(settings)?);
    for bytes in buckets.try_iter()? {
        let bytes: PyBackedBytes = bytes?.extract()?;
        merge.bucket(&bytes).map_err(misuse)?;
    }
    for bytes in parts.try_iter()? {
        let bytes: PyBackedBytes = bytes?.extract()?;
        merge.part(&bytes).map_err(misuse)?;
    }
    run(py, usize::MAX, move || {
        let findings = merge.finish();
        let text = json(&findings.report())?;
        let Some(View { format, rendering, backslash, archive, files }) = view else { return Ok((text, None)) };
        let file = |Listed { name, parts, bad }| ArchiveFile { name, parts: bad.map_or(Ok(parts), Err) };
        let results = by_file(findings, files.into_iter().map(file).collect(), &archive);
        let view = FindingsView { format, noun: "event", options: &rendering, backslash };
        let mut printed: String = results.iter().map(|result| view.file(result)).collect();
        printed.push_str(&view.end(&results));
        Ok((text, Some(printed)))
    })
}
