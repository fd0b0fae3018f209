//! A slice of time: few enough events for shallow pages and flat memory, read completely or again.
//!
//! The server pages by `OFFSET`, counts all events of the range for each first page, and orders by `occurred` alone. So
//! a page can repeat events, and skip some if others are stored or deleted meanwhile: a slice is complete only if it has
//! as many different events as the server counted.
//!
//! A server that does not do what was asked must not be asked without end. Slices grow unless they bring events; a slice is
//! read again, and cut, a limited number of times.

use std::collections::HashSet;

use uuid::Uuid;

use crate::text::phrase::count;
use crate::time::Instant;
use crate::time::units::{DAY, HOUR, SECOND};

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
pub(super) const LEADERS_BEFORE: i64 = HOUR;
/// A query of Cloud spans 14 days at most.
pub(super) const QUERY_OF_CLOUD: i64 = 14 * DAY;
/// Its slices, so that the query for leaders is not longer.
const LONGEST_ON_CLOUD: i64 = QUERY_OF_CLOUD - LEADERS_BEFORE;
/// A slice is at most this many times as long as the one before.
const GROWTH: i64 = 8;
/// How far outside its slice an event may be, in microseconds: Cloud may keep times in less detail.
const GRAIN: i64 = SECOND;
/// How many pages of an attempt may bring nothing new, besides one in 50 events.
const MOST_REPEATS: u64 = 10;
/// How many slices may be cut, besides one in 8 events. Up to a burst at the end of an empty range it takes a few dozen.
const MOST_CUTS: u64 = 256;
/// How many slices may be short, besides one in 8 events.
const MOST_SHORTS: u64 = 20;

/// How long slices are, by how many events the last had.
pub(super) struct Lengths {
    next: i64,
    longest: i64,
    cuts: u64,
    shorts: u64,
    /// How many events the slices had, also those that are not kept.
    received: u64,
}

impl Lengths {
    pub(super) fn new(is_cloud: bool) -> Self {
        let longest = if is_cloud { LONGEST_ON_CLOUD } else { i64::MAX };
        Lengths { next: FIRST, longest, cuts: 0, shorts: 0, received: 0 }
    }

    /// The end of the slice that begins at `since`, included.
    pub(super) fn end(&self, since: Instant, until: Instant) -> Instant {
        Instant(since.0.saturating_add(self.next.saturating_sub(1)).min(until.0))
    }

    /// Learns from a complete slice.
    pub(super) fn learn(&mut self, slice: &Slice) {
        let events = slice.events.len() as u64;
        self.received = self.received.saturating_add(events);
        // What reading it again took away does not slow down: a slice that is always read again would end in microseconds.
        let most = slice.asked.saturating_mul(GROWTH);
        let aimed = scaled(slice.length(), events);
        self.next = if events == 0 { most } else { aimed.min(most) }.clamp(1, self.longest);
    }

    /// How many events came.
    pub(super) fn received(&self) -> u64 {
        self.received
    }

    /// Whether one more slice may be cut: a server that counts events must return some of them.
    pub(super) fn allow_cut(&mut self) -> bool {
        self.cuts = self.cuts.saturating_add(1);
        self.cuts <= MOST_CUTS.saturating_add(self.received / 8)
    }

    /// Whether one more slice may have fewer events than counted, however often it is read: a server whose count is not
    /// exact returns most of them.
    pub(super) fn allow_short(&mut self) -> bool {
        self.shorts = self.shorts.saturating_add(1);
        self.shorts <= MOST_SHORTS.saturating_add(self.received / 8)
    }
}

/// The length with as many events as aimed for.
fn scaled(length: i64, events: u64) -> i64 {
    let wide = i128::from(length).saturating_mul(i128::from(AIM));
    i64::try_from(wide.checked_div(i128::from(events.max(1))).unwrap_or_default()).unwrap_or(i64::MAX)
}

/// What a page means for its slice.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Outcome {
    /// The slice continues.
    More,
    /// The slice is complete.
    Complete,
    /// The slice begins again, now up to `until`.
    Again,
    /// The same, because the server counted this many events.
    Cut(u64),
    /// What the server does wrong, as the rest of a sentence.
    Wrong(String),
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
    /// How long it was before it was read again.
    asked: i64,
    /// How many events came, also those that came before.
    rows: u64,
    /// How many pages brought nothing new.
    repeats: u64,
    /// Each time fewer came than the server counted. Pages that repeat events and skip others have as many.
    pub is_short: bool,
}

impl Slice {
    pub(super) fn new(since: Instant, until: Instant) -> Self {
        let mut slice = Slice {
            since,
            until,
            events: Vec::new(),
            ids: HashSet::new(),
            total: None,
            token: None,
            tries: 0,
            asked: 0,
            rows: 0,
            repeats: 0,
            is_short: true,
        };
        slice.asked = slice.length();
        slice
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
        let (first, last) = (self.since.0.saturating_sub(GRAIN), self.until.0.saturating_add(GRAIN));
        if let Some(event) = page.events.iter().find(|event| event.occurred.0 < first || event.occurred.0 > last) {
            let occurred = event.occurred.rfc3339();
            return Outcome::Wrong(format!(
                "does not filter events by time: asked for those {}, it returned one of {occurred}",
                self.range()
            ));
        }
        let is_first = self.total.is_none();
        let total = page.total.unwrap_or(0);
        // The total of later pages is that of the first.
        if is_first {
            self.total = Some(total);
        }
        if is_first && total > MOST && self.length() > 1 {
            self.begin_again(scaled(self.length(), total));
            self.asked = self.length();
            return Outcome::Cut(total);
        }
        let mut is_last = page.token.is_none() || page.events.is_empty() || page.token == self.token;
        self.token = page.token;
        self.rows = self.rows.saturating_add(page.events.len() as u64);
        let before = self.ids.len();
        for event in page.events {
            self.add(event);
        }
        let new = self.ids.len() as u64;
        if self.ids.len() == before {
            self.repeats = self.repeats.saturating_add(1);
            is_last |= self.repeats > MOST_REPEATS.saturating_add(new.checked_div(50).unwrap_or(0));
        }
        if !is_last {
            return Outcome::More;
        }
        let total = self.total.unwrap_or(0);
        self.is_short &= self.rows < total;
        if self.lacking() == 0 {
            self.is_short = false;
            return Outcome::Complete;
        }
        if self.tries < MOST_TRIES {
            self.tries = self.tries.saturating_add(1);
            self.begin_again(self.length().checked_div(2).unwrap_or(1));
            return Outcome::Again;
        }
        Outcome::Complete
    }

    /// As part of a sentence.
    pub(super) fn range(&self) -> String {
        format!("from {} to {}", self.since.rfc3339(), self.until.rfc3339())
    }

    fn begin_again(&mut self, length: i64) {
        self.until = Instant(self.since.0.saturating_add(length.max(1).saturating_sub(1)));
        (self.total, self.token) = (None, None);
        (self.rows, self.repeats) = (0, 0);
        self.events.clear();
        self.ids.clear();
    }
}

/// A number of events.
pub(super) fn many(number: u64) -> String {
    count(usize::try_from(number).unwrap_or(usize::MAX))
}
