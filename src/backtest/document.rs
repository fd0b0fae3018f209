//! The backtest of all automations of a document.

use serde::{Deserialize, Deserializer};

use crate::diagnostic::Report;
use crate::simulate::{
    CapturedEvents, ChangeKind, DocumentText, EventTexts, FoundIn, Lives, ReplayError, ReplayOptions, UnreadEvents,
    automations_of, named,
};
use crate::text::strict::strict;
use crate::time::{Instant, TimeSpan};
use crate::trigger::{OutcomeSize, Version};

use super::automation::backtest_one;
use super::result::{Backtest, Verdict};

/// Options of `backtest`.
#[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(remote = "Self", rename_all = "camelCase", default)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct BacktestOptions {
    /// When the automation starts: a point in time. Events received earlier are not evaluated. Default: when the server
    /// received its present version, if the document or the events say so, otherwise the first event.
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub start: Option<Instant>,
    /// The interval of the server's loops: a number of seconds, or a text such as `"5s"`. Default 5.
    #[cfg_attr(feature = "typescript", ts(type = "Span", optional))]
    pub tick_seconds: Option<TimeSpan>,
    /// The version of the server: `"3.9"`, `"3.8"`, `"3.7"` or `"3.6"`, or one with its patch such as `"3.8.8"`.
    /// Default `"3.9"`.
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub server_version: Option<Version>,
    /// Whether to evaluate events at once that follow an event which is not in the input. The server holds them back
    /// for 15 minutes. Default `false`.
    #[cfg_attr(feature = "typescript", ts(as = "Option<bool>"))]
    pub ignore_missing_leaders: bool,
    /// For a document with several automations: the name of the one to use. Default: all of them.
    pub name: Option<String>,
}

impl<'de> Deserialize<'de> for BacktestOptions {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::deserialize(strict(deserializer))
    }
}

impl BacktestOptions {
    fn replay(&self) -> ReplayOptions {
        ReplayOptions {
            start: self.start,
            tick_seconds: self.tick_seconds,
            server_version: self.server_version,
            ignore_missing_leaders: self.ignore_missing_leaders,
            ..ReplayOptions::default()
        }
    }
}

/// Replays automations over captured events, and compares their firings with those that the server recorded
/// (`prefect.automation.triggered`).
///
/// `automations` is a document of one automation or of several, as for [`replay`](crate::simulate::replay()). Errors in
/// the texts are among the `errors` of the result, and `foundIn` says in which of the two.
///
/// # Errors
/// If the options are invalid, no automation has the requested name, or there are more ticks, firings or open windows
/// than fit into memory.
pub fn backtest(
    automations: DocumentText<'_>,
    events: EventTexts<'_>,
    options: &BacktestOptions,
) -> Result<Backtest, ReplayError> {
    backtest_captured(automations, &CapturedEvents::read(events), options)
}

/// The same with events that were read before.
///
/// # Errors
/// As for [`backtest`].
pub fn backtest_captured(
    automations: DocumentText<'_>,
    captured: &CapturedEvents,
    options: &BacktestOptions,
) -> Result<Backtest, ReplayError> {
    if let Some(UnreadEvents { index, report }) = captured.unread() {
        return Ok(Backtest { events_index: *index, ..unreadable(FoundIn::Events, report.clone()) });
    }
    let (given, report) = automations.read(automations_of);
    let Some(given) = given else { return Ok(unreadable(FoundIn::Automation, report)) };
    let consequences = captured.consequences();
    let lives = Lives::new(captured.events(), &consequences);
    let replay = options.replay();
    let mut results = Vec::new();
    let mut size = OutcomeSize::default();
    for one in named(&given, options.name.as_deref())? {
        let backtest = backtest_one(captured, &lives, one, &replay)?;
        backtest.only_here.iter().for_each(|only| size.add_firing(&only.firing));
        size.check().map_err(ReplayError::TooMuch)?;
        results.push(backtest);
    }
    let received = captured.received();
    Ok(Backtest {
        agrees: results.iter().all(|one| one.verdict != Verdict::Differs),
        events: captured.len(),
        first: received.map(|(first, _)| first),
        last: received.map(|(_, last)| last),
        automations: results,
        found_in: (!report.diagnostics.is_empty()).then_some(FoundIn::Automation),
        warnings: report.diagnostics,
        not_played: captured.not_played().to_vec(),
        ..Backtest::default()
    })
}

/// The automations that captured events describe, as a JSON list: the last version of each that was not deleted.
/// `name`: only those with this name or id.
#[must_use]
pub fn captured_automations(captured: &CapturedEvents, name: Option<&str>) -> String {
    let mut out = String::from("[");
    for (id, own) in captured.automations() {
        let is_wanted = name.is_none_or(|name| name == own || name == id);
        let version = captured.versions_of(id).pop().filter(|version| version.kind != ChangeKind::Deleted);
        if let Some(version) = version.filter(|_| is_wanted) {
            out.push_str(if out.len() > 1 { "," } else { "" });
            out.push_str(version.document);
        }
    }
    out.push(']');
    out
}

fn unreadable(found_in: FoundIn, report: Report) -> Backtest {
    Backtest { errors: report.diagnostics, found_in: Some(found_in), ..Backtest::default() }
}
