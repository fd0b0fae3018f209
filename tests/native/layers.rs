//! The core's modules use those above them in `src/lib.rs`, never one below; no two files of a module use each other.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use regex::Regex;

fn source() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

/// All files below a folder, each with its path from there.
fn files(folder: &Path) -> BTreeMap<PathBuf, String> {
    let mut all = BTreeMap::new();
    let mut open = vec![folder.to_owned()];
    while let Some(next) = open.pop() {
        for entry in fs::read_dir(next).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                let text = fs::read_to_string(&path).expect("a source file");
                all.insert(path.strip_prefix(folder).expect("below").to_owned(), without_comments(&text));
            }
        }
    }
    all
}

/// Nor the places of visibilities, which import nothing.
fn without_comments(text: &str) -> String {
    let text = text.lines().map(|line| line.split("//").next().unwrap_or_default()).collect::<Vec<_>>().join("\n");
    Regex::new(r"pub\(in [\w:]+\)").unwrap().replace_all(&text, "pub(super)").into_owned()
}

/// The one order: the modules as `src/lib.rs` declares them.
fn order() -> Vec<String> {
    let lib = fs::read_to_string(source().join("lib.rs")).expect("src/lib.rs");
    let module = Regex::new(r"(?m)^(?:pub )?mod (\w+);").unwrap();
    module.captures_iter(&lib).map(|found| found[1].to_owned()).collect()
}

fn module_of(file: &Path) -> String {
    let first = file.components().next().expect("a path").as_os_str().to_string_lossy().into_owned();
    first.trim_end_matches(".rs").to_owned()
}

/// The path of a file's module.
fn path_of(file: &Path) -> Vec<String> {
    let file = file.with_extension("");
    let mut parts: Vec<String> = file.iter().map(|part| part.to_string_lossy().into_owned()).collect();
    if parts.last().is_some_and(|last| last == "mod") {
        parts.pop();
    }
    parts
}

/// The text from a bracket to the one that closes it.
fn bracketed(text: &str) -> &str {
    let mut depth = 0;
    let end = text.find(|c: char| {
        depth += i32::from(c == '{') - i32::from(c == '}');
        depth == 0
    });
    end.map_or(text, |end| &text[..end])
}

/// The modules of the crate that a file names: by `crate::json::…`, `super::super::json::…`, and in lists such as
/// `crate::{json, time::…}`.
fn uses(file: &Path, text: &str) -> BTreeSet<String> {
    let path = Regex::new(r"\b(crate::|(?:super::)+)(\w+|\*|\{)").unwrap();
    let inline = Regex::new(r"\bmod \w+ \{").unwrap();
    let inline: Vec<(usize, usize)> = inline
        .find_iter(text)
        .map(|found| (found.start(), found.end() + bracketed(&text[found.end() - 1..]).len()))
        .collect();
    let depth = path_of(file).len();
    let mut all = BTreeSet::new();
    for found in path.captures_iter(text) {
        let start = found.get(0).unwrap().start();
        let around = inline.iter().filter(|(from, to)| (*from..*to).contains(&start)).count();
        let up = found[1].matches("super::").count();
        if up > 0 && up < depth + around {
            continue;
        }
        if &found[2] != "{" {
            all.insert(found[2].to_owned());
            continue;
        }
        let mut nested = 0;
        let list: String = bracketed(&text[found.get(2).unwrap().start()..])
            .chars()
            .filter(|c| {
                nested += i32::from(*c == '{') - i32::from(*c == '}');
                nested == 1
            })
            .collect();
        let names =
            list.trim_start_matches('{').split(',').map(|item| item.trim().split("::").next().unwrap_or_default());
        all.extend(names.filter(|name| !name.is_empty()).map(str::to_owned));
    }
    all
}

#[test]
fn imports_are_resolved_to_modules_of_the_crate() {
    let found = |file: &str, text: &str| uses(Path::new(file), text).into_iter().collect::<Vec<_>>();
    assert_eq!(found("a/b.rs", "use crate::json::{Kind, tree::Tree}; crate::time::read()"), ["json", "time"]);
    assert_eq!(found("a/b.rs", "use crate::{json, time::{Instant, span}, text};"), ["json", "text", "time"]);
    assert_eq!(found("a/b.rs", "use super::c; use super::super::json::Kind;"), ["json"]);
    assert_eq!(found("a/mod.rs", "use super::{json::Kind, time}; use self::c;"), ["json", "time"]);
    assert_eq!(found("a/b/c.rs", "use super::super::d; use super::super::super::json;"), ["json"]);
    assert_eq!(
        found("a/b.rs", "mod tests { use super::super::d; use super::super::super::json; } use super::e;"),
        ["json"]
    );
    assert_eq!(found("a.rs", "mod tests { use super::*; } use super::*;"), ["*"]);
}

#[test]
fn modules_use_only_those_above_them() {
    let order = order();
    assert!(order.len() > 10, "{order:?}");
    let place = |module: &str| order.iter().position(|own| own == module);
    let mut wrong = Vec::new();
    for (file, text) in files(&source()).iter().filter(|(file, _)| *file != Path::new("lib.rs")) {
        let own = module_of(file);
        let here = place(&own).unwrap_or_else(|| panic!("src/lib.rs does not declare {own}"));
        // `crate::VERSION` is no module.
        for used in uses(file, text).into_iter().filter(|used| used != "VERSION") {
            if place(&used).is_none_or(|there| there > here) {
                wrong.push(format!("{} uses {used}", file.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Without what is compiled for tests only: an item up to its `;` or its last bracket.
fn without_tests(text: &str) -> String {
    let mut out = String::new();
    let mut parts = text.split("#[cfg(test)]");
    out.push_str(parts.next().unwrap_or_default());
    for part in parts {
        let mut depth = 0;
        let end = part.find(|c: char| {
            depth += i32::from(c == '{') - i32::from(c == '}');
            depth == 0 && (c == ';' || c == '}')
        });
        out.push_str(end.map_or("", |end| &part[end + 1..]));
    }
    out
}

/// The files of one module, and which of them each uses: by `super::…`, `self::…`, `crate::MODULE::…` or a `mod` of its
/// own. What a folder's `mod.rs` only passes on belongs to the file that has it. Tests are left out.
fn inner_uses(module: &str) -> BTreeMap<String, BTreeSet<String>> {
    let folder = source().join(module);
    let all: BTreeMap<Vec<String>, String> = files(&folder)
        .into_iter()
        .map(|(file, text)| (path_of(&file), without_tests(&text)))
        .filter(|(parts, _)| parts.last().is_none_or(|last| last != "tests"))
        .collect();
    let name = |parts: &[String]| if parts.is_empty() { "mod".to_owned() } else { parts.join("/") };
    let path = Regex::new(r"\b((?:\w+::)+)(\w+|\{[^;]*\}|\*)").unwrap();
    let passed = passed_on(&all);
    let mut uses: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (own, text) in &all {
        let entry = uses.entry(name(own)).or_default();
        let text = PASSES_ON.replace_all(text, "");
        for found in path.captures_iter(&text) {
            let before: Vec<String> = found[1].split("::").filter(|part| !part.is_empty()).map(str::to_owned).collect();
            for item in items(&found[2]) {
                let written: Vec<String> = before.iter().cloned().chain([item]).collect();
                let start = written.iter().take_while(|part| *part == "super").count();
                let mut target: Vec<String> = match written.first().map(String::as_str) {
                    Some("super") => own[..own.len().saturating_sub(start)].to_vec(),
                    Some("self") => own.clone(),
                    Some("crate") if written.get(1).is_some_and(|second| second == module) => Vec::new(),
                    // A file of its own folder, by its name.
                    Some(first) if all.contains_key(&[own.clone(), vec![first.to_owned()]].concat()) => own.clone(),
                    _ => continue,
                };
                let skipped = match written.first().map(String::as_str) {
                    Some("super") => start,
                    Some("crate") => 2,
                    Some("self") => 1,
                    _ => 0,
                };
                for part in &written[skipped..] {
                    let below = [target.clone(), vec![part.clone()]].concat();
                    match passed.get(&below) {
                        Some(file) => target = file.clone(),
                        None if all.contains_key(&below) => target = below,
                        None => break,
                    }
                }
                if target != *own {
                    entry.insert(name(&target));
                }
            }
        }
    }
    uses
}

/// `pub use file::Item;` in a `mod.rs`.
static PASSES_ON: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"\bpub(?:\([\w: ]+\))? use ((?:\w+::)+)(\w+|\{[^;]*\}|\*);").unwrap());

/// The names in `{one::Item, other}`.
fn items(group: &str) -> Vec<String> {
    let inner = group.trim_matches(['{', '}']);
    inner.split(',').map(|item| item.trim().split("::").next().unwrap_or_default().to_owned()).collect()
}

/// What a `mod.rs` passes on: its path, and that of the file that has it.
fn passed_on(all: &BTreeMap<Vec<String>, String>) -> BTreeMap<Vec<String>, Vec<String>> {
    let mut passed = BTreeMap::new();
    for (own, text) in all {
        for found in PASSES_ON.captures_iter(text) {
            let mut file = own.clone();
            file.extend(found[1].split("::").filter(|part| !part.is_empty() && *part != "self").map(str::to_owned));
            while !all.contains_key(&file) && !file.is_empty() {
                file.pop();
            }
            for item in items(&found[2]) {
                passed.insert([own.clone(), vec![item]].concat(), file.clone());
            }
        }
    }
    passed
}

/// The modules whose files form layers too.
const LAYERED: [&str; 12] = [
    "archive",
    "backtest",
    "client",
    "diagnostic",
    "event",
    "recognise",
    "simulate",
    "text",
    "tune",
    "validate",
    "watch",
    "yaml",
];

#[test]
fn files_of_a_module_have_no_cyclic_dependencies() {
    let mut wrong = Vec::new();
    for module in LAYERED {
        let uses = inner_uses(module);
        let least = if matches!(module, "validate" | "simulate") { 5 } else { 1 };
        assert!(uses.len() > least && uses.values().any(|used| !used.is_empty()), "{module}: nothing was read");
        // Files that nothing uses, or that only such files use, cannot be in a cycle.
        let mut left = uses.clone();
        loop {
            let free: Vec<String> = left
                .iter()
                .filter(|(_, used)| used.iter().all(|used| !left.contains_key(used)))
                .map(|(file, _)| file.clone())
                .collect();
            if free.is_empty() {
                break;
            }
            for file in free {
                left.remove(&file);
            }
        }
        for (file, used) in &left {
            let used: Vec<_> = used.iter().filter(|used| left.contains_key(*used)).collect();
            wrong.push(format!("{module}/{file} uses {used:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The words above the declarations of a `mod.rs` whose order is that of its files.
const ORDERED: &str = "ach file uses only those above it.";

/// The folders of a module whose `mod.rs` says that its files stand in their order, and the files in that order.
fn ordered_folders(module: &str) -> Vec<(Vec<String>, Vec<String>)> {
    let declared = Regex::new(r"(?m)^(?:pub(?:\([\w: ]+\))? )?mod (\w+);").unwrap();
    let mut folders = Vec::new();
    let mut open = vec![source().join(module)];
    while let Some(folder) = open.pop() {
        open.extend(fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()));
        let text = fs::read_to_string(folder.join("mod.rs")).unwrap_or_default();
        let Some((_, below)) = text.split_once(ORDERED) else { continue };
        let path = folder.strip_prefix(source().join(module)).unwrap();
        let files = declared.captures_iter(below).map(|found| found[1].to_owned()).collect();
        folders.push((path.iter().map(|part| part.to_string_lossy().into_owned()).collect(), files));
    }
    folders
}

#[test]
fn files_use_those_above_them_where_their_folder_says_so() {
    let mut found = Vec::new();
    let mut wrong = Vec::new();
    for module in order().iter().filter(|module| source().join(module).is_dir()) {
        let folders = ordered_folders(module);
        let uses = if folders.is_empty() { BTreeMap::new() } else { inner_uses(module) };
        for (folder, files) in folders {
            assert!(files.len() > 2, "{module}/{folder:?} declares {files:?}");
            let place = |file: &str| {
                let below: Vec<&str> = file.split('/').collect();
                let name = below.strip_prefix(folder.iter().map(String::as_str).collect::<Vec<_>>().as_slice())?;
                files.iter().position(|own| Some(&own.as_str()) == name.first())
            };
            for (file, used) in &uses {
                let Some(here) = place(file) else { continue };
                for other in used.iter().filter(|other| place(other).is_some_and(|there| there > here)) {
                    wrong.push(format!("{module}/{file} uses {other}"));
                }
            }
            found.push([vec![module.clone()], folder].concat().join("/"));
        }
    }
    assert!(found.len() >= 4, "{found:?}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// One name, one thing: two types with the same name that any module can use need another name wherever both are used.
#[test]
fn types_that_any_module_can_use_have_names_of_their_own() {
    let declared = Regex::new(r"(?m)^pub(?:\(crate\))? (?:struct|enum|trait|type) (\w+)").unwrap();
    let mut files_of: BTreeMap<String, Vec<String>> = BTreeMap::new();
    // The twin of a module stands for it without the feature.
    for (file, text) in files(&source()).iter().filter(|(file, _)| !file.ends_with("custom_absent.rs")) {
        for found in declared.captures_iter(text) {
            files_of.entry(found[1].to_owned()).or_default().push(file.display().to_string());
        }
    }
    assert!(files_of.len() > 400, "{}", files_of.len());
    let several: Vec<_> = files_of.iter().filter(|(_, files)| files.len() > 1).collect();
    assert!(several.is_empty(), "{several:?}");
}
