//! Our reader of YAML against a full one, on the files of this repository.

use std::path::Path;

use prefect_events::json::{Kind, Tape, Value, yaml};
use serde_json::{Map, Number, Value as Json};

fn json(value: Value<'_>) -> Json {
    match value.kind() {
        Kind::Null => Json::Null,
        Kind::True => Json::Bool(true),
        Kind::False => Json::Bool(false),
        Kind::Integer => Json::from(value.string().parse::<i64>().unwrap()),
        Kind::Float | Kind::NonFinite => Number::from_f64(value.string().parse().unwrap()).into(),
        Kind::String => Json::String(value.string().into_owned()),
        Kind::Array => value.items().map(json).collect(),
        Kind::Object => Json::Object(
            value.members().map(|(key, value)| (key.string().into_owned(), json(value))).collect::<Map<_, _>>(),
        ),
    }
}

fn files(folder: &Path, found: &mut Vec<std::path::PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        match entry.extension().and_then(|end| end.to_str()) {
            _ if entry.is_dir() => files(&entry, found),
            Some("yaml" | "yml") => found.push(entry),
            _ => {}
        }
    }
}

#[test]
fn agrees_with_a_full_parser() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    files(&root.join("src"), &mut found);
    assert!(found.len() > 10);
    for file in found {
        let text = std::fs::read_to_string(&file).unwrap();
        let mut tape = Tape::new();
        yaml::read(text.as_bytes(), &mut tape).unwrap_or_else(|fault| {
            let before = &text[..fault.span.start as usize];
            panic!("{}:{}: {:?}", file.display(), before.lines().count(), fault.problem)
        });
        let ours = json(tape.document(text.as_bytes()).root().unwrap());
        let theirs: Json = serde_saphyr::from_str(&text).unwrap();
        assert!(ours == theirs, "{}\n{ours:#}\n{theirs:#}", file.display());
    }
}
