#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| prefect_events_fuzz::rendered::target(input));
