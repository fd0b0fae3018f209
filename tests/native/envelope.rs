//! The envelope against the verdicts of the real server (`POST /api/events`).

use prefect_events::diagnostic::{Profile, TextOptions};
use prefect_events::json::Value;
use prefect_events::validate::{ValidateOptions, validate};

/// Rows on which we do not agree with the recorded verdict, each with its reason.
const EXCEPTIONS: [(&str, &str); 1] =
    [("raw-empty", "the POST's body was `[]`, which is a batch without events; an empty text by itself is rejected")];

/// The text of a row's POST.
fn body(row: Value<'_>) -> Vec<u8> {
    let event = match row.get("raw") {
        Some(raw) => raw.bytes().into_owned(),
        None => row.get("event").unwrap().raw().to_vec(),
    };
    [b"[", &*event, b"]"].concat()
}

#[test]
fn agrees_with_the_server_on_every_row() {
    let settings = ValidateOptions { profile: Profile::Server, ..ValidateOptions::default() };
    let (mut count, mut wrong) = (0, Vec::new());
    super::cases::each_row("envelope-verdicts.ndjson.gz", |row| {
        count += 1;
        let case = row.get("case").unwrap().string();
        if EXCEPTIONS.iter().any(|(exception, _)| *exception == case) {
            return;
        }
        let status = row.at_path(&["http", "status"]).unwrap().string();
        let report = validate(&body(row), TextOptions::default(), &settings);
        if report.valid != (status == "204") {
            let first = report.diagnostics.first().map(|diagnostic| &diagnostic.message);
            wrong.push(format!("{case}: we say {}, the server {status}: {first:?}", report.valid));
        }
        if report.warnings + report.infos > 0 {
            wrong.push(format!("{case}: more than errors under the server profile: {:?}", report.diagnostics));
        }
    });
    assert_eq!(wrong, Vec::<String>::new());
    assert!(count > 300);
}

/// If the server names the place of an error, so do we.
#[test]
fn points_where_the_server_points() {
    let settings = ValidateOptions { profile: Profile::Server, ..ValidateOptions::default() };
    let mut wrong = Vec::new();
    super::cases::each_row("envelope-verdicts.ndjson.gz", |row| {
        let case = row.get("case").unwrap().string();
        let report = validate(&body(row), TextOptions::default(), &settings);
        let errors = row.at_path(&["server_python", "errors"]).unwrap();
        for error in errors.items().filter(|error| !error.get("type").unwrap().is("json_loads")) {
            let steps =
                error.get("loc").unwrap().items().map(|step| step.string().replace('~', "~0").replace('/', "~1"));
            let place: String = steps.map(|step| format!("/{step}")).collect();
            if !report.diagnostics.iter().any(|diagnostic| diagnostic.path.starts_with(&place)) {
                wrong.push(format!("{case}: {place}: {:?}", report.diagnostics));
            }
        }
    });
    assert_eq!(wrong, Vec::<String>::new());
}
