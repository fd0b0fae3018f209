//! Our reader of YAML against a full one: on the files of this repository, and on texts of every style, damaged ones too.

use std::path::Path;

use prefect_events::json::{Kind, Tape, Value, yaml};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde_json::{Map, Number, Value as Json};
use yaml::{Fault, Problem};

fn json(value: Value<'_>) -> Json {
    match value.kind() {
        Kind::Null => Json::Null,
        Kind::True => Json::Bool(true),
        Kind::False => Json::Bool(false),
        Kind::Integer | Kind::Float => {
            let text = value.string();
            text.parse::<i64>().map_or_else(|_| Number::from_f64(text.parse().unwrap()).into(), Json::from)
        }
        Kind::NonFinite => Json::Null,
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

// ---- texts of every style

/// What texts are made of: whatever means something in YAML, and what does not.
const PIECES: [&str; 56] = [
    "a",
    "b c",
    "prefect.flow-run.*",
    "it's",
    "\"q\"",
    "#x",
    " #y",
    "a: b",
    "a:b",
    ": ",
    "- x",
    "-",
    "--- ",
    "...",
    "1",
    "-1.5",
    "1e3",
    ".5",
    "true",
    "null",
    "~",
    "{{ x }}",
    "é",
    "😀",
    "\n",
    "\n\n",
    "\n ",
    "  ",
    " ",
    "\t",
    "*x",
    "&x",
    "!t",
    "%",
    "@",
    "`",
    "|",
    ">",
    "?",
    "? ",
    "[",
    "]",
    "{",
    "}",
    ",",
    ", ",
    "'",
    "\"",
    "\\",
    "\\n",
    "",
    "\u{a0}",
    "=",
    "<<",
    "x,y",
    "\u{2028}",
];

#[derive(Clone, Debug)]
enum Node {
    Text(String),
    /// Written as it is: numbers, aliases.
    Raw(&'static str),
    List(Vec<(Style, Node)>),
    Map(Vec<(String, Style, Node)>),
}

/// How a value is written; each number chooses one of a few ways.
#[derive(Clone, Copy, Debug)]
struct Style {
    way: u8,
    indent: u8,
    comment: bool,
    anchor: Option<u8>,
    key: u8,
}

fn styles() -> impl Strategy<Value = Style> {
    (0..10_u8, 1..5_u8, proptest::bool::weighted(0.15), proptest::option::weighted(0.1, 0..3_u8), 0..6_u8)
        .prop_map(|(way, indent, comment, anchor, key)| Style { way, indent, comment, anchor, key })
}

fn texts() -> impl Strategy<Value = String> {
    prop_oneof![
        1 => Just("<<".to_owned()),
        12 => select(vec!["a", "name", "prefect.flow-run.*", "PT90S", "x y z", "http://x:1/#y", "it's"]).prop_map(str::to_owned),
        1 => vec(select(&PIECES[..]), 0..5).prop_map(|pieces| pieces.concat()),
    ]
}

fn nodes() -> impl Strategy<Value = Node> {
    let raw = select(vec![
        "1", "-7", "3.25", "1e3", "true", "False", "null", "~", "", "*a0", "*a1", "*a2", ".5", "+3", "0.0",
    ]);
    let leaf = prop_oneof![3 => texts().prop_map(Node::Text), 1 => raw.prop_map(Node::Raw)];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            vec((styles(), inner.clone()), 0..4).prop_map(Node::List),
            vec((texts(), styles(), inner), 0..4).prop_map(Node::Map),
        ]
    })
}

fn pad(indent: usize) -> String {
    " ".repeat(indent)
}

/// A text in one of its styles; `flow`: the block styles are not to be had.
fn write_text(text: &str, style: Style, indent: usize, flow: bool, out: &mut String) {
    let broken = |text: &str| text.replace('\n', &format!("\n\n{}", pad(indent)));
    match style.way {
        0..=2 => out.push_str(&broken(text)),
        3 => *out += &format!("'{}'", broken(&text.replace('\'', "''"))),
        4 => *out += &Json::from(text).to_string(),
        5 => *out += &Json::from(text).to_string().replace(' ', &format!("\n{}", pad(indent))),
        6 => *out += &Json::from(text).to_string().replace(' ', &format!(" \\\n{}", pad(indent))),
        _ if flow => *out += &Json::from(text).to_string(),
        way => {
            out.push(if way == 7 { '|' } else { '>' });
            if text.trim_start_matches('\n').starts_with(' ') {
                out.push(char::from(b'0' + style.indent));
            }
            out.push_str(["", "-", "+"][usize::from(style.key) % 3]);
            let indent = pad((indent + usize::from(style.indent)).saturating_sub(1));
            for line in text.split('\n') {
                *out += &format!("\n{}{line}", if line.is_empty() { "" } else { &indent });
            }
        }
    }
}

fn write_key(key: &str, style: Style, out: &mut String) {
    match style.key {
        0 => *out += &format!("'{}'", key.replace('\'', "''").replace('\n', " ")),
        1 => *out += &Json::from(key).to_string(),
        _ => *out += &key.replace('\n', " "),
    }
}

fn write_flow(node: &Node, style: Style, out: &mut String) {
    let space = ["", " ", "\n      ", "\t"][usize::from(style.way) % 4];
    match node {
        Node::Text(text) => write_text(text, style, 6, true, out),
        Node::Raw(raw) => out.push_str(raw),
        Node::List(items) => {
            *out += &format!("[{space}");
            for (style, item) in items {
                write_flow(item, *style, out);
                *out += &format!("{space},{space}");
            }
            out.push(']');
        }
        Node::Map(members) => {
            *out += &format!("{{{space}");
            for (at, (key, style, member)) in members.iter().enumerate() {
                write_key(key, *style, out);
                out.push_str(": ");
                write_flow(member, *style, out);
                if at + 1 < members.len() {
                    *out += &format!(",{space}");
                }
            }
            *out += &format!("{space}}}");
        }
    }
}

/// A value behind a dash or a colon. Lines of its own stand at `indent`.
fn write_block(node: &Node, style: Style, parent: usize, in_map: bool, out: &mut String) {
    let indent = parent + usize::from(style.indent);
    out.push(' ');
    if let Some(anchor) = style.anchor {
        *out += &format!("&a{anchor} ");
    }
    let comment = if style.comment { " # c: 'd" } else { "" };
    match node {
        Node::List(items) if style.way < 7 && !items.is_empty() => {
            let own = if in_map && style.way < 3 { parent } else { indent };
            for (style, item) in items {
                *out += &format!("{comment}\n{}-", pad(own));
                write_block(item, *style, own, false, out);
            }
        }
        Node::Map(members) if style.way < 7 && !members.is_empty() => {
            for (at, (key, style_of, member)) in members.iter().enumerate() {
                // The first key of a map in a list may stand behind the dash.
                if at == 0 && !in_map && style.way < 4 && style.anchor.is_none() {
                    out.push_str(&pad(usize::from(style.indent).saturating_sub(2)));
                    if style.indent < 2 {
                        *out += &format!("\n{}", pad(indent));
                    }
                } else {
                    *out += &format!("{comment}\n{}", pad(indent));
                }
                write_key(key, *style_of, out);
                out.push(':');
                write_block(member, *style_of, indent, true, out);
            }
        }
        Node::Text(text) => {
            write_text(text, style, indent, false, out);
            out.push_str(comment);
        }
        Node::Raw(raw) => *out += &format!("{raw}{comment}"),
        _ => {
            write_flow(node, style, out);
            out.push_str(comment);
        }
    }
}

fn documents() -> impl Strategy<Value = String> {
    let frame = (0..6_u8, any::<bool>(), 0..4_u8);
    let members = vec((texts(), styles(), nodes()), 1..5);
    (members, frame).prop_map(|(members, (begin, crlf, end))| {
        let mut out = ["", "", "", "---\n", "# c\n\n", "\u{feff}"][usize::from(begin)].to_owned();
        for (key, style, member) in &members {
            write_key(key, *style, &mut out);
            out.push(':');
            write_block(member, *style, 0, true, &mut out);
            out.push('\n');
        }
        out.push_str(["", "", "...\n", "\n# end"][usize::from(end)]);
        if crlf { out.replace('\n', "\r\n") } else { out }
    })
}

fn damaged() -> impl Strategy<Value = String> {
    let edit = (any::<Index>(), any::<Index>(), select(&PIECES[..]), 0..4_u8);
    (documents(), vec(edit, 1..4)).prop_map(|(mut text, edits)| {
        for (at, to, piece, kind) in edits {
            let places: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
            let at = places[at.index(places.len())];
            match kind {
                0 => text.insert_str(at, piece),
                1 if at < text.len() => drop(text.remove(at)),
                2 => text.truncate(at),
                _ => {
                    // A line moves to another place.
                    let line: String = text[at..].split_inclusive('\n').next().unwrap_or_default().to_owned();
                    text.replace_range(at..at + line.len(), "");
                    let places: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
                    text.insert_str(places[to.index(places.len())], &line);
                }
            }
        }
        // They differ in the blanks that a text may end with, and about marks inside of it.
        text.trim_end_matches(' ').replace('\u{feff}', "")
    })
}

fn ours(text: &str) -> Result<Json, Fault> {
    let mut tape = Tape::new();
    yaml::read(text.as_bytes(), &mut tape)?;
    Ok(json(tape.document(text.as_bytes()).root().unwrap()))
}

fn theirs(text: &str) -> Result<Json, String> {
    let mut options = serde_saphyr::Options::default();
    // Core schema, and of repeated keys the last, as PyYAML does.
    options.strict_booleans = true;
    options.duplicate_keys = serde_saphyr::DuplicateKeyPolicy::LastWins;
    serde_saphyr::from_str_with_options(text, options).map_err(|error| error.to_string())
}

/// What we refuse on purpose: the first are not read; the others PyYAML refuses too.
const UNSUPPORTED: [Problem; 9] = [
    Problem::Tag,
    Problem::ComplexKey,
    // A key over lines that begins at the margin is taken for what an open bracket has swallowed.
    Problem::Unclosed,
    Problem::Document,
    Problem::LoneReturn,
    Problem::LostAnchor,
    Problem::Empty,
    Problem::Tab,
    Problem::Merge,
];
/// What the other one refuses because it fills a `serde_json::Value`, or is stricter than PyYAML.
const THEIR_LIMITS: [&str; 6] = [
    "cannot deserialize null into string",
    "invalid indentation in multiline quoted scalar",
    "plain scalar cannot start with '-'",
    "tabs disallowed within this context",
    "found a tab",
    "':' may not precede any of",
];

/// They differ in whether `00` is an integer.
fn same(one: &Json, other: &Json) -> bool {
    match (one, other) {
        (Json::Number(one), Json::Number(other)) => one.as_f64() == other.as_f64(),
        (Json::Array(one), Json::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| same(one, other))
        }
        (Json::Object(one), Json::Object(other)) => {
            one.len() == other.len()
                && one.iter().all(|(key, one)| other.get(key).is_some_and(|other| same(one, other)))
        }
        _ => one == other,
    }
}

fn compare(text: &str) -> Result<(), String> {
    match (ours(text), theirs(text)) {
        (Ok(ours), Ok(theirs)) if same(&ours, &theirs) => Ok(()),
        // Of several `<<` the last one counts, as with PyYAML.
        (Ok(_), Ok(_)) if text.matches("<<").count() > 1 => Ok(()),
        (Err(_), Err(_)) => Ok(()),
        (Err(fault), Ok(_)) if UNSUPPORTED.contains(&fault.problem) => Ok(()),
        (Ok(_), Err(error)) if THEIR_LIMITS.iter().any(|limit| error.contains(limit)) => Ok(()),
        (ours, theirs) => Err(format!("{text:?}\n{text}\nours: {ours:?}\ntheirs: {theirs:?}")),
    }
}

/// Compares so many texts, always the same ones; how many of them both read.
fn compare_all(texts: impl Strategy<Value = String>, count: u32) -> u32 {
    let times: u32 = std::env::var("PROPERTIES").ok().and_then(|times| times.parse().ok()).unwrap_or(1);
    let mut runner = TestRunner::deterministic();
    let (mut read, mut wrong) = (0, Vec::new());
    for _ in 0..count * times {
        let text = texts.new_tree(&mut runner).unwrap().current();
        read += u32::from(ours(&text).is_ok());
        wrong.extend(compare(&text).err());
    }
    wrong.sort_by_key(String::len);
    assert!(wrong.is_empty(), "{} texts are read differently, such as\n{}", wrong.len(), wrong[0]);
    read / times
}

#[test]
fn every_style_is_read_as_by_a_full_parser() {
    let read = compare_all(documents(), 2000);
    assert!(read > 1000, "only {read} of 2000 can be read");
}

#[test]
fn damaged_texts_are_read_as_by_a_full_parser_or_refused() {
    let read = compare_all(damaged(), 2000);
    assert!(read > 300, "only {read} of 2000 can be read");
}

/// Aliases of aliases, and whatever else grows or nests.
#[test]
fn what_is_too_much_is_refused() {
    let mut laughs = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..10 {
        let aliases = vec![format!("*a{}", level - 1); 10].join(", ");
        laughs += &format!("a{level}: &a{level} [{aliases}]\n");
    }
    assert_eq!(ours(&laughs).unwrap_err().problem, Problem::TooLarge);
    for text in ["[".repeat(100_000), "- ".repeat(100_000), "{a: ".repeat(100_000)] {
        assert_eq!(ours(&text).unwrap_err().problem, Problem::TooDeep);
    }
    assert!(ours(&"&a ".repeat(100_000)).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(500) })]

    #[test]
    fn any_bytes_are_read_or_refused(bytes in vec(any::<u8>(), 0..60), pieces in vec(select(&PIECES[..]), 0..40)) {
        let mut tape = Tape::new();
        for text in [bytes, pieces.concat().into_bytes()] {
            if let Err(fault) = yaml::read(&text, &mut tape) {
                prop_assert!(fault.span.start <= fault.span.end && fault.span.end as usize <= text.len());
            }
        }
    }
}
