//! Why a firing happened only here, or only on the server.

use uuid::Uuid;

use crate::automation::{Posture, Trigger};
use crate::event::SharedText;
use crate::simulate::{
    BatchOrder, ByOtherChance, CapturedEvents, DocumentText, GivenAutomation, NEAR, OwnEvents, RecordedFiring,
    RecordedFirings, ReplayError, ReplayOptions, SimulationResult, automations_of,
};
use crate::text::order;
use crate::text::steps::step;
use crate::text::table::{Map, Set};
use crate::time::span::duration;
use crate::time::units::SECOND;
use crate::time::{Instant, TimeSpan};
use crate::trigger::{Firing, ServerQuirk};

use super::restarts::{Restarts, WORK};
use super::result::DifferenceCause;
use super::version::Served;

/// The other phases of the server's loops that are tried, in microseconds after the first.
const PHASES: [i64; 4] = [SECOND, 2 * SECOND, 3 * SECOND, 4 * SECOND];

/// What may have been different on the server without anything that the events show.
#[derive(Clone, Copy)]
enum Chance {
    /// The order of events that were received at the same instant.
    Reversed,
    /// The phase of its loops, in microseconds after the first.
    Phase(i64),
    /// The order of events that were received at almost the same time.
    Batch(BatchOrder),
    /// It loaded its automations again; with a phase of its loops.
    Reload(i64),
}

impl Chance {
    /// In the order in which they are tried: those with `Reload`, which are not always possible, last.
    const ALL: [Chance; 14] = {
        let [one, two, three, four] = PHASES;
        let [opposite, occurred, first, second] = BatchOrder::ALL;
        [
            Chance::Reversed,
            Chance::Phase(one),
            Chance::Phase(two),
            Chance::Phase(three),
            Chance::Phase(four),
            Chance::Batch(opposite),
            Chance::Batch(occurred),
            Chance::Batch(first),
            Chance::Batch(second),
            Chance::Reload(0),
            Chance::Reload(one),
            Chance::Reload(two),
            Chance::Reload(three),
            Chance::Reload(four),
        ]
    };
}

/// The labels of a firing, sorted by name.
type Key = Vec<(SharedText, SharedText)>;

/// Times by labels, ascending.
type Times = Map<Key, Vec<Instant>>;

/// The firings of a replay, compared with the recorded ones.
pub(super) struct Compared {
    pub start: Instant,
    pub firings: Vec<Firing>,
    pub recorded: RecordedFirings,
    /// When it fires only here, when also on the server, and which recorded ones do not happen here.
    only_here: Times,
    both: Times,
    only_recorded: Set<Uuid>,
}

impl Compared {
    /// `recorded` of the result is absent if the server recorded none.
    pub(super) fn new(result: SimulationResult) -> Self {
        let SimulationResult { start, firings, recorded, .. } = result;
        let certain = || firings.iter().filter(|firing| !firing.if_silent).cloned().collect();
        let none =
            || RecordedFirings { matched: 0, pairs: Vec::new(), only_here: certain(), only_recorded: Vec::new() };
        let recorded = recorded.unwrap_or_else(none);
        let mut compared = Compared {
            start: start.unwrap_or(Instant(0)),
            firings,
            recorded,
            only_here: Times::default(),
            both: Times::default(),
            only_recorded: Set::default(),
        };
        compared.index();
        compared
    }

    /// Firings are in order of time.
    fn index(&mut self) {
        let (mut only_here, mut both) = (Times::default(), Times::default());
        for firing in &self.recorded.only_here {
            only_here.or_default(key_of(&firing.labels)).push(firing.at);
        }
        for firing in &self.firings {
            let key = key_of(&firing.labels);
            if !has_near(&only_here, &key, firing.at) {
                both.or_default(key).push(firing.at);
            }
        }
        let mut only_recorded = Set::default();
        for firing in &self.recorded.only_recorded {
            only_recorded.insert(firing.event_id);
        }
        (self.only_here, self.both, self.only_recorded) = (only_here, both, only_recorded);
    }

    fn is_only_here(&self, firing: &Firing) -> bool {
        has_near(&self.only_here, &key_of(&firing.labels), firing.at)
    }

    /// Whether it fires here too at about this time, as the partner of another recorded firing.
    fn fires_near(&self, firing: &RecordedFiring) -> bool {
        has_near(&self.both, &key_of(&firing.labels), firing.at)
    }

    fn is_only_recorded(&self, firing: &RecordedFiring) -> bool {
        self.only_recorded.contains(&firing.event_id)
    }
}

fn has_near(times: &Times, key: &[(SharedText, SharedText)], at: Instant) -> bool {
    step(1);
    let own = times.get(key).map(Vec::as_slice).unwrap_or_default();
    let first = own.partition_point(|own| at.since(*own) > NEAR);
    own.get(first).is_some_and(|own| own.since(at) <= NEAR)
}

fn key_of(labels: &[(SharedText, SharedText)]) -> Key {
    let mut own = labels.to_vec();
    order::by_text(&mut own, |(name, _)| name);
    own
}

/// Matches firings that are further apart than usual, because the phase of the server's loop sets each window: the
/// engine knows how late a server may be. One after the last event is certain if it has a partner.
pub(super) fn pair_drifted(compared: &mut Compared) -> Vec<(Firing, RecordedFiring)> {
    let RecordedFirings { only_here, only_recorded, .. } = &mut compared.recorded;
    // By labels, in order of time; and how many are too early, or have a partner.
    let mut open: Map<Key, (Vec<RecordedFiring>, usize)> = Map::default();
    for firing in only_recorded.iter() {
        open.or_default(key_of(&firing.labels)).0.push(firing.clone());
    }
    let mut taken = Set::default();
    let mut pairs = Vec::new();
    let mut has_partner = |firing: &Firing| {
        let Some(span) = firing.span else { return false };
        let latest = Instant(span.latest.0.saturating_add(WORK));
        let Some((own, first)) = open.get_mut(&key_of(&firing.labels)) else { return false };
        while own.get(*first).is_some_and(|own| own.at < span.earliest) {
            step(1);
            *first = first.saturating_add(1);
        }
        let Some(partner) = own.get(*first).filter(|own| own.at <= latest) else { return false };
        *first = first.saturating_add(1);
        taken.insert(partner.event_id);
        pairs.push((firing.clone(), partner.clone()));
        true
    };
    only_here.retain(|firing| !has_partner(firing));
    for firing in compared.firings.iter_mut().filter(|firing| firing.if_silent) {
        firing.if_silent = !has_partner(firing);
    }
    only_recorded.retain(|own| !taken.contains(&own.event_id));
    compared.index();
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
    /// If its trigger has one window at a time that no event opens.
    restarts: Option<Restarts<'c>>,
    /// When the server received the first and the last event.
    received: (Instant, Instant),
    base: &'c Compared,
    /// What it fires with each of the first ones of [`Chance::ALL`].
    chances: Vec<Compared>,
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
        let is_rolling = rolls(&given.automation.trigger);
        let reloads = if is_rolling { own.other_changes() } else { Vec::new() };
        let start = base.start;
        let recorded =
            if is_rolling { own.firings(start).iter().map(|firing| firing.at).collect() } else { Vec::new() };
        let restarts = Restarts::new(captured, given, options, start, recorded, reloads.clone());
        Causes {
            captured,
            given,
            options,
            served,
            changed,
            reloads: if restarts.is_none() { reloads } else { Vec::new() },
            restarts,
            received: captured.received().unwrap_or((Instant(0), Instant(0))),
            base,
            chances: Vec::new(),
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
        if let Some(restarts) = &mut self.restarts
            && let Some(sentence) = restarts.of_here(firing.at)?
        {
            return Ok((DifferenceCause::Chance, sentence));
        }
        if let Some(cause) = self.chance(|play| !play.is_only_here(firing), "it does not fire")? {
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
        if let Some(restarts) = &mut self.restarts
            && let Some(sentence) = restarts.of_recorded(firing.at)?
        {
            return Ok((DifferenceCause::Chance, sentence));
        }
        if let Some(cause) = self.chance(|play| !play.is_only_recorded(firing), "it fires here too")? {
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

    /// Whether chance on the server explains it: a play with another chance shows it. `explains`: whether this play does.
    fn chance(&mut self, explains: impl Fn(&Compared) -> bool, result: &str) -> Result<Option<Cause>, ReplayError> {
        for (place, chance) in Chance::ALL.into_iter().enumerate() {
            if matches!(chance, Chance::Reload(_)) && self.reloads.is_empty() {
                continue;
            }
            if self.chances.len() <= place {
                self.chances.push(self.play_by(chance)?);
            }
            if self.chances.get(place).is_some_and(&explains) {
                return Ok(Some((DifferenceCause::Chance, self.sentence(chance, result))));
            }
        }
        Ok(None)
    }

    fn play_by(&self, chance: Chance) -> Result<Compared, ReplayError> {
        let (other, phase) = match chance {
            Chance::Reversed => (ByOtherChance::Reversed, 0),
            Chance::Phase(phase) => (ByOtherChance::No, phase),
            Chance::Batch(order) => (ByOtherChance::Batches(order), 0),
            Chance::Reload(phase) => (ByOtherChance::Reloads(&self.reloads), phase),
        };
        let offset = TimeSpan(self.options.tick_offset_seconds.map_or(0, |offset| offset.0).saturating_add(phase));
        let options = ReplayOptions { tick_offset_seconds: Some(offset), ..self.options.clone() };
        Ok(Compared::new(self.captured.play_by(other, self.given, &options)?))
    }

    fn sentence(&self, chance: Chance, result: &str) -> String {
        match chance {
            Chance::Reversed => format!("events were received at the same instant: in the opposite order {result}"),
            Chance::Phase(phase) => {
                format!("the phase of the server's loop is unknown: {} later {result}", duration(phase))
            }
            Chance::Batch(_) => format!(
                "events arrived in one batch, and the server's two consumers evaluate them in any order: in another one \
                 {result}"
            ),
            Chance::Reload(_) => {
                let first = self.reloads.first().map(|at| at.clock_time()).unwrap_or_default();
                format!(
                    "the server loaded its automations again when one was created or changed, first at {first}, which \
                     moves windows that no event opens: with that {result}"
                )
            }
        }
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
