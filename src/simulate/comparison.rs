//! Where the firings of two versions of the server differ.

use serde::Serialize;

use crate::text::order;
use crate::text::table::Map;
use crate::time::Instant;
use crate::trigger::{Firing, Version};

use super::captured::EventTexts;
use super::difference::{About, about, without};
use super::reading::DocumentText;
use super::replay::{Capture, ReplayError, ReplayOptions};
use super::result::SimulationResult;
use super::simulation::{SimulateOptions, simulate};

/// How two versions of the server handle the same events.
#[derive(Clone, PartialEq, Debug, Default, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct VersionComparison {
    /// The result of a server 3.8.
    #[serde(rename = "3.8")]
    pub v3_8: SimulationResult,
    /// The result of a server 3.9.
    #[serde(rename = "3.9")]
    pub v3_9: SimulationResult,
    /// The differences, in order of time. Empty if both fire alike.
    pub differences: Vec<Difference>,
}

/// A firing that only one of the servers has, or that has another time or event.
#[derive(Clone, PartialEq, Debug, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct Difference {
    /// The firing of a server 3.8.
    #[serde(rename = "3.8", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(as = "Option<crate::trigger::serialize::FiringRecord<'static>>"))]
    pub v3_8: Option<Firing>,
    /// The firing of a server 3.9.
    #[serde(rename = "3.9", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(as = "Option<crate::trigger::serialize::FiringRecord<'static>>"))]
    pub v3_9: Option<Firing>,
    /// When the first of them fires: RFC 3339 in UTC with microseconds.
    pub at: Instant,
    /// The difference in one sentence.
    pub message: String,
}

/// Plays a scenario to a server 3.8 and to a server 3.9, and compares the firings. The option `serverVersion` does not
/// matter here.
///
/// ```
/// use prefect_events::simulate::{SimulateOptions, compare_versions};
///
/// // A last state that overtakes the only heartbeat: 3.9 holds it, 3.8 forgets it.
/// let scenario = "
/// automation: crash-zombie-flows
/// start: 2026-03-01T12:00:00Z
/// heartbeat: {frequency: 30, first: 0.5, delay: 0.7}
/// runs: [{ends: 0.9s}]
/// ";
/// let comparison = compare_versions(scenario.into(), &SimulateOptions::default());
/// assert!(comparison.differences[0].message.starts_with("3.8 fires at 12:01:35, 3.9 does not: "));
/// ```
#[must_use]
pub fn compare_versions(scenario: DocumentText<'_>, options: &SimulateOptions) -> VersionComparison {
    let play = |version| simulate(scenario, &SimulateOptions { server_version: Some(version), ..options.clone() });
    VersionComparison::new(play(Version::V3_8), play(Version::V3_9))
}

/// Plays captured events as [`replay`](super::replay()) does, to a server 3.8 and to a server 3.9, and compares the
/// firings. The option `serverVersion` does not matter here.
///
/// # Errors
/// As for [`replay`](super::replay()).
pub fn compare_replays(
    automation: DocumentText<'_>,
    events: EventTexts<'_>,
    options: &ReplayOptions,
) -> Result<VersionComparison, ReplayError> {
    match Capture::read(automation, events) {
        Ok(capture) => {
            let play = |version| capture.play(&ReplayOptions { server_version: Some(version), ..options.clone() });
            Ok(VersionComparison::new(play(Version::V3_8)?, play(Version::V3_9)?))
        }
        Err(unreadable) => Ok(VersionComparison::new(unreadable.result(), unreadable.result())),
    }
}

impl VersionComparison {
    fn new(v3_8: SimulationResult, v3_9: SimulationResult) -> Self {
        let differences = differences(&v3_8.firings, &v3_9.firings);
        VersionComparison { v3_8, v3_9, differences }
    }
}

/// Firings that only one of the servers has, in order of time. Two with the same labels count as one that differs.
fn differences(before: &[Firing], after: &[Firing]) -> Vec<Difference> {
    let only_after = without(after, before);
    // Reversed, so that the earliest for each key is popped first.
    let mut waiting: Map<About<'_>, Vec<usize>> = Map::default();
    for (place, firing) in only_after.iter().enumerate().rev() {
        waiting.or_default(about(firing)).push(place);
    }
    let mut is_paired = vec![false; only_after.len()];
    let mut differences = Vec::new();
    for firing in without(before, after) {
        let other = waiting.get_mut(&about(firing)).and_then(Vec::pop);
        if let Some(paired) = other.and_then(|place| is_paired.get_mut(place)) {
            *paired = true;
        }
        let other = other.and_then(|place| only_after.get(place).copied());
        differences.push(Difference::new(Some(firing), other));
    }
    let unpaired = only_after.iter().zip(is_paired).filter(|(_, paired)| !paired);
    differences.extend(unpaired.map(|(firing, _)| Difference::new(None, Some(firing))));
    order::by_key(&mut differences, &mut |difference| difference.at.sortable());
    differences
}

impl Difference {
    fn new(v3_8: Option<&Firing>, v3_9: Option<&Firing>) -> Self {
        let clock = |firing: &Firing| firing.at.clock_time().chars().take(8).collect::<String>();
        let message = match (v3_8, v3_9) {
            (Some(old), Some(new)) if old.at != new.at => {
                format!("3.8 fires at {}, 3.9 at {}: {}", clock(old), clock(new), new.reason_sentence())
            }
            (Some(old), Some(_)) => format!("Both fire at {}, with different events", clock(old)),
            (Some(old), None) => format!("3.8 fires at {}, 3.9 does not: {}", clock(old), old.reason_sentence()),
            (None, Some(new)) => format!("3.9 fires at {}, 3.8 does not: {}", clock(new), new.reason_sentence()),
            (None, None) => String::new(),
        };
        let times = [v3_8, v3_9].into_iter().flatten().map(|firing| firing.at);
        let at = times.min().unwrap_or(Instant(0));
        Difference { v3_8: v3_8.cloned(), v3_9: v3_9.cloned(), at, message }
    }
}
