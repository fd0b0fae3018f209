//! The result of rendering an action. The names of the keys are the public interface.

use serde::Serialize;

use crate::json::tree::optional_text_as_value;

/// What one action does for one firing.
#[derive(Clone, PartialEq, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct RenderedAction {
    /// The list that it is in: `actions` or `actions_on_trigger`.
    #[cfg_attr(feature = "typescript", ts(inline))]
    pub list: ActionList,
    /// Its 0-based index in this list.
    pub index: usize,
    /// The type of action, such as `send-notification`.
    #[serde(rename = "type")]
    pub kind: String,
    /// What it does, in one sentence without a capital letter and a full stop.
    pub summary: String,
    /// What it acts on. Absent if it acts on nothing, or if nothing can be inferred.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target: Option<ActionTarget>,
    /// The texts that it sends: subject, body, payload.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "typescript", ts(as = "Option<Vec<ActionText>>"))]
    pub texts: Vec<ActionText>,
    /// The parameters of the new flow run: an object.
    #[serde(serialize_with = "optional_text_as_value", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(type = "object", optional))]
    pub parameters: Option<String>,
    /// The parameters that come from templates and variables, with their types.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "typescript", ts(as = "Option<Vec<RenderedParameter>>"))]
    pub from_templates: Vec<RenderedParameter>,
    /// The job variables of the new flow run, which the server does not render: an object.
    #[serde(serialize_with = "optional_text_as_value", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(type = "object", optional))]
    pub job_variables: Option<String>,
    /// The state that the flow run gets.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<NewState>,
    /// The values that do not come from the automation and the event, in the order of their use.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "typescript", ts(as = "Option<Vec<Use>>"))]
    pub uses: Vec<Use>,
    /// Why the action fails before the server sends anything. Absent if it does not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failure: Option<ActionFailure>,
    /// Why the result is unknown, although the server may render it: a sentence. Absent if it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unknown: Option<String>,
}

/// A list of actions of an automation.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum ActionList {
    /// `actions`
    #[default]
    Actions,
    /// `actions_on_trigger`
    ActionsOnTrigger,
}

impl ActionList {
    /// The name of the field.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            ActionList::Actions => "actions",
            ActionList::ActionsOnTrigger => "actions_on_trigger",
        }
    }
}

/// The type of a value in JSON.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum JsonType {
    /// A text.
    String,
    /// A number.
    Number,
    /// `true` or `false`.
    Boolean,
    /// `null`.
    Null,
    /// A list.
    Array,
    /// Keys with values.
    Object,
}

impl JsonType {
    /// As results write it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            JsonType::String => "string",
            JsonType::Number => "number",
            JsonType::Boolean => "boolean",
            JsonType::Null => "null",
            JsonType::Array => "array",
            JsonType::Object => "object",
        }
    }
}

/// What an action acts on.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct ActionTarget {
    /// The kind of resource, such as `prefect.flow-run`.
    pub kind: String,
    /// The id of the object.
    pub id: String,
    /// Its name, if the event or the caller says it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Whether the server infers it from the event, instead of an id in the action.
    pub inferred: bool,
}

/// A text that an action sends.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct ActionText {
    /// The field of the action: `subject`, `body` or `payload`.
    pub field: &'static str,
    /// The rendered text. Absent if rendering fails.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// The expressions that render to nothing.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "typescript", ts(as = "Option<Vec<RendersToNothing>>"))]
    pub nothing: Vec<RendersToNothing>,
}

/// An expression that renders to nothing, because it is undefined.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct RendersToNothing {
    /// The expression as written.
    pub expression: String,
    /// The 1-based line of the template.
    pub line: usize,
    /// Why, in Jinja's words.
    pub reason: String,
    /// The nearest name that exists.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub near: Option<String>,
}

/// A parameter that comes from a template or a variable.
#[derive(Clone, PartialEq, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct RenderedParameter {
    /// Where it is in the parameters: a JSON Pointer.
    pub pointer: String,
    /// The template as written, without what the server appends.
    pub template: String,
    /// The value that the flow run gets. Absent if rendering fails.
    #[serde(serialize_with = "optional_text_as_value", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(type = "unknown", optional))]
    pub value: Option<String>,
    /// Its JSON type.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(inline))]
    pub kind: Option<JsonType>,
    /// The expressions that render to nothing.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "typescript", ts(as = "Option<Vec<RendersToNothing>>"))]
    pub nothing: Vec<RendersToNothing>,
    /// What is probably not intended, and what to write instead: a string that looks like a number, `| tojson` that only
    /// applies to the last operand.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
}

/// The state that an action sets.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct NewState {
    /// Its type, such as `CRASHED`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Its name, such as `Crashed`.
    pub name: String,
    /// Its message. The server does not render templates in it.
    pub message: String,
    /// Whether the server sets it even if the transition is not allowed.
    pub force: bool,
}

/// Where a value comes from.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(rename = "ValueSource", rename_all = "camelCase"))]
pub enum ValueSource {
    /// From the triggering event.
    FromEvents,
    /// From the caller.
    Given,
    /// Only the server knows it.
    Unknown,
}

/// A value of an object that the server looks up.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Use {
    /// Its name in templates, such as `flow_run.parameters`.
    pub name: String,
    /// Where it comes from. In texts, an unknown value is written as its name between `‹` and `›`.
    pub source: ValueSource,
}

/// Why an action fails.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct ActionFailure {
    /// As `reason` in the server's event `prefect.automation.action.failed`.
    pub reason: String,
    /// More than the server says in `reason`: its message about the template.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}
