//! The core's modules use those above them in `src/lib.rs`, never one below; no two files of a module use each other.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

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

fn without_comments(text: &str) -> String {
    text.lines().map(|line| line.split("//").next().unwrap_or_default()).collect::<Vec<_>>().join("\n")
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

/// The modules that a file names: `crate::json::…`, and those in `crate::{json, time::…}`.
fn uses(text: &str) -> BTreeSet<String> {
    let single = Regex::new(r"\bcrate::(\w+)").unwrap();
    let group = Regex::new(r"(?s)\bcrate::\{(.*?)\};").unwrap();
    let first = Regex::new(r"(?:^|,)\s*(\w+)").unwrap();
    let mut all: BTreeSet<String> = single.captures_iter(text).map(|found| found[1].to_owned()).collect();
    for found in group.captures_iter(text) {
        let mut depth = 0;
        let top: String = found[1]
            .chars()
            .filter(|c| {
                depth += i32::from(*c == '{') - i32::from(*c == '}');
                depth == 0
            })
            .collect();
        all.extend(first.captures_iter(&top).map(|found| found[1].to_owned()));
    }
    all
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
        for used in uses(text) {
            if place(&used).is_none_or(|there| there > here) {
                wrong.push(format!("{} uses crate::{used}", file.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The files of one module, and which of them each uses: by `super::…`, `self::…`, `crate::MODULE::…` or a `mod` of its
/// own whose items it names. The test files of a module are left out.
fn inner_uses(module: &str) -> BTreeMap<String, BTreeSet<String>> {
    let folder = source().join(module);
    let all: BTreeMap<Vec<String>, String> = files(&folder)
        .into_iter()
        .map(|(file, text)| {
            let mut parts: Vec<String> = file
                .with_extension("")
                .components()
                .map(|part| part.as_os_str().to_string_lossy().into_owned())
                .collect();
            if parts.last().is_some_and(|last| last == "mod") {
                parts.pop();
            }
            (parts, text)
        })
        .filter(|(parts, _)| parts.last().is_none_or(|last| last != "tests"))
        .collect();
    let path = Regex::new(r"\b((?:super::)+|self::|crate::)(\w+(?:::\w+)*)?(?:::)?(\{[^;]*\})?").unwrap();
    let mut uses: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (own, text) in &all {
        let name = |parts: &[String]| if parts.is_empty() { "mod".to_owned() } else { parts.join("/") };
        let entry = uses.entry(name(own)).or_default();
        // Code after `#[cfg(test)] mod tests {` is not part of the structure.
        let text = text.split("#[cfg(test)]").next().unwrap_or_default();
        for found in path.captures_iter(text) {
            let mut base: Vec<String> = match &found[1] {
                "self::" => own.clone(),
                "crate::" => Vec::new(),
                supers => own[..own.len().saturating_sub(supers.matches("super::").count())].to_vec(),
            };
            let mut rest: Vec<&str> = found.get(2).map_or(Vec::new(), |rest| rest.as_str().split("::").collect());
            if &found[1] == "crate::" {
                if rest.first() != Some(&module) {
                    continue;
                }
                rest.remove(0);
            }
            let mut targets: Vec<Vec<String>> = vec![{
                base.extend(rest.into_iter().map(str::to_owned));
                base
            }];
            if let Some(group) = found.get(3) {
                let inner = group.as_str().trim_matches(['{', '}']);
                for item in inner.split(',') {
                    let first = item.trim().split("::").next().unwrap_or_default();
                    let mut target = targets[0].clone();
                    target.push(first.to_owned());
                    targets.push(target);
                }
                targets.remove(0);
            }
            for mut target in targets {
                while !all.contains_key(&target) && !target.is_empty() {
                    target.pop();
                }
                // What a folder shares with its files, and its files with it, is one thing.
                let is_parent = own.starts_with(&target);
                if target != *own && !is_parent {
                    entry.insert(name(&target));
                }
            }
        }
    }
    uses
}

#[test]
fn files_of_a_module_have_no_cyclic_dependencies() {
    let mut wrong = Vec::new();
    for module in ["validate", "simulate"] {
        let uses = inner_uses(module);
        assert!(uses.len() > 5 && uses.values().any(|used| !used.is_empty()), "{module}: nothing was read");
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
