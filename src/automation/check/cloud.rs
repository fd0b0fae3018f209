//! Metric triggers, which only Prefect Cloud has.
//!
//! Source: `MetricTrigger` in the client's `events/schemas/automations.py`, which agrees with Prefect Cloud's
//! documentation; Prefect Cloud's own code is not public.

use crate::diagnostic::path::Path;
use crate::json::{Decimal, Kind, Value};
use crate::time::scalar;

use super::Check;

const OPERATORS: [&str; 4] = ["<", "<=", ">", ">="];
/// Of `range` and `firing_for`, in microseconds.
const SHORTEST: i64 = 300_000_000;

/// Whether a trigger is a metric trigger, by its type, or without a type by its posture.
pub(super) fn is_metric(trigger: Value<'_>) -> bool {
    match trigger.get("type") {
        Some(kind) if kind.is("metric") => true,
        Some(kind) if !kind.is("event") => false,
        _ => trigger.get("posture").is_some_and(|posture| posture.is("Metric")),
    }
}

impl Check<'_, '_> {
    /// A metric trigger on its way to Prefect Cloud.
    pub(super) fn metric_trigger(&mut self, value: Value<'_>, path: &Path<'_>) {
        const WHAT: &str = "the metric trigger";
        self.optional(value, "posture", path, |check, field, posture, path| {
            if !posture.is("Metric") {
                check.wrong_type(field, "`Metric`", path, posture);
            }
        });
        self.labels(value, path);
        let Some(metric) = value.get("metric") else {
            self.missing(WHAT, value, "metric", path);
            return;
        };
        let path = &Path::Key(path, "metric");
        if metric.kind() != Kind::Object {
            self.wrong_type(
                "metric",
                "an object such as `{name: successes, operator: \"<\", threshold: 0.9}`",
                path,
                metric,
            );
            return;
        }
        self.required(WHAT, metric, "name", path, Self::text_field);
        self.required(WHAT, metric, "operator", path, |check, field, operator, path| {
            if !OPERATORS.iter().any(|known| operator.is(known)) {
                check.wrong_type(field, "`<`, `<=`, `>` or `>=`", path, operator);
            }
        });
        self.required(WHAT, metric, "threshold", path, |check, field, threshold, path| {
            let written = threshold.is_string().then(|| threshold.string());
            let number = threshold.is_number() || written.is_some_and(|text| Decimal::read(text.as_bytes()).is_some());
            if !number {
                check.wrong_type(field, "a number", path, threshold);
            }
        });
        for field in ["range", "firing_for"] {
            self.optional(metric, field, path, |check, field, value, path| {
                if scalar::duration(value).is_none_or(|micros| micros < SHORTEST) {
                    check.wrong_type(field, "a duration of at least 300 seconds", path, value);
                }
            });
        }
    }
}
