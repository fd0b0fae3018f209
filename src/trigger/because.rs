//! The sentences that tell users why: one per firing and per decision. Times are those of the day, in UTC.

use crate::automation::Posture;
use crate::time::Instant;

use super::bucket::EventRef;
use super::decision::{About, Decision, Firing, Reason, Snapshot};

impl Firing {
    /// Why it fired.
    #[must_use]
    pub fn because(&self) -> String {
        fired(&self.trigger, self.bucket.as_ref(), self.event.as_ref(), self.children.len())
    }
}

impl Decision {
    /// Why it was decided.
    #[must_use]
    pub fn because(&self) -> String {
        let reason = self.sentence();
        match self.fault {
            Some(fault) => [&*reason, ". A fault of the server: ", fault.sentence()].concat(),
            None => reason,
        }
    }

    fn sentence(&self) -> String {
        let name = self.event.as_ref().map_or("nothing", |event| &*event.name);
        let end = self.bucket.map(|bucket| clock(bucket.end)).unwrap_or_default();
        let count = self.bucket.map_or(0, |bucket| bucket.count);
        let (threshold, within, proactive) = self.trigger.as_ref().map_or((0, String::new(), false), |trigger| {
            (trigger.threshold, seconds(trigger.within), trigger.posture == Some(Posture::Proactive))
        });
        let then = if proactive {
            format!("{within} of silence from here would fire")
        } else {
            format!("it counts until then, and fires at {threshold}")
        };
        match &self.reason {
            Reason::Duplicate => {
                "an event of this id was published within the last 5 minutes: the publisher drops it".to_owned()
            }
            Reason::AlreadySeen => "an event of this id was evaluated within the last 30 minutes".to_owned(),
            Reason::LogWrite => "prefect.log.write never reaches the triggers".to_owned(),
            Reason::Waits(leader) => format!(
                "{name} follows the event {leader}, which was not evaluated yet: it waits for it, for 15 minutes at most"
            ),
            Reason::LeaderSeen => format!("the event that {name} follows was evaluated: now it is its turn"),
            Reason::LeaderLost => {
                format!("the event that {name} follows has not come for 15 minutes: it is evaluated without it")
            }
            Reason::TooDeep => {
                format!("{name} comes after more than 20 events that follow each other: it waits to be found as lost")
            }
            Reason::NoWindow => format!("no window is open that {name} could count in: none of `after` has opened one"),
            Reason::HeldForWindow { open: false } => {
                format!("no window is open: {name} is held, and counts in a window that includes {}", self.occurred())
            }
            Reason::HeldForWindow { open: true } => {
                format!("{name} is held, so that it also counts in a later window that includes {}", self.occurred())
            }
            Reason::AlreadyHeld => format!("{name} is held already and was counted where it belongs"),
            Reason::BeforeWindow => {
                let start = self.bucket.map(|bucket| clock(bucket.start)).unwrap_or_default();
                match self.event {
                    None => format!("the window begins only at {start}"),
                    Some(_) if proactive => {
                        format!("{name} occurred before the window, which begins at {start}: it changes nothing")
                    }
                    Some(_) => {
                        format!("{name} occurred before {start}, when the next window begins: it does not count")
                    }
                }
            }
            Reason::Opened { held: 0 } if self.event.is_some() => {
                format!("{name} opened a window until {end}: {then}")
            }
            Reason::Opened { held: 0 } => format!("without `for_each` a window is always open, now until {end}"),
            Reason::Opened { held } => format!("a window was opened until {end}, with {} in it", events(*held)),
            Reason::Counted => format!("{name} counts: {count} of {threshold} until {end}"),
            Reason::Disarmed => {
                format!("{name} came in time, {count} of {threshold}: the window until {end} will not fire")
            }
            Reason::Moved { held: 0 } => format!("this {name} moved the window to {end}: {then}"),
            Reason::Moved { held } => {
                let so = if proactive && count >= threshold { ", so it will not fire" } else { "" };
                format!(
                    "this {name} moved the window to {end}, with {} in it: {count} of {threshold}{so}",
                    events(*held)
                )
            }
            Reason::Satisfied => {
                format!("{count} of {threshold} expected came: the window until {end} is removed without firing")
            }
            Reason::Over => format!("the window ended at {end} with {count} of {threshold}: it does not fire"),
            Reason::Swept => format!("the window ended at {end}, a minute ago or more: what is left of it is removed"),
            Reason::Fired => self
                .trigger
                .as_ref()
                .map_or(String::new(), |trigger| fired(trigger, self.bucket.as_ref(), self.event.as_ref(), 0)),
            Reason::Rolled => {
                let start = self.bucket.map(|bucket| clock(bucket.start)).unwrap_or_default();
                format!("the next window is from {start} to {end}")
            }
            Reason::ChildrenMissing { present } => {
                let of = "the children have fired and still count";
                match self.trigger.as_ref().map(|trigger| trigger.kind) {
                    Some("sequence") => format!("{present} of {threshold} of {of}, or not in the declared order"),
                    _ => format!("{present} of {of}, {threshold} are required"),
                }
            }
        }
    }

    fn occurred(&self) -> String {
        self.event.as_ref().map(|event| clock(event.occurred)).unwrap_or_default()
    }
}

fn fired(trigger: &About, bucket: Option<&Snapshot>, event: Option<&EventRef>, children: usize) -> String {
    let name = event.map_or("no event", |event| &*event.name);
    let threshold = trigger.threshold;
    let Some(bucket) = bucket else {
        return match (trigger.kind, children) {
            ("sequence", _) => format!("all children have fired in the declared order, the last with {name}"),
            (_, 1) if threshold == 1 => format!("one child is enough, and it fired with {name}"),
            _ => format!("at least {threshold} children have fired, the last with {name}"),
        };
    };
    let (count, start, end) = (bucket.count, clock(bucket.start), clock(bucket.end));
    match trigger.posture {
        Some(Posture::Proactive) => {
            let last = match event {
                // An event that comes when the window is over does not save it.
                Some(event) if event.occurred >= bucket.end => {
                    format!("; {name} at {} is too late", clock(event.occurred))
                }
                Some(event) => format!(" after {name} at {}", clock(event.occurred)),
                None => String::new(),
            };
            format!("from {start} to {end} only {count} of {threshold} expected came{last}")
        }
        _ if trigger.within == 0 => format!("{name} is number {count}, and {threshold} are enough"),
        _ => format!("{name} is number {count} from {start} to {end}, and {threshold} are enough"),
    }
}

fn clock(instant: Instant) -> String {
    instant.clock_time()
}

fn events(number: i64) -> String {
    if number == 1 { "1 held event".to_owned() } else { format!("{number} held events") }
}

/// `90 s`, `7.5 s`.
fn seconds(micros: i64) -> String {
    let whole = micros.checked_div(1_000_000).unwrap_or_default();
    let rest = micros.unsigned_abs().checked_rem(1_000_000).unwrap_or_default();
    let text = format!("{whole}.{rest:06}");
    [text.trim_end_matches('0').trim_end_matches('.'), " s"].concat()
}
