//! The command `advise`: windows over heartbeats.

use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::render::{Format, RenderOptions, render_advice, render_heartbeats, render_window_curve};
use crate::simulate::{HeartbeatConfig, heartbeat_advice};
use crate::text::strict::strict;
use crate::tune::{HeartbeatObserver, ObserveOptions, WindowCurveOptions, window_curve};

use super::captured::options;
use super::steps::{Inputs, Outcome, Run, Stop, needed};
use super::surroundings::Surroundings;

/// The options of `advise`. The values are those of [`HeartbeatConfig`], [`WindowCurveOptions`] and [`ObserveOptions`].
#[derive(Clone, PartialEq, Debug, Default, Deserialize)]
#[serde(remote = "Self", rename_all = "camelCase", default)]
#[expect(missing_docs, reason = "the types that are named above describe them")]
pub struct AdviseOptions {
    pub frequency: Option<Value>,
    pub within: Option<Value>,
    pub tick: Option<Value>,
    pub client_version: Option<Value>,
    pub expect: Option<Value>,
    /// Files with captured events.
    pub events: Option<Vec<String>>,
    pub loss: Option<Value>,
    pub jitter: Option<Value>,
    pub drift: Option<Value>,
    pub outage: Option<Value>,
    pub runs: Option<Value>,
    pub hours: Option<Value>,
    pub target: Option<Value>,
    pub windows: Option<Value>,
    pub seed: Option<Value>,
    pub run_hours: Option<Value>,
    /// `pretty` or `json`.
    pub format: Format,
}

impl<'de> Deserialize<'de> for AdviseOptions {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::deserialize(strict(deserializer))
    }
}

/// An option with the names that the library and the command line have for it.
type Named = (&'static str, &'static str, Option<Value>);

impl AdviseOptions {
    fn times(&self) -> Vec<Named> {
        vec![
            ("frequency", "--frequency", self.frequency.clone()),
            ("within", "--within", self.within.clone()),
            ("tick", "--tick", self.tick.clone()),
        ]
    }

    fn of_client(&self) -> Vec<Named> {
        vec![
            ("clientVersion", "--client-version", self.client_version.clone()),
            ("expect", "--expect", self.expect.clone()),
        ]
    }

    fn assumptions(&self) -> Vec<Named> {
        vec![
            ("loss", "--loss", self.loss.clone()),
            ("jitter", "--jitter", self.jitter.clone()),
            ("drift", "--drift", self.drift.clone()),
            ("outage", "--outage", self.outage.clone()),
            ("runs", "--runs", self.runs.clone()),
            ("hours", "--hours", self.hours.clone()),
            ("target", "--target", self.target.clone()),
            ("windows", "--windows", self.windows.clone()),
            ("seed", "--seed", self.seed.clone()),
            ("runHours", "--run-hours", self.run_hours.clone()),
        ]
    }
}

pub(super) struct Advise {
    options: AdviseOptions,
    surroundings: Surroundings,
    observer: HeartbeatObserver,
    /// How many files were begun, and why one cannot be read.
    begun: usize,
    problem: Option<String>,
}

impl Advise {
    pub(super) fn new(options: AdviseOptions, surroundings: Surroundings) -> Advise {
        Advise { options, surroundings, observer: HeartbeatObserver::default(), begun: 0, problem: None }
    }
}

/// The first option that was given.
fn given(all: &[Named]) -> Option<&'static str> {
    all.iter().find(|(_, _, value)| value.is_some()).map(|(_, option, _)| *option)
}

fn exclude(option: &str, all: &[Named]) -> Result<(), Stop> {
    match given(all) {
        Some(other) => Err(Stop::misuse(format!("{option} cannot be combined with {other}"))),
        None => Ok(()),
    }
}

fn required(option: &str) -> Stop {
    Stop::misuse(format!("required option '{option} <SPAN>' not specified"))
}

/// The options of the library.
fn read<O: for<'de> Deserialize<'de>>(all: Vec<Named>) -> Result<O, Stop> {
    options(all.into_iter().map(|(name, _, value)| (name, value)).collect())
}

impl Run for Advise {
    fn events(&mut self, bytes: &[u8], _: u64) -> bool {
        if let Err(problem) = self.observer.add(bytes) {
            self.problem = Some(problem.to_string());
        }
        self.problem.is_none()
    }

    fn run(&mut self, inputs: &mut Inputs) -> Result<Outcome, Stop> {
        let options = &self.options;
        let rendering = RenderOptions { format: options.format, ..self.surroundings.stdout.rendering() };
        let (mut times, of_client, assumptions) = (options.times(), options.of_client(), options.assumptions());
        if let Some(files) = &options.events {
            times.retain(|(name, ..)| *name != "within");
            times.extend(of_client.into_iter().chain(assumptions));
            exclude("--events", &times)?;
            let how: ObserveOptions = read(vec![("within", "--within", options.within.clone())])?;
            for (index, file) in files.iter().enumerate() {
                if let Some(problem) = self.problem.take() {
                    return Err(Stop::Fail(problem));
                }
                if index == self.begun {
                    self.observer.begin_text();
                    self.begun = self.begun.saturating_add(1);
                }
                needed(file, inputs.stream(file)?)?;
            }
            if let Some(problem) = self.problem.take() {
                return Err(Stop::Fail(problem));
            }
            let observed = std::mem::take(&mut self.observer).finish(&how);
            return Ok(Outcome::printing(render_heartbeats(&observed, &rendering)));
        }
        if options.frequency.is_none() {
            return Err(required("--frequency"));
        }
        if let Some(assumed) = given(&assumptions) {
            exclude(assumed, &of_client)?;
            times.extend(assumptions);
            let curve =
                window_curve(&read::<WindowCurveOptions>(times)?).map_err(|error| Stop::Fail(error.to_string()))?;
            return Ok(Outcome::printing(render_window_curve(&curve, &rendering)));
        }
        if options.within.is_none() {
            return Err(required("--within"));
        }
        times.extend(of_client);
        let config: HeartbeatConfig = read(times)?;
        let advice = heartbeat_advice(&config).map_err(|error| Stop::Fail(error.to_string()))?;
        Ok(Outcome::printing(render_advice(&advice, &rendering)))
    }
}
