//! What happened to one run: why an automation fired for it or did not, and one changed line that would change this.

use crate::automation::Posture;
use crate::catalogue::runs::FLOW_RUN;
use crate::event::{RESOURCE_ID, ReceivedEvent};
use crate::simulate::{
    CapturedEvents, DocumentText, GivenAutomation, Life, Lives, RecordedFiring, ReplayOptions, RunOutcome,
    UnreadEvents, automations_of, named,
};
use crate::text::phrase::shown;
use crate::text::steps::step;
use crate::time::Instant;
use crate::time::span::duration;
use crate::trigger::{Firing, ServerQuirk};

use super::document::captured_automations;
use super::explanation::{Why, WhyCause, WhyError, WhyOptions};
use super::remedy::Remedies;
use super::run::Run;

/// Explains what happened to one run: why an automation fired for it, or why it did not.
///
/// `run` is its name or id, or the beginning of one. `automations` are those to look at; without them, those that the
/// events describe.
///
/// # Errors
/// If the run is unknown or ambiguous, or the automations cannot be read or played.
pub fn why(
    captured: &CapturedEvents,
    run: &str,
    automations: Option<DocumentText<'_>>,
    options: &WhyOptions,
) -> Result<Why, WhyError> {
    if let Some(UnreadEvents { report, .. }) = captured.unread() {
        let first = report.diagnostics.first().map(|first| first.message.clone());
        return Err(WhyError::UnreadableEvents(first.unwrap_or_default()));
    }
    let consequences = captured.consequences();
    let lives = Lives::new(captured.events(), &consequences);
    let (id, life) = find(&lives, run)?;
    let described = captured_automations(captured, None);
    let is_given = automations.is_some();
    let document = automations.unwrap_or_else(|| (&*described).into());
    let all = if is_given || described != "[]" {
        let (given, report) = document.read(automations_of);
        given.ok_or_else(|| {
            let first = report.diagnostics.into_iter().next();
            WhyError::Unreadable(first.map(|first| first.message).unwrap_or_default())
        })?
    } else {
        Vec::new()
    };
    named(&all, options.name.as_deref()).map_err(WhyError::Replay)?;
    let run = Run::new(captured, id, options, consequences.clone());
    let explained = ExplainedRun { run, life: *life, name: options.name.as_deref() };
    let mut found: Option<(usize, OnRun)> = None;
    for (index, given) in all.iter().enumerate() {
        if options.name.as_ref().is_some_and(|name| *name != given.automation.name) {
            continue;
        }
        let own = explained.on_run(given)?;
        if own.rank > found.as_ref().map_or(0, |(_, best)| best.rank) {
            found = Some((index, own));
        }
    }
    if let Some((index, own)) = found
        && let Some(given) = all.get(index)
    {
        let remedies = Remedies { run: &explained.run, document, is_given, index, given };
        return explained.fired(&remedies, &own);
    }
    explained.not_fired(document, is_given, &all)
}

/// The captured run with a name or an id, or the only one that begins so.
fn find<'l, 'e>(lives: &'l Lives<'e>, run: &str) -> Result<(&'e str, &'l Life<'e>), WhyError> {
    let uuid = |id: &'e str| id.strip_prefix(FLOW_RUN).unwrap_or(id);
    let exact = |(id, life): &(&'e str, &Life<'e>)| *id == run || uuid(id) == run || life.name == Some(run);
    let begins = |(id, life): &(&'e str, &Life<'e>)| {
        !run.is_empty() && (uuid(id).starts_with(run) || life.name.is_some_and(|name| name.starts_with(run)))
    };
    let mut matches: Vec<(&'e str, &'l Life<'e>)> = lives.iter().filter(exact).collect();
    if matches.is_empty() {
        matches = lives.iter().filter(begins).collect();
    }
    match &*matches {
        [] => Err(WhyError::UnknownRun(run.to_owned())),
        [one] => Ok(*one),
        several => {
            let all = several.iter().take(10);
            let all = all.map(|(id, life)| format!("{} ({})", life.name.unwrap_or_default(), uuid(id))).collect();
            Err(WhyError::AmbiguousRun(run.to_owned(), all))
        }
    }
}

/// What one automation did to the run.
struct OnRun {
    /// 0: nothing; 1: it fires here; 2: the server recorded a firing; 3: its action changed the run.
    rank: u8,
    here: Vec<Firing>,
    recorded: Vec<RecordedFiring>,
}

struct ExplainedRun<'c> {
    run: Run<'c>,
    life: Life<'c>,
    name: Option<&'c str>,
}

impl ExplainedRun<'_> {
    fn on_run(&self, given: &GivenAutomation) -> Result<OnRun, WhyError> {
        // What an action did is no cause of its firing: without it first.
        let without = ReplayOptions { without_actions: true, ..self.run.replay() };
        let result = self.run.captured.play(given, &without)?;
        let effects = result.recorded_actions.iter().flat_map(|actions| &actions.effects);
        let acted = effects.into_iter().any(|effect| *effect.resource == *self.run.id);
        let own = self.run.captured.sent_by(given);
        let recorded: Vec<RecordedFiring> = own
            .firings(Instant(i64::MIN))
            .into_iter()
            .filter(|firing| self.run.has(&firing.labels, firing.triggering_event_id))
            .collect();
        let mut here = self.run.firings(result.firings);
        if here.is_empty() && acted {
            // An automation can also start itself.
            here = self.run.firings(self.run.captured.play(given, &self.run.replay())?.firings);
        }
        let rank = match (acted, recorded.is_empty(), here.is_empty()) {
            (true, ..) => 3,
            (_, false, _) => 2,
            (.., false) => 1,
            _ => 0,
        };
        Ok(OnRun { rank, here, recorded })
    }

    fn name(&self) -> String {
        self.life.name.unwrap_or(self.run.id).to_owned()
    }

    fn why(&self, cause: WhyCause, message: String) -> Why {
        let states = self.run.captured.events().iter().filter(|event| {
            step(1);
            event.resource.get(RESOURCE_ID).is_some_and(|id| **id == *self.run.id)
                && event.resource.get("prefect.state-name").is_some()
        });
        let last = states.max_by_key(|event| event.occurred);
        Why {
            run: self.name(),
            id: self.run.id.to_owned(),
            state: last.and_then(|event| Some(event.resource.get("prefect.state-name")?.to_string())),
            cause,
            message,
            automation: None,
            fired: None,
            change: None,
            not_played: self.run.captured.not_played().to_vec(),
        }
    }

    /// An automation fired on the run.
    fn fired(&self, remedies: &Remedies<'_>, own: &OnRun) -> Result<Why, WhyError> {
        let given = remedies.given;
        let name = shown(&given.automation.name);
        let recorded = own.recorded.first().map(|firing| firing.at);
        // The firing here that is nearest to the recorded one.
        let firing = match recorded {
            Some(at) => own.here.iter().min_by_key(|firing| firing.at.since(at).unsigned_abs()),
            None => own.here.first(),
        };
        let at = recorded.or(firing.map(|firing| firing.at));
        let clock = at.map(|at| at.clock_time().chars().take(8).collect::<String>()).unwrap_or_default();
        let fired = match own.rank {
            3 => format!("`{name}` fired at {clock}, and its action changed the run"),
            2 => format!("`{name}` fired at {clock}"),
            _ => format!("`{name}` fires at {clock} in the replay; the server recorded no firing on this run"),
        };
        let Some(firing) = firing else {
            let message = format!("{fired}; in the replay it does not fire on this run: `backtest` shows why");
            let why = self.why(WhyCause::Fired, message);
            return Ok(Why { automation: Some(given.automation.name.clone()), fired: at, ..why });
        };
        let reason = firing.reason_sentence();
        let next = self.next_sign(firing);
        let proactive = firing.trigger.posture == Some(Posture::Proactive);
        let (cause, message) = match () {
            () if firing.quirk() == Some(ServerQuirk::AbsentLeader) => {
                (WhyCause::AbsentLeader, format!("{fired}: {reason}"))
            }
            () if !firing.delayed.is_empty() => (WhyCause::Late, format!("{fired}: {reason}")),
            () if proactive && self.life.outcome(firing.at) == RunOutcome::Alive => {
                let sign = next.map(|event| {
                    let after = duration(event.received.since(firing.bucket.map_or(firing.at, |bucket| bucket.start)));
                    format!(": {} came {after} after the window began", event.name)
                });
                let sign = sign.unwrap_or_default();
                (WhyCause::Alive, format!("{fired} although the run was alive{sign}; {reason}"))
            }
            () if proactive && self.life.outcome(firing.at) == RunOutcome::Finished => {
                let ends = self.life.ends.map(|ends| format!(" at {}", ends.clock_time())).unwrap_or_default();
                (WhyCause::Finished, format!("{fired} although the run had reached its final state{ends}: {reason}"))
            }
            () if proactive && self.life.outcome(firing.at) == RunOutcome::Silent => {
                (WhyCause::Silent, format!("{fired}, and the run sent nothing more: {reason}"))
            }
            () => (WhyCause::Fired, format!("{fired}: {reason}")),
        };
        let change = if matches!(cause, WhyCause::Alive | WhyCause::AbsentLeader | WhyCause::Late) {
            remedies.longer_window(firing)?
        } else {
            None
        };
        let automation = Some(given.automation.name.clone());
        Ok(Why { automation, fired: at, change, ..self.why(cause, message) })
    }

    /// The first event of the run after a firing that no automation caused.
    fn next_sign(&self, firing: &Firing) -> Option<&ReceivedEvent> {
        self.run.own_events().filter(|event| event.received >= firing.at).min_by_key(|event| event.received)
    }

    /// No automation fired on the run.
    fn not_fired(&self, document: DocumentText<'_>, is_given: bool, all: &[GivenAutomation]) -> Result<Why, WhyError> {
        let only = match all {
            _ if self.name.is_some() => {
                all.iter().enumerate().find(|(_, given)| Some(&*given.automation.name) == self.name)
            }
            [one] => Some((0, one)),
            _ => None,
        };
        let ended = self.ended();
        let Some((index, given)) = only else {
            let message = format!("no automation fired on this run; {ended}");
            let cause = if self.life.ends.is_some() { WhyCause::Reported } else { WhyCause::NotFired };
            return Ok(self.why(cause, message));
        };
        // What this run alone would have done shows which clause stops it.
        let alone = self.run.captured.only(|event| self.run.is_own(event));
        let options = ReplayOptions { coverage: true, ..self.run.replay() };
        let result = alone.play(given, &options)?;
        let reason = result.reason.clone().unwrap_or_else(|| "other runs' events keep it from firing".to_owned());
        let name = shown(&given.automation.name);
        let message = format!("`{name}` did not fire on this run: {reason}; {ended}");
        let remedies = Remedies { run: &self.run, document, is_given, index, given };
        let change = remedies.to_fire(result.coverage.as_deref().unwrap_or_default(), !result.firings.is_empty())?;
        let automation = Some(given.automation.name.clone());
        Ok(Why { automation, change, ..self.why(WhyCause::NotFired, message) })
    }

    /// How the run ended, in words.
    fn ended(&self) -> String {
        let Some(ends) = self.life.ends else {
            return match self.life.last_sign {
                Some(last) => format!("it has no final state, and its last event is of {}", last.clock_time()),
                None => "it has no final state".to_owned(),
            };
        };
        let is_end = |event: &&ReceivedEvent| {
            step(1);
            event.occurred == ends && event.resource.get(RESOURCE_ID).is_some_and(|id| **id == *self.run.id)
        };
        let event = self.run.captured.events().iter().find(is_end);
        let label = |name: &str| event.and_then(|event| event.resource.get(name)).map(|value| shown(value));
        let state = label("prefect.state-name").unwrap_or_else(|| "final".to_owned());
        let message = label("prefect.state-message").filter(|message| !message.is_empty());
        let message = message.map(|message| format!(": {message}")).unwrap_or_default();
        format!("the run itself became {state} at {}{message}", ends.clock_time())
    }
}
