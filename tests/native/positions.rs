//! Places in texts of all kinds, as editors count them. Each assertion is of a whole finding.

use prefect_events::automation::{CheckOptions, check as check_automation};
use prefect_events::diagnostic::TextOptions;
use prefect_events::diagnostic::{Diagnostic, Edit, Fix, Position, Range, Severity};
use prefect_events::simulate::{DocumentText, SimulateOptions, simulate};
use prefect_events::validate::{ValidateOptions, validate};

/// Line, column and offset of the start and of the end.
type Place = [(u64, u64, u64); 2];

fn range([start, end]: Place) -> Range {
    let position = |(line, column, offset)| Position { line, column, offset };
    Range { start: position(start), end: position(end) }
}

fn check(text: &[u8], wtf8: bool) -> Vec<Diagnostic> {
    validate(text, TextOptions { places: true, wtf8 }, &ValidateOptions::default()).diagnostics
}

/// The finding of a label that is a number, `5`, of an event named `acme.a`.
fn not_text(event: u64, path: &str, place: Place) -> Diagnostic {
    let label = path.rsplit('/').next().unwrap();
    let fix = Fix {
        title: "write it as a string".to_owned(),
        edits: vec![Edit { range: range(place), text: "\"5\"".to_owned() }],
    };
    Diagnostic {
        code: "label-not-text",
        severity: Severity::Error,
        message: format!("the label `{label}` must be a string, not a number (`5`)"),
        index: Some(event),
        name: Some("acme.a".to_owned()),
        path: path.to_owned(),
        range: Some(range(place)),
        help: None,
        docs: Some(concat!(env!("PREFECT_DOCUMENTATION"), "/v3/concepts/events").to_owned()),
        fix: Some(fix),
    }
}

/// An event with text in front of its wrong label.
fn event(before: &str) -> String {
    format!(
        r#"{{"payload":{{"t":"{before}"}},"resource":{{"prefect.resource.id":"acme.x","n":5}},"event":"acme.a","occurred":"2026-03-31T18:30:00Z","id":"01a1ffe4-419a-726f-8626-5e21f619db83"}}"#
    )
}

/// A second one, for lists.
fn other() -> String {
    event("").replace("db83", "db84")
}

/// The column of the `5` in an event with nothing in front of it.
const COLUMN: u64 = 68;

fn at(line: u64, column: u64, offset: u64) -> Place {
    [(line, column, offset), (line, column + 1, offset + 1)]
}

#[test]
fn characters_count_as_in_javascript() {
    for (before, units) in [
        ("ascii", 5),
        ("", 0),
        ("é", 1),
        ("€", 1),
        ("😀", 2),
        ("e\u{301}", 2),
        ("👩‍👩‍👧", 8),
        ("é😀e\u{301}", 5),
        ("\u{1d11e}𝄞", 4),
        (r"\ud83d\ude00", 12),
        (r"\n", 2),
    ] {
        let column = COLUMN + units;
        assert_eq!(
            check(event(before).as_bytes(), false),
            [not_text(0, "/resource/n", at(1, column, column - 1))],
            "{before}"
        );
    }
}

#[test]
fn a_lone_surrogate_from_javascript_is_one_unit() {
    let text = event("\u{1}").into_bytes();
    let at_one = text.iter().position(|&byte| byte == 1).unwrap();
    let text = [&text[..at_one], b"\xed\xa0\xbd", &text[at_one + 1..]].concat();
    let found = check(&text, true);
    let place = [(1, 18, 17), (1, 19, 18)];
    let lone = Diagnostic {
        code: "syntax-lone-surrogate",
        severity: Severity::Error,
        message: "`/payload/t` contains a lone surrogate: the server cannot store it and answers 500".to_owned(),
        index: Some(0),
        name: Some("acme.a".to_owned()),
        path: "/payload/t".to_owned(),
        range: Some(range(place)),
        help: Some("write the whole character, for instance `\\ud83d\\ude00` for 😀".to_owned()),
        docs: Some("https://www.rfc-editor.org/rfc/rfc8259#section-8.2".to_owned()),
        fix: None,
    };
    assert_eq!(found, [lone, not_text(0, "/resource/n", at(1, COLUMN + 1, COLUMN))]);
}

/// As U+FFFD, different texts would look the same.
#[test]
fn messages_show_lone_surrogates_as_escapes() {
    let shown = r"\ud800";
    let event = event("").replace("acme.a", "acme.SURROGATE");
    let automation = r#"{"name": "a", "trigger": {"expect": ["a"]}, "actions": [{"type": "SURROGATE"}]}"#;
    let scenario = r#"{"automation": "crash-zombie-flows", "runs": [{"name": "SURROGATE"}]}"#;
    for written in [br"\ud800".as_slice(), b"\xed\xa0\x80"] {
        let text = |text: &str| {
            let (before, after) = text.split_once("SURROGATE").unwrap();
            [before.as_bytes(), written, after.as_bytes()].concat()
        };
        let options = TextOptions { places: true, wtf8: true };
        let found = validate(&text(&event), options, &ValidateOptions::default()).diagnostics;
        assert_eq!(found[0].name.as_deref(), Some(&*format!("acme.{shown}")), "{found:?}");
        let is_shown = |found: &Diagnostic| found.message.contains(&format!("`{shown}`"));
        let found = check_automation(&text(automation), options, &CheckOptions::default()).report.diagnostics;
        assert!(found.iter().any(is_shown), "{found:?}");
        let scenario = text(scenario);
        let found = simulate(DocumentText { bytes: &scenario, options }, &SimulateOptions::default()).errors;
        assert!(found.iter().any(is_shown), "{found:?}");
    }
}

#[test]
fn bytes_that_are_not_utf8_count_as_their_replacement() {
    let text = [b"{\"x\":\"\xff\xfe\",".as_slice(), &event("").as_bytes()[1..]].concat();
    let found = check(&text, false);
    assert_eq!(found.last(), Some(&not_text(0, "/resource/n", at(1, COLUMN + 9, COLUMN + 8))));
}

#[test]
fn lines_end_with_a_line_feed() {
    for (between, offset) in [("\n", 1), ("\r\n", 2), ("\n\n", 2), ("\r\n\r\n", 4)] {
        let text = event("").replacen(',', &format!(",{between}"), 1);
        let line = if offset == 4 || between == "\n\n" { 3 } else { 2 };
        let before = "{\"payload\":{\"t\":\"\"},".len() as u64;
        let place = at(line, COLUMN - before, COLUMN - 1 + offset);
        assert_eq!(check(text.as_bytes(), false), [not_text(0, "/resource/n", place)], "{between:?}");
    }
}

#[test]
fn a_byte_order_mark_is_one_unit() {
    let text = format!("\u{feff}{}", event(""));
    assert_eq!(check(text.as_bytes(), false), [not_text(0, "/resource/n", at(1, COLUMN + 1, COLUMN))]);
    let lines = format!("\u{feff}{}\n{}\n", event(""), other());
    let second = text.encode_utf16().count() as u64 + COLUMN;
    assert_eq!(
        check(lines.as_bytes(), false),
        [not_text(0, "/resource/n", at(1, COLUMN + 1, COLUMN)), not_text(1, "/resource/n", at(2, COLUMN, second))]
    );
}

#[test]
fn events_of_a_list_are_counted() {
    let first = event("😀");
    let length = first.encode_utf16().count() as u64;
    for (open, close) in [("[", "]"), (r#"{"total":2,"events":["#, "]}")] {
        let text = format!("{open}{first},\n{}{close}", other());
        let start = open.len() as u64;
        let two = start + length + 2 + COLUMN - 1;
        assert_eq!(
            check(text.as_bytes(), false),
            [
                not_text(0, "/resource/n", at(1, start + COLUMN + 2, start + COLUMN + 1)),
                not_text(1, "/resource/n", at(2, COLUMN, two))
            ],
            "{open}"
        );
    }
}

#[test]
fn an_event_in_a_frame_is_the_first() {
    let open = r#"{"type":"event","event":"#;
    let text = format!("{open}{}}}", event(""));
    let column = open.len() as u64 + COLUMN;
    assert_eq!(check(text.as_bytes(), false), [not_text(0, "/resource/n", at(1, column, column - 1))]);
}

#[test]
fn a_related_resource_is_counted_too() {
    let text = event("").replacen(
        r#""event""#,
        r#""related":[{"prefect.resource.id":"acme.y","prefect.resource.role":"y"},{"prefect.resource.id":"acme.z","prefect.resource.role":"z","n~/":5}],"event""#,
        1,
    );
    let found = check(text.as_bytes(), false);
    let offset = text.rfind(":5").unwrap() as u64 + 1;
    let mut second = not_text(0, "/related/1/n~0~1", at(1, offset + 1, offset));
    second.message = "the label `n~/` must be a string, not a number (`5`)".to_owned();
    assert_eq!(found, [not_text(0, "/resource/n", at(1, COLUMN, COLUMN - 1)), second]);
}

#[test]
fn a_bad_line_in_the_middle_is_an_event_without_a_name() {
    let (first, bad) = (event("é"), r#"{"event": "acme.b", "resource": {"n":"#);
    for end in ["\n", "\r\n"] {
        let text = format!("{first}{end}{bad}{end}{}{end}", other());
        let line = (first.encode_utf16().count() + end.len()) as u64;
        let found = check(text.as_bytes(), false);
        let broken_end = (bad.len() + end.len() - 1) as u64;
        let place = [(2, broken_end + 1, line + broken_end), (2, broken_end + 1, line + broken_end)];
        let broken = Diagnostic {
            code: "syntax-truncated",
            severity: Severity::Error,
            message: "the text ends too early: the object that begins at line 2, column 33 is not closed".to_owned(),
            index: Some(1),
            name: None,
            path: String::new(),
            range: Some(range(place)),
            help: None,
            docs: Some("https://www.rfc-editor.org/rfc/rfc8259#section-2".to_owned()),
            fix: None,
        };
        let third = line + broken_end + 1 + COLUMN - 1;
        assert_eq!(
            found,
            [
                not_text(0, "/resource/n", at(1, COLUMN + 1, COLUMN)),
                broken,
                not_text(2, "/resource/n", at(3, COLUMN, third))
            ],
            "{end:?}"
        );
    }
}
