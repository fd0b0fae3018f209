//! What all tasks of a replay know: the automations, the options, and how the work is divided.

use serde::{Deserialize, Deserializer};

use crate::automation::{Automation, EventTrigger, Specification, Trigger};
use crate::diagnostic::Diagnostic;
use crate::event::{RESOURCE_ROLE, ReceivedEvent, SharedText};
use crate::simulate::{DocumentText, ReplayError, TICK, automations_of, longest};
use crate::text::hash::{hash, mix};
use crate::text::steps::step;
use crate::text::strict::strict;
use crate::time::units::MINUTE;
use crate::time::{Instant, TimePoint, TimeSpan};
use crate::trigger::{Automations, Delivery, Options, Version};

use super::error::{ArchiveReplayError, MOST_HASHES};
use super::events::Needed;

/// How an archive is replayed.
#[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(remote = "Self", rename_all = "camelCase", default)]
pub struct ArchiveReplayOptions {
    /// When the automations start: a point in time. Events received earlier are not evaluated. Default: when the first
    /// event was received.
    pub start: Option<Instant>,
    /// When they stop: a point in time, or a duration from the start. Default: when nothing more can fire because of the
    /// last event.
    pub end: Option<TimePoint>,
    /// The interval of the server's loops. Default 5 s.
    pub tick_seconds: Option<TimeSpan>,
    /// From the start to the first round of the loops. Default 0.
    pub tick_offset_seconds: Option<TimeSpan>,
    /// Whether the filters before the triggers apply, as on the server. Default: they do.
    pub delivery: Option<Delivery>,
    /// The version of the server. Default 3.9.
    pub server_version: Option<Version>,
    /// Whether to play what is intended instead of the server's faults. Default `false`.
    pub intended: bool,
    /// How long a slice is, which one task brings into order. A task holds what it needs of the events of a slice.
    /// Default 6 hours.
    pub slice_seconds: Option<TimeSpan>,
    /// How long before its slice a task begins, without memory. At least 30 minutes, for which the server remembers ids.
    /// Default 75 minutes: an event may follow one from 30 minutes ago, then waits for 15 minutes, and is remembered for
    /// 30. If that was too short, the slice is done again from the state of the one before.
    pub warm_up_seconds: Option<TimeSpan>,
    /// With `intended`, over how many tasks the keys of an automation with one event trigger are divided: at most 1,000.
    /// Default 1.
    pub hashes: Option<u32>,
}

impl<'de> Deserialize<'de> for ArchiveReplayOptions {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::deserialize(strict(deserializer))
    }
}

const SLICE: i64 = 6 * 60 * MINUTE;
const WARM_UP: i64 = 75 * MINUTE;
const LEAST_WARM_UP: i64 = 30 * MINUTE;

/// What all tasks of a replay know. It is made from the same text and options in each process.
pub struct ReplayPlan {
    pub(super) automations: Vec<Automation>,
    pub(super) options: ArchiveReplayOptions,
    pub(super) warnings: Vec<Diagnostic>,
    pub(super) shares: Vec<Share>,
    /// Of each automation, its first share.
    first_shares: Vec<u32>,
    /// Of each automation, the labels of the resource, and those of related resources, that a trigger can look at.
    pub(super) needed: Vec<(Needed, Needed)>,
    /// Recognises the bytes of other replays.
    pub(super) mark: u64,
}

/// What one task reduces.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Share {
    pub(super) automation: usize,
    /// How many shares the automation has.
    pub(super) of: u32,
}

impl ReplayPlan {
    /// `automation`: as in [`replay`](crate::simulate::replay).
    ///
    /// # Errors
    /// If the automations cannot be read or the options are invalid.
    pub fn new(automation: DocumentText<'_>, options: &ArchiveReplayOptions) -> Result<Self, ArchiveReplayError> {
        if let Some(tick) = options.tick_seconds.filter(|tick| tick.0 <= 0) {
            return Err(ReplayError::TickNotPositive(tick).into());
        }
        if let Some(offset) = options.tick_offset_seconds.filter(|offset| offset.0 < 0) {
            return Err(ReplayError::OffsetNegative(offset).into());
        }
        if let Some(slice) = options.slice_seconds.filter(|slice| slice.0 <= 0) {
            return Err(ArchiveReplayError::SliceNotPositive(slice));
        }
        if let Some(warm_up) = options.warm_up_seconds.filter(|warm_up| warm_up.0 < LEAST_WARM_UP) {
            return Err(ArchiveReplayError::WarmUpTooShort(warm_up));
        }
        if let Some(hashes) = options.hashes.filter(|hashes| !(1..=MOST_HASHES).contains(hashes)) {
            return Err(ArchiveReplayError::HashesOutOfRange(hashes));
        }
        let (automations, report) = automation.read(automations_of);
        let Some(automations) = automations else {
            return Err(ArchiveReplayError::Automations(Box::new(report)));
        };
        let automations: Vec<Automation> = automations.into_iter().map(|given| given.automation).collect();
        let (mut shares, mut first_shares) = (Vec::new(), Vec::new());
        for (number, automation) in automations.iter().enumerate() {
            first_shares.push(u32::try_from(shares.len()).unwrap_or(u32::MAX));
            let of = if has_independent_keys(automation, options) { options.hashes.unwrap_or(1) } else { 1 };
            for _ in 0..of {
                step(1);
                shares.push(Share { automation: number, of });
            }
        }
        Ok(ReplayPlan {
            needed: automations.iter().map(needed).collect(),
            mark: mix(hash(automation.bytes), hash(format!("{options:?}").as_bytes())),
            automations,
            options: options.clone(),
            warnings: report.diagnostics,
            shares,
            first_shares,
        })
    }

    /// How many shares there are; their numbers begin with 0.
    #[must_use]
    pub fn shares(&self) -> u32 {
        u32::try_from(self.shares.len()).unwrap_or(u32::MAX)
    }

    pub(super) fn slice_width(&self) -> i64 {
        self.options.slice_seconds.map_or(SLICE, |slice| slice.0)
    }

    pub(super) fn warm_up(&self) -> i64 {
        self.options.warm_up_seconds.map_or(WARM_UP, |warm_up| warm_up.0)
    }

    pub(super) fn tick(&self) -> i64 {
        self.options.tick_seconds.map_or(TICK, |tick| tick.0)
    }

    /// The longest window of all triggers.
    pub(super) fn longest(&self) -> i64 {
        self.automations.iter().map(|automation| longest(&automation.trigger)).max().unwrap_or(0)
    }

    /// No automations yet.
    pub(super) fn engine(&self) -> Automations {
        let options = Options {
            delivery: self.options.delivery.unwrap_or_default(),
            intended: self.options.intended,
            ..Options::default()
        };
        Automations::new(self.options.server_version.unwrap_or_default(), options)
    }

    /// The share of an automation that has the key of an event's window. `engine`: has all automations.
    pub(super) fn share_of(&self, automation: usize, event: &ReceivedEvent, engine: &Automations) -> u32 {
        let first = self.first_shares.get(automation).copied().unwrap_or_default();
        let of = self.shares.get(first as usize).map_or(1, |share| share.of);
        if of == 1 {
            return first;
        }
        let place = engine.key(automation, event).map_or(0, |key| key_hash(&key)).checked_rem(u64::from(of));
        first.saturating_add(place.and_then(|place| u32::try_from(place).ok()).unwrap_or_default())
    }
}

/// The same in all processes.
fn key_hash(key: &[SharedText]) -> u64 {
    key.iter().fold(0, |all, text| {
        step(text.len());
        mix(all, hash(text.as_bytes()))
    })
}

/// Whether nothing couples the windows of an automation. On the server, all windows of a trigger share the time of its
/// next evaluation and the pages in which it reads them; composite triggers count the firings of all keys.
fn has_independent_keys(automation: &Automation, options: &ArchiveReplayOptions) -> bool {
    options.intended && matches!(&automation.trigger, Trigger::Event(event) if !event.for_each.is_empty())
}

fn needed(automation: &Automation) -> (Needed, Needed) {
    let (mut own, mut related) = (Needed::default(), Needed::default());
    let mut open = vec![&automation.trigger];
    while let Some(trigger) = open.pop() {
        step(1);
        match trigger {
            Trigger::Composite(composite) => open.extend(&composite.triggers),
            Trigger::Event(event) => needed_by(event, &mut own, &mut related),
        }
    }
    (own, related)
}

fn needed_by(trigger: &EventTrigger, own: &mut Needed, related: &mut Needed) {
    let labels = |needed: &mut Needed, specification: &Specification| {
        for (label, _) in &specification.0 {
            step(1);
            needed.insert(label.clone());
        }
    };
    labels(own, &trigger.matches);
    for specification in &trigger.match_related {
        labels(related, specification);
    }
    for label in &trigger.for_each {
        step(1);
        own.insert(label.clone());
        // `related:<role>:<label>`
        if let Some((_, name)) = label.rsplit_once(':') {
            related.insert(name.to_owned());
            related.insert(RESOURCE_ROLE.to_owned());
        }
    }
}
