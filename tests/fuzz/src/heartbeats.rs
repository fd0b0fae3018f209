//! What a part of an archive is reduced to shows the same heartbeats as the part, and reduced again it stays the same. The
//! first byte says how many lines make a part.

use prefect_events::archive::heartbeat_lines;
use prefect_events::tune::{HeartbeatObserver, ObserveOptions, ObservedHeartbeats};

use super::input::choice;

pub fn target(input: &[u8]) {
    let (choice, text) = choice(input);
    let lines: Vec<&[u8]> = text.split_inclusive(|&byte| byte == b'\n').collect();
    let (mut whole, mut reduced) = (HeartbeatObserver::default(), HeartbeatObserver::default());
    for (at, lines) in lines.chunks(usize::from(choice % 8).max(1)).enumerate() {
        let part = lines.concat();
        let found = heartbeat_lines(&part, at == 0);
        let added = whole.add(&part);
        let (lines, others) = match found {
            Ok(found) => found,
            // Parts count their lines from 1.
            Err(error) => {
                assert!(!error.to_string().is_empty());
                return assert!(added.is_err_and(|same| same.line >= error.line && same.reason == error.reason));
            }
        };
        assert_eq!(added, Ok(()));
        assert_eq!(heartbeat_lines(&lines, true).as_ref(), Ok(&(lines.clone(), 0)));
        assert_eq!(reduced.add(&lines), Ok(()));
        reduced.add_others(others);
    }
    assert_eq!(shown(&reduced.finish(&ObserveOptions::default())), shown(&whole.finish(&ObserveOptions::default())));
}

fn shown(observed: &ObservedHeartbeats) -> String {
    serde_json::to_string(observed).expect("JSON")
}
