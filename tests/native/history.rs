//! Several texts that are one history.

use prefect_events::diagnostic::{Diagnostic, Severity, TextOptions};
use prefect_events::validate::{StreamValidator, ValidateOptions, validate};

use super::cases;

fn lines(text: &[u8]) -> Vec<&str> {
    std::str::from_utf8(text).unwrap().lines().collect()
}

fn page(lines: &[&str]) -> String {
    format!(r#"{{"events": [{}], "total": {}}}"#, lines.join(",\n"), lines.len())
}

/// The findings in events alone: each code with its event.
fn alone<'e>(events: &[&'e str]) -> Vec<(&'static str, &'e str)> {
    let report = validate(events.join("\n").as_bytes(), TextOptions::default(), &ValidateOptions::default());
    let mut found: Vec<_> =
        report.diagnostics.iter().map(|one| (one.code, events[one.index.unwrap() as usize])).collect();
    found.sort_unstable();
    found
}

/// The same in a history of two texts.
fn together<'e>(parts: [&[&'e str]; 2], texts: &[String; 2]) -> Vec<(&'static str, &'e str)> {
    let found = history(texts);
    let mut found: Vec<_> =
        found.iter().map(|(text, one)| (one.code, parts[*text][one.index.unwrap() as usize])).collect();
    found.sort_unstable();
    found
}

/// All findings, including late ones, each with the number of its text.
fn history(texts: &[String]) -> Vec<(usize, Diagnostic)> {
    let mut stream = StreamValidator::new(ValidateOptions::default());
    let mut found = Vec::new();
    let mut all = Vec::new();
    for (index, text) in texts.iter().enumerate() {
        all.extend(stream.begin(&format!("{index}.json")).into_iter().map(|late| (late.text as usize, late.report)));
        let report = if text.starts_with(['[', '{']) && !text.contains("}\n{") {
            stream.document(text.as_bytes(), TextOptions { places: true, wtf8: false })
        } else {
            stream.chunk(text.as_bytes())
        };
        all.push((index, report));
    }
    all.extend(stream.end().into_iter().map(|late| (late.text as usize, late.report)));
    for (index, report) in all {
        let own = report.diagnostics.into_iter().map(|diagnostic| (index, diagnostic));
        found.extend(own);
    }
    for (text, diagnostic) in &found {
        let range = diagnostic.range.unwrap();
        assert!((range.start.line as usize) <= texts[*text].lines().count(), "{diagnostic:?}");
    }
    found
}

#[test]
fn a_history_cut_in_two_is_the_history() {
    let text = cases::read("events.ndjson.gz");
    let events = lines(&text);
    let whole = alone(&events);
    let (first, second) = events.split_at(events.len() / 2);
    assert!(alone(first).len() + alone(second).len() >= whole.len() + 15);
    // Links over the cut are seen in either order, and in each form.
    for parts in [[first, second], [second, first]] {
        let [one, other] = parts;
        assert_eq!(together(parts, &[one.join("\n"), other.join("\n")]), whole);
        assert_eq!(together(parts, &[page(one), page(other)]), whole);
        assert_eq!(together(parts, &[page(one), other.join("\n")]), whole);
    }
}

#[test]
fn a_link_to_a_missing_event_is_reported_in_its_own_text() {
    let text = cases::read("events.ndjson.gz");
    let events = lines(&text);
    let last = &events[events.len() / 2..];
    let (first, second) = last.split_at(last.len() / 2);
    let found = together([first, second], &[first.join("\n"), second.join("\n")]);
    assert_eq!(found, alone(last));
    let absent = found.iter().filter(|(code, _)| *code == "follows-not-found");
    assert!(absent.clone().count() >= 15 && absent.clone().all(|(_, line)| line.contains("\"follows\"")));
}

#[test]
fn overlapping_pages_are_reported_once() {
    let text = cases::read("events.ndjson.gz");
    let events = lines(&text);
    let (first, second) = (&events[..410], &events[395..]);
    let whole = alone(&events);
    for texts in [[page(first), page(second)], [first.join("\n"), second.join("\n")]] {
        let found = history(&texts);
        let overlaps: Vec<_> = found.iter().filter(|(_, one)| one.code == "repeated-event-id").collect();
        let [(1, overlap)] = overlaps[..] else { panic!("{overlaps:?}") };
        assert_eq!((overlap.severity, overlap.index), (Severity::Info, Some(0)));
        assert!(overlap.message.starts_with("event 395 of `0.json` has the same id"), "{}", overlap.message);
        assert!(overlap.message.ends_with(", and 14 others here are in an earlier input too"), "{}", overlap.message);
        let mut others: Vec<_> = together([first, second], &texts);
        others.retain(|(code, _)| *code != "repeated-event-id");
        others.dedup();
        assert_eq!(others, whole);
    }
}

#[test]
fn another_event_with_the_same_id_is_no_overlap() {
    let text = cases::read("events.ndjson.gz");
    let event = lines(&text)[0];
    let at = event.find("\"occurred\":").unwrap();
    let year = at + event[at..].find("20").unwrap();
    let mut other = event.to_owned();
    other.replace_range(year..year + 4, "2020");
    let found = history(&[page(&[event]), page(&[&other])]);
    let [(1, repeated)] = &found[..] else { panic!("{found:?}") };
    assert_eq!((repeated.code, repeated.severity), ("repeated-event-id", Severity::Warning));
    assert!(repeated.message.contains("event 0 of `0.json` has the same id"), "{}", repeated.message);
    // In one text it is a mistake, also where nothing differs.
    let twice = validate(page(&[event, event]).as_bytes(), TextOptions::default(), &ValidateOptions::default());
    assert_eq!((twice.warnings, twice.infos), (1, 0));
}

#[test]
fn wrong_links_name_the_other_text() {
    let text = cases::read("events.ndjson.gz");
    let events = lines(&text);
    let follower = events.iter().position(|line| line.contains("prefect.flow-run.Running")).unwrap();
    let wrong =
        events[follower].replace("\"initial_state\":{\"type\":\"PENDING\"", "\"initial_state\":{\"type\":\"RUNNING\"");
    let wrong = wrong.replace("\"initial_state\": {\"type\": \"PENDING\"", "\"initial_state\": {\"type\": \"RUNNING\"");
    assert_ne!(wrong, events[follower], "{wrong}");
    for later in [true, false] {
        let rest = page(&events[..follower]);
        let texts = if later { [rest, page(&[&wrong])] } else { [page(&[&wrong]), rest] };
        let found = history(&texts);
        let broken = found.iter().find(|(_, found)| found.code == "broken-state-chain");
        let (index, broken) = broken.unwrap_or_else(|| panic!("{found:?}"));
        assert_eq!(*index, usize::from(later));
        assert!(broken.message.contains(&format!(" of `{}.json`)", usize::from(!later))), "{}", broken.message);
    }
}
