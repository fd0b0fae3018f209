//! Compares a replay of captured events with the firings that the server recorded, explains what happened to one run,
//! and compares two versions of an automation on the same events.
//!
//! [`backtest`] replays automations over captured events: which firings happened here and on the server, and the cause of
//! each difference. [`compare_automations`] reports what a change of an automation fires more or less.
//! [`why`] explains what happened to one run.
//!
//! ```
//! use prefect_events::backtest::{BacktestOptions, Verdict, backtest};
//!
//! let automation = r#"{"name": "failed backups", "actions": [],
//!     "trigger": {"type": "event", "posture": "Reactive", "expect": ["acme.backup.failed"]}}"#;
//! let events = r#"
//! {"id": "00000000-0000-4000-8000-000000000001", "occurred": "2026-03-01T12:00:00Z",
//!  "event": "acme.backup.failed", "resource": {"prefect.resource.id": "acme.backup"}}
//! {"id": "00000000-0000-4000-8000-000000000002", "occurred": "2026-03-01T12:00:00.1Z",
//!  "event": "prefect.automation.triggered",
//!  "resource": {"prefect.resource.id": "prefect.automation.1", "prefect.resource.name": "failed backups"},
//!  "payload": {"triggering_labels": {}}}
//! "#;
//! let result = backtest(automation.into(), events.into(), &BacktestOptions::default())?;
//! assert!(result.agrees);
//! assert_eq!(result.automations[0].verdict, Verdict::Agrees);
//! assert_eq!(result.automations[0].both, 1);
//! # Ok::<(), prefect_events::simulate::ReplayError>(())
//! ```

// Each file uses only those above it.
mod result;
mod version;
mod histogram;
mod subject;
mod restarts;
mod causes;
mod automation;
mod document;
mod comparison;
mod change;
mod explanation;
mod run;
mod remedy;
mod why;

pub use comparison::{
    ChangedFiring, CompareOptions, ComparedAutomation, ComparedText, Comparison, FiringChange, VersionFirings,
    compare_automations,
};
pub use document::{BacktestOptions, backtest, backtest_captured, captured_automations};
pub use explanation::{ChangedLine, Why, WhyCause, WhyError, WhyOptions};
pub use result::{
    AutomationBacktest, Backtest, DifferenceCause, Histogram, OnlyHere, OnlyRecorded, OutcomeCounts, SpanCount, Verdict,
};
pub use why::why;
