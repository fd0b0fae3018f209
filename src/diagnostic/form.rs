//! The forms of inputs.

use serde::{Deserialize, Serialize};

/// The form of a whole input.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(rename = "InputForm"))]
pub enum Form {
    /// One event, or a websocket frame with one.
    Event,
    /// A list or a page of events.
    Events,
    /// One automation.
    Automation,
    /// A list, a page of the API, or `automations: […]`.
    Automations,
    /// A trigger alone.
    Trigger,
    /// One trigger of a deployment, or `triggers: […]`, as `prefect deploy --trigger` reads it.
    DeploymentTriggers,
    /// A `prefect.yaml`.
    PrefectYaml,
    /// A scenario.
    Scenario,
    /// A list of scenarios.
    Scenarios,
    /// The output of `terraform show -json` for a state or a plan.
    Terraform,
    /// Terraform's configuration in JSON (`.tf.json`), which contains less than a state or a plan.
    TerraformConfiguration,
    /// None of these.
    Unknown,
}
