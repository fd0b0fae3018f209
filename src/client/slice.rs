//! A slice of time: few enough events for shallow pages and flat memory, read completely or again.
//!
//! The server pages by `OFFSET`, counts all events of the range for each first page, and orders by `occurred` alone. So
//! a page can repeat events, and skip some if others are stored or deleted meanwhile: a slice is complete only if it has
//! as many different events as the server counted.

use std::collections::HashSet;

use uuid::Uuid;

use crate::time::Instant;

use super::page::{Page, PulledEvent};

/// The number of events that a slice should have: 20 pages.
const AIM: u64 = 1000;
/// With more, the slice is cut before it is read.
const MOST: u64 = 4000;
/// How often an incomplete slice is read again, each time half as long: in the end it is one page.
const MOST_TRIES: u8 = 6;
/// The first guess, in microseconds: 10 minutes.
const FIRST: i64 = 600_000_000;
/// How long before a slice the events that its own follow are looked for at least, in microseconds. The server forgets them
/// after 30 minutes.
pub(super) const LEADERS_BEFORE: i64 = 3_600_000_000;
/// A query of Cloud spans 14 days at most.
pub(super) const QUERY_OF_CLOUD: i64 = 14 * 86_400_000_000;
/// Its slices, so that the query for leaders is not longer.
const LONGEST_ON_CLOUD: i64 = QUERY_OF_CLOUD - LEADERS_BEFORE;
/// A slice is at most this many times as long as the one before.
const GROWTH: i64 = 8;

/// How long slices are, by how many events the last had.
pub(super) struct Lengths {
    next: i64,
    longest: i64,
}

impl Lengths {
    pub(super) fn new(is_cloud: bool) -> Self {
        Lengths { next: FIRST, longest: if is_cloud { LONGEST_ON_CLOUD } else { i64::MAX } }
    }

    /// The end of the slice that begins at `since`, included.
    pub(super) fn end(&self, since: Instant, until: Instant) -> Instant {
        Instant(since.0.saturating_add(self.next.saturating_sub(1)).min(until.0))
    }

    /// Learns from a slice of this length in microseconds.
    pub(super) fn learn(&mut self, length: i64, events: u64) {
        let most = length.saturating_mul(GROWTH);
        let aimed = scaled(length, events);
        self.next = if events == 0 { most } else { aimed.min(most) }.clamp(1, self.longest);
    }
}

/// The length with as many events as aimed for.
fn scaled(length: i64, events: u64) -> i64 {
    let wide = i128::from(length).saturating_mul(i128::from(AIM));
    i64::try_from(wide.checked_div(i128::from(events.max(1))).unwrap_or_default()).unwrap_or(i64::MAX)
}

/// What a page means for its slice.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Outcome {
    /// The slice continues.
    More,
    /// The slice is complete.
    Complete,
    /// The slice begins again, now up to `until`.
    Again,
}

/// A slice that is being read. Both ends are included; Prefect's times have microseconds.
pub(super) struct Slice {
    pub since: Instant,
    pub until: Instant,
    pub events: Vec<PulledEvent>,
    ids: HashSet<Uuid>,
    total: Option<u64>,
    pub token: Option<String>,
    tries: u8,
}

impl Slice {
    pub(super) fn new(since: Instant, until: Instant) -> Self {
        Slice { since, until, events: Vec::new(), ids: HashSet::new(), total: None, token: None, tries: 0 }
    }

    /// In microseconds, at least 1.
    pub(super) fn length(&self) -> i64 {
        self.until.since(self.since).saturating_add(1).max(1)
    }

    pub(super) fn has(&self, id: Uuid) -> bool {
        self.ids.contains(&id)
    }

    /// Adds an event, unless it is there already.
    pub(super) fn add(&mut self, event: PulledEvent) {
        if self.ids.insert(event.id) {
            self.events.push(event);
        }
    }

    /// How many events the server counted but did not return.
    pub(super) fn lacking(&self) -> u64 {
        self.total.unwrap_or(0).saturating_sub(self.ids.len() as u64)
    }

    pub(super) fn add_page(&mut self, page: Page) -> Outcome {
        let is_first = self.total.is_none();
        let total = page.total.unwrap_or(0);
        // The total of later pages is that of the first.
        if is_first {
            self.total = Some(total);
        }
        if is_first && total > MOST && self.length() > 1 {
            self.begin_again(scaled(self.length(), total));
            return Outcome::Again;
        }
        let is_last = page.token.is_none() || page.events.is_empty() || page.token == self.token;
        self.token = page.token;
        for event in page.events {
            self.add(event);
        }
        if !is_last {
            return Outcome::More;
        }
        if self.lacking() > 0 && self.tries < MOST_TRIES {
            self.tries = self.tries.saturating_add(1);
            self.begin_again(self.length().checked_div(2).unwrap_or(1));
            return Outcome::Again;
        }
        Outcome::Complete
    }

    fn begin_again(&mut self, length: i64) {
        self.until = Instant(self.since.0.saturating_add(length.max(1).saturating_sub(1)));
        (self.total, self.token) = (None, None);
        self.events.clear();
        self.ids.clear();
    }
}
