//! The recorded cases.

use std::io::Read;

use flate2::read::GzDecoder;
use prefect_events::event::{EventReader, ReceivedEvent};
use prefect_events::json::{Tape, Value, parse};
use serde_json::Value as Json;

/// A file of `tests/cases`, decompressed if need be.
pub(crate) fn read(name: &str) -> Vec<u8> {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases").join(name);
    let bytes = std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    if !name.ends_with(".gz") {
        return bytes;
    }
    let mut text = Vec::new();
    GzDecoder::new(&*bytes).read_to_end(&mut text).unwrap();
    text
}

/// Recorded results with the current names of results. Labels are unchanged: none has such a name.
pub(crate) fn renamed(recorded: &Json) -> Json {
    const NAMES: [(&str, &str); 3] = [("event_id", "eventId"), ("child_firings", "childFirings"), ("as_of", "asOf")];
    let name = |name: &str| NAMES.iter().find(|(old, _)| *old == name).map_or(name, |(_, new)| new).to_owned();
    match recorded {
        Json::Object(object) => object.iter().map(|(key, value)| (name(key), renamed(value))).collect(),
        Json::Array(items) => items.iter().map(renamed).collect(),
        plain => plain.clone(),
    }
}

/// Calls back with each row of an NDJSON file. Uses the project's own reader, because some rows are nested too deeply
/// for others.
pub(crate) fn each_row(name: &str, mut run: impl FnMut(Value<'_>)) {
    let text = read(name);
    let (mut tape, mut issues) = (Tape::new(), Vec::new());
    for line in text.split(|&byte| byte == b'\n').filter(|line| !line.is_empty()) {
        assert!(parse(line, 0, &mut tape, &mut issues).complete, "{issues:?}");
        run(tape.document(line).root().unwrap());
    }
}

/// The automations of the live server, by the names of their files.
pub(crate) fn live_automations() -> Vec<(String, String)> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/live/automations");
    let mut all: Vec<(String, String)> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), std::fs::read_to_string(path).unwrap()))
        .collect();
    all.sort();
    all
}

/// The events of lines.
pub(crate) fn events(lines: &[u8]) -> Vec<ReceivedEvent> {
    let mut reader = EventReader::default();
    let (mut tape, mut issues, mut events) = (Tape::new(), Vec::new(), Vec::new());
    for line in lines.split(|&byte| byte == b'\n').filter(|line| !line.is_empty()) {
        assert!(parse(line, 0, &mut tape, &mut issues).complete, "{issues:?}");
        events.push(reader.read(tape.document(line).root().unwrap()).unwrap());
    }
    events
}
