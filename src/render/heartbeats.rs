//! Observed heartbeats as text.

use crate::time::TimeSpan;
use crate::tune::{Distribution, ObservedDeployment, ObservedHeartbeats};

use super::chart::{bars, grouped};
use super::curve::plural;
use super::number::{digits, exact_seconds, percent, seconds};
use super::options::{Format, RenderOptions};
use super::printable::printable;
use super::style::Style;
use super::table::columns;

/// How many deployments are shown in full.
const MOST: usize = 10;

/// Observed heartbeats in a format: JSON, or a report for people.
#[must_use]
pub fn render_heartbeats(observed: &ObservedHeartbeats, options: &RenderOptions) -> String {
    if options.format == Format::Json {
        return super::json::json(observed);
    }
    let style = Style { colour: options.colour };
    let mut out = vec![format!(
        "{} of {} among {}",
        plural(observed.heartbeats, "heartbeat"),
        plural(observed.runs, "run"),
        plural(observed.events, "event")
    )];
    for deployment in observed.deployments.iter().take(MOST) {
        out.push(String::new());
        one(&mut out, deployment, style, options.width());
    }
    let more = observed.deployments.len().saturating_sub(MOST);
    if more > 0 {
        out.push(format!("\n{more} more deployments: --format json lists them"));
    }
    out.push(String::new());
    out.push(match observed.calls_for {
        Some(within) => {
            let within = style.green(&format!("within {}", exact_seconds(within)));
            format!("{within} is the shortest window in which none of these gaps fires")
        }
        None => style.yellow("No run sent two heartbeats: nothing to observe."),
    });
    let mut text = out.join("\n");
    text.push('\n');
    text
}

fn one(out: &mut Vec<String>, deployment: &ObservedDeployment, style: Style, width: usize) {
    let name = match (&deployment.deployment, &deployment.flow) {
        (Some(id), Some(flow)) => format!("{} of flow {}", printable(id), printable(flow)),
        (Some(id), None) => printable(id),
        (None, _) => "Runs without a deployment".to_owned(),
    };
    out.push(style.bold(&name));
    let (Some(gaps), Some(frequency)) = (deployment.gaps, deployment.frequency) else {
        out.push(format!("  {} heartbeats, no two of one run", deployment.heartbeats));
        return;
    };
    let drift = deployment.drift.map_or_else(String::new, |drift| match drift.0 {
        0 => String::new(),
        micros if micros < 0 => format!(" less {}", exact_seconds(TimeSpan(micros.saturating_neg()))),
        _ => format!(" and {}", exact_seconds(drift)),
    });
    out.push(format!(
        "  every {}{drift}: {} of {} in {} run-hours",
        exact_seconds(frequency),
        plural(gaps.count, "gap"),
        plural(deployment.runs, "run"),
        digits(deployment.run_hours),
    ));
    let row = |name: &str, own: &Distribution| {
        let mut row = vec![name.to_owned()];
        row.extend([own.min, own.median, own.p95, own.p99, own.max].map(seconds));
        row
    };
    let title = ["", "shortest", "median", "95 %", "99 %", "longest"].map(str::to_owned).to_vec();
    let mut rows = vec![title, row("gaps", &gaps)];
    if let Some(delays) = &deployment.delays {
        rows.push(row("arrival", delays));
    }
    out.extend(columns(&rows).into_iter().map(|line| format!("  {line}")));
    chart(out, deployment, style, width);
    if let Some(loss) = deployment.loss {
        let interval = format!("{} to {}", percent(loss.low), percent(loss.high));
        out.push(format!("  {} missed: {} ({interval})", deployment.missed, percent(loss.share.0)));
    }
    if deployment.interrupted > 0 {
        out.push(format!("  {} gaps left out: the state of the run changed in them", deployment.interrupted));
    }
    if deployment.out_of_order > 0 {
        out.push(format!("  {} heartbeats are older than the one before them", deployment.out_of_order));
    }
    let mut rows = vec![["within", "too long", "per 1,000 run-hours"].map(str::to_owned).to_vec()];
    for window in &deployment.windows {
        rows.push(vec![
            format!("{}{}", exact_seconds(window.within), if window.present { " ▸" } else { "" }),
            window.alarms.to_string(),
            format!("{} ({} to {})", digits(window.per_1000_run_hours), digits(window.low), digits(window.high)),
        ]);
    }
    for (line, is_alarm) in
        columns(&rows).into_iter().zip([false].into_iter().chain(deployment.windows.iter().map(|own| own.alarms > 0)))
    {
        out.push(format!("  {}", if is_alarm { style.red(&line) } else { line }));
    }
    for note in &deployment.notes {
        out.push(style.yellow(&format!("  note: {note}")));
    }
}

/// The histogram of the gaps: a bar for each range, on a scale on which rare ones are visible.
fn chart(out: &mut Vec<String>, deployment: &ObservedDeployment, style: Style, width: usize) {
    let counts = deployment.histogram.iter().map(|bin| usize::try_from(bin.count).unwrap_or(usize::MAX));
    let (size, groups) = grouped(&counts.collect::<Vec<_>>(), width.saturating_sub(20));
    let heights: Vec<usize> = groups.iter().map(|count| height(*count)).collect();
    let most = heights.iter().copied().max().unwrap_or_default();
    let end = deployment.histogram.last().map_or(TimeSpan(0), |bin| bin.to);
    let step = deployment.histogram.first().map_or(0, |bin| bin.to.0);
    let step = TimeSpan(step.saturating_mul(i64::try_from(size).unwrap_or(1)));
    out.push(format!("  0 s {} {}", bars(&heights, most), seconds(end)));
    out.push(style.dim(&format!("  gaps, a bar for {}, on a logarithmic scale", seconds(step))));
}

/// How many times a number can be halved.
fn height(count: usize) -> usize {
    usize::try_from(count.checked_ilog2().map_or(0, |log| log.saturating_add(1))).unwrap_or_default()
}
