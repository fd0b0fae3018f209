//! Calculates what a window over heartbeats tolerates: how many may be missing, and how soon a dead run is found.

use std::fmt;

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize};

use crate::automation::{PrefectVersion, heartbeats};
use crate::catalogue::runs::{FLOW_RUN, HEARTBEAT};
use crate::text::phrase::joined;
use crate::text::strict::{maybe_list_of, strict};
use crate::text::template::render;
use crate::time::TimeSpan;
use crate::time::span::decimal;
use crate::time::units::DAY;

/// Microseconds.
const LONGEST: i64 = 366 * DAY;
/// The wildcard that every state matches.
const WILDCARD: &str = "prefect.flow-run.*";
const DOCS: &str = concat!(env!("PREFECT_DOCUMENTATION"), "/v3/advanced/detect-zombie-flows");

/// A heartbeat window, and the clients that send heartbeats.
#[derive(Clone, PartialEq, Debug, Default)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(rename_all = "camelCase", optional_fields))]
pub struct HeartbeatConfig {
    /// Between two heartbeats (`PREFECT_FLOWS_HEARTBEAT_FREQUENCY`): a number of seconds, or a text such as `"5m"`.
    #[cfg_attr(feature = "typescript", ts(type = "Span"))]
    pub frequency: TimeSpan,
    /// The trigger's `within`: a number of seconds, or a text such as `"5m"`.
    #[cfg_attr(feature = "typescript", ts(type = "Span"))]
    pub within: TimeSpan,
    /// From one proactive evaluation to the next: a number of seconds, or a text such as `"5s"`. Default 5.
    #[cfg_attr(feature = "typescript", ts(type = "Span", optional))]
    pub tick: Option<TimeSpan>,
    /// The version of the clients, such as `"3.6.22"`. Default: ignored.
    #[cfg_attr(feature = "typescript", ts(type = "string", optional))]
    pub client_version: Option<PrefectVersion>,
    /// The trigger's `expect`. Default: the wildcard `prefect.flow-run.*`.
    pub expect: Option<Vec<String>>,
}

impl<'de> Deserialize<'de> for HeartbeatConfig {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Default, Deserialize)]
        #[serde(remote = "Self", rename_all = "camelCase", default)]
        struct Written {
            frequency: Option<TimeSpan>,
            within: Option<TimeSpan>,
            tick: Option<TimeSpan>,
            client_version: Option<PrefectVersion>,
            #[serde(deserialize_with = "maybe_list_of")]
            expect: Option<Vec<String>>,
        }
        let Written { frequency, within, tick, client_version, expect } = Written::deserialize(strict(deserializer))?;
        let missing = |key: &str| D::Error::custom(format_args!("`{key}` is missing: a number of seconds"));
        Ok(HeartbeatConfig {
            frequency: frequency.ok_or_else(|| missing("frequency"))?,
            within: within.ok_or_else(|| missing("within"))?,
            tick,
            client_version,
            expect,
        })
    }
}

const NUMBER: &str = "a number of seconds, more than 0";

/// Why there is no advice.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum AdviceError {
    /// This span is not more than 0, or more than a year.
    Seconds(&'static str, TimeSpan),
}

impl fmt::Display for AdviceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            AdviceError::Seconds(key, span) => {
                let seconds = [if span.0 < 0 { "-" } else { "" }, &*seconds(span.0)].concat();
                let bound = if span.0 > 0 { "at most a year, in seconds" } else { NUMBER };
                write!(f, "`{key}` must be {bound}, not `{seconds}`")
            }
        }
    }
}

impl std::error::Error for AdviceError {}

/// What a heartbeat window tolerates, how soon it finds a dead run, and where it fails. Durations are in seconds.
#[derive(Clone, PartialEq, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct Advice {
    /// The configured interval between heartbeats.
    pub frequency: TimeSpan,
    /// The trigger's `within`.
    pub within: TimeSpan,
    /// The interval between proactive evaluations.
    pub tick: TimeSpan,
    /// The real interval between heartbeats.
    pub period: TimeSpan,
    /// How many heartbeats in a row can be missed without a false alarm.
    pub tolerated_misses: i64,
    /// Whether the trigger fires on runs that miss no heartbeat.
    pub healthy_runs_fire: bool,
    /// How this is calculated.
    pub arithmetic: Vec<String>,
    /// The smallest windows that tolerate 0, 1, 2, … missed heartbeats.
    pub smallest_within: Vec<SmallestWindow>,
    /// The smallest window that tolerates three missed heartbeats, in whole seconds: the one of `smallestWithin`.
    pub minimum_within: i64,
    /// The recommended window, with half a heartbeat to spare, in whole seconds. `check` reports both figures.
    pub recommended_within: i64,
    /// How soon a dead run is found.
    pub detection: Detection,
    /// Runs that are alive or finished, but make the trigger fire.
    pub false_alarms: Vec<String>,
    /// Dead runs that do not make the trigger fire.
    pub undetected: Vec<String>,
    /// What Prefect's documentation says about this window.
    pub documentation: DocumentedAdvice,
    /// Whether clients of this version send heartbeats. Absent without `clientVersion`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client: Option<ClientHeartbeats>,
}

/// The smallest window that tolerates a number of missed heartbeats.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct SmallestWindow {
    /// How many heartbeats in a row can be missed.
    pub misses: i64,
    /// The `within`, in whole seconds.
    pub within: i64,
}

/// How soon a dead run is found, in seconds after its last heartbeat and after the death of its process.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Detection {
    /// After the last heartbeat, at the earliest.
    pub earliest: TimeSpan,
    /// After the last heartbeat, at the latest.
    pub latest: TimeSpan,
    /// After the death, at the earliest.
    pub earliest_after_death: TimeSpan,
    /// After the death, at the latest.
    pub latest_after_death: TimeSpan,
}

/// What Prefect's documentation says.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct DocumentedAdvice {
    /// Its rule, and whether this window follows it.
    pub says: String,
    /// The page.
    pub url: &'static str,
}

/// Whether clients of a version send heartbeats.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct ClientHeartbeats {
    /// `"never"`, `"if-set"` (where the setting is set) or `"by-default"`.
    #[cfg_attr(feature = "typescript", ts(inline))]
    pub sends_heartbeats: SendsHeartbeats,
    /// The same in a sentence, with what to do.
    pub note: String,
}

/// When clients of a version send heartbeats.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum SendsHeartbeats {
    /// They have none.
    Never,
    /// Where `PREFECT_FLOWS_HEARTBEAT_FREQUENCY` is set.
    IfSet,
    /// Always, unless it is switched off.
    ByDefault,
}

fn seconds(span: i64) -> String {
    decimal(span.unsigned_abs())
}

/// `1 missed heartbeat`, `2 missed heartbeats`.
fn plural(count: i64, heartbeats: &str) -> String {
    [&*count.to_string(), heartbeats, if count == 1 { "" } else { "s" }].concat()
}

/// Calculates what a window over heartbeats tolerates.
///
/// ```
/// use prefect_events::simulate::{HeartbeatConfig, heartbeat_advice};
/// use prefect_events::time::TimeSpan;
///
/// // The window of the documentation: three times the frequency.
/// let config = HeartbeatConfig {
///     frequency: TimeSpan::seconds(30),
///     within: TimeSpan::seconds(90),
///     ..HeartbeatConfig::default()
/// };
/// let advice = heartbeat_advice(&config)?;
/// assert_eq!(advice.tolerated_misses, 1);
/// assert_eq!(advice.detection.latest, TimeSpan::seconds(95));
/// # Ok::<(), prefect_events::simulate::AdviceError>(())
/// ```
///
/// # Errors
/// If a span is not more than 0 or more than a year.
pub fn heartbeat_advice(config: &HeartbeatConfig) -> Result<Advice, AdviceError> {
    let span = |key: &'static str, span: TimeSpan| {
        Some(span.0).filter(|span| (1..=LONGEST).contains(span)).ok_or(AdviceError::Seconds(key, span))
    };
    let frequency = span("frequency", config.frequency)?;
    let within = span("within", config.within)?;
    let tick = span("tick", config.tick.unwrap_or(TimeSpan::seconds(5)))?;
    let (period, tolerated) = (heartbeats::period(frequency), heartbeats::tolerated(within, frequency));
    let about = HeartbeatWindow { frequency, within, tick, period, tolerated, expect: config.expect.as_deref() };
    let within_for =
        (0..=heartbeats::MOST_MISSES).map(|missed| (missed, heartbeats::smallest_within(frequency, missed)));
    Ok(Advice {
        frequency: TimeSpan(frequency),
        within: TimeSpan(within),
        tick: TimeSpan(tick),
        period: TimeSpan(period),
        tolerated_misses: tolerated.max(0),
        healthy_runs_fire: tolerated < 0,
        arithmetic: about.arithmetic(),
        smallest_within: within_for.map(|(misses, within)| SmallestWindow { misses, within }).collect(),
        minimum_within: heartbeats::minimum_within(frequency),
        recommended_within: heartbeats::recommended_within(frequency),
        detection: Detection {
            earliest: TimeSpan(within),
            latest: TimeSpan(within.saturating_add(tick)),
            earliest_after_death: TimeSpan(within.saturating_sub(period).max(0)),
            latest_after_death: TimeSpan(within.saturating_add(tick)),
        },
        false_alarms: about.false_alarms(),
        undetected: about.undetected(),
        documentation: DocumentedAdvice { says: about.documentation(), url: DOCS },
        client: config.client_version.map(client),
    })
}

/// A window over heartbeats. Spans are in microseconds.
struct HeartbeatWindow<'c> {
    frequency: i64,
    within: i64,
    tick: i64,
    period: i64,
    /// How many heartbeats in a row may be missed; -1: it fires on runs that miss none.
    tolerated: i64,
    expect: Option<&'c [String]>,
}

impl HeartbeatWindow<'_> {
    fn render(&self, template: &str) -> String {
        let sent = seconds(heartbeats::sent_every(self.frequency));
        let (period, within, tick) = (seconds(self.period), seconds(self.within), seconds(self.tick));
        let rule = seconds(self.rule());
        let texts = [("sent", &*sent), ("period", &*period), ("within", &*within), ("tick", &*tick), ("rule", &*rule)];
        render(template, &texts)
    }

    /// The documentation's.
    fn rule(&self) -> i64 {
        self.frequency.saturating_mul(3)
    }

    fn arithmetic(&self) -> Vec<String> {
        let mut all = Vec::new();
        if self.frequency < heartbeats::sent_every(self.frequency) {
            all.push("The setting rejects a frequency below 30 s, and the client raises it to 30 s.".to_owned());
        }
        all.push(self.render(
            "A client waits {sent} s between two heartbeats, and sending one takes a moment: {period} s from one to the next.",
        ));
        all.push("Each heartbeat restarts the window; one that occurs at its end or later is too late.".to_owned());
        let tolerated = self.tolerated.max(0);
        all.push(self.after_missed(tolerated));
        if self.tolerated >= 0 {
            all.push(self.after_missed(tolerated.saturating_add(1)));
        }
        all
    }

    /// Whether the heartbeat after so many missed ones is in time.
    fn after_missed(&self, missed: i64) -> String {
        let how = if missed == 0 {
            "With no heartbeat missed".to_owned()
        } else {
            ["With ", &plural(missed, " missed heartbeat"), if missed == 1 { "" } else { " in a row" }].concat()
        };
        let times = missed.saturating_add(1);
        let gap = times.saturating_mul(self.period);
        let verdict = if gap < self.within { "< {within} s: no alarm." } else { "≥ {within} s: a false alarm." };
        let verdict = self.render(verdict);
        let (period, gap) = (seconds(self.period), seconds(gap));
        format!("{how}, the next one comes {times} × {period} = {gap} s after the last, {verdict}")
    }

    fn false_alarms(&self) -> Vec<String> {
        let mut all = Vec::new();
        if self.tolerated < 0 {
            all.push(self.render(
                "every healthy run, after each heartbeat: the next heartbeat comes after {period} s, but the window ends after {within} s",
            ));
        } else {
            let lost = plural(self.tolerated.saturating_add(1), " heartbeat");
            let how = if self.tolerated == 0 { " is lost" } else { " in a row are lost" };
            all.push(["a healthy run, if ", &lost, how, " (a blocked process, a broken connection)"].concat());
        }
        all.push(
            "a run whose client sends one more heartbeat after its final state: this heartbeat opens a window that no event closes"
                .to_owned(),
        );
        all.push(
            "a run whose state events follow an event that never arrived: the server holds them back for 15 minutes, but not the heartbeats"
                .to_owned(),
        );
        let Some(names) = self.expect.filter(|_| !self.expects_all()) else { return all };
        if !names.iter().any(|name| name == HEARTBEAT) {
            all.push(
                "every run: `expect` does not include `prefect.flow-run.heartbeat`, so heartbeats do not restart the window".to_owned(),
            );
        }
        let listed = |state: &&str| names.iter().any(|name| name.strip_prefix(FLOW_RUN) == Some(*state));
        let states =
            ["Completed", "Failed", "Cancelled", "Crashed", "TimedOut", "Paused", "Suspended", "AwaitingRetry"];
        let missing = joined(&mut states.into_iter().filter(|state| !listed(state)), ", ");
        let mut text = String::from("a run that ends in a custom state");
        if !missing.is_empty() {
            text.push_str(", or enters ");
            text.push_str(&missing);
        }
        text.push_str(": `expect` does not list it (the wildcard `");
        text.push_str(WILDCARD);
        text.push_str("` does)");
        all.push(text);
        all
    }

    /// Whether any event of a run restarts the window.
    fn expects_all(&self) -> bool {
        self.expect.is_none_or(|names| names.iter().any(|name| name == WILDCARD || name == "*"))
    }

    fn undetected(&self) -> Vec<String> {
        let mut all = vec![
            "a run that dies before its first heartbeat, or never starts".to_owned(),
            self.render(
                "some runs, if more than 500 go silent within one tick of {tick} s: the server skips every other 500",
            ),
        ];
        if self.expects_all() {
            all.push(
                "a run that dies after a state change and before its next heartbeat, for instance in the delay before a retry"
                    .to_owned(),
            );
        }
        all
    }

    fn documentation(&self) -> String {
        let mut text = String::from(
            "Prefect's documentation recommends a `within` of at least three times the frequency, to tolerate three missed heartbeats. ",
        );
        let verdict = match () {
            () if self.within < self.rule() => {
                self.render("{within} s is shorter: three times the frequency is {rule} s.")
            }
            () if self.tolerated >= 3 => self.render("{within} s tolerates three missed heartbeats."),
            () => [
                "Heartbeats always come a little late, so three times the frequency tolerates only one missed heartbeat. To tolerate three, use ",
                &heartbeats::minimum_within(self.frequency).to_string(),
                " s or more.",
            ]
            .concat(),
        };
        text.push_str(&verdict);
        text
    }
}

/// What a client's version sends.
fn client(version: PrefectVersion) -> ClientHeartbeats {
    let (sends_heartbeats, note) = if version < PrefectVersion(3, 1, 8) {
        (
            SendsHeartbeats::Never,
            "clients before 3.1.8 send no heartbeats, so the trigger does not watch their runs".to_owned(),
        )
    } else if version < PrefectVersion(3, 6, 22) {
        let mut note = String::from(
            "clients before 3.6.22 send heartbeats only if PREFECT_FLOWS_HEARTBEAT_FREQUENCY is set: set it on the workers",
        );
        if version < PrefectVersion(3, 6, 13) {
            note.push_str("; before 3.6.13 the runner sends them, and only for runs of deployments");
        }
        (SendsHeartbeats::IfSet, note)
    } else {
        (
            SendsHeartbeats::ByDefault,
            "clients since 3.6.22 send a heartbeat every 180 s by default (PREFECT_FLOWS_HEARTBEAT_FREQUENCY)"
                .to_owned(),
        )
    };
    ClientHeartbeats { sends_heartbeats, note }
}
