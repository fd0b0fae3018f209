//! What only the inside shows: how often a text is read, and how many events the cache decides on.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::io::Read;

use flate2::read::GzDecoder;

use super::*;

fn captured() -> String {
    let mut text = String::new();
    let bytes = include_bytes!("../../tests/cases/events.ndjson.gz");
    GzDecoder::new(&bytes[..]).read_to_string(&mut text).expect("captured events");
    text
}

fn validated(validator: &mut Validator, text: &str) -> (u64, u64) {
    let session = &mut validator.session;
    (session.parses, session.hits) = (0, 0);
    let _ = validator.validate(text.as_bytes(), TextOptions::default(), &ValidateOptions::default());
    (validator.session.parses, validator.session.hits)
}

#[test]
fn the_cache_decides_on_most_captured_events() {
    let mut validator = Validator::default();
    let text = captured();
    let count = text.lines().count() as u64;
    let (_, cold) = validated(&mut validator, &text);
    let (_, warm) = validated(&mut validator, &text);
    assert!(cold * 100 >= count * 85, "{cold} of {count}");
    assert!(warm >= cold && warm * 100 >= count * 90, "{warm} of {count}");
}

#[test]
fn a_document_on_one_line_is_read_once() {
    let text = captured();
    let lines: Vec<&str> = text.lines().collect();
    let mut validator = Validator::default();
    let parses = |validator: &mut Validator, text: &str| validated(validator, text).0;
    assert_eq!(parses(&mut validator, lines[0]), 1);
    assert_eq!(parses(&mut validator, &format!("{}\n\n", lines[0])), 1);
    assert_eq!(parses(&mut validator, &format!("[{}]", lines.join(","))), 1);
    assert_eq!(parses(&mut validator, &lines[..3].join("\n")), 3);
    assert_eq!(parses(&mut validator, &format!("[\n{}\n]", lines.join(",\n"))), 2);
}
