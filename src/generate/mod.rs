//! Generates events: single ones from the catalogue, and the histories of runs.
//!
//! ```
//! use prefect_events::generate::{BuildOptions, RunSpec, TaskSpec, build_event, build_run};
//! use prefect_events::json::JsonInput;
//! use prefect_events::time::{self, TimeSpan};
//!
//! let now = time::read(b"2026-03-31T18:30:00Z").and_then(|time| time.instant).ok_or("no time")?;
//! let options = BuildOptions { seed: 7.into(), now };
//!
//! // One event, from a value or from JSON text: missing values are generated.
//! let input = JsonInput::of(&serde_json::json!({"flow_run": {"name": "brave-otter"}}))?;
//! let event = build_event("prefect.flow-run.Running", input, &options)?;
//! let event = serde_json::to_value(&event)?;
//! assert_eq!(event["resource"]["prefect.resource.name"], "brave-otter");
//! let mistake = build_event("prefect.flow-run.Running", r#"{"flowrun": {}}"#, &options).unwrap_err();
//! assert_eq!(mistake.key.as_deref(), Some("flowrun"));
//!
//! // All events of a run: typed, or read from JSON.
//! let spec = RunSpec::from_json(br#"{"flow": "etl", "ends": "10m", "tasks": [{"name": "extract"}]}"#)?;
//! let task = TaskSpec { duration: TimeSpan::seconds(5), ..TaskSpec::new("load") };
//! let spec = RunSpec { tasks: [spec.tasks.clone(), vec![task]].concat(), ..spec };
//! let history = build_run(&spec, &options)?;
//! assert_eq!(history.matches("prefect.task-run.Completed").count(), 2);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod error;
mod event;
mod ids;
mod options;
mod random;
mod run;

pub use error::{BuildError, BuildErrorKind};
pub use event::{BuiltEvent, EventBuilder, Json, build_event, custom_inputs, inputs};
pub(crate) use event::{TOO_DEEP, lone_surrogate};
pub use options::{BuildOptions, Seed};
pub use random::Random;
pub use run::{
    Break, BreakSpec, EntitySpec, GeneratedEvent, GeneratedRun, HeartbeatSpec, Heartbeats, History, InfrastructureSpec,
    RunMoment, RunPhase, RunPlan, RunSpec, State, StateSpec, SubflowSpec, TaskSpec, build_run, generate_run,
    most_events, state_type,
};
