//! Triggers that miss the heartbeats of flow runs.
//!
//! Source: `flow_engine.py` (who sends them, and when), `settings/models/flows.py`, and the evaluation of proactive
//! triggers in `server/events/triggers.py`.

use crate::catalogue;
use crate::catalogue::runs::{FLOW_RUN, HEARTBEAT};
use crate::diagnostic::path::Path;
use crate::diagnostic::{Code, Severity};
use crate::json::Value;
use crate::text::phrase;
use crate::time::scalar;
use crate::time::units::SECOND;

use super::super::heartbeats;
use super::super::model::{EventTrigger, Posture, Specification};
use super::Check;
use super::advice::{Actions, covers, expects, list_of_one};
use super::options::{FIRST_HEARTBEATS, HEARTBEATS_BY_DEFAULT, PrefectVersion};
use super::shape::{self, Event, Fit};

const ALL: &str = "prefect.flow-run.*";

/// Events of a run that sends no more heartbeats, or pauses them.
const SILENT: [&str; 10] = [
    "prefect.flow-run.AwaitingRetry",
    "prefect.flow-run.Cancelled",
    "prefect.flow-run.Cancelling",
    "prefect.flow-run.Completed",
    "prefect.flow-run.Crashed",
    "prefect.flow-run.Failed",
    "prefect.flow-run.Paused",
    "prefect.flow-run.Scheduled",
    "prefect.flow-run.Suspended",
    "prefect.flow-run.TimedOut",
];

/// Whether a trigger waits for heartbeats that fail to come.
pub(super) fn is_about(event: &EventTrigger) -> bool {
    event.posture == Posture::Proactive && event.after.iter().any(|name| covers(name, HEARTBEAT) && name != "*")
}

/// States during which a run sends heartbeats, the first one immediately.
const ALIVE: [&str; 2] = ["prefect.flow-run.Running", "prefect.flow-run.Retrying"];

/// Whether a heartbeat can be one of the events that a trigger looks at.
fn heartbeat_matches(event: &EventTrigger) -> bool {
    let Some(found) = catalogue::find(HEARTBEAT) else { return false };
    let heartbeat = Event { family: found.family, state: None };
    let related = |specification: &Specification| {
        specification.0.is_empty()
            || found.family.related.iter().any(|one| {
                specification.0.iter().all(|(label, patterns)| shape::of_related(one, label, patterns) != Fit::Never)
            })
    };
    event.matches.0.iter().all(|(label, patterns)| heartbeat.label(label, patterns) != Fit::Never)
        && event.match_related.iter().all(related)
}

impl Check<'_, '_> {
    /// Whether the heartbeats of a run satisfy a trigger that watches how long it runs.
    pub(super) fn heartbeats_end_the_watch(&mut self, value: Value<'_>, event: &EventTrigger, path: &Path<'_>) -> bool {
        let starts = ALIVE.iter().any(|name| event.after.iter().any(|pattern| covers(pattern, name)));
        let frequency = i64::from(self.options.frequency()).saturating_mul(SECOND);
        let heartbeats = event.within.saturating_sub(1).checked_div(frequency).unwrap_or_default().saturating_add(1);
        let silent = self.options.client_version.is_some_and(|client| {
            client < FIRST_HEARTBEATS || client < HEARTBEATS_BY_DEFAULT && self.options.heartbeat_frequency.is_none()
        });
        if !starts
            || silent
            || !expects(event, HEARTBEAT)
            || event.threshold < 1
            || heartbeats < event.threshold
            || !heartbeat_matches(event)
        {
            return false;
        }
        let (place, is_there) = value.get("expect").map_or((value, false), |expect| (expect, true));
        let draft = self
            .add(Code::HEARTBEAT_ENDS_THE_WATCH, &Path::Key(path, "expect"), place)
            .duration("frequency", frequency)
            .with("end", "[prefect.flow-run.Completed, prefect.flow-run.Failed, prefect.flow-run.Crashed, prefect.flow-run.Cancelled]");
        if !is_there {
            draft.opening();
        }
        true
    }

    pub(super) fn advise_heartbeats(&mut self, value: Value<'_>, event: &EventTrigger, path: &Path<'_>) {
        if event.for_each.is_empty() {
            let edits = self.insert_for_each(value);
            self.add(Code::HEARTBEAT_WITHOUT_FOR_EACH, path, value).opening().fix(edits);
        }
        self.heartbeat_clients(value, path);
        if !expects(event, HEARTBEAT) {
            if let Some(expect) = value.get("expect") {
                self.add(Code::HEARTBEAT_NOT_EXPECTED, &Path::Key(path, "expect"), expect)
                    .duration("within", event.within)
                    .fix(vec![(expect.span(), list_of_one(ALL))]);
            }
            return;
        }
        self.states_expected(value, event, path);
        self.heartbeat_window(value, event, path);
    }

    fn states_expected(&mut self, value: Value<'_>, event: &EventTrigger, path: &Path<'_>) {
        // A custom state name.
        let own = expects(event, "prefect.flow-run.\u{fffd}");
        let Some(expect) = value.get("expect").filter(|_| !own) else { return };
        let missing: Vec<&str> = SILENT.into_iter().filter(|name| !expects(event, name)).collect();
        let names = phrase::list(&mut missing.iter().filter_map(|name| name.strip_prefix(FLOW_RUN)), " and ");
        let finding = self.add(Code::STATES_NOT_EXPECTED, &Path::Key(path, "expect"), expect);
        let finding = if missing.is_empty() {
            finding.with("missing", "every custom state")
        } else {
            finding.say("missing", format_args!("{names}, and every custom state"))
        };
        finding.fix(vec![(expect.span(), list_of_one(ALL))]);
    }

    fn heartbeat_window(&mut self, value: Value<'_>, event: &EventTrigger, path: &Path<'_>) {
        let frequency = i64::from(self.options.frequency()).saturating_mul(SECOND);
        let tolerated = heartbeats::tolerated(event.within, frequency);
        if tolerated >= 3 {
            return;
        }
        let verdict = match tolerated {
            ..0 => "always ends before the next one".to_owned(),
            0 => "tolerates no missed heartbeat".to_owned(),
            1 => "tolerates one missed heartbeat".to_owned(),
            count => format!("tolerates {count} missed heartbeats"),
        };
        let effect = if tolerated < 0 {
            "the trigger fires on healthy runs"
        } else {
            "a brief network failure makes it fire on a living run"
        };
        let place = value.get("within");
        // The documentation advises three times the frequency: that tolerates less than it says, but works.
        let severity = if event.within < frequency.saturating_mul(3) { Severity::Warning } else { Severity::Info };
        let (code, at) = (Code::WITHIN_TOO_SHORT_FOR_HEARTBEATS, Path::Key(path, "within"));
        let finding = self
            .findings
            .add_as(severity, code, &self.subject, &at, place.unwrap_or(value))
            .duration("within", event.within)
            .duration("frequency", frequency)
            .with("tolerates", &verdict)
            .with("effect", effect)
            .say("minimum", format_args!("{}", heartbeats::minimum_within(frequency)))
            .say("recommended", format_args!("{}", heartbeats::recommended_within(frequency)));
        if place.is_none() {
            finding.opening();
        }
    }

    fn heartbeat_clients(&mut self, value: Value<'_>, path: &Path<'_>) {
        let Some(client) = self.options.client_version else { return };
        let PrefectVersion(major, minor, micro) = client;
        let (reason, remedy) = if client < FIRST_HEARTBEATS {
            ("", "update the clients: heartbeats can be enabled since 3.1.8, and are on by default since 3.6.22")
        } else if client < HEARTBEATS_BY_DEFAULT && self.options.heartbeat_frequency.is_none() {
            (
                " unless `PREFECT_FLOWS_HEARTBEAT_FREQUENCY` is set",
                "set `PREFECT_FLOWS_HEARTBEAT_FREQUENCY` where the flows run (and set the option `heartbeatFrequency`)",
            )
        } else {
            return;
        };
        self.add(Code::CLIENTS_WITHOUT_HEARTBEATS, path, value)
            .opening()
            .say("found", format_args!("{major}.{minor}.{micro}"))
            .with("reason", reason)
            .with("remedy", remedy);
    }

    /// States that are forced on runs whose heartbeats were missed.
    pub(super) fn forced(&mut self, actions: Actions<'_, '_>) {
        for (field, list) in actions {
            let path = Path::Field(field);
            for (index, action) in list.iter().flat_map(|list| list.items()).enumerate() {
                let change = action.get("type").is_some_and(|kind| kind.is("change-flow-run-state"));
                if let Some(force) = action.get("force").filter(|_| change)
                    && scalar::boolean(force) == Some(true)
                {
                    self.add(Code::FORCED_CRASH, &Path::Key(&Path::Item(&path, index), "force"), force);
                }
            }
        }
    }
}
