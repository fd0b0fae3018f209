//! Rendered templates, parameters and actions against those of the real server (`tests/oracle/templates.py`).

use std::collections::BTreeMap;

use prefect_events::action::{ActionOptions, Fired, FiredEvent, RenderedAction, render};
use prefect_events::json::{Tape, Value, parse};
use prefect_events::time::Instant;
use serde_json::{Value as Json, json};

use super::cases;

/// Templates of which the server's text depends on chance, or is known to differ here: the part that names each, and
/// why.
const EXCEPTIONS: [(&str, &str); 0] = [];

const ID: &str = "11111111-1111-4111-8111-111111111111";

fn instant(value: Value<'_>) -> Instant {
    prefect_events::time::instant_of(value).unwrap()
}

fn fired<'t>(firing: Value<'t>, path: &str) -> Fired<'t> {
    let labels = firing.get("triggering_labels").unwrap();
    let children = firing.get("triggering_firings").into_iter().flat_map(Value::items);
    Fired {
        id: firing.get("id").map(|id| id.string().into_owned()),
        path: path.to_owned(),
        at: instant(firing.get("triggered").unwrap()),
        labels: labels.members().map(|(name, value)| (name.string().into_owned(), value.string().into_owned())).collect(),
        event: firing
            .get("triggering_event")
            .filter(|event| event.kind() == prefect_events::json::Kind::Object)
            .map(FiredEvent::Whole),
        children: children.enumerate().map(|(index, child)| fired(child, &format!("{path}.{index}"))).collect(),
    }
}

/// The recorded rows, by whether they are contexts.
fn rows() -> (BTreeMap<String, Json>, Vec<Json>) {
    let text = cases::read("rendered-templates.ndjson.gz");
    let (mut contexts, mut rows) = (BTreeMap::new(), Vec::new());
    for line in text.split(|&byte| byte == b'\n').filter(|line| !line.is_empty()) {
        let line = String::from_utf8(line.to_vec()).unwrap().replace(": NaN", ": \"NaN\"");
        let row: Json = serde_json::from_str(&line).unwrap();
        match row.get("context") {
            // As text, because the order of keys matters.
            Some(name) => drop(contexts.insert(name.as_str().unwrap().to_owned(), Json::from(line))),
            None => rows.push(row),
        }
    }
    (contexts, rows)
}

/// What becomes of an action in a context.
fn act(context: &Json, action: &Json) -> RenderedAction {
    let text = context.as_str().unwrap();
    let marked = text.replacen("\"actions\": []", &format!("\"actions\": [{action}]"), 1);
    let (mut tape, mut issues) = (Tape::new(), Vec::new());
    assert!(parse(marked.as_bytes(), 0, &mut tape, &mut issues).complete, "{issues:?}");
    let document = tape.document(marked.as_bytes());
    let root = document.root().unwrap();
    let firing = fired(root.get("firing").unwrap(), "$");
    let given = root.get("given");
    let mut all = render(root.get("automation").unwrap(), &firing, given, &ActionOptions::default());
    assert_eq!(all.len(), 1);
    all.remove(0)
}

fn is_excepted(text: &str) -> bool {
    EXCEPTIONS.iter().any(|(part, _)| text.contains(part))
}

#[test]
fn renders_templates_as_the_server() {
    let (contexts, rows) = rows();
    let (mut count, mut excepted, mut wrong) = (0, 0, Vec::new());
    for row in rows.iter().filter(|row| row.get("template").is_some()) {
        let template = row["template"].as_str().unwrap();
        let context = &contexts[row["in"].as_str().unwrap()];
        let done = act(context, &json!({"type": "send-notification", "block_document_id": ID, "body": template}));
        let body = done.texts.iter().find(|text| text.field == "body").unwrap();
        let ours = match (&body.text, &done.failure) {
            (Some(text), _) => json!({"text": text}),
            (None, Some(failure)) => json!({"reason": failure.reason, "error": failure.detail}),
            (None, None) => json!({"unknown": done.unknown}),
        };
        let theirs: Json = match (row.get("text"), row.get("reason")) {
            (Some(text), _) => json!({"text": text}),
            (_, Some(reason)) => json!({"reason": reason, "error": row["error"]}),
            _ => json!({"invalid": true}),
        };
        let same = match theirs.get("invalid") {
            Some(_) => done.failure.as_ref().is_some_and(|failure| failure.reason.contains("rejects")),
            None => ours == theirs,
        };
        count += 1;
        match (same, is_excepted(template)) {
            (false, false) => wrong.push(format!("{template}\n    here   {ours}\n    server {theirs}")),
            (false, true) => excepted += 1,
            (true, true) => wrong.push(format!("{template}\n    is no exception")),
            (true, false) => {}
        }
    }
    assert!(wrong.is_empty(), "{} of {count} differ:\n{}", wrong.len(), wrong.join("\n"));
    assert_eq!((count, excepted), (432, EXCEPTIONS.len()));
}
