//! The fuzz targets' properties, held by the committed seeds: recorded cases, and inputs that once failed.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

#[allow(unreachable_pub, reason = "public in the crate of the targets")]
#[path = "../fuzz/src/lib.rs"]
pub(crate) mod targets;

use targets::TARGETS;

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz").join(name)
}

fn names(folder: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

#[test]
fn every_target_can_be_fuzzed_and_has_seeds() {
    let known: BTreeSet<String> = TARGETS.iter().map(|(name, _)| (*name).to_owned()).collect();
    let manifest = fs::read_to_string(folder("Cargo.toml")).unwrap();
    let built = manifest.split("[[bin]]\nname = \"").skip(1).map(|bin| bin.split('"').next().unwrap().to_owned());
    assert_eq!(built.collect::<BTreeSet<_>>(), known);
    assert_eq!(names(&folder("seeds")), known);
    for name in &known {
        let main = fs::read_to_string(folder("fuzz_targets").join(format!("{name}.rs"))).unwrap();
        assert!(main.contains(&format!("prefect_events_fuzz::{name}::target(input)")), "{main}");
        assert!(!names(&folder("seeds").join(name)).is_empty(), "{name} has no seeds");
    }
}

#[test]
fn the_properties_hold_for_the_seeds() {
    let mut failed = Vec::new();
    for (name, target) in TARGETS {
        let seeds = folder("seeds").join(name);
        for seed in names(&seeds) {
            let input = fs::read(seeds.join(&seed)).unwrap();
            if std::panic::catch_unwind(|| target(&input)).is_err() {
                failed.push(format!("{name}/{seed}"));
            }
        }
    }
    assert!(failed.is_empty(), "{failed:?}");
}
