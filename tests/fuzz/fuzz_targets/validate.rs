//! No input makes the core panic, under any profile, and what it reports hangs together.

#![no_main]

use libfuzzer_sys::fuzz_target;
use prefect_events::diagnostic::{Profile, TextOptions};
use prefect_events::validate::{validate, ValidateOptions};

fuzz_target!(|text: &[u8]| {
    for profile in [Profile::Documented, Profile::Server] {
        for (places, wtf8) in [(true, false), (true, true), (false, false)] {
            let settings = ValidateOptions { profile, ..ValidateOptions::default() };
            let report = validate(text, TextOptions { places, wtf8 }, &settings);
            assert_eq!(report.valid, report.errors == 0);
            let counted = report.errors + report.warnings + report.infos;
            assert_eq!(counted, report.diagnostics.len() as u64 + report.truncated.unwrap_or(0));
            for diagnostic in &report.diagnostics {
                assert!(places || diagnostic.range.is_none());
                assert!(diagnostic.range.is_none_or(|range| range.start <= range.end));
                assert!(!diagnostic.message.is_empty());
            }
        }
    }
});
