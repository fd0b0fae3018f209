//! Schemas that stand in files: what is wrong with them is told with its line and column.

use crate::diagnostic::Severity;
use crate::diagnostic::findings::{Findings, Subject};
use crate::diagnostic::options::Settings;
use crate::diagnostic::syntax::{self, Source};
use crate::json::write::Writer;
use crate::json::{Places, Position, Tape, Value, parse, repeated_keys};

use super::read;
use super::schemas::{BadSchema, Schemas};

/// Reads files, a JSON array of objects with `file`, `key` and `text`, into the option `schemas`, JSON text.
/// What is wrong with one is told in a sentence that begins with its place.
pub fn read_files(files: &str) -> Result<String, String> {
    let (mut tape, mut issues) = (Tape::new(), Vec::new());
    let _ = parse(files.as_bytes(), 0, &mut tape, &mut issues);
    let document = tape.document(files.as_bytes());
    let part = |file: Value<'_>, key| file.get(key).map(|text| text.string().into_owned()).unwrap_or_default();
    let files = document.root().into_iter().flat_map(Value::items);
    let files: Vec<[String; 3]> = files.map(|file| ["file", "key", "text"].map(|key| part(file, key))).collect();

    let mut tapes: Vec<Tape> = Vec::new();
    for [file, _, text] in &files {
        let mut tape = Tape::new();
        read_file(file, text, &mut tape)?;
        tapes.push(tape);
    }
    let documents: Vec<_> = tapes.iter().zip(&files).map(|(tape, [.., text])| tape.document(text.as_bytes())).collect();
    let schemas = || {
        let roots = files.iter().zip(&documents);
        roots.filter_map(|([_, key, _], document)| Some((key.clone(), document.root()?)))
    };
    Schemas::compile(schemas()).map_err(|BadSchema { key, pointer, problem }| {
        let Some((file, text)) = files.iter().find(|[_, own, _]| *own == key).map(|[file, _, text]| (file, text))
        else {
            return problem;
        };
        let root = schemas().find(|(own, _)| *own == key).map(|(_, root)| root);
        let span = root.and_then(|root| Some(read::at(root, &pointer)?.span())).unwrap_or_default();
        let Position { line, column, .. } =
            Places::new(text.as_bytes(), Position::START, false).position(span.start as usize);
        format!("{file}:{line}:{column}: this schema cannot be used: {problem}")
    })?;
    let mut writer = Writer::default();
    writer.open('{');
    for (key, root) in schemas() {
        writer.key(&key);
        writer.raw(&String::from_utf8_lossy(root.raw()));
    }
    writer.close('}');
    Ok(writer.finish())
}

fn read_file(file: &str, text: &str, tape: &mut Tape) -> Result<(), String> {
    let bytes = text.as_bytes();
    let mut issues = Vec::new();
    let _ = parse(bytes, 0, tape, &mut issues);
    if let Some(root) = tape.document(bytes).root() {
        repeated_keys(root, &mut issues);
    }
    let settings = Settings::default();
    let mut findings = Findings::new(&settings);
    let source = Source { text: bytes, base: Position::START, wtf8: false };
    syntax::report(&mut findings, source, &Subject::default(), None, &issues);
    let report = findings.into_report(0, Some((bytes, Position::START, false)));
    let worst = report.diagnostics.iter().find(|found| found.severity == Severity::Error);
    worst.map_or(Ok(()), |found| {
        let place = found.range.map_or(Position::START, |range| range.start);
        Err(format!("{file}:{}:{}: {}", place.line, place.column, found.message))
    })
}
