//! Why a firing happened only here, or only on the server.

use uuid::Uuid;

use crate::automation::{Posture, Trigger};
use crate::event::{ReceivedEvent, SharedText};
use crate::simulate::{
    AtOnce, CapturedEvents, DocumentText, GivenAutomation, NEAR, OwnEvents, RecordedFiring, RecordedFirings,
    ReplayError, ReplayOptions, SimulationResult, automations_of,
};
use crate::text::order;
use crate::text::phrase::duration;
use crate::text::steps::step;
use crate::text::table::Set;
use crate::time::{Instant, Span};
use crate::trigger::{Firing, ServerQuirk};

use super::result::DifferenceCause;
use super::version::Served;

/// The other phases of the server's loops that are tried, in microseconds after the first.
const PHASES: [i64; 4] = [1_000_000, 2_000_000, 3_000_000, 4_000_000];

/// How long the server works between two evaluations, beside the 5 s that it sleeps.
const WORK: i64 = 250_000;

/// Events that occurred at different times and were received at almost the same one were sent in a batch.
const BATCH: i64 = 10_000;
const APART: i64 = 1_000_000;

/// The firings of a replay, compared with the recorded ones.
pub(super) struct Compared {
    pub firings: Vec<Firing>,
    pub recorded: RecordedFirings,
}

impl Compared {
    /// `recorded` of the result is absent if the server recorded none.
    pub(super) fn new(result: SimulationResult) -> Self {
        let SimulationResult { firings, recorded, .. } = result;
        let certain = || firings.iter().filter(|firing| !firing.if_silent).cloned().collect();
        let none =
            || RecordedFirings { matched: 0, pairs: Vec::new(), only_here: certain(), only_recorded: Vec::new() };
        let recorded = recorded.unwrap_or_else(none);
        Compared { firings, recorded }
    }

    fn is_only_here(&self, firing: &Firing) -> bool {
        step(self.recorded.only_here.len());
        let labels = labels_of(&firing.labels);
        let is_it = |own: &Firing| is_near(own.at, firing.at) && labels_of(&own.labels) == labels;
        self.recorded.only_here.iter().any(is_it)
    }

    /// Whether it fires here too at about this time, as the partner of another recorded firing.
    fn fires_near(&self, firing: &RecordedFiring) -> bool {
        step(self.firings.len());
        let labels = labels_of(&firing.labels);
        let is_near = |own: &&Firing| is_near(own.at, firing.at) && labels_of(&own.labels) == labels;
        self.firings.iter().filter(is_near).any(|own| !self.is_only_here(own))
    }

    fn is_only_recorded(&self, firing: &RecordedFiring) -> bool {
        step(self.recorded.only_recorded.len());
        self.recorded.only_recorded.iter().any(|own| own.event_id == firing.event_id)
    }
}

fn is_near(one: Instant, other: Instant) -> bool {
    one.since(other).saturating_abs() <= NEAR
}

fn labels_of(labels: &[(SharedText, SharedText)]) -> Vec<(SharedText, SharedText)> {
    let mut own = labels.to_vec();
    order::by_text(&mut own, |(name, _)| name);
    own
}

/// Matches firings that are further apart than usual, because the phase of the server's loop sets each window: the
/// engine knows how late a server may be.
pub(super) fn pair_drifted(compared: &mut Compared) -> Vec<(Firing, RecordedFiring)> {
    let RecordedFirings { only_here, only_recorded, .. } = &mut compared.recorded;
    let mut pairs = Vec::new();
    only_here.retain(|firing| {
        step(only_recorded.len().saturating_add(1));
        let Some(span) = firing.span else { return true };
        let latest = Instant(span.latest.0.saturating_add(WORK));
        let labels = labels_of(&firing.labels);
        let is_it =
            |own: &RecordedFiring| (span.earliest..=latest).contains(&own.at) && labels_of(&own.labels) == labels;
        let Some(place) = only_recorded.iter().position(is_it) else { return true };
        pairs.push((firing.clone(), only_recorded.remove(place)));
        false
    });
    pairs
}

/// A cause, and its sentence.
pub(super) type Cause = (DifferenceCause, String);

/// What is known for the causes of one automation's differences. Other replays happen only when they are needed.
pub(super) struct Causes<'c> {
    captured: &'c CapturedEvents,
    given: &'c GivenAutomation,
    options: &'c ReplayOptions,
    served: Served<'c>,
    /// How the server's automation differs.
    changed: Option<String>,
    /// When the server loaded its automations again, if that can move the windows of this one; ascending.
    reloads: Vec<Instant>,
    /// When the server received the first and the last event.
    received: (Instant, Instant),
    base: &'c Compared,
    by_chance: Option<Compared>,
    /// The other plays: what they are, and what they fire.
    phases: Option<Vec<(i64, Compared)>>,
    with_leaders: Option<Compared>,
    as_served: Option<Compared>,
    /// Whether `as_served` was tried.
    is_served_played: bool,
    ids: Option<Set<Uuid>>,
}

impl<'c> Causes<'c> {
    pub(super) fn new(
        captured: &'c CapturedEvents,
        given: &'c GivenAutomation,
        options: &'c ReplayOptions,
        served: Served<'c>,
        changed: Option<String>,
        own: &OwnEvents<'_>,
        base: &'c Compared,
    ) -> Self {
        Causes {
            captured,
            given,
            options,
            served,
            changed,
            reloads: if rolls(&given.automation.trigger) { own.other_changes() } else { Vec::new() },
            received: captured.received().unwrap_or((Instant(0), Instant(0))),
            base,
            by_chance: None,
            phases: None,
            with_leaders: None,
            as_served: None,
            is_served_played: false,
            ids: None,
        }
    }

    /// Why the server did not record this firing.
    pub(super) fn of_here(&mut self, firing: &Firing) -> Result<Cause, ReplayError> {
        if let Some(sentence) = self.change_sentence()
            && self.as_served()?.is_none_or(|served| !served.is_only_here(firing))
        {
            return Ok((DifferenceCause::Changed, sentence));
        }
        if firing.quirk() == Some(ServerQuirk::AbsentLeader) || !self.with_leaders()?.is_only_here(firing) {
            let sentence = "an event of it follows one that is not in the input: the server had that one";
            return Ok((DifferenceCause::AbsentLeader, sentence.to_owned()));
        }
        if let Some(cause) = self.chance(|play| !play.is_only_here(firing), "it does not fire")? {
            return Ok(cause);
        }
        if let Some(cause) = self.disorder(&firing.labels, firing.at) {
            return Ok(cause);
        }
        let (first, last) = self.received;
        if last.since(firing.at) <= NEAR {
            let sentence = format!("the events end at {}, before the server's own event of it", last.clock_time());
            return Ok((DifferenceCause::NotCaptured, sentence));
        }
        let begins = firing.bucket.map_or(firing.at, |bucket| bucket.start);
        let within = longest(&self.given.automation.trigger);
        if self.starts_before_capture() && begins.since(first) < within {
            return Ok((DifferenceCause::NotCaptured, self.before_capture(within)));
        }
        let sentence = format!("no known cause; here it fires because {}", firing.reason_sentence());
        Ok((DifferenceCause::Unexplained, sentence))
    }

    /// Why a recorded firing does not happen here.
    pub(super) fn of_recorded(&mut self, firing: &RecordedFiring) -> Result<Cause, ReplayError> {
        if !self.given.automation.enabled {
            return Ok((
                DifferenceCause::Changed,
                "the document disables the automation (`enabled: false`)".to_owned(),
            ));
        }
        if let Some(sentence) = self.change_sentence()
            && self.as_served()?.is_none_or(|served| !served.is_only_recorded(firing) || served.fires_near(firing))
        {
            return Ok((DifferenceCause::Changed, sentence));
        }
        if let Some(event) = firing.triggering_event_id.filter(|event| !self.is_captured(*event)) {
            let sentence = format!("the event that triggered it, {event}, is not in the input");
            return Ok((DifferenceCause::NotCaptured, sentence));
        }
        if self.base.fires_near(firing) {
            let sentence = "the server fired twice for one window: its loop and an event that came late overlapped";
            return Ok((DifferenceCause::Chance, sentence.to_owned()));
        }
        if !self.with_leaders()?.is_only_recorded(firing) {
            let sentence = "an event of it follows one that is not in the input: with that one it fires here too";
            return Ok((DifferenceCause::AbsentLeader, sentence.to_owned()));
        }
        if let Some(cause) = self.chance(|play| !play.is_only_recorded(firing), "it fires here too")? {
            return Ok(cause);
        }
        if let Some(cause) = self.disorder(&firing.labels, firing.at) {
            return Ok(cause);
        }
        let within = longest(&self.given.automation.trigger);
        let (first, _) = self.received;
        if self.starts_before_capture() && firing.at.since(first) <= within.saturating_add(NEAR) {
            return Ok((DifferenceCause::NotCaptured, self.before_capture(within)));
        }
        Ok((DifferenceCause::Unexplained, "no known cause".to_owned()))
    }

    fn change_sentence(&self) -> Option<String> {
        self.changed.as_ref().map(|changed| format!("the server's automation is another one: {changed}"))
    }

    fn starts_before_capture(&self) -> bool {
        self.served.start.or(self.given.created).is_none_or(|start| start < self.received.0)
    }

    fn before_capture(&self, within: i64) -> String {
        let first = self.received.0.clock_time();
        format!(
            "the events begin at {first}, less than `within` ({}) before: earlier ones are unknown",
            duration(within)
        )
    }

    /// Whether chance on the server explains it. `explains`: whether this other play does.
    fn chance(&mut self, explains: impl Fn(&Compared) -> bool, result: &str) -> Result<Option<Cause>, ReplayError> {
        if self.by_chance.is_none() {
            let played = self.captured.play_in(AtOnce::Reversed, self.given, self.options)?;
            self.by_chance = Some(Compared::new(played));
        }
        if self.by_chance.as_ref().is_some_and(&explains) {
            let sentence = format!("events were received at the same instant: in the opposite order {result}");
            return Ok(Some((DifferenceCause::Chance, sentence)));
        }
        if self.phases.is_none() {
            let mut phases = Vec::new();
            for phase in PHASES {
                let offset = Span(self.options.tick_offset_seconds.map_or(0, |offset| offset.0).saturating_add(phase));
                let options = ReplayOptions { tick_offset_seconds: Some(offset), ..self.options.clone() };
                phases.push((phase, Compared::new(self.captured.play(self.given, &options)?)));
            }
            self.phases = Some(phases);
        }
        let found = self.phases.iter().flatten().find(|(_, play)| explains(play));
        Ok(found.map(|(phase, _)| {
            let later = duration(*phase);
            (DifferenceCause::Chance, format!("the phase of the server's loop is unknown: {later} later {result}"))
        }))
    }

    /// Chance that no other replay shows: a reload that moved windows, or a batch whose events were evaluated in another
    /// order.
    fn disorder(&self, labels: &[(SharedText, SharedText)], at: Instant) -> Option<Cause> {
        if let Some(reload) = self.reloads.iter().find(|reload| **reload < at) {
            let sentence = format!(
                "the server loaded its automations again when one was created or changed, first at {}: this moves windows \
                 that no event opens, and all that follow",
                reload.clock_time()
            );
            return Some((DifferenceCause::Chance, sentence));
        }
        let within = longest(&self.given.automation.trigger).saturating_add(NEAR);
        let is_own = |event: &&ReceivedEvent| {
            step(labels.len().saturating_add(1));
            (0..=within).contains(&at.since(event.received))
                && labels.iter().all(|(name, value)| event.resource.get(name) == Some(value))
        };
        let mut own: Vec<(Instant, Instant)> = Vec::new();
        if !labels.is_empty() {
            let events = self.captured.events().iter().filter(is_own);
            own.extend(events.map(|event| (event.received, event.occurred)));
        }
        order::by_key(&mut own, &mut |(received, _)| received.sortable());
        let is_batch = |pair: &[(Instant, Instant)]| match pair {
            [(received, occurred), (next, other)] => {
                next.since(*received) <= BATCH && other.since(*occurred).saturating_abs() >= APART
            }
            _ => false,
        };
        own.windows(2).any(is_batch).then(|| {
            let sentence = "its events arrived in one batch: the server's two consumers evaluate them in any order";
            (DifferenceCause::Chance, sentence.to_owned())
        })
    }

    fn with_leaders(&mut self) -> Result<&Compared, ReplayError> {
        if self.with_leaders.is_none() {
            let options = ReplayOptions { ignore_missing_leaders: true, ..self.options.clone() };
            self.with_leaders = Some(Compared::new(self.captured.play(self.given, &options)?));
        }
        Ok(self.with_leaders.as_ref().unwrap_or(self.base))
    }

    /// What the server's version of the automation fires. `None`: it cannot be read.
    fn as_served(&mut self) -> Result<Option<&Compared>, ReplayError> {
        if !self.is_served_played {
            self.is_served_played = true;
            let document = self.served.document.map(DocumentText::from);
            let served = document.and_then(|document| document.read(automations_of).0).unwrap_or_default();
            if let [served] = &*served {
                let mut own = served.clone();
                own.automation.enabled = true;
                self.as_served = Some(Compared::new(self.captured.play(&own, self.options)?));
            }
        }
        Ok(self.as_served.as_ref())
    }

    fn is_captured(&mut self, id: Uuid) -> bool {
        let ids = self.ids.get_or_insert_with(|| {
            let mut ids = Set::default();
            for event in self.captured.events() {
                step(1);
                ids.insert(event.id);
            }
            ids
        });
        ids.contains(&id)
    }
}

/// Whether a trigger opens windows by itself: Proactive, without `after`.
fn rolls(trigger: &Trigger) -> bool {
    step(1);
    match trigger {
        Trigger::Event(event) => event.posture == Posture::Proactive && event.after.is_empty(),
        Trigger::Composite(composite) => composite.triggers.iter().any(rolls),
    }
}

/// The longest window of a trigger and those in it.
fn longest(trigger: &Trigger) -> i64 {
    step(1);
    match trigger {
        Trigger::Event(event) => event.within,
        Trigger::Composite(composite) => {
            let inner = composite.triggers.iter().map(longest).max().unwrap_or_default();
            inner.max(composite.within.unwrap_or_default())
        }
    }
}
