//! What a window over heartbeats tolerates, as text.

use crate::simulate::{Advice, SmallestWindow};
use crate::time::TimeSpan;
use crate::time::span::decimal;

use super::json::json;
use super::naming::plural;
use super::options::{Format, RenderOptions};
use super::printable::printable;
use super::style::Style;

/// The advice in a format: `pretty` or `json`; others are as `pretty`.
#[must_use]
pub fn render_advice(advice: &Advice, options: &RenderOptions) -> String {
    if options.format == Format::Json {
        return json(advice);
    }
    let style = Style { colour: options.colour };
    let Advice { within, frequency, tolerated_misses: tolerated, detection, .. } = advice;
    let seconds = |span: TimeSpan| decimal(span.0.unsigned_abs());
    let verdict = if advice.healthy_runs_fire {
        style.red(&format!("a window of {} s fires on healthy runs", seconds(*within)))
    } else {
        let in_a_row = if *tolerated == 1 { "" } else { " in a row" };
        format!("a window of {} s tolerates {}{in_a_row}", seconds(*within), plural(*tolerated, "missed heartbeat"))
    };
    let mut parts = vec![format!("{}, with heartbeats every {} s", style.bold(&verdict), seconds(*frequency))];
    let mut part = |title: &str, lines: &[String]| {
        let lines: Vec<String> = lines.iter().map(|line| ["  ", &printable(line)].concat()).collect();
        parts.push([&style.bold(title), "\n", &lines.join("\n")].concat());
    };
    part("Why", &advice.arithmetic);
    let smallest = |SmallestWindow { misses, within }: &SmallestWindow| {
        format!("{}: {within} s", plural(*misses, "missed heartbeat"))
    };
    part("The smallest window that tolerates", &advice.smallest_within.iter().map(smallest).collect::<Vec<_>>());
    part(
        "Recommended windows",
        &[
            format!("{} s: the minimum for three missed heartbeats", advice.minimum_within),
            format!("{} s: recommended", advice.recommended_within),
        ],
    );
    let [earliest, latest] = [detection.earliest, detection.latest].map(seconds);
    let [after_death, latest_after] = [detection.earliest_after_death, detection.latest_after_death].map(seconds);
    part(
        "Time to detect a dead run",
        &[
            format!("{earliest} to {latest} s after its last heartbeat"),
            format!("{after_death} to {latest_after} s after its death"),
        ],
    );
    part("False alarms", &advice.false_alarms);
    part("Not detected", &advice.undetected);
    if let Some(client) = &advice.client {
        part("Clients", std::slice::from_ref(&client.note));
    }
    part("What the documentation says", &[advice.documentation.says.clone(), advice.documentation.url.to_owned()]);
    parts.join("\n\n") + "\n"
}
