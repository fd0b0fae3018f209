//! False alarms against delay as text.

use crate::text::phrase::count;
use crate::time::TimeSpan;
use crate::time::units::DAY;
use crate::tune::{Assumptions, CurveMethod, WindowCurve, WindowPoint};

use super::number::{digits, exact_seconds, percent, seconds};
use super::options::{Format, RenderOptions};
use super::style::Style;
use super::table::columns;

/// The longest bar.
const BAR: usize = 12;

/// A curve in a format: JSON, or a table for people.
#[must_use]
pub fn render_window_curve(curve: &WindowCurve, options: &RenderOptions) -> String {
    if options.format == Format::Json {
        return super::json::json(curve);
    }
    let style = Style { colour: options.colour };
    let target = &curve.target;
    let time = period(target.per);
    let mut out = heading(&curve.assumptions, style);
    out.push(format!(
        "Target: at most {} in {time} over all runs, {} per 1,000 run-hours",
        plural(u64::from(target.alarms), "false alarm"),
        digits(target.per_1000_run_hours),
    ));
    out.push(String::new());
    out.extend(table(curve, &time, style, options.width()));
    out.push(String::new());
    out.extend(notes(curve, style));
    out.push(verdict(curve, &time, style));
    let mut text = out.join("\n");
    text.push('\n');
    text
}

pub(super) fn plural(number: u64, noun: &str) -> String {
    format!("{} {noun}{}", count(usize::try_from(number).unwrap_or(usize::MAX)), if number == 1 { "" } else { "s" })
}

/// `30 days`, `a day`, `1h30m`.
fn period(span: TimeSpan) -> String {
    match (span.0.checked_div(DAY), span.0.checked_rem(DAY)) {
        (Some(1), Some(0)) => "a day".to_owned(),
        (Some(days), Some(0)) => format!("{days} days"),
        _ => span.to_string(),
    }
}

fn heading(assumptions: &Assumptions, style: Style) -> Vec<String> {
    let mut disturbed = Vec::new();
    if assumptions.loss.0 > 0.0 {
        disturbed.push(format!("{} lost", percent(assumptions.loss.0)));
    }
    if assumptions.jitter.0 > 0 {
        disturbed.push(format!("each up to {} late", exact_seconds(assumptions.jitter)));
    }
    if let Some(outage) = assumptions.outage {
        disturbed.push(format!("none for {} in {}", exact_seconds(outage.length), period(outage.every)));
    }
    if disturbed.is_empty() {
        disturbed.push("none lost, none late".to_owned());
    }
    let title = format!("Heartbeats every {}: {}", exact_seconds(assumptions.period), disturbed.join(", "));
    let runs = plural(u64::from(assumptions.runs), "run");
    let alive = if assumptions.runs == 1 { "alive at a time" } else { "alive at any time, each" };
    let life = format!(
        "{runs} {alive} for {} h; the server evaluates every {}",
        digits(assumptions.hours),
        exact_seconds(assumptions.tick),
    );
    vec![style.bold(&title), life]
}

fn table(curve: &WindowCurve, time: &str, style: Style, width: usize) -> Vec<String> {
    let title = ["", "within", "misses", "per 1,000 run-hours", &format!("in {time}"), "median", "95 %", ""];
    let mut rows = vec![title.map(str::to_owned).to_vec()];
    let rates = || curve.windows.iter().map(|point| point.false_alarms.per_1000_run_hours).filter(|rate| *rate > 0.0);
    let most = rates().fold(0.0, f64::max).log10();
    // Rarer than the target is not drawn.
    let least = rates().fold(f64::MAX, f64::min).max(curve.target.per_1000_run_hours / 10.0).min(1e300).log10();
    for point in &curve.windows {
        let alarms = &point.false_alarms;
        let rate = if alarms.method == CurveMethod::Formula {
            digits(alarms.per_1000_run_hours)
        } else {
            format!("{} ({} to {})", digits(alarms.per_1000_run_hours), digits(alarms.low), digits(alarms.high))
        };
        let misses = match point.tolerated_misses {
            -1 => "none".to_owned(),
            misses => misses.to_string(),
        };
        let delay = |get: fn(&crate::tune::DetectionDelay) -> TimeSpan| {
            point.detection.as_ref().map_or_else(|| "-".to_owned(), |delay| seconds(get(delay)))
        };
        rows.push(vec![
            mark(point, curve.best).to_owned(),
            exact_seconds(point.within),
            misses,
            rate,
            digits(alarms.expected),
            delay(|delay| delay.median),
            delay(|delay| delay.p95),
            bar(alarms.per_1000_run_hours, least, most),
        ]);
    }
    let lines = columns(&aligned(rows));
    let head =
        format!("{}false alarms", " ".repeat(lines.first().and_then(|line| line.find("per 1,000")).unwrap_or(0)));
    let found = lines.first().and_then(|line| line.find("median")).unwrap_or(0).saturating_sub(1);
    let head = format!("{head:found$} found after");
    let mut out = vec![style.dim(head.trim_end())];
    for (place, line) in lines.iter().enumerate() {
        let line: String = line.chars().take(width).collect();
        let line = line.trim_end();
        out.push(match place.checked_sub(1).and_then(|place| curve.windows.get(place)) {
            None => style.dim(line),
            Some(point) if curve.best == Some(point.within) => style.green(line),
            Some(point) if point.present && point.meets_target != Some(true) => style.red(line),
            Some(point) if point.present => style.yellow(line),
            Some(_) => line.to_owned(),
        });
    }
    out
}

fn mark(point: &WindowPoint, best: Option<TimeSpan>) -> &'static str {
    match (point.present, best == Some(point.within)) {
        (_, true) => "✓",
        (true, false) => "▸",
        _ => "",
    }
}

/// Numbers to the right, texts to the left.
fn aligned(mut rows: Vec<Vec<String>>) -> Vec<Vec<String>> {
    for place in [1, 2, 4, 5, 6] {
        let width = rows.iter().filter_map(|row| row.get(place)).map(|cell| cell.chars().count()).max().unwrap_or(0);
        for row in &mut rows {
            if let Some(cell) = row.get_mut(place) {
                let missing = width.saturating_sub(cell.chars().count());
                *cell = format!("{}{cell}", " ".repeat(missing));
            }
        }
    }
    rows
}

/// On a logarithmic scale.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "at most 12")]
fn bar(rate: f64, least: f64, most: f64) -> String {
    if rate <= 0.0 {
        return String::new();
    }
    let share = ((rate.log10() - least) / (most - least).max(1.0)).clamp(0.0, 1.0);
    "█".repeat((share * BAR as f64).round() as usize)
}

fn notes(curve: &WindowCurve, style: Style) -> Vec<String> {
    let simulated = curve.windows.iter().filter(|point| point.false_alarms.method == CurveMethod::Simulation).count();
    let how = if simulated == 0 {
        "Exact, by formula.".to_owned()
    } else {
        let seed = curve.assumptions.seed;
        let which = if simulated == curve.windows.len() { "Simulated" } else { "With an interval: simulated" };
        format!("{which} by the engine's rules, seed {seed}; in parentheses the 95 % confidence interval.")
    };
    let mut out = vec![style.dim(&how)];
    if curve.windows.iter().any(|point| point.meets_target.is_none()) {
        let text = "Some intervals contain the target: `runHours` (--run-hours) simulates more.";
        out.push(style.dim(text));
    }
    out
}

fn verdict(curve: &WindowCurve, time: &str, style: Style) -> String {
    let mut text = match curve.best.and_then(|best| curve.windows.iter().find(|point| point.within == best)) {
        Some(point) => {
            let found = point.detection.map_or_else(String::new, |delay| {
                format!(": finds half of the dead runs in {}, 95 % in {}", seconds(delay.median), seconds(delay.p95))
            });
            let best = format!(
                "within {} is the shortest of these windows that meets the target",
                exact_seconds(point.within)
            );
            style.green(&best) + &found
        }
        None => style.red("None of these windows meets the target."),
    };
    if let Some(present) = curve.windows.iter().find(|point| point.present && Some(point.within) != curve.best) {
        let (within, alarms) = (exact_seconds(present.within), digits(present.false_alarms.expected));
        text.extend(["\nThe present setting, within ", &within, ", has ", &alarms, " false alarms in ", time, "."]);
    }
    text
}
