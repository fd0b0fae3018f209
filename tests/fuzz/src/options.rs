//! Options are read, or rejected with a message, and advice is consistent with its input.

use prefect_events::automation::CheckOptions;
use prefect_events::generate::BuildOptions;
use prefect_events::simulate::{HeartbeatConfig, ReplayOptions, SimulateOptions, heartbeat_advice};
use prefect_events::validate::ValidateOptions;
use serde::de::DeserializeOwned;

use super::input::choice;

pub fn target(input: &[u8]) {
    let (choice, text) = choice(input);
    match choice % 6 {
        0 => drop(read::<ValidateOptions>(text)),
        1 => drop(read::<CheckOptions>(text)),
        2 => drop(read::<SimulateOptions>(text)),
        3 => drop(read::<ReplayOptions>(text)),
        4 => drop(read::<BuildOptions>(text)),
        _ => read(text).iter().for_each(assert_advice),
    }
}

fn read<T: DeserializeOwned>(text: &[u8]) -> Option<T> {
    match serde_json::from_slice(text) {
        Ok(options) => Some(options),
        Err(error) => {
            assert!(!error.to_string().is_empty());
            None
        }
    }
}

fn assert_advice(config: &HeartbeatConfig) {
    let advice = match heartbeat_advice(config) {
        Ok(advice) => advice,
        Err(error) => return assert!(!error.to_string().is_empty()),
    };
    assert_eq!(Some(&advice), heartbeat_advice(config).ok().as_ref());
    assert!(advice.tolerated_misses >= 0);
    assert!(!advice.healthy_runs_fire || advice.tolerated_misses == 0);
    assert!(advice.smallest_within.is_sorted_by(|one, next| one.misses < next.misses && one.within <= next.within));
    let detection = advice.detection;
    assert!(detection.earliest <= detection.latest, "{detection:?}");
    assert!(detection.earliest_after_death <= detection.latest_after_death, "{detection:?}");
    assert!(serde_json::to_string(&advice).is_ok());
    // The smallest window that tolerates some missed heartbeats tolerates them.
    for smallest in &advice.smallest_within {
        let within = prefect_events::time::TimeSpan::seconds(smallest.within);
        let other = HeartbeatConfig { within, ..config.clone() };
        if let Ok(other) = heartbeat_advice(&other) {
            assert!(other.tolerated_misses >= smallest.misses && !other.healthy_runs_fire, "{smallest:?}");
        }
    }
}
