//! The sentences that explain firings and decisions, one for each. Times are times of day in UTC, with the date if
//! windows are a day or longer.

use std::fmt::Write as _;

use crate::automation::{Posture, TriggerType};
use crate::text::template::render_with;

use super::bucket::EventRef;
use super::decision::{BucketSnapshot, Decision, Firing, Reason, TriggerSummary};
use super::quirk::ServerQuirk;

impl Firing {
    /// Why it fired.
    #[must_use]
    pub fn reason_sentence(&self) -> String {
        let sentence = Sentence {
            trigger: Some(&self.trigger),
            bucket: self.bucket.as_ref(),
            event: self.event.as_ref(),
            held: 0,
            present: self.children.len(),
            leader: String::new(),
        };
        let mut rendered = sentence.render(sentence.fired());
        if let Some(sentence) = self.delay_sentence() {
            rendered.push_str(". ");
            rendered.push_str(&sentence);
        }
        rendered
    }

    /// The events that came too late to prevent the firing.
    fn delay_sentence(&self) -> Option<String> {
        let last = self.delayed.last()?;
        let others = match self.delayed.len().saturating_sub(1) {
            0 => String::new(),
            1 => "; 1 other event was not either".to_owned(),
            others => format!("; {others} other events were not either"),
        };
        let (name, occurred) = (&last.event.name, last.event.occurred.clock_time());
        let what = format!("The event {name} of {occurred} was not evaluated in time");
        let mut sentence = match (last.waits_for, last.absent) {
            (None, _) => format!("{what}: it arrived only at {}", last.received.clock_time()),
            (Some(leader), Some(absent)) if leader == absent => {
                format!(
                    "{what}: the server holds it back, because it follows an event that is not in the input ({absent})"
                )
            }
            (Some(_), Some(absent)) => {
                format!(
                    "{what}: the server holds it back, because the chain of events that it follows begins with one that is not in the input ({absent})"
                )
            }
            (Some(leader), None) => {
                format!(
                    "{what}: the server holds it back, because it follows an event that had not been evaluated ({leader})"
                )
            }
        };
        sentence.push_str(&others);
        Some(sentence)
    }

    /// The server fault behind it.
    #[must_use]
    pub fn quirk(&self) -> Option<ServerQuirk> {
        self.delayed.iter().any(|delayed| delayed.absent.is_some()).then_some(ServerQuirk::AbsentLeader)
    }
}

impl Decision {
    /// Why it was decided.
    #[must_use]
    pub fn reason_sentence(&self) -> String {
        let (mut held, mut present, mut leader) = (0, 0, String::new());
        match &self.reason {
            Reason::Opened { held: number } | Reason::Moved { held: number } => held = *number,
            Reason::ChildrenMissing { present: number } => present = *number,
            Reason::Waits(id) => leader = id.to_string(),
            _ => {}
        }
        let (bucket, event) = (self.bucket.as_ref(), self.event.as_ref());
        let sentence = Sentence { trigger: self.trigger.as_deref(), bucket, event, held, present, leader };
        let mut rendered = sentence.render(sentence.template(&self.reason));
        if let Some(quirk) = self.quirk {
            rendered.push_str(". A server fault: ");
            rendered.push_str(quirk.sentence());
        }
        rendered
    }
}

/// The values of a sentence's placeholders.
struct Sentence<'a> {
    trigger: Option<&'a TriggerSummary>,
    bucket: Option<&'a BucketSnapshot>,
    event: Option<&'a EventRef>,
    /// How many events were held.
    held: i64,
    /// How many children have fired.
    present: usize,
    /// The awaited event.
    leader: String,
}

impl Sentence<'_> {
    fn is_proactive(&self) -> bool {
        self.trigger.is_some_and(|trigger| trigger.posture == Some(Posture::Proactive))
    }

    fn meets_threshold(&self) -> bool {
        self.bucket.zip(self.trigger).is_some_and(|(bucket, trigger)| bucket.count >= trigger.threshold)
    }

    fn is_enough(&self, present: usize) -> bool {
        let required = self.trigger.map_or(0, |trigger| trigger.threshold);
        i64::try_from(present).is_ok_and(|present| present >= required)
    }

    fn template(&self, reason: &Reason) -> &'static str {
        let proactive = self.is_proactive();
        let sequence = self.trigger.is_some_and(|trigger| trigger.kind == TriggerType::Sequence);
        match reason {
            Reason::Duplicate => {
                "an event with this id was published within the last 5 minutes, so the server drops this one"
            }
            Reason::AlreadySeen => "an event with this id was evaluated within the last 30 minutes",
            Reason::LogWrite => "prefect.log.write never reaches triggers",
            Reason::Waits(_) => {
                "{name} follows the event {leader}, which has not been evaluated: it waits for up to 15 minutes"
            }
            Reason::LeaderSeen => "the event that {name} follows was evaluated, so {name} is evaluated now",
            Reason::LeaderLost => {
                "the event that {name} follows did not arrive within 15 minutes, so {name} is evaluated without it"
            }
            Reason::TooDeep => {
                "{name} comes after more than 20 events that follow each other: it waits until the server gives up on them"
            }
            Reason::NoWindow => "no window is open for {name}: no event of `after` has opened one",
            Reason::HeldForWindow { open: false } => {
                "no window is open: {name} is held, and counts in a later window that includes {occurred}"
            }
            Reason::HeldForWindow { open: true } => {
                "{name} is held, so that it also counts in a later window that includes {occurred}"
            }
            Reason::AlreadyHeld => "{name} is already held and has been counted",
            Reason::BeforeWindow if self.event.is_none() => "the window begins only at {start}",
            Reason::BeforeWindow if proactive => {
                "{name} occurred before the window begins at {start}: it changes nothing"
            }
            Reason::BeforeWindow => "{name} occurred before the next window begins at {start}: it does not count",
            Reason::Opened { held: 0 } if self.event.is_none() => {
                "without `for_each` a window is always open: this one until {end}"
            }
            Reason::Opened { held: 0 } if proactive => {
                "{name} opened a window until {end}: the trigger fires after {within} without the expected events"
            }
            Reason::Opened { held: 0 } => {
                "{name} opened a window until {end}: events count until then, and the trigger fires at {threshold}"
            }
            Reason::Opened { .. } => "a window opened until {end}, with {held}",
            Reason::Counted => "{name} counts: {count} of {threshold} until {end}",
            Reason::Disarmed => "{name} arrived in time, {count} of {threshold}: the window until {end} will not fire",
            Reason::Moved { held: 0 } if proactive => {
                "{name} moved the window to {end}: the trigger fires after {within} without the expected events"
            }
            Reason::Moved { held: 0 } => {
                "{name} moved the window to {end}: events count until then, and the trigger fires at {threshold}"
            }
            Reason::Moved { .. } if proactive && self.meets_threshold() => {
                "{name} moved the window to {end}, with {held}: {count} of {threshold}, so it will not fire"
            }
            Reason::Moved { .. } => "{name} moved the window to {end}, with {held}: {count} of {threshold}",
            Reason::Satisfied => {
                "{count} of {threshold} expected events arrived: the window until {end} closes without firing"
            }
            Reason::Over => "the window ended at {end} with {count} of {threshold}: it does not fire",
            Reason::Swept => "the window ended at {end}, at least a minute ago: the server deletes it",
            Reason::Fired => self.fired(),
            Reason::Rolled => "the next window is from {start} to {end}",
            Reason::ChildrenMissing { present } if sequence && self.is_enough(*present) => {
                "all {threshold} triggers fired, but not in the declared order"
            }
            Reason::ChildrenMissing { .. } => {
                "{present} of {threshold} required triggers fired; waiting for the others"
            }
        }
    }

    fn fired(&self) -> &'static str {
        let Some(trigger) = self.trigger else { return "" };
        match (self.bucket, self.event) {
            (None, _) if trigger.kind == TriggerType::Sequence => {
                "all triggers fired in the declared order, the last on {name}"
            }
            (None, _) if trigger.threshold == 1 && self.present == 1 => "1 of 1 required triggers fired, on {name}",
            (None, _) => "{present} of {threshold} required triggers fired, the last on {name}",
            // An event after the end of the window does not prevent the firing.
            (Some(bucket), Some(event)) if self.is_proactive() && event.occurred >= bucket.end => {
                "{arrived} from {start} to {end}; {name} at {occurred} came too late"
            }
            (_, Some(_)) if self.is_proactive() => "{arrived} from {start} to {end}, after {name} at {occurred}",
            (_, None) if self.is_proactive() => "{arrived} from {start} to {end}",
            _ if trigger.within == 0 => "{count} of {threshold} required events: {name}",
            _ => "{count} of {threshold} required events from {start} to {end}, the last {name}",
        }
    }

    fn render(&self, template: &str) -> String {
        let rendered = render_with(template, &mut |hole, out| {
            match hole {
                "name" => out.push_str(self.event.map_or("no event", |event| &event.name)),
                "leader" => out.push_str(&self.leader),
                "held" if self.held == 1 => out.push_str("1 held event"),
                "arrived" => {
                    let needed = self.trigger.map_or(0, |trigger| trigger.threshold);
                    match self.bucket.map_or(0, |bucket| bucket.count) {
                        0 => {
                            let _ = write!(out, "none of the expected events arrived ({needed} needed)");
                        }
                        count => {
                            let _ = write!(out, "only {count} of {needed} expected events arrived");
                        }
                    }
                }
                "within" => seconds(out, self.trigger.map_or(0, |trigger| trigger.within)),
                "occurred" | "start" | "end" => {
                    let at = match hole {
                        "occurred" => self.event.map(|event| event.occurred),
                        "start" => self.bucket.map(|bucket| bucket.start),
                        _ => self.bucket.map(|bucket| bucket.end),
                    };
                    let within = self.trigger.map_or(0, |trigger| trigger.within);
                    out.push_str(&at.map(|at| at.clock_time_in(within)).unwrap_or_default());
                }
                _ => {
                    let number = match hole {
                        "held" => self.held,
                        "count" => self.bucket.map_or(0, |bucket| bucket.count),
                        "threshold" => self.trigger.map_or(0, |trigger| trigger.threshold),
                        _ => i64::try_from(self.present).unwrap_or(i64::MAX),
                    };
                    out.push_str(&number.to_string());
                    out.push_str(if hole == "held" { " held events" } else { "" });
                }
            }
            true
        });
        rendered.unwrap_or_default()
    }
}

/// `90 s`, `7.5 s`.
fn seconds(out: &mut String, micros: i64) {
    let size = 1_000_000;
    out.push_str(&micros.checked_div(size).unwrap_or_default().to_string());
    let rest = micros.unsigned_abs().checked_rem(size.unsigned_abs()).unwrap_or_default();
    if rest > 0 {
        // A leading digit keeps the zeros.
        let digits = size.unsigned_abs().saturating_add(rest).to_string();
        out.push('.');
        out.push_str(digits.strip_prefix('1').unwrap_or_default().trim_end_matches('0'));
    }
    out.push_str(" s");
}
