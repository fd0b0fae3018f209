//! Reading of events: what repeats is read once.

use std::fmt::Write as _;

use prefect_events::event::{EventReader, ReceivedEvent};
use prefect_events::json::{Tape, parse};
use prefect_events::text::steps;
use prefect_events::yaml;

fn event(text: &str, reader: &mut EventReader) -> ReceivedEvent {
    let (mut tape, mut issues) = (Tape::new(), Vec::new());
    assert!(parse(text.as_bytes(), 0, &mut tape, &mut issues).complete);
    reader.read(tape.document(text.as_bytes()).root().unwrap()).unwrap()
}

fn yaml_event(text: &str, reader: &mut EventReader) -> ReceivedEvent {
    let mut tape = Tape::new();
    yaml::read(text.as_bytes(), &mut tape).unwrap();
    reader.read(tape.document(text.as_bytes()).root().unwrap()).unwrap()
}

#[test]
fn labels_in_the_same_json_are_read_once() {
    let mut labels = r#""prefect.resource.id": "acme.run""#.to_owned();
    for number in 0..200 {
        write!(labels, r#", "label {number}": "{number}""#).unwrap();
    }
    let one = |id: u8, labels: &str| {
        format!(
            r#"{{"id": "00000000-0000-4000-8000-0000000000{id:02}", "occurred": "2026-03-01T12:00:00Z", "event": "a",
            "resource": {{{labels}}}, "related": [{{{labels}, "prefect.resource.role": "flow"}}]}}"#
        )
    };
    let mut reader = EventReader::default();
    let mut costs = Vec::new();
    // The last has other text and equal labels.
    for text in [one(1, &labels), one(2, &labels), one(3, &labels.replace(", ", " , "))] {
        let parsed = {
            let (mut tape, mut issues) = (Tape::new(), Vec::new());
            let before = steps();
            parse(text.as_bytes(), 0, &mut tape, &mut issues);
            steps() - before
        };
        let before = steps();
        let read = event(&text, &mut reader);
        costs.push(steps() - before - parsed);
        let alone = event(&text, &mut EventReader::default());
        assert_eq!(read, alone);
    }
    assert!(costs[1] * 2 < costs[0], "{costs:?}");
    assert!(costs[2] * 2 > costs[0], "{costs:?}");
}

#[test]
fn the_same_yaml_can_have_another_meaning() {
    let one = |value: &str| {
        format!(
            "{{id: 00000000-0000-4000-8000-000000000001, occurred: '2026-03-01T12:00:00Z', event: &a {value}, \
             resource: {{prefect.resource.id: *a}}, related: [{{prefect.resource.id: *a}}]}}"
        )
    };
    let mut reader = EventReader::default();
    for value in ["one", "two"] {
        let read = yaml_event(&one(value), &mut reader);
        assert_eq!(read.resource.get("prefect.resource.id").map(|id| &**id), Some(value));
        assert_eq!(read.related[0].get("prefect.resource.id").map(|id| &**id), Some(value));
    }
}
