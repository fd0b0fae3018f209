//! How to watch, and what a watch reports.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize};

use crate::client::When;
use crate::simulate::StreamOptions;
use crate::text::phrase::count;
use crate::text::strict::strict;
use crate::time::{Instant, TimeSpan};
use crate::trigger::{Firing, Version};

use super::error::WatchError;

/// How to watch a server.
#[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(remote = "Self", rename_all = "camelCase", default)]
pub struct WatchOptions {
    /// When the automations start: a point in time, or how long ago. Default: now. Without effect on a saved state.
    pub since: Option<When>,
    /// The version of the server. Default 3.9.
    pub server_version: Option<Version>,
    /// How long the server may take to store an event that it has received: a pull is certain only up to so long before
    /// it. Default 10 s.
    pub reorder_seconds: Option<TimeSpan>,
    /// The time between two pulls. Default 15 s.
    pub check_seconds: Option<TimeSpan>,
}

impl<'de> Deserialize<'de> for WatchOptions {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::deserialize(strict(deserializer))
    }
}

/// The server stores events every 5 s, or every 20 events.
const REORDER: TimeSpan = TimeSpan::seconds(10);
/// Each pull reads the last minute again.
const CHECK: TimeSpan = TimeSpan::seconds(15);

impl WatchOptions {
    /// How long before a pull everything is certain, and the time between two pulls: in microseconds.
    pub(super) fn spans(&self) -> Result<(i64, i64), WatchError> {
        let (reorder, check) = (self.reorder_seconds.unwrap_or(REORDER), self.check_seconds.unwrap_or(CHECK));
        if reorder.0 < 0 {
            return Err(WatchError::ReorderNegative(reorder));
        }
        if check.0 <= 0 {
            return Err(WatchError::CheckNotPositive(check));
        }
        Ok((reorder.0, check.0))
    }

    /// How events are played to automations that started then.
    pub(super) fn replay(&self, start: Instant) -> StreamOptions {
        StreamOptions {
            start: Some(start),
            server_version: self.server_version,
            // Only the pulls say what can be played.
            reorder_seconds: Some(TimeSpan(i64::MAX)),
            ..StreamOptions::default()
        }
    }
}

/// An automation has fired.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct WatchedFiring {
    /// Its name.
    pub automation: String,
    /// When and why.
    #[serde(flatten)]
    pub firing: Firing,
    /// Whether other automations are watched too.
    #[serde(skip)]
    pub is_one_of_several: bool,
}

/// How far a watch has come. Displayed, a line or two: what it has reported, and what it could not play.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct WatchProgress {
    /// How many events came since the automations started.
    pub events: u64,
    /// How often automations have fired.
    pub firings: u64,
    /// Events that came too late: later than [`WatchOptions::reorder_seconds`] allows. They were not played.
    pub too_late: u64,
    /// Events that cannot be read. They were not played.
    pub unread: u64,
    /// Everything up to here is certain.
    pub until: Instant,
}

impl fmt::Display for WatchProgress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = |all: u64, one: &str, many: &str| {
            let noun = if all == 1 { one } else { many };
            format!("{} {noun}", count(usize::try_from(all).unwrap_or(usize::MAX)))
        };
        let (firings, events) = (number(self.firings, "firing", "firings"), number(self.events, "event", "events"));
        write!(f, "{firings}, {events} up to {}", self.until.rfc3339())?;
        if self.too_late > 0 {
            let late = number(self.too_late, "event was", "events were");
            write!(
                f,
                "\n{late} not played: the server stored or sent it later than the reorder time allows (--reorder)"
            )?;
        }
        if self.unread > 0 {
            write!(
                f,
                "\n{} not played: {} cannot be read",
                number(self.unread, "event was", "events were"),
                if self.unread == 1 { "it" } else { "they" }
            )?;
        }
        Ok(())
    }
}
