//! An archive in any parts, by any number of buckets, in any order: what one process finds.

use std::sync::OnceLock;

use prefect_events::archive::validate::{
    ArchiveFile, ArchiveFindings, BucketReduce, Mapped, PartMap, RepeatedIds, ReportMerge, by_file,
};
use prefect_events::diagnostic::{Diagnostic, TextOptions};
use prefect_events::render::{FileResult, FindingsFormat, FindingsView, RenderOptions};
use prefect_events::validate::{Memory, Merge, PartValidator, ValidateOptions, is_ndjson, validate};
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{Value, json};

use super::properties::config;

fn captured() -> &'static [Value] {
    static EVENTS: OnceLock<Vec<Value>> = OnceLock::new();
    EVENTS.get_or_init(|| {
        let text = String::from_utf8(super::cases::read("events.ndjson.gz")).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    })
}

/// What becomes of captured events.
#[derive(Clone, Debug)]
enum Change {
    /// The event is there once more, somewhere else.
    Repeat(Index, Index),
    /// It has the id of another one.
    TakeId(Index, Index),
    Move(Index, Index),
    Follow(Index, Index),
    FollowMissing(Index, u8),
    /// Its resource is that of another event: it is of that run.
    TakeResource(Index, Index),
    TakeTime(Index, Index),
    /// Its texts have characters of several bytes and of two code units.
    Rename(Index),
    Drop(Index, usize),
    /// No worker submitted the flow runs that were executed.
    Unsubmit,
    Break(Index),
}

fn change() -> impl Strategy<Value = Change> {
    let two = || (any::<Index>(), any::<Index>());
    prop_oneof![
        3 => two().prop_map(|(one, other)| Change::Repeat(one, other)),
        2 => two().prop_map(|(one, other)| Change::TakeId(one, other)),
        3 => two().prop_map(|(one, other)| Change::Move(one, other)),
        3 => two().prop_map(|(one, other)| Change::Follow(one, other)),
        1 => (any::<Index>(), 0_u8..3).prop_map(|(one, id)| Change::FollowMissing(one, id)),
        2 => two().prop_map(|(one, other)| Change::TakeResource(one, other)),
        2 => two().prop_map(|(one, other)| Change::TakeTime(one, other)),
        1 => any::<Index>().prop_map(Change::Rename),
        1 => (any::<Index>(), 0_usize..4).prop_map(|(one, which)| Change::Drop(one, which)),
        1 => Just(Change::Unsubmit),
        1 => any::<Index>().prop_map(Change::Break),
    ]
}

fn changed(mut events: Vec<Value>, changes: &[Change]) -> Vec<String> {
    let mut broken = Vec::new();
    for change in changes {
        let count = events.len();
        let at = |index: &Index| index.index(count);
        match change {
            Change::Repeat(one, to) => {
                let event = events[at(one)].clone();
                events.insert(at(to), event);
            }
            Change::TakeId(one, other) => events[at(one)]["id"] = events[at(other)]["id"].clone(),
            Change::Move(one, to) => {
                let event = events.remove(at(one));
                events.insert(at(to), event);
            }
            Change::Follow(one, other) => events[at(one)]["follows"] = events[at(other)]["id"].clone(),
            Change::FollowMissing(one, id) => {
                events[at(one)]["follows"] = json!(format!("01a1ffe4-419a-726f-8626-5e21f619db0{id}"));
            }
            Change::TakeResource(one, other) => events[at(one)]["resource"] = events[at(other)]["resource"].clone(),
            Change::TakeTime(one, other) => events[at(one)]["occurred"] = events[at(other)]["occurred"].clone(),
            Change::Rename(one) => events[at(one)]["resource"]["prefect.resource.name"] = json!("é😀e\u{301}"),
            Change::Drop(one, which) => {
                let key = ["id", "resource", "related", "payload"][*which];
                events[at(one)].as_object_mut().unwrap().remove(key);
            }
            Change::Unsubmit => {
                for event in &mut events {
                    match event["event"].as_str() {
                        Some("prefect.worker.submitted-flow-run") => event["event"] = json!("acme.submitted"),
                        Some("prefect.worker.executed-flow-run") => event["follows"] = Value::Null,
                        _ => {}
                    }
                }
            }
            Change::Break(one) => broken.push(at(one)),
        }
    }
    let mut lines: Vec<String> = events.iter().map(Value::to_string).collect();
    for at in broken {
        lines[at].truncate(40);
    }
    lines
}

/// Pieces of whole lines.
fn pieces(lines: &[String], cuts: &[u8]) -> Vec<(String, bool)> {
    let (mut all, mut piece) = (Vec::new(), String::new());
    for (at, line) in lines.iter().enumerate() {
        piece.push_str(line);
        piece.push('\n');
        match cuts[at % cuts.len()] {
            0 => {}
            cut => all.push((std::mem::take(&mut piece), cut > 1)),
        }
    }
    all.push((piece, true));
    all
}

/// The report, found by parts: each process by itself, in the order of the seed.
fn distributed(pieces: &[(String, bool)], buckets: usize, options: &ValidateOptions, backwards: bool) -> String {
    let mut map = PartMap::new(options.clone(), buckets);
    let (mut parts, mut first): (Vec<Mapped>, bool) = (Vec::new(), true);
    for (text, ends) in pieces {
        map.add(text.as_bytes(), first);
        first = false;
        if *ends {
            parts.push(map.take());
        }
    }
    let summaries: Vec<_> = parts.iter().map(|part| part.summary).collect();
    let mut order: Vec<usize> = (0..buckets).collect();
    if backwards {
        order.reverse();
    }
    let mut repeated = Vec::new();
    for &bucket in &order {
        let mut ids = RepeatedIds::new(buckets);
        for (part, mapped) in (0..).zip(&parts) {
            ids.add(part, &mapped.ids[bucket]).unwrap();
        }
        repeated.push(ids.finish());
    }
    let mut merge = ReportMerge::new(options.clone());
    for &bucket in &order {
        let mut reduce = BucketReduce::new(options.clone(), &summaries);
        for repeated in &repeated {
            reduce.repeated(&repeated[bucket]).unwrap();
        }
        for (part, mapped) in (0..).zip(&parts) {
            reduce.add(part, &mapped.records[bucket]).unwrap();
        }
        merge.bucket(&reduce.finish()).unwrap();
    }
    for part in &parts {
        merge.part(&part.findings).unwrap();
    }
    serde_json::to_string(&merge.report()).unwrap()
}

/// By one process, which remembers all events.
fn merged(pieces: &[(String, bool)], options: &ValidateOptions) -> String {
    let mut validator = PartValidator::new(options.clone());
    let mut merge = Merge::remembering(Memory::All, options);
    for (at, (text, _)) in pieces.iter().enumerate() {
        merge.add(validator.check(text.as_bytes(), at == 0, true));
    }
    serde_json::to_string(&merge.report()).unwrap()
}

proptest! {
    #![proptest_config(config(150))]

    #[test]
    fn any_cut_into_any_buckets_is_as_one_process(
        from in any::<Index>(),
        count in 1_usize..60,
        changes in prop::collection::vec(change(), 0..25),
        cuts in prop::collection::vec(0_u8..3, 1..12),
        buckets in 1_usize..9,
        limit in prop_oneof![0_usize..9, Just(1000)],
        backwards: bool,
    ) {
        let all = captured();
        let from = from.index(all.len() - count);
        let lines = changed(all[from..from + count].to_vec(), &changes);
        let pieces = pieces(&lines, &cuts);
        let options = ValidateOptions { max_diagnostics: limit, ..ValidateOptions::default() };
        let expected = merged(&pieces, &options);
        prop_assert_eq!(&distributed(&pieces, buckets, &options, backwards), &expected);
        let text: String = pieces.iter().map(|(text, _)| &**text).collect();
        if is_ndjson(text.as_bytes(), true) == Some(true) {
            let whole = validate(text.as_bytes(), TextOptions { places: true, wtf8: true }, &options);
            prop_assert_eq!(serde_json::to_string(&whole).unwrap(), expected);
        }
    }
}

fn mapped(text: &str, options: &ValidateOptions) -> Mapped {
    let mut map = PartMap::new(options.clone(), 1);
    map.add(text.as_bytes(), true);
    map.take()
}

/// What is found in each of these files by itself.
fn findings_of(files: &[&str], options: &ValidateOptions) -> ArchiveFindings {
    let mut merge = ReportMerge::new(options.clone());
    for text in files {
        merge.part(&mapped(text, options).findings).unwrap();
    }
    merge.finish()
}

fn listed(files: &[&str]) -> Vec<ArchiveFile> {
    let one = |(number, text): (usize, &&str)| ArchiveFile {
        name: format!("{number}.ndjson"),
        parts: Ok(vec![mapped(text, &ValidateOptions::default()).summary]),
    };
    files.iter().enumerate().map(one).collect()
}

/// The last line about an archive with these files, and how many files are listed.
fn summary(files: &[&str], max_diagnostics: usize) -> (String, usize) {
    let options = ValidateOptions { max_diagnostics, ..ValidateOptions::default() };
    let mut all = vec![ArchiveFile { name: "bad".to_owned(), parts: Err("is a folder".to_owned()) }];
    all.extend(listed(files));
    let results = by_file(findings_of(files, &options), all, "the rest");
    let options = RenderOptions::default();
    let view = FindingsView { format: FindingsFormat::Pretty, noun: "event", options: &options, backslash: false };
    (view.end(&results).lines().last().unwrap().to_owned(), results.len())
}

#[test]
fn the_summary_counts_the_files_of_the_archive() {
    let good = format!("{}\n", captured()[0]);
    // More findings than are listed; with and without a file that has none.
    for (files, most, count) in [
        (vec!["{}\n{}\n"], 1, "2 events in 1 file:"),
        (vec!["{}\n{}\n"], 100, "2 events in 1 file:"),
        (vec![&*good], 100, "1 event in 1 file:"),
        (vec![], 100, "1 file could not be read"),
        (vec!["{}\n", "{}\n"], 1, "2 events in 2 files:"),
        (vec!["{}\n", "{}\n"], 100, "2 events in 2 files:"),
        (vec!["{}\n", &*good, &*good], 100, "3 events in 3 files:"),
        // Without events.
        (vec!["{}\n", "", "\n"], 100, "1 event in 3 files:"),
        (vec!["", &*good], 100, "1 event in 2 files:"),
    ] {
        let (line, _) = summary(&files, most);
        assert!(line.starts_with(count), "{files:?}: {line}");
    }
    assert_eq!(summary(&["{}\n{}\n"], 1).1, 2, "the bad file and the other");
}

/// The lines in messages are those of the file, as the places are; the fixes too.
#[test]
fn messages_name_the_lines_of_the_file() {
    let good = format!("{}\n", captured()[0]);
    let repeated = good.replacen('{', "{\"follows\": null, \"follows\": null, ", 1);
    let bad = format!("{repeated}{}\n", &good[..good.len() / 2]);
    for before in [vec![], vec![&*good], vec![&*good, &*bad, ""]] {
        let files: Vec<&str> = before.iter().copied().chain([&*bad]).collect();
        let results = by_file(findings_of(&files, &ValidateOptions::default()), listed(&files), "the rest");
        let alone = validate(bad.as_bytes(), TextOptions::default(), &ValidateOptions::default());
        let name = format!("{}.ndjson", before.len());
        let own = results.iter().find_map(|result| match result {
            FileResult::Checked(own) if own.file == name => Some(&own.report.diagnostics),
            _ => None,
        });
        let of = |found: &[Diagnostic]| -> Vec<_> {
            let syntax = |one: &&Diagnostic| ["duplicate-key", "syntax-truncated"].contains(&one.code);
            found.iter().filter(syntax).map(|one| (one.range, one.message.clone(), one.fix.clone())).collect()
        };
        let own = of(own.unwrap());
        assert_eq!(own, of(&alone.diagnostics));
        assert!(
            own[0].1.contains("first at line 1, column 2") && own[2].1.contains("that begins at line 2, column "),
            "{own:?}"
        );
    }
}

/// One state of a run is skipped: random changes seldom hit that.
fn follow_the_one_before_the_last(events: &mut [Value]) {
    let place_of = |events: &[Value], id: &Value| events.iter().position(|event| event["id"] == *id);
    for at in 0..events.len() {
        let is_state = events[at]["payload"]["initial_state"].is_object();
        let last = place_of(events, &events[at]["follows"]).filter(|_| is_state);
        let before = last.map(|last| events[last]["follows"].clone()).filter(|id| place_of(events, id).is_some());
        if let Some(before) = before {
            events[at]["follows"] = before;
            return;
        }
    }
    panic!("no run has three states");
}

/// Each kind of finding that needs several events is among those that the property above compares.
#[test]
fn all_captured_events_with_slips() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let mut next = || proptest::strategy::ValueTree::current(&change().new_tree(&mut runner).unwrap());
    let mut seed = 1_usize;
    let mut cuts = vec![0; 50];
    for cut in &mut cuts {
        seed = seed * 1_103_515_245 % 2_147_483_647;
        *cut = u8::try_from(seed % 7).unwrap().saturating_sub(4);
    }
    let options = ValidateOptions { max_diagnostics: 100_000, ..ValidateOptions::default() };
    let mut codes = std::collections::BTreeSet::new();
    let mut events = captured().to_vec();
    follow_the_one_before_the_last(&mut events);
    // Many changes hide what few show.
    for count in [60, 2000] {
        let changes: Vec<Change> = (0..count).map(|_| next()).collect();
        let pieces = pieces(&changed(events.clone(), &changes), &cuts);
        let expected = merged(&pieces, &options);
        assert_eq!(distributed(&pieces, 16, &options, true), expected);
        let report: Value = serde_json::from_str(&expected).unwrap();
        let found = report["diagnostics"].as_array().unwrap();
        codes.extend(found.iter().map(|found| found["code"].as_str().unwrap().to_owned()));
    }
    for code in [
        "repeated-event-id",
        "follows-not-found",
        "follows-wrong-event",
        "follows-other-resource",
        "follows-too-far",
        "follows-later-event",
        "broken-state-chain",
        "states-at-same-instant",
        "heartbeat-after-end",
        "executed-without-submitted",
    ] {
        assert!(codes.contains(code), "{code} is not in {codes:?}");
    }
}

/// The limit of 50,000 events, which the archive has not.
#[test]
fn remembers_events_at_any_distance() {
    let event = |number: u32| {
        format!(
            r#"{{"occurred":"2026-03-31T18:30:00Z","event":"acme.paid","resource":{{"prefect.resource.id":"acme.1"}},"id":"01a1ffe4-419a-726f-8626-5e21{number:08x}"}}"#
        )
    };
    let mut lines: Vec<String> = (0..100_100).map(event).collect();
    lines.push(event(0));
    let pieces = pieces(&lines, &[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 2]);
    let options = ValidateOptions::default();
    let found = distributed(&pieces, 3, &options, false);
    assert_eq!(found, merged(&pieces, &options));
    assert_eq!(found.matches("repeated-event-id").count(), 1, "{found}");
    // The plain check has forgotten the first one.
    let whole = validate(lines.join("\n").as_bytes(), TextOptions::default(), &options);
    assert!(whole.diagnostics.is_empty());
}

#[test]
fn bytes_that_are_damaged_or_of_another_version_are_an_error() {
    let options = ValidateOptions::default();
    let mut map = PartMap::new(options.clone(), 1);
    map.add(captured()[0].to_string().as_bytes(), true);
    let Mapped { summary, findings, ids, records, .. } = map.take();
    let mut other = findings.clone();
    other[1] = b'9';
    let error = ReportMerge::new(options.clone()).part(&other).unwrap_err().to_string();
    assert!(error.starts_with("written by version 9"), "{error}");
    for bytes in [&findings, &ids[0], &records[0]] {
        assert!(bytes.len() > 10);
    }
    let cut = |bytes: &[u8]| bytes[..bytes.len() - 1].to_vec();
    assert!(ReportMerge::new(options.clone()).part(&cut(&findings)).is_err());
    assert!(RepeatedIds::new(1).add(0, &cut(&ids[0])).is_err());
    assert!(BucketReduce::new(options.clone(), &[summary]).add(0, &cut(&records[0])).is_err());
    assert!(BucketReduce::new(options, &[summary]).add(1, &records[0]).is_err());
}
