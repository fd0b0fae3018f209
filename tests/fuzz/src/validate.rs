//! A report is consistent, under any profile, with and without places, and with any limit of findings.

use prefect_events::diagnostic::{Profile, Report, TextOptions};
use prefect_events::validate::{ValidateOptions, validate};

use super::reports::{Units, assert_cut, assert_part, assert_sound, codes};

/// More than any report has.
pub const ALL: usize = 1_000_000;

pub fn target(text: &[u8]) {
    hold(text);
    if !Units::are_of(text) {
        return;
    }
    let options = ValidateOptions { max_diagnostics: ALL, ..ValidateOptions::default() };
    let report = validate(text, TextOptions { places: true, wtf8: true }, &options);
    assert_sound(&report, &Units::of(text, true), true);
}

/// The report on a text, checked in itself and against others on the same text.
pub fn hold(text: &[u8]) -> Report {
    let units = Units::of(text, false);
    let options = ValidateOptions { max_diagnostics: ALL, ..ValidateOptions::default() };
    let report = validate(text, TextOptions::default(), &options);
    assert_sound(&report, &units, true);
    let server =
        validate(text, TextOptions::default(), &ValidateOptions { profile: Profile::Server, ..options.clone() });
    assert_sound(&server, &units, true);
    assert_part(&server, &report);
    let bare = validate(text, TextOptions { places: false, wtf8: false }, &options);
    assert_sound(&bare, &units, false);
    assert_eq!(codes(&bare), codes(&report));
    let few = ValidateOptions { max_diagnostics: 2, ..options };
    assert_cut(&validate(text, TextOptions::default(), &few), &report, 2);
    report
}
