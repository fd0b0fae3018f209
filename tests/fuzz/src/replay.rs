//! Captured events are played to an automation: the decisions do not depend on what else is returned, nor on the order
//! of the documents in the text. The texts are the automation, the events and the options.

use prefect_events::simulate::{DocumentText, FoundIn, ReplayError, ReplayOptions, compare_replays, replay};

use super::input::{choice, has, is_short, texts};
use super::reports::{Units, assert_found};
use super::simulate::{assert_compared, assert_result, assert_timeline, outcome};

pub fn target(input: &[u8]) {
    let (choice, rest) = choice(input);
    let texts = texts(rest);
    if !texts.iter().all(|text| is_short(text)) {
        return;
    }
    let text = |at: usize| texts.get(at).copied().unwrap_or_default();
    let (automation, events) = (DocumentText::from(text(0)), DocumentText::from(text(1)));
    let options = match serde_json::from_slice::<ReplayOptions>(text(2)) {
        Ok(options) => options,
        Err(error) => {
            assert!(!error.to_string().is_empty());
            ReplayOptions::default()
        }
    };
    let plain = ReplayOptions { trace: false, timeline: false, ..options.clone() };
    let result = match replay(automation, events.into(), &plain) {
        Ok(result) => result,
        Err(error) => return assert!(!error.to_string().is_empty()),
    };
    assert_eq!(result.found_in.is_some(), !result.errors.is_empty() || !result.warnings.is_empty());
    let found_in = if result.found_in == Some(FoundIn::Events) { events } else { automation };
    assert_result(&result, &Units::of(found_in.bytes, false), true);
    assert_found(result.not_played.iter().map(|event| &event.finding), &Units::of(events.bytes, false), true);

    // There may be too many decisions, but not too many firings.
    let traced = match replay(automation, events.into(), &ReplayOptions { trace: true, timeline: true, ..options }) {
        Ok(traced) => traced,
        Err(error) => return assert!(matches!(error, ReplayError::TooMuch(_)), "{error}"),
    };
    assert_eq!(outcome(&traced), outcome(&result));
    if let Some(timeline) = &traced.timeline {
        assert_timeline(timeline, &traced);
    }
    if has(choice, 0)
        && let Ok(comparison) = compare_replays(automation, events.into(), &plain)
    {
        assert_compared(&comparison);
    }
}
