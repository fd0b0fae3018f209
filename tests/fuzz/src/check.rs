//! The report on an automation is consistent, under any options, and documents that the server accepts can be read.

use prefect_events::automation::{CheckOptions, PrefectVersion, Route, check, read};
use prefect_events::diagnostic::{Code, Profile, Severity, TextOptions};
use prefect_events::json::{Kind, Tape, Value, parse};
use prefect_events::yaml;

use super::input::{choice, has};
use super::reports::{Units, assert_cut, assert_part, assert_sound, codes};
use super::validate::ALL;

pub fn target(input: &[u8]) {
    let (choice, text) = choice(input);
    let options = options(choice);
    let of_text = TextOptions { places: true, wtf8: has(choice, 5) && Units::are_of(text) };
    let units = Units::of(text, of_text.wtf8);
    let checked = check(text, of_text, &options);
    let report = &checked.report;
    assert_sound(report, &units, true);
    for (at, trigger) in checked.triggers.iter().enumerate() {
        assert!(trigger.automation < report.count);
        let before = at.checked_sub(1).and_then(|before| checked.triggers.get(before));
        assert!(before.is_none_or(|before| before.automation <= trigger.automation));
        let ranges = [
            trigger.within.and_then(|within| within.range),
            trigger.threshold.and_then(|threshold| threshold.range),
            trigger.expect.as_ref().and_then(|expect| expect.range),
            trigger.after.as_ref().and_then(|after| after.range),
            trigger.for_each.as_ref().and_then(|for_each| for_each.range),
        ];
        ranges.into_iter().flatten().for_each(|range| units.assert_range(range));
    }
    let server = check(text, of_text, &CheckOptions { profile: Profile::Server, ..options.clone() });
    assert_sound(&server.report, &units, true);
    assert_eq!(server.triggers, checked.triggers);
    // Other severities make an error a warning.
    let usual = !has(choice, 0);
    if usual {
        assert_part(&server.report, report);
    }
    let bare = check(text, TextOptions { places: false, ..of_text }, &options);
    assert_sound(&bare.report, &units, false);
    assert_eq!(codes(&bare.report), codes(report));
    let few = CheckOptions { max_diagnostics: 2, ..options.clone() };
    assert_cut(&check(text, of_text, &few).report, report, 2);
    if usual && server.report.valid && options.server_version.is_none() && options.route == Some(Route::Api) {
        with_document(text, |root| {
            let has = |key| root.get(key).is_some();
            if root.kind() == Kind::Object && has("trigger") && !has("automations") && !has("deployments") {
                assert!(read::automation(root).is_some(), "accepted, but it cannot be read");
            }
        });
    }
}

/// Calls back with the contents of a text, JSON or YAML.
pub fn with_document(text: &[u8], run: impl FnOnce(Value<'_>)) {
    let (mut tape, mut issues) = (Tape::new(), Vec::new());
    let start = if text.starts_with(b"\xEF\xBB\xBF") { 3 } else { 0 };
    let is_json = parse(text, start, &mut tape, &mut issues).complete && issues.is_empty();
    if !is_json && yaml::read(text, &mut tape).is_err() {
        return;
    }
    if let Some(root) = tape.document(text).root() {
        run(root);
    }
}

fn options(choice: u8) -> CheckOptions {
    let severity = [(Code::UNKNOWN_AUTOMATION_FIELD, None), (Code::NOT_A_DURATION, Some(Severity::Warning))];
    let routes = [Route::Api, Route::Cli, Route::Deploy, Route::Terraform];
    CheckOptions {
        profile: Profile::Documented,
        route: routes.get(usize::from(choice >> 6)).copied(),
        severity: if has(choice, 0) { severity.into_iter().collect() } else { Default::default() },
        max_diagnostics: ALL,
        server_version: has(choice, 1).then_some(PrefectVersion(3, 8, 8)),
        client_version: has(choice, 2).then_some(PrefectVersion(3, 6, 14)),
        cloud: has(choice, 6),
        heartbeat_frequency: has(choice, 3).then_some(if has(choice, 4) { 10 } else { 180 }),
    }
}
